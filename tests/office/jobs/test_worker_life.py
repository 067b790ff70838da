"""A worker that nobody hears is told."""

from datetime import timedelta

import pytest

from common import clock
from office.jobs import schedules
from office.jobs.queries import LONGEST_SILENCE, ran_ahead, worker_life
from office.jobs.schedules import register, tick

pytestmark = pytest.mark.django_db


def _fail(*_: object) -> None:
    raise RuntimeError


@pytest.mark.parametrize("work", [lambda day: None, _fail])
def test_a_tick_is_a_sign_of_life_whatever_its_tasks_do(
    monkeypatch: pytest.MonkeyPatch, work: schedules.Run, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(schedules, "_tasks", {})
    register("each_minute", "Chaque minute", "MINUTE", 0, work)
    register("nightly", "Chaque nuit", "DAY", 0, lambda day: None)
    assert worker_life().is_silent
    now = clock.now()
    tick()
    with clock.travel(now + LONGEST_SILENCE):
        assert not worker_life().is_silent
    with clock.travel(now + LONGEST_SILENCE + timedelta(minutes=1)):
        assert worker_life().is_silent
        tick()
        assert not worker_life().is_silent


def test_a_sign_of_life_of_a_clock_ahead_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty days of silence looked like life."""
    monkeypatch.setattr(schedules, "_tasks", {})
    register("each_minute", "Chaque minute", "MINUTE", 0, lambda day: None)
    now = clock.now()
    assert ran_ahead() is None
    with clock.travel(now + timedelta(days=40)):
        tick()
    assert worker_life().is_silent
    assert ran_ahead() == (now + timedelta(days=40)).astimezone(clock.PARIS).date()
    tick()
    assert not worker_life().is_silent
