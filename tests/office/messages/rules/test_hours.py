"""When an SMS may leave."""

from datetime import datetime

import pytest

from common.clock import PARIS
from office.messages.rules.hours import HourParams, next_opening

USUAL = HourParams(9, 19, alsace_moselle=False)


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-05T09:00", None),  # a Thursday
        ("2026-11-05T18:59", None),
        ("2026-11-05T08:59", "2026-11-05T09:00"),
        ("2026-11-05T19:00", "2026-11-06T09:00"),
        ("2026-11-06T21:00", "2026-11-09T09:00"),  # over a week-end
        ("2026-11-07T11:00", "2026-11-09T09:00"),
        ("2026-11-10T20:00", "2026-11-12T09:00"),  # over the 11th of November
        ("2026-12-24T19:00", "2026-12-28T09:00"),
        ("2026-03-27T20:00", "2026-03-30T09:00"),  # clocks change on the 29th: nine o'clock all the same
    ],
)
def test_next_opening(moment: str, opening: str | None) -> None:
    found = next_opening(datetime.fromisoformat(moment).replace(tzinfo=PARIS), USUAL)
    assert found == (datetime.fromisoformat(opening).replace(tzinfo=PARIS) if opening else None)


def test_the_days_of_alsace_are_holidays_there() -> None:
    friday = datetime(2026, 4, 3, 10, tzinfo=PARIS)
    assert next_opening(friday, USUAL) is None
    there = HourParams(9, 19, alsace_moselle=True)
    assert next_opening(friday, there) == datetime(2026, 4, 7, 9, tzinfo=PARIS)


@pytest.mark.parametrize(("first", "until"), [(19, 9), (9, 9), (30, 40)])
def test_hours_that_leave_nothing_open_keep_nothing(first: int, until: int) -> None:
    night = datetime(2026, 11, 5, 3, tzinfo=PARIS)
    assert next_opening(night, HourParams(first, until, alsace_moselle=False)) in (
        None,
        datetime(2026, 11, 5, 23, tzinfo=PARIS),
    )
