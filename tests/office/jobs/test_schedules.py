"""Recurring tasks: each period once, the latest night switched off caught up."""

from datetime import date, datetime

import pytest

from common import clock
from office.access.codes import Role
from office.jobs import schedules
from office.jobs.schedules import ATTEMPTS, register, tick
from office.models import Notice, Schedule, ScheduleRun
from office.notices.queries import lines
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_other_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "_tasks", {})


def _task(every: str = "DAY", at_hour: int = 3) -> list[date]:
    seen: list[date] = []
    register("nightly", "Chaque nuit", every, at_hour, seen.append)
    return seen


def _tick(moment: str) -> list[str]:
    with clock.travel(datetime.fromisoformat(moment).replace(tzinfo=clock.PARIS)):
        return tick()


def test_a_daily_task_runs_once_a_day_from_its_hour() -> None:
    seen = _task()
    for moment in ("2026-11-05T03:00", "2026-11-05T03:01", "2026-11-05T23:59", "2026-11-06T02:59", "2026-11-06T03:00"):
        _tick(moment)
    assert seen == [date(2026, 11, 5), date(2026, 11, 6)]
    assert Schedule.objects.get().label == "Chaque nuit"


def test_only_the_latest_missed_day_is_run() -> None:
    seen = _task()
    _tick("2026-11-05T04:00")
    _tick("2026-11-09T02:00")
    assert seen == [date(2026, 11, 5), date(2026, 11, 8)]


def test_a_minute_task_keeps_one_row() -> None:
    seen = _task("MINUTE", 0)
    for moment in ("2026-11-05T04:00", "2026-11-05T04:00:30", "2026-11-05T04:01"):
        _tick(moment)
    assert len(seen) == 2
    assert ScheduleRun.objects.get().period == "2026-11-05T04:01"


def test_a_task_switched_off_does_not_run() -> None:
    seen = _task()
    Schedule.objects.create(task="nightly", label="Chaque nuit", every="DAY", is_active=False)
    assert _tick("2026-11-05T04:00") == []
    assert seen == []


def test_a_task_that_fails_stops_no_other_and_is_tried_three_times() -> None:
    tries: list[date] = []

    def fail(day: date) -> None:
        tries.append(day)
        raise RuntimeError("plus de place\nDETAIL:  Failing row contains (12, Mme Fatou Sarr)")

    admin = make_user(role=Role.ADMINISTRATOR)
    register("failing", "Échoue", "DAY", 0, fail)
    seen = _task()
    for minute in range(5):
        _tick(f"2026-11-05T04:0{minute}")
    assert len(tries) == ATTEMPTS
    assert seen == [date(2026, 11, 5)]
    run = ScheduleRun.objects.get(schedule__task="failing")
    assert (run.ended_at, run.attempts, run.error) == (None, ATTEMPTS, "RuntimeError : plus de place")
    # Who looks after the house is told, once.
    [notice] = Notice.objects.all()
    assert (notice.kind, notice.about_id, notice.user) == ("TASK_FAILED", run.pk, admin)
    assert [line.shown.title for line in lines([notice])] == ["Travail de nuit en échec : Échoue"]
    _tick("2026-11-06T04:00")
    assert len(tries) == ATTEMPTS + 1


def test_what_a_failed_task_wrote_is_undone() -> None:
    def fail(day: date) -> None:
        Schedule.objects.create(task="leftover", label="Reste", every="DAY")
        raise RuntimeError

    register("failing", "Échoue", "DAY", 0, fail)
    _tick("2026-11-05T04:00")
    assert not Schedule.objects.filter(task="leftover").exists()


def test_a_clock_change_loses_no_day() -> None:
    seen = _task(at_hour=2)
    for moment in ("2026-03-28T23:00", "2026-03-29T01:30", "2026-03-29T03:30", "2026-10-25T02:30"):
        _tick(moment)
    assert seen == [date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25)]


def test_one_name_is_one_task() -> None:
    _task()
    with pytest.raises(ValueError, match="twice"):
        _task()
    with pytest.raises(ValueError, match="every YEAR"):
        register("yearly", "Chaque année", "YEAR", 0, print)


# -- a clock that was ahead -------------------------------------------------------------------------------------------

AHEAD = "2026-12-15T04:00"
"""Forty days after 5 November."""


@pytest.mark.parametrize("last", ["2026-12-15T03:00", "2026-12-15T20:00"])
def test_one_tick_of_a_clock_ahead_silences_no_day(last: str) -> None:
    seen = _task()
    _tick("2026-11-05T04:00")
    _tick(AHEAD)
    del seen[:]
    for day in (6, 7, 8):
        _tick(f"2026-11-0{day}T04:00")
        _tick(f"2026-11-0{day}T04:01")
    assert seen == [date(2026, 11, day) for day in (6, 7, 8)]
    # And that day itself, when it comes: once.
    for moment in ("2026-12-14T04:00", last, last, "2026-12-15T23:00"):
        _tick(moment)
    assert seen.count(date(2026, 12, 15)) == 1


def test_a_task_that_was_given_up_by_a_clock_ahead_is_tried_on_its_day() -> None:
    tries: list[date] = []

    def fail(day: date) -> None:
        tries.append(day)
        raise RuntimeError

    register("failing", "Échoue", "DAY", 0, fail)
    for _ in range(ATTEMPTS):
        _tick(AHEAD)
    del tries[:]
    _tick("2026-11-06T04:00")
    _tick("2026-12-15T05:00")
    assert tries == [date(2026, 11, 6), date(2026, 12, 15)]


def test_what_keeps_a_time_is_put_right_once(monkeypatch: pytest.MonkeyPatch) -> None:
    _task()
    told: list[datetime] = []
    monkeypatch.setattr(schedules, "_set_right", [told.append])
    _tick("2026-11-05T04:00")
    _tick("2026-11-06T04:00")
    assert told == []
    _tick(AHEAD)
    _tick("2026-11-07T04:00")
    _tick("2026-11-07T04:01")
    assert [moment.date() for moment in told] == [date(2026, 11, 7)]


def test_what_can_t_be_put_right_keeps_nothing_waiting_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    seen = _task()
    told: list[datetime] = []

    def fail(moment: datetime) -> None:
        told.append(moment)
        raise RuntimeError

    monkeypatch.setattr(schedules, "_set_right", [fail])
    _tick(AHEAD)
    _tick("2026-11-07T04:00")
    _tick("2026-11-08T04:00")
    assert seen[1:] == [date(2026, 11, 7), date(2026, 11, 8)]
    assert len(told) == 2
    assert "put right" in caplog.text
