"""Since when one of home and support lacks, and from which day it is asked (S0-03)."""

from datetime import date

import pytest

from social_link.measures.rules.gaps import gap_since, is_asked

D = date


@pytest.mark.parametrize(
    ("there_since", "other_until", "since"),
    [
        (D(2026, 3, 1), None, D(2026, 3, 1)),  # never the other one
        (D(2026, 3, 1), D(2026, 5, 31), D(2026, 6, 1)),  # it ended meanwhile
        (D(2026, 3, 1), D(2026, 2, 28), D(2026, 3, 1)),  # the day before
        (D(2026, 3, 1), D(2025, 12, 31), D(2026, 3, 1)),  # long before
        (D(2026, 3, 1), D(2026, 3, 1), D(2026, 3, 2)),  # one day of both
        (D(2027, 1, 1), D(2026, 12, 31), D(2027, 1, 1)),  # the turn of the year
        (D(2028, 2, 1), D(2028, 2, 28), D(2028, 2, 29)),  # a leap day
    ],
)
def test_since(there_since: date, other_until: date | None, since: date) -> None:
    assert gap_since(there_since, other_until) == since


@pytest.mark.parametrize(
    ("since", "day", "after", "asked"),
    [
        (D(2026, 10, 6), D(2026, 11, 4), 30, False),
        (D(2026, 10, 6), D(2026, 11, 5), 30, True),
        (D(2026, 10, 6), D(2026, 12, 5), 30, True),
        (D(2026, 11, 5), D(2026, 11, 5), 0, True),
        (D(2026, 11, 6), D(2026, 11, 5), 0, False),  # to come
    ],
)
def test_asked(since: date, day: date, after: int, asked: bool) -> None:
    assert is_asked(since, day, after) is asked
