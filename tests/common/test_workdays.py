"""Working days and French public holidays."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.workdays import (
    add_working_days,
    easter,
    holidays,
    is_working_day,
    next_working_day,
)

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("year", "day"),
    # Dates of the Bureau des longitudes; 2038 is the latest possible Easter, 1818 the earliest.
    [
        (1818, (3, 22)),
        (2000, (4, 23)),
        (2024, (3, 31)),
        (2025, (4, 20)),
        (2026, (4, 5)),
        (2027, (3, 28)),
        (2038, (4, 25)),
    ],
)
def test_easter(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


def test_the_eleven_holidays_of_2026() -> None:
    assert [d.strftime("%d/%m") for d in holidays(2026)] == (
        "01/01 06/04 01/05 08/05 14/05 25/05 14/07 15/08 01/11 11/11 25/12".split()
    )


def test_alsace_moselle_has_two_more() -> None:
    more = set(holidays(2026, alsace_moselle=True)) - set(holidays(2026))
    assert more == {date(2026, 4, 3), date(2026, 12, 26)}


@pytest.mark.parametrize(
    ("start", "count", "found"),
    [
        (date(2026, 11, 5), 5, date(2026, 11, 13)),  # Thursday; 11 November is skipped
        (date(2026, 11, 6), 1, date(2026, 11, 9)),  # Friday, then Monday
        (date(2026, 12, 24), 1, date(2026, 12, 28)),
        (date(2026, 11, 7), 1, date(2026, 11, 9)),  # an event on a Saturday
        (date(2026, 11, 7), 0, date(2026, 11, 7)),
    ],
)
def test_the_day_of_the_event_is_not_counted(start: date, count: int, found: date) -> None:
    assert add_working_days(start, count) == found


def test_alsace_moselle_moves_a_deadline() -> None:
    good_friday_eve = date(2026, 4, 2)
    assert add_working_days(good_friday_eve, 1) == date(2026, 4, 3)
    assert add_working_days(good_friday_eve, 1, alsace_moselle=True) == date(2026, 4, 7)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="count < 0"):
        add_working_days(date(2026, 1, 1), -1)


@given(day=DAYS, count=st.integers(1, 60), local=st.booleans())
def test_the_deadline_is_a_working_day_and_counts_back(day: date, count: int, local: bool) -> None:
    deadline = add_working_days(day, count, alsace_moselle=local)
    assert is_working_day(deadline, alsace_moselle=local)
    after = (day + timedelta(days=n) for n in range(1, (deadline - day).days + 1))
    assert sum(is_working_day(one, alsace_moselle=local) for one in after) == count


@given(day=DAYS, first=st.integers(0, 20), then=st.integers(0, 20))
def test_two_delays_add_up(day: date, first: int, then: int) -> None:
    assert add_working_days(add_working_days(day, first), then) == add_working_days(day, first + then)


@given(day=DAYS)
def test_the_next_working_day_skips_only_idle_days(day: date) -> None:
    found = next_working_day(day)
    assert is_working_day(found)
    assert not any(is_working_day(day + timedelta(days=n)) for n in range((found - day).days))
