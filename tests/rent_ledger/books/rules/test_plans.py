"""Plans by hand: schedules, what enters the queue, and how a plan stands from the money alone."""

from datetime import date
from decimal import Decimal

import pytest

from rent_ledger.books.codes import PlanStanding
from rent_ledger.books.rules.plans import (
    Instalment,
    PlanParams,
    entered,
    judge,
    left_of,
    months_for,
    schedule,
    shortened,
    spread,
)

D = Decimal
PARAMS = PlanParams(late_days=5, tolerance=D("0.00"))


@pytest.mark.parametrize(
    ("total", "months", "first_on", "amounts"),
    [
        # CCH R. 824-8: 1/36 a month by default; 35 × 27,77 = 971,95, and the last one has the rest.
        ("1000.00", 36, date(2026, 12, 5), ["27.77"] * 35 + ["28.05"]),
        ("600.00", 6, date(2026, 12, 5), ["100.00"] * 6),
        ("100.00", 3, date(2026, 12, 5), ["33.33", "33.33", "33.34"]),
        ("213.00", 1, date(2026, 12, 5), ["213.00"]),
        ("0.12", 12, date(2026, 12, 5), ["0.01"] * 12),
        ("0.13", 12, date(2026, 12, 5), ["0.01"] * 11 + ["0.02"]),
    ],
)
def test_a_schedule_loses_no_cent_and_the_last_one_has_the_rest(total, months, first_on, amounts):
    found = schedule(D(total), first_on=first_on, months=months)
    assert [i.amount for i in found] == [D(amount) for amount in amounts]
    assert sum(i.amount for i in found) == D(total)


@pytest.mark.parametrize(
    ("first_on", "days"),
    [
        # Over the turn of a year.
        (date(2026, 11, 5), [date(2026, 11, 5), date(2026, 12, 5), date(2027, 1, 5), date(2027, 2, 5)]),
        # The 31st: the last day of a month without one, and the 31st again after it.
        (date(2026, 12, 31), [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]),
        # A leap year.
        (date(2027, 12, 30), [date(2027, 12, 30), date(2028, 1, 30), date(2028, 2, 29), date(2028, 3, 30)]),
        (date(2028, 2, 29), [date(2028, 2, 29), date(2028, 3, 29), date(2028, 4, 29), date(2028, 5, 29)]),
    ],
)
def test_instalments_fall_on_the_day_of_the_first(first_on, days):
    assert [i.due_on for i in schedule(D("400.00"), first_on=first_on, months=4)] == days


def test_no_instalment_is_under_a_cent():
    with pytest.raises(ValueError, match="cent"):
        schedule(D("0.11"), first_on=date(2026, 12, 5), months=12)


@pytest.mark.parametrize(
    ("total", "monthly", "months"), [("600.00", "100.00", 6), ("600.01", "100.00", 7), ("50.00", "100.00", 1)]
)
def test_how_many_months_an_amount_takes(total, monthly, months):
    assert months_for(D(total), D(monthly)) == months


DEC, JAN, FEB = date(2026, 12, 5), date(2027, 1, 5), date(2027, 2, 5)
THREE = [Instalment(DEC, D("100.00")), Instalment(JAN, D("100.00")), Instalment(FEB, D("100.00"))]


@pytest.mark.parametrize(
    ("paid", "left"),
    [
        ("0.00", ["100.00", "100.00", "100.00"]),
        ("150.00", ["0.00", "50.00", "100.00"]),
        ("300.00", ["0.00", "0.00", "0.00"]),
        # More than was covered never stands as paid, less than nothing neither.
        ("-20.00", ["100.00", "100.00", "100.00"]),
    ],
)
def test_what_is_paid_goes_to_the_instalments_in_order(paid, left):
    assert left_of(THREE, D(paid)) == [D(rest) for rest in left]


@pytest.mark.parametrize(
    ("off", "amounts"),
    [("0", ["100.00", "100.00", "100.00"]), ("40", ["100.00", "100.00", "60.00"]), ("100", ["100.00", "100.00"]),
     ("150", ["100.00", "50.00"]), ("300", []), ("301", [])],
)  # fmt: skip
def test_what_is_cancelled_falls_from_the_last_instalments(off, amounts):
    assert [due.amount for due in shortened(THREE, D(off))] == [D(amount) for amount in amounts]


@pytest.mark.parametrize(
    ("paid", "day", "asked"),
    [
        # An instalment enters on the 1st of its month, not before.
        ("0.00", date(2026, 11, 30), []),
        ("0.00", date(2026, 12, 1), [(DEC, "100.00")]),
        ("40.00", date(2026, 12, 31), [(DEC, "60.00")]),
        ("40.00", date(2027, 1, 1), [(DEC, "60.00"), (JAN, "100.00")]),
        ("100.00", date(2027, 1, 1), [(JAN, "100.00")]),
        ("300.00", date(2028, 1, 1), []),
    ],
)
def test_what_has_entered_the_queue(paid, day, asked):
    assert entered(THREE, D(paid), day=day) == [Instalment(due_on, D(amount)) for due_on, amount in asked]


@pytest.mark.parametrize(
    ("paid", "term", "day", "known", "expected"),
    [
        # R. 824-16: it fails where the current expense or an instalment is missed. Five days: reading 6.
        ("0.00", None, date(2026, 12, 4), date(2026, 12, 4), (PlanStanding.ON_TIME, DEC, False, "0.00")),
        ("0.00", None, DEC, DEC, (PlanStanding.ON_TIME, DEC, False, "0.00")),
        ("0.00", None, date(2026, 12, 6), date(2026, 12, 6), (PlanStanding.LATE, DEC, False, "100.00")),
        # The fifth day is in time.
        ("0.00", None, date(2026, 12, 10), date(2026, 12, 10), (PlanStanding.LATE, DEC, False, "100.00")),
        ("0.00", None, date(2026, 12, 11), date(2026, 12, 10), (PlanStanding.BROKEN, DEC, False, "100.00")),
        # A cent is missing.
        ("99.99", None, date(2026, 12, 11), date(2026, 12, 11), (PlanStanding.BROKEN, DEC, False, "0.01")),
        # Never beyond what is known of the bank.
        ("0.00", None, date(2026, 12, 11), date(2026, 12, 9), (PlanStanding.LATE, DEC, False, "100.00")),
        ("0.00", None, date(2026, 12, 11), None, (PlanStanding.LATE, DEC, False, "100.00")),
        # Paid in advance.
        ("150.00", None, date(2026, 12, 20), date(2026, 12, 20), (PlanStanding.ON_TIME, JAN, False, "0.00")),
        ("300.00", DEC, date(2026, 12, 20), date(2026, 12, 20), (PlanStanding.KEPT, None, False, "0.00")),
        # The instalment is paid, the current term is not.
        ("100.00", DEC, date(2026, 12, 10), date(2026, 12, 10), (PlanStanding.LATE, DEC, True, "0.00")),
        ("100.00", DEC, date(2026, 12, 11), date(2026, 12, 11), (PlanStanding.BROKEN, DEC, True, "0.00")),
        ("100.00", JAN, date(2026, 12, 20), date(2026, 12, 20), (PlanStanding.ON_TIME, JAN, False, "0.00")),
        # Of both, the oldest is told.
        ("0.00", date(2026, 12, 1), date(2026, 12, 7), date(2026, 12, 7), (
            PlanStanding.BROKEN, date(2026, 12, 1), True, "100.00")),
        # Over the turn of the year, two are missing.
        ("0.00", None, date(2027, 1, 6), date(2027, 1, 6), (PlanStanding.BROKEN, DEC, False, "200.00")),
    ],
)  # fmt: skip
def test_a_plan_stands_by_the_money_alone(paid, term, day, known, expected):
    found = judge(THREE, paid=D(paid), oldest_term=term, day=day, known_until=known, params=PARAMS)
    assert found == (*expected[:3], D(expected[3]))


@pytest.mark.parametrize(
    ("paid", "day", "standing"),
    [
        # Two euros may be missing, in all, until the last instalment.
        ("98.00", date(2026, 12, 20), PlanStanding.ON_TIME),
        ("97.99", date(2026, 12, 20), PlanStanding.BROKEN),
        ("198.00", date(2027, 1, 20), PlanStanding.ON_TIME),
        ("298.00", date(2027, 2, 20), PlanStanding.BROKEN),
    ],
)
def test_the_tolerance_ends_with_the_last_instalment(paid, day, standing):
    params = PlanParams(late_days=5, tolerance=D("2.00"))
    assert judge(THREE, paid=D(paid), oldest_term=None, day=day, known_until=day, params=params).standing == standing


@pytest.mark.parametrize(
    ("paid", "day", "expected"),
    [
        ("0.00", date(2026, 12, 4), "300.00"),
        # An instalment of the day is due.
        ("0.00", date(2026, 12, 5), "200.00"),
        # What is paid ahead lowers what is to come; what is late is due, and stays out of it.
        ("150.00", date(2026, 12, 5), "150.00"),
        ("0.00", date(2027, 2, 5), "0.00"),
        ("300.00", date(2026, 12, 4), "0.00"),
    ],
)
def test_what_later_instalments_ask_is_spread(paid: str, day: date, expected: str) -> None:
    plan = schedule(D("300.00"), first_on=date(2026, 12, 5), months=3)
    assert spread(plan, D(paid), day=day) == D(expected)
