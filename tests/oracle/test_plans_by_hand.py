"""The oracle's plans, by hand: a household that owes 426.00 of November signs six instalments of 71.00."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.oracle.plans import BROKEN, KEPT
from tests.oracle.tenancy import Tenancy
from tests.oracle.test_by_hand import bill_months, home

D = Decimal
NOV, DEC, JAN = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
SIGNED = date(2026, 11, 12)


def signed(months: int = 6, first_on: date = date(2026, 12, 5)) -> Tenancy:
    """Terms of 426.00 due on the 5th; that of November is in the plan."""
    late = home("426.00", "0.00", start=date(2026, 9, 1))
    bill_months(late, NOV)
    assert late.sign(months, first_on, SIGNED)
    return late


def lived(tenancy: Tenancy, first: date, last: date):
    while first <= last:
        tenancy.morning(first)
        shown = tenancy.evening(first)
        first += timedelta(days=1)
    return shown


def plan_of(tenancy: Tenancy):
    assert tenancy.books.plan is not None
    return tenancy.books.plan


def test_what_later_instalments_ask_is_spread_and_not_due():
    late = signed()
    shown = late.evening(SIGNED)
    assert (shown.debt, shown.spread, shown.held, shown.arrears) == (0, D("426.00"), D("426.00"), 0)
    shown = late.evening(date(2026, 12, 5))
    assert (shown.debt, shown.spread) == (D("71.00"), D("355.00"))


def test_money_goes_to_the_term_then_to_the_instalment_then_waits():
    late = signed()
    bill_months(late, DEC)
    day = date(2026, 12, 6)
    late.pay("p", D("500.00"), day, day)
    # 426.00 of the term of December, 71.00 of the plan, 3.00 for what comes.
    shown = late.evening(day)
    assert (shown.debt, shown.spread, shown.credit) == (0, D("355.00"), D("3.00"))
    # On the 1st of January its instalment enters the queue.
    late.morning(JAN)
    assert plan_of(late).lacking(late.books)[1] == (date(2027, 1, 5), D("68.00"))


@pytest.mark.parametrize(("paid_on", "end"), [(date(2026, 12, 10), ""), (date(2026, 12, 11), BROKEN)])
def test_five_days_late_is_in_time(paid_on, end):
    late = signed()
    lived(late, SIGNED, paid_on - timedelta(days=1))
    late.morning(paid_on)
    assert plan_of(late).end == end
    late.pay("p", D("71.00"), paid_on, paid_on)
    # Broken, the money of that day is for the oldest debt all the same.
    assert sum(d.left for d in late.books.debts) == D("355.00")


def test_a_term_that_the_plan_leaves_out_breaks_it_too():
    late = signed()
    bill_months(late, DEC)
    late.pay("p", D("71.00"), date(2026, 12, 4), date(2026, 12, 4))
    # It lay on the instalment before the term fell due: the term is what lacks.
    lived(late, date(2026, 12, 4), date(2026, 12, 11))
    assert plan_of(late).end == BROKEN


def test_kept_with_the_last_instalment_and_running_again_when_its_money_comes_back():
    late = signed(months=2)
    for name, due in (("a", date(2026, 12, 5)), ("b", date(2027, 1, 5))):
        late.pay(name, D("213.00"), due, due)
        late.evening(due)
    assert plan_of(late).end == KEPT
    back = date(2027, 1, 8)
    late.give_back("b", back)
    shown = late.evening(back)
    assert (plan_of(late).end, shown.held, shown.debt) == ("", D("213.00"), D("213.00"))
    lived(late, back, date(2027, 1, 11))
    assert plan_of(late).end == BROKEN


def test_what_is_cancelled_falls_from_the_last_instalment():
    late = home("300.00", "126.00", start=date(2026, 9, 1))
    bill_months(late, NOV)
    late.sign(6, date(2026, 12, 5), SIGNED)
    charges = next(d for d in late.books.debts if d.nature == "CHARGES")
    late.books.forget_debt(charges)
    # 426.00 - 126.00 = 300.00: four of 71.00 and 16.00 of the fifth.
    assert [left for _, left in plan_of(late).lacking(late.books)] == [*[D("71.00")] * 4, D("16.00"), 0]


def test_the_next_version_spreads_what_is_left_and_what_fell_due():
    late = signed(months=2)
    late.pay("a", D("213.00"), date(2026, 12, 5), date(2026, 12, 5))
    bill_months(late, DEC)
    assert late.sign(3, date(2027, 1, 5), date(2026, 12, 9))
    # 213.00 of November and 426.00 of December in three.
    assert plan_of(late).asks == [(date(2027, month, 5), D("213.00")) for month in (1, 2, 3)]
    assert late.evening(date(2026, 12, 9)).arrears == 0


def test_a_plan_that_is_stopped_counts_again():
    late = signed()
    late.stop(date(2026, 11, 20))
    shown = late.evening(date(2026, 11, 20))
    assert (shown.debt, shown.arrears, shown.spread) == (D("426.00"), D("426.00"), 0)


def test_what_stands_again_beyond_the_plan_is_paid_first():
    late = home("426.00", "0.00", start=date(2026, 9, 1))
    bill_months(late, NOV)
    late.pay("before", D("126.00"), date(2026, 11, 6), date(2026, 11, 6))
    late.sign(2, date(2026, 12, 5), SIGNED)
    back = date(2026, 11, 20)
    late.give_back("before", back)
    late.pay("p", D("130.00"), back, back)
    # 426.00 stand, 300.00 of them in the plan: 126.00 are paid, 4.00 wait for December.
    shown = late.evening(back)
    assert (shown.held, shown.spread, shown.credit) == (D("300.00"), D("300.00"), D("4.00"))
