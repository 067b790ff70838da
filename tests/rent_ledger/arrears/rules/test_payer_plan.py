"""The plan that a payer sets, and the half of the current expense. Hand cases, each named by its text."""

from decimal import Decimal as D

import pytest

from common.periods import Month
from rent_ledger.arrears.codes import PayerPlanWhy as Why
from rent_ledger.arrears.rules.payer_plan import default_plan, kept

# title, debt, a month, the last one, months
PLANS = [
    ("R. 824-8: 1/36 of 1 800", "1800.00", "50.00", "50.00", 36),
    ("R. 824-8: the cents stand in the last month", "1000.00", "27.78", "27.70", 36),
    ("R. 824-8: rounded down, the last month is the dearer", "700.00", "19.44", "19.60", 36),
    ("R. 824-8: cents rounded up pay a small debt sooner", "0.55", "0.02", "0.01", 28),
    ("R. 824-8: less than half a cent a month is asked at once", "0.10", "0.10", "0.10", 1),
]


@pytest.mark.parametrize(("debt", "amount", "last", "months"), [row[1:] for row in PLANS], ids=[r[0] for r in PLANS])
def test_the_plan_by_default(debt: str, amount: str, last: str, months: int) -> None:
    found = default_plan(D(debt), parts=36)
    assert found is not None
    assert (found.amount, found.last, found.parts) == (D(amount), D(last), months)
    assert found.amount * (found.parts - 1) + found.last == D(debt)


def test_nothing_owed_is_no_plan() -> None:
    assert default_plan(D(0), parts=36) is None


HALVES = [
    ("R. 824-28: paid whole", "200.00", "200.00", Why.PAID),
    ("R. 824-28: paid beyond", "200.00", "230.00", Why.PAID),
    ("R. 824-28: nothing asked, the aid pays all", "0.00", "0.00", Why.PAID),
    ("R. 824-28: exactly half", "200.00", "100.00", Why.HALF),
    ("R. 824-28: half of an odd cent", "100.01", "50.00", Why.LESS),
    ("R. 824-28: half of an odd cent, and one more", "100.01", "50.01", Why.HALF),
    ("R. 824-28: a cent under half", "200.00", "99.99", Why.LESS),
    ("R. 824-28: nothing paid", "200.00", "0.00", Why.LESS),
]


@pytest.mark.parametrize(("asked", "paid", "why"), [row[1:] for row in HALVES], ids=[row[0] for row in HALVES])
def test_half_of_the_current_expense(asked: str, paid: str, why: Why) -> None:
    assert kept(month=Month(2026, 10), asked=D(asked), paid=D(paid)).code == why
