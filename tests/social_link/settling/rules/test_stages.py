"""When an installation is shown and asked, day by day (S0-07: one month, six months; practice of the house)."""

from datetime import date

import pytest

from social_link.settling.rules.stages import SettlingParams, is_asked, is_running

PARAMS = SettlingParams(ask_months=1, months=6)


@pytest.mark.parametrize(
    ("entered", "day", "running", "asked"),
    [
        (date(2026, 11, 20), date(2026, 11, 5), True, False),  # prepared before the entry
        (date(2026, 10, 5), date(2026, 11, 4), True, False),
        (date(2026, 10, 5), date(2026, 11, 5), True, True),
        (date(2026, 5, 6), date(2026, 11, 5), True, True),
        (date(2026, 5, 5), date(2026, 11, 5), False, False),
        (date(2027, 1, 31), date(2027, 2, 27), True, False),
        (date(2027, 1, 31), date(2027, 2, 28), True, True),  # the last day of a month that has no 31st
        (date(2027, 8, 31), date(2028, 2, 28), True, True),
        (date(2027, 8, 31), date(2028, 2, 29), False, False),
    ],
)
def test_an_installation_runs_and_is_asked(entered: date, day: date, running: bool, asked: bool) -> None:
    assert (is_running(entered, day, PARAMS), is_asked(entered, day, PARAMS)) == (running, asked)
