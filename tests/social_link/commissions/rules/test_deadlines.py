"""Until when one is put on an agenda, by hand. No text sets it: the days are what a calendar says."""

from datetime import date

import pytest

from social_link.commissions.rules.deadlines import entries_until


@pytest.mark.parametrize(
    ("held_on", "days", "alsace", "until"),
    [
        # A week before a Thursday is a Thursday.
        (date(2026, 12, 17), 7, False, date(2026, 12, 10)),
        # Ten days before a Wednesday is a Sunday: the Friday before.
        (date(2026, 12, 16), 10, False, date(2026, 12, 4)),
        # A week before Friday 1 January is Christmas: the day before.
        (date(2027, 1, 1), 7, False, date(2026, 12, 24)),
        # 26 December is a holiday in Alsace and Moselle only; in 2028 it is a Tuesday, after Christmas on a Monday.
        (date(2029, 1, 2), 7, False, date(2028, 12, 26)),
        (date(2029, 1, 2), 7, True, date(2028, 12, 22)),
        # On the day itself, and over the end of a leap February.
        (date(2028, 3, 7), 0, False, date(2028, 3, 7)),
        (date(2028, 3, 7), 7, False, date(2028, 2, 29)),
        # Over the turn of the year.
        (date(2027, 1, 6), 14, False, date(2026, 12, 23)),
        # Ten days before Thursday 15 April 2027 is Monday 5, no holiday; before Thursday 8, Easter Monday 29 March.
        (date(2027, 4, 15), 10, False, date(2027, 4, 5)),
        (date(2027, 4, 8), 10, False, date(2027, 3, 26)),
    ],
)
def test_entries_end_on_a_working_day(held_on: date, days: int, alsace: bool, until: date) -> None:
    assert entries_until(held_on, days, alsace_moselle=alsace) == until
