"""The Celery application: messages only wake workers; all state is in PostgreSQL (decision 2)."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

from celery import Celery
from celery.schedules import schedule
from celery.signals import worker_process_init, worker_ready
from django.conf import settings
from kombu import entity

from common.memory import settle_heap
from config.wakes import QUEUES, enqueue
from office.jobs.queues import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def _with_tasks() -> list[str]:
    """The apps of the house and their subjects that have a `tasks.py`."""
    root = Path(settings.BASE_DIR)
    found = (path for app in settings.INSTALLED_APPS for path in (root / app).glob("**/tasks.py"))
    return sorted(".".join(path.relative_to(root).parent.parts) for path in found)


class Steady(schedule):
    """At an interval, also after a clock that was ahead: Celery waits from the last time that it knows, which may be
    weeks to come."""

    def is_due(self, last_run_at: datetime) -> Any:
        last = self.maybe_make_aware(last_run_at)
        latest = self.maybe_make_aware(self.now())
        return super().is_due(last if last <= latest else latest - self.run_every)


app = Celery("ancrage")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(_with_tasks)
# The one scheduled task: it starts what the `Schedule` rows say is due, and re-wakes what a dead worker left open.
# A tick expires before the next one is sent, so that they don't pile up; the next one finds the same work.
app.conf.beat_schedule = {
    "tick": {
        "task": "office.tick",
        "schedule": Steady(60.0),
        "options": {"expires": 55, "queue": QUEUES["office.tick"].value},
    }
}
# Each with an exchange of its own name: in the default one, each message would reach every queue. A worker reads all of
# them, or those that `-Q` names; another name is refused, because nothing would ever arrive there.
app.conf.task_queues = [entity.Queue(queue.value, entity.Exchange(queue.value), queue.value) for queue in Queue]
app.conf.task_create_missing_queues = False
app.conf.task_default_queue = Queue.MONEY.value


@worker_process_init.connect
def settle(**_: Any) -> None:
    """Called in each process of the pool, once all modules are loaded."""
    settle_heap()


@worker_ready.connect
def catch_up(**_: Any) -> None:
    """A worker looks for work when it starts, rather than at the next minute."""
    enqueue("office.tick", expires=55)
