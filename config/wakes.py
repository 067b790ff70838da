"""Which tasks each topic of `office.jobs.wake` starts. Tasks are named, not imported: the broker finds them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.cache import cache

from common import clock
from office.jobs.queues import Queue, jobs_topic
from office.jobs.wake import register

TOPICS: dict[str, tuple[str, ...]] = {
    "arrears_changed": ("rent_ledger.detect_arrears", "social_link.raise_alerts"),
    "parties_changed": ("rent_ledger.follow_parties",),
    "messages": ("office.send_messages",),
    "notices": ("office.tell_urgent",),
    "help_requested": ("social_link.raise_alerts",),
    "signal_sent": ("social_link.raise_alerts",),
}
# The task is sent twice, so that two free workers share the chunks.
DRAIN = ("office.drain", "office.drain")
QUEUES: dict[str, Queue] = {
    # Most of the calendar reads or writes the books.
    "office.tick": Queue.MONEY,
    "rent_ledger.detect_arrears": Queue.MONEY,
    "rent_ledger.follow_parties": Queue.MONEY,
    "social_link.raise_alerts": Queue.MESSAGES,
    "office.send_messages": Queue.MESSAGES,
    "office.tell_urgent": Queue.MESSAGES,
}
"""The queue of each task. `office.drain` has that of the jobs that it works on. Nothing is sent to `documents` and
`imports` yet: papers are made, and files read, while their user waits."""
PAUSES = {"arrears_changed": 4}
"""Seconds between a commit and its tasks, where a task reads every account: these commits share one task.
Balances and lists are written by the commit itself and don't wait."""


def enqueue(name: str, *, queue: Queue | None = None, **options: Any) -> None:
    """Send the task `name` to its queue: that of `QUEUES`, or the one given. Nothing else of ours sends a task."""
    from config.celery import app

    app.send_task(name, queue=(queue or QUEUES[name]).value, **options)


def _is_first(key: str, seconds: int) -> bool:
    """Whether no commit of the last `seconds` asked for the same. They end before the delayed task starts, so that it
    sees every commit that was not the first.

    A key that a clock ahead has left would last until that day: its own end says that it is none.
    """
    now = clock.now()
    end = now + timedelta(seconds=seconds)
    if cache.add(key, end.isoformat(), timeout=seconds):
        return True
    kept = cache.get(key)
    if kept is None or kept <= end.isoformat():
        return False
    cache.set(key, end.isoformat(), timeout=seconds)
    return True


def _sender(topic: str, names: tuple[str, ...]) -> Callable[[], None]:
    pause = PAUSES.get(topic, 0)

    def send() -> None:
        if pause and not _is_first(f"wake:{topic}", pause - 1):
            return
        for name in names:
            enqueue(name, countdown=pause or None)

    return send


def _drainer(queue: Queue) -> Callable[[], None]:
    def send() -> None:
        for name in DRAIN:
            enqueue(name, queue=queue, args=[queue.value])

    return send


def connect() -> None:
    """Called once, when the apps are ready."""
    for topic, names in TOPICS.items():
        register(topic, _sender(topic, names))
    for queue in Queue:
        register(jobs_topic(queue), _drainer(queue))
