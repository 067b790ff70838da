"""Whether the workers live."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from common import clock
from office.jobs.codes import Rhythm
from office.jobs.models import ScheduleRun

# A worker in the middle of a long job lets a minute or two pass.
LONGEST_SILENCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class WorkerLife:
    """When a worker last began a task of the minute; `None`: never."""

    seen: datetime | None
    is_silent: bool


def worker_life() -> WorkerLife:
    """One query. A worker that nobody hears does not say so: who looks after the house reads it here."""
    seen = ScheduleRun.objects.filter(schedule__every=Rhythm.MINUTE).aggregate(seen=Max("started_at"))["seen"]
    return WorkerLife(seen, seen is None or clock.now() - seen > LONGEST_SILENCE)
