"""Starts tasks of the apps above when something changes, without importing those apps.

A service ends with `wake("arrears_changed")`; at start-up `config.wakes` registers what sends the tasks of each topic
(`TOPICS` there names them). If a wake-up is lost, the next `tick` (each minute) finds the same work.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from django.db import transaction

_listeners: dict[str, list[Callable[[], object]]] = defaultdict(list)
_asleep = ContextVar("asleep", default=False)


def register(topic: str, start: Callable[[], object]) -> None:
    """Call `start()` after each commit that woke `topic`. Registering the same callable again changes nothing."""
    if start not in _listeners[topic]:
        _listeners[topic].append(start)


@cache
def _ring(topic: str) -> Callable[[], None]:
    """The function of a topic. Cached, so that `wake` can see whether it is already registered on this transaction."""

    def ring() -> None:
        for start in () if _asleep.get() else _listeners[topic]:
            start()

    return ring


def wake(topic: str) -> None:
    """Start the topic's tasks when the running transaction commits, once however often it was woken.

    A task that can't be started (no broker) is logged; the commit stays.
    """
    ring = _ring(topic)
    if all(waiting is not ring for _, waiting, *_ in transaction.get_connection().run_on_commit):
        transaction.on_commit(ring, robust=True)


@contextmanager
def asleep() -> Iterator[None]:
    """Send no wake-ups inside the block. The demo plays past days and runs each day's tasks itself."""
    token = _asleep.set(True)
    try:
        yield
    finally:
        _asleep.reset(token)
