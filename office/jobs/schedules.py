"""Recurring tasks, computed from the calendar: a run missed while the server was off is caught up.

An app registers its tasks in its own `schedules.py` (loaded at start-up):

    @every_day("ledger_check", "Vérification du grand livre", at_hour=3)
    def check(day: date) -> None: ...

`tick()` runs every minute. For each task it finds the latest period that is due, and runs it once: the row
(schedule, period) is unique and is written in the transaction of the task, so if the worker is killed the period runs
again. A task must be short; long work starts a job.

A clock that was ahead makes no period done: what ran in a time to come runs again when that time comes (`tick`), and a
subject that keeps the time of its next look puts it right (`after_clock_ahead`).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from common import clock
from common.periods import ONE_DAY
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.people import people_who
from office.jobs.codes import Rhythm
from office.jobs.models import Schedule, ScheduleRun
from office.jobs.notices import FAILED
from office.jobs.queries import SKEW
from office.notices.services import NewNotice, notify

logger = logging.getLogger(__name__)

Run = Callable[[date], object]
ATTEMPTS = 3
WAS_AHEAD = "L’horloge de la machine était en avance : cette période passera à son heure."


@dataclass(frozen=True, slots=True)
class Task:
    """A recurring task. `run(day)` gets the day of its period."""

    name: str
    label: str
    every: Rhythm
    at_hour: int
    run: Run


_tasks: dict[str, Task] = {}
_set_right: list[Callable[[datetime], object]] = []


def after_clock_ahead(run: Callable[[datetime], object]) -> Callable[[datetime], object]:
    """Call `run(now)` at the first tick after a clock that was ahead: what it stamped is in the future of `now`."""
    if run not in _set_right:
        _set_right.append(run)
    return run


def register(name: str, label: str, every: Rhythm, at_hour: int, run: Run) -> None:
    """Register a task: it runs from `at_hour` o'clock in Paris. Of several missed periods only the latest is run."""
    if every not in Rhythm.values:
        raise ValueError(f"schedule {name}: every {every}")
    if name in _tasks and _tasks[name].run is not run:
        raise ValueError(f"schedule {name} is registered twice")
    _tasks[name] = Task(name, label, every, at_hour, run)


def every_minute(name: str, label: str) -> Callable[[Run], Run]:
    def registered(run: Run) -> Run:
        register(name, label, Rhythm.MINUTE, 0, run)
        return run

    return registered


def every_day(name: str, label: str, *, at_hour: int = 3) -> Callable[[Run], Run]:
    def registered(run: Run) -> Run:
        register(name, label, Rhythm.DAY, at_hour, run)
        return run

    return registered


def tasks() -> list[Task]:
    """All registered tasks, in order of registration."""
    return list(_tasks.values())


def period_of(task: Task, day: date, moment: datetime) -> str:
    """The name of the period that `day` belongs to."""
    if task.every == Rhythm.MINUTE:
        return moment.strftime("%Y-%m-%dT%H:%M")
    return day.isoformat()


def _latest(task: Task, moment: datetime) -> date:
    """The day of the latest period that is due."""
    is_due = task.every == Rhythm.MINUTE or moment.hour >= task.at_hour
    return moment.date() if is_due else moment.date() - ONE_DAY


def tick() -> list[str]:
    """Run what is due now. Returns the names of the tasks run. A task that fails stops no other."""
    moment = clock.now().astimezone(clock.PARIS)
    _set_clock_right(moment)
    known = {schedule.task: schedule for schedule in Schedule.objects.all()}
    ran = []
    # In the order of a day: after a night without server, what reads the morning comes after what makes it.
    for task in sorted(tasks(), key=lambda task: task.at_hour):
        schedule = known.get(task.name) or _row(task)
        if schedule.is_active and _run(task, schedule, _latest(task, moment), moment):
            ran.append(task.name)
    return ran


def _set_clock_right(moment: datetime) -> None:
    """Periods that ran at a time to come are to run again. Nothing to do on almost every tick (one query)."""
    ahead = ScheduleRun.objects.filter(started_at__gt=moment + SKEW).filter(
        Q(ended_at__isnull=False) | Q(attempts__gt=0)
    )
    if not ahead.exists():
        return
    try:
        with transaction.atomic():
            found = ahead.update(ended_at=None, attempts=0, error=WAS_AHEAD)
            for run in _set_right:
                run(moment)
        logger.warning("The clock was ahead: %s periods of schedules will run again", found)
    except Exception:
        # The next tick tries again; what is due now is not kept waiting.
        logger.exception("What a clock ahead has left could not be put right")


def _row(task: Task) -> Schedule:
    fields = {"label": task.label, "every": task.every, "at_hour": task.at_hour}
    schedule, _ = Schedule.objects.get_or_create(task=task.name, defaults=fields)
    return schedule


def _run(task: Task, schedule: Schedule, day: date, moment: datetime) -> bool:
    """Run one period, unless it is done, given up, or running in another process."""
    period = period_of(task, day, moment)
    try:
        with transaction.atomic():
            locked = Schedule.objects.select_for_update(skip_locked=True).filter(pk=schedule.pk, is_active=True)
            if not locked.exists():
                return False
            run, _ = ScheduleRun.objects.get_or_create(schedule=schedule, period=period)
            if run.ended_at is not None or run.attempts >= ATTEMPTS:
                return False
            run.started_at = clock.now()
            task.run(day)
            run.ended_at, run.error = clock.now(), ""
            run.save(update_fields=["started_at", "ended_at", "error"])
            if task.every == Rhythm.MINUTE:
                schedule.runs.exclude(pk=run.pk).delete()
    except Exception as error:
        logger.exception("schedule %s, period %s", task.name, period)
        _failed(schedule, period, error)
    return True


def _failed(schedule: Schedule, period: str, error: Exception) -> None:
    with transaction.atomic():
        run, _ = ScheduleRun.objects.select_for_update().get_or_create(schedule=schedule, period=period)
        run.attempts, run.started_at = run.attempts + 1, clock.now()
        # The other lines of a refusal by the database quote the row, with the names that are in it.
        first_line = str(error).partition("\n")[0]
        run.error = f"{type(error).__name__} : {first_line}"[:500]
        run.save(update_fields=["started_at", "attempts", "error"])
        if run.attempts == ATTEMPTS and schedule.every != Rhythm.MINUTE:
            people = people_who(Write(Data.JOB)).values_list("pk", flat=True)
            notify(new=[NewNotice(FAILED, user, run.pk, str(run.pk)) for user in people], actor=Actor.system())
