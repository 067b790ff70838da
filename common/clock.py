"""The only clock: every date and time stamp of Ancrage comes from here.

`travel(day)` plays a past day (demo generator, tests): it moves the clock of the calling context only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time

from common.typography import PARIS

__all__ = ["PARIS", "now", "today", "travel"]

_played: ContextVar[datetime | None] = ContextVar("played_instant", default=None)


def now() -> datetime:
    """This instant, aware."""
    return _played.get() or datetime.now(tz=PARIS)  # noqa: TID251  the one place that reads the machine's clock


def today() -> date:
    """The civil day in Paris."""
    return now().astimezone(PARIS).date()


def morning(day: date) -> datetime:
    """Midnight in Paris, as `day` begins."""
    return datetime.combine(day, time.min, tzinfo=PARIS)


@contextmanager
def travel(to: date | datetime) -> Iterator[None]:
    """Play `to` (a day is played at 9:00) until the block ends."""
    instant = to if isinstance(to, datetime) else datetime.combine(to, time(9), tzinfo=PARIS)
    token = _played.set(instant)
    try:
        yield
    finally:
        _played.reset(token)
