"""The Celery application: messages only wake workers, PostgreSQL holds every truth (decision 2)."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_ready

from common.memory import settle_heap

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("ancrage")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# The one scheduled task: it starts what the `Schedule` rows say is due, and re-wakes what a dead worker left open.
# A tick that nobody took within its minute is worth nothing: the next one finds the same work by its state.
app.conf.beat_schedule = {"tick": {"task": "office.tick", "schedule": 60.0, "options": {"expires": 55}}}


@worker_process_init.connect
def settle(**_: Any) -> None:
    """Each process of the pool, once it has loaded everything."""
    settle_heap()


@worker_ready.connect
def catch_up(sender: Any, **_: Any) -> None:
    """A worker that starts looks for work at once, not at the next minute."""
    sender.app.send_task("office.tick", expires=55)
