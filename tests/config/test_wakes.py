"""Which tasks a commit starts, and when."""

import json
import os
import pickle
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product
from django.core.cache import cache

from common import clock
from config.wakes import TOPICS, _drainer, _sender, enqueue
from office.jobs.queues import Queue


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: object) -> list[tuple[str, Any]]:
    from config.celery import app

    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}  # type: ignore[attr-defined]
    cache.clear()
    found: list[tuple[str, Any]] = []

    def send_task(name: str, *, queue: str, countdown: int | None = None, args: Any = None) -> None:
        found.append((name, args if args else countdown))
        queues.append(queue)

    queues.clear()
    monkeypatch.setattr(app, "send_task", send_task)
    return found


queues: list[str] = []


def test_the_commits_of_a_moment_share_one_look_at_the_arrears(sent: list[tuple[str, Any]]) -> None:
    send = _sender("arrears_changed", TOPICS["arrears_changed"])
    send()
    send()
    assert sent == [("rent_ledger.detect_arrears", 4), ("social_link.raise_alerts", 4)]
    assert queues == ["money", "messages"]
    cache.clear()  # the moment is over
    send()
    assert len(sent) == 4


def test_what_a_clock_ahead_has_kept_holds_no_wake_up(sent: list[tuple[str, Any]]) -> None:
    """The key lasts until that day."""
    end = clock.now() + timedelta(days=40)
    cache.set("wake:arrears_changed", end.isoformat(), timeout=None)
    send = _sender("arrears_changed", TOPICS["arrears_changed"])
    send()
    send()
    assert sent == [("rent_ledger.detect_arrears", 4), ("social_link.raise_alerts", 4)]


def test_beat_goes_on_after_a_clock_ahead() -> None:
    from config.celery import app

    steady = app.conf.beat_schedule["tick"]["schedule"]
    now = steady.now()
    assert not steady.is_due(now - timedelta(seconds=30)).is_due
    for past in (timedelta(seconds=61), -timedelta(days=40)):
        assert steady.is_due(now - past).is_due
    # Beat keeps its entries in a file.
    assert pickle.loads(pickle.dumps(steady)).run_every == timedelta(minutes=1)


def test_a_person_s_own_request_does_not_wait(sent: list[tuple[str, Any]]) -> None:
    send = _sender("help_requested", TOPICS["help_requested"])
    send()
    send()
    assert sent == [("social_link.raise_alerts", None)] * 2


def test_two_free_workers_of_its_queue_share_the_chunks_of_a_job(sent: list[tuple[str, Any]]) -> None:
    _drainer(Queue.DOCUMENTS)()
    assert sent == [("office.drain", ["documents"])] * 2
    assert queues == ["documents"] * 2


def test_a_task_without_queue_is_not_sent(sent: list[tuple[str, Any]]) -> None:
    with pytest.raises(KeyError):
        enqueue("office.nobody_knows")
    assert sent == []


# A process of its own: in the tests, messages stay in memory.
SENDER = """
import config.celery, config.wakes
from office.jobs.queues import Queue

for queue in Queue:
    config.wakes._drainer(queue)()
config.wakes.enqueue("office.tick")
"""


def test_a_message_reaches_its_queue_and_no_other(tmp_path: Path) -> None:
    clean = {key: value for key, value in os.environ.items() if key not in ("CELERY_BROKER_URL", "DATABASE_URL")}
    clean |= {"ANCRAGE_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", SENDER], cwd=product.BASE_DIR, env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    messages = [(path.name.split(".")[1], json.loads(path.read_text())["headers"]["task"]) for path in
                (tmp_path / "queue").iterdir()]  # fmt: skip
    drains = [(queue.value, "office.drain") for queue in Queue for _ in range(2)]
    assert sorted(messages) == sorted([*drains, ("money", "office.tick")])


def test_a_worker_reads_all_queues_or_those_that_it_is_given() -> None:
    from celery.app.amqp import AMQP
    from celery.exceptions import ImproperlyConfigured, QueueNotFound

    from config.celery import app

    assert set(AMQP(app).queues.consume_from) == {queue.value for queue in Queue}
    chosen = AMQP(app).queues
    chosen.select(["messages"])
    assert set(chosen.consume_from) == {"messages"}
    with pytest.raises((ImproperlyConfigured, QueueNotFound, KeyError)):
        AMQP(app).queues.select(["mony"])
