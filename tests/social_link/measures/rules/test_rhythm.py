"""By when a household is to be met again, day by day (S0-12, S3-10; R8)."""

from datetime import date, timedelta

import pytest

from social_link.measures.rules.rhythm import Asked, Limit, limit_of

D = date
TYPE_1, TYPE_2 = "Parc CCAS, type 1", "Parc CCAS, type 2"


def asked(label: str, first: date, days: int | None) -> Asked:
    return Asked(label, first, days)


@pytest.mark.parametrize(
    ("measures", "last", "since", "on", "of"),
    [
        # The general limit, thirty days, from the last contact; of who never was met, from the referent's first day.
        ([], D(2026, 10, 6), D(2026, 1, 1), D(2026, 11, 5), ""),
        ([], None, D(2026, 10, 6), D(2026, 11, 5), ""),
        # A contact before the referent counts as well: somebody met the household.
        ([], D(2026, 10, 6), D(2026, 10, 20), D(2026, 11, 5), ""),
        # The end of a month: 31 January and thirty days, in a usual year and in a leap year.
        ([], D(2027, 1, 31), D(2026, 1, 1), D(2027, 3, 2), ""),
        ([], D(2028, 1, 31), D(2026, 1, 1), D(2028, 3, 1), ""),
        ([], D(2026, 12, 20), D(2026, 1, 1), D(2027, 1, 19), ""),
        # A measure has its own rhythm, type 1 and type 2 each theirs.
        ([asked(TYPE_1, D(2026, 1, 1), 21)], D(2026, 10, 15), D(2026, 1, 1), D(2026, 11, 5), TYPE_1),
        ([asked(TYPE_2, D(2026, 1, 1), 60)], D(2026, 10, 15), D(2026, 1, 1), D(2026, 12, 14), TYPE_2),
        # The shortest of its measures leads, wherever it stands.
        ([asked("A", D(2026, 1, 1), 30), asked("B", D(2026, 1, 1), 7)], D(2026, 11, 1), None, D(2026, 11, 8), "B"),
        ([asked("B", D(2026, 1, 1), 7), asked("A", D(2026, 1, 1), 30)], D(2026, 11, 1), None, D(2026, 11, 8), "B"),
        # The shortest is the one that is due first: one that began today leaves its own days.
        ([asked("A", D(2026, 1, 1), 30), asked("B", D(2026, 11, 5), 7)], D(2026, 10, 10), None, D(2026, 11, 9), "A"),
        # A measure that starts today asks nothing of the days before.
        ([asked("B", D(2026, 11, 5), 7)], D(2026, 9, 1), D(2026, 1, 1), D(2026, 11, 12), "B"),
        ([asked("B", D(2026, 11, 5), 7)], None, None, D(2026, 11, 12), "B"),
        ([asked("B", D(2026, 11, 5), 7)], D(2026, 11, 5), None, D(2026, 11, 12), "B"),
        # One without a rhythm: the general limit, from its first day where nobody was met and there is no referent.
        ([asked("ASLL", D(2026, 10, 1), None)], None, None, D(2026, 10, 31), ""),
        ([asked("ASLL", D(2026, 10, 1), None)], D(2026, 10, 20), None, D(2026, 11, 19), ""),
        ([asked("ASLL", D(2026, 10, 1), None)], None, D(2026, 9, 1), D(2026, 10, 1), ""),
        # Beside one that has a rhythm, it asks nothing of its own.
        ([asked("ASLL", D(2026, 1, 1), None), asked("B", D(2026, 1, 1), 45)], D(2026, 11, 1), None,
         D(2026, 12, 16), "B"),
        # A rhythm that changed holds at once: fifteen days instead of thirty, from the same contact.
        ([asked("B", D(2026, 1, 1), 15)], D(2026, 10, 10), None, D(2026, 10, 25), "B"),
    ],
)  # fmt: skip
def test_by_when(measures: list[Asked], last: date | None, since: date | None, on: date, of: str) -> None:
    found = limit_of(measures, last=last, since=since, general=30)
    assert found is not None
    assert (found.on, found.of, found.last) == (on, of, last)
    assert found.since + timedelta(days=found.days) == on


def test_who_is_accompanied_by_nobody_has_no_limit() -> None:
    assert limit_of([], last=D(2026, 10, 1), since=None, general=30) is None


def test_the_last_day_is_in_time_and_the_next_one_is_late() -> None:
    limit = Limit(D(2026, 11, 5), 30, D(2026, 10, 6), D(2026, 10, 6))
    assert [limit.is_late(D(2026, 11, day)) for day in (4, 5, 6)] == [False, False, True]
    assert limit.silent_for(D(2026, 11, 5)) == 30
    assert [limit.is_near(D(2026, 10, 30), 5), limit.is_near(D(2026, 10, 31), 5)] == [False, True]
    assert limit.is_near(D(2026, 11, 20), 5)
