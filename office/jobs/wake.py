"""Telling the layers above that something changed, without importing them.

A service ends with `wake("arrears_changed")`; `config` says at start-up which tasks a topic starts
(`register("arrears_changed", task.delay)`). A lost wake loses nothing: the minute's `tick` selects by state.
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
    """One function per topic, the same one each time: a transaction rings a topic once."""

    def ring() -> None:
        for start in () if _asleep.get() else _listeners[topic]:
            start()

    return ring


def wake(topic: str) -> None:
    """Start the topic's tasks when the running transaction commits, once however often it was woken.

    A listener that fails (broker away) is logged and hides nothing of what was committed.
    """
    ring = _ring(topic)
    if all(waiting is not ring for _, waiting, *_ in transaction.get_connection().run_on_commit):
        transaction.on_commit(ring, robust=True)


@contextmanager
def asleep() -> Iterator[None]:
    """Wake nobody meanwhile: who plays past days does what is due on each of them."""
    token = _asleep.set(True)
    try:
        yield
    finally:
        _asleep.reset(token)
