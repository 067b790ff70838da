"""Loi n° 89-462, art. 24 VII: a suspension ends at the first unpaid term. Amounts and days by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rent_ledger.procedures.rules.suspension import Given, due_days, instalments, judged_after, lapsed_on

D = date
GIVEN = Given(on=D(2026, 9, 15), debt=Decimal(600), monthly=Decimal(50), first_on=D(2026, 10, 5), until=D(2029, 9, 15))


def euros(**owed: int) -> dict[date, Decimal]:
    return {D(2026, int(day[1:3]), int(day[3:])): Decimal(amount) for day, amount in owed.items()}


def test_instalments_until_nothing_is_left():
    assert instalments(GIVEN)[:2] == [(D(2026, 10, 5), Decimal(50)), (D(2026, 11, 5), Decimal(50))]
    assert len(instalments(GIVEN)) == 12
    short = replace(GIVEN, debt=Decimal(130), first_on=D(2026, 10, 31), until=D(2027, 9, 1))
    # 31 October, 30 November, 31 December.
    assert instalments(short) == [
        (D(2026, 10, 31), Decimal(50)), (D(2026, 11, 30), Decimal(50)), (D(2026, 12, 31), Decimal(30)),
    ]  # fmt: skip


def test_the_last_day_asks_all_that_is_left():
    ends = replace(GIVEN, until=D(2026, 12, 5))
    assert instalments(ends) == [
        (D(2026, 10, 5), Decimal(50)), (D(2026, 11, 5), Decimal(50)), (D(2026, 12, 5), Decimal(500)),
    ]  # fmt: skip


def test_the_days_that_count():
    terms = [D(2026, 9, 1), D(2026, 9, 15), D(2026, 10, 1), D(2026, 11, 1)]
    # The term of the day of the decision is of its debt.
    assert due_days(GIVEN, terms, until=D(2026, 11, 1)) == [D(2026, 10, 1), D(2026, 10, 5), D(2026, 11, 1)]


@pytest.mark.parametrize(
    ("due", "days", "by"),
    [
        (D(2026, 11, 5), 0, D(2026, 11, 5)),
        (D(2026, 11, 5), 2, D(2026, 11, 7)),
        (D(2026, 11, 1), 0, D(2026, 11, 2)),  # a Sunday, and a holiday
        (D(2026, 12, 25), 2, D(2026, 12, 30)),  # a holiday, then a week-end: Monday the 28th, and two days
    ],
)
def test_money_has_the_time_to_come(due, days, by):
    assert judged_after(due, days) == by


@pytest.mark.parametrize(
    ("owed", "lapsed", "text"),
    [
        ({}, None, "nothing has fallen due"),
        (euros(_1001=600, _1005=550, _1101=550), None, "each term and each instalment paid"),
        (euros(_1001=813), D(2026, 10, 1), "the first term after the decision is unpaid"),
        (euros(_1001=600, _1005=600), D(2026, 10, 5), "the term is paid, the instalment is not"),
        (euros(_1001=600, _1005=550, _1101=763, _1105=713), D(2026, 11, 1), "the second term"),
        (euros(_1001=813, _1005=550), D(2026, 10, 1), "paid later does not bring it back"),
        (euros(_1001=400, _1005=400), None, "ahead of the calendar"),
        (euros(_1001=Decimal("600.01")), D(2026, 10, 1), "a cent is missing"),
    ],
)
def test_when_it_ends(owed, lapsed, text):
    assert lapsed_on(GIVEN, owed_then=Decimal(600), owed=owed) == lapsed, text


def test_what_the_books_say_of_that_day_counts():
    """The judge counted a cost that is no rent: what is spread is his, what is left is of the books."""
    assert lapsed_on(GIVEN, owed_then=Decimal(580), owed=euros(_1005=530)) is None
    assert lapsed_on(GIVEN, owed_then=Decimal(580), owed=euros(_1005=531)) == D(2026, 10, 5)
    # Nothing is owed for less than nothing.
    assert lapsed_on(GIVEN, owed_then=Decimal(20), owed=euros(_1005=0)) is None
