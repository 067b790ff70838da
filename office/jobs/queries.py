"""Whether the workers live, and whether their clock was right."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max

from common import clock
from office.jobs.codes import Rhythm
from office.jobs.models import ScheduleRun

# A worker in the middle of a long job lets a minute or two pass.
LONGEST_SILENCE = timedelta(minutes=5)
SKEW = timedelta(minutes=5)
"""By how much the clocks of two machines may differ. What was stamped later than that, a clock that was ahead wrote."""


@dataclass(frozen=True, slots=True)
class WorkerLife:
    """When a worker last began a task of the minute; `None`: never."""

    seen: datetime | None
    is_silent: bool


def worker_life() -> WorkerLife:
    """One query. A worker that nobody hears does not say so: who looks after the house reads it here."""
    now = clock.now()
    # A sign of life of a time to come, which a clock ahead has left, says nothing of now.
    runs = ScheduleRun.objects.filter(schedule__every=Rhythm.MINUTE, started_at__lte=now + SKEW)
    seen = runs.aggregate(seen=Max("started_at"))["seen"]
    return WorkerLife(seen, seen is None or now - seen > LONGEST_SILENCE)


def ran_ahead() -> date | None:
    """The latest day to come on which the calendar ran: a clock was ahead. One query."""
    last: datetime | None = ScheduleRun.objects.filter(started_at__gt=clock.now() + SKEW).aggregate(
        last=Max("started_at")
    )["last"]
    return last.astimezone(clock.PARIS).date() if last else None
