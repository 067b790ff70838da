"""The oracle's procedures of overindebtedness, by hand: terms of 426.00 due before and after admissibility."""

from datetime import date
from decimal import Decimal

import pytest

from tests.oracle.freezes import ADMISSIBLE, CLOSED, ERASED, MEASURES, MORATORIUM
from tests.oracle.plans import STOPPED
from tests.oracle.tenancy import NOTHING, Tenancy
from tests.oracle.test_by_hand import bill_months, home

D = Decimal
OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)
ADMITTED, TODAY = date(2026, 10, 20), date(2026, 11, 12)


def admitted() -> Tenancy:
    owing = home("426.00", "0.00", start=date(2026, 9, 1))
    bill_months(owing, OCT, NOV)
    assert owing.decide(ADMISSIBLE, ADMITTED, None, TODAY)
    return owing


def figures(tenancy: Tenancy, day: date = TODAY) -> tuple[Decimal, Decimal]:
    """What is claimed, and what is held."""
    shown = tenancy.evening(day)
    return shown.arrears, shown.held


def test_what_was_due_before_is_frozen_for_two_years_and_the_current_rent_is_not():
    """L. 722-2, L. 722-3."""
    owing = admitted()
    assert figures(owing) == (D("426.00"), D("426.00"))
    owing.pay("p", D("500.00"), TODAY, TODAY)
    shown = owing.evening(TODAY)
    # The rent that runs is paid, the rest waits.
    assert (shown.arrears, shown.held, shown.credit) == (0, D("426.00"), D("74.00"))
    assert figures(owing, date(2028, 10, 20))[1] == D("426.00")
    owing.morning(date(2028, 10, 21))
    assert figures(owing, date(2028, 10, 21)) == (D("352.00"), 0)


def test_a_plan_stops():
    owing = home("426.00", "0.00", start=date(2026, 9, 1))
    bill_months(owing, OCT)
    owing.sign(6, date(2026, 11, 5), date(2026, 10, 12))
    owing.decide(ADMISSIBLE, ADMITTED, None, date(2026, 10, 22))
    assert owing.books.plan is not None
    assert owing.books.plan.end == STOPPED
    assert figures(owing, date(2026, 10, 22)) == (0, D("426.00"))


@pytest.mark.parametrize(("kind", "until"), [(MORATORIUM, date(2027, 1, 31)), (MEASURES, date(2033, 11, 12))])
def test_a_later_decision_says_until_when(kind, until):
    """L. 733-1."""
    owing = admitted()
    assert owing.decide(kind, TODAY, until, TODAY)
    assert figures(owing, until)[1] == D("426.00")


def test_a_judge_s_delays_put_it_back_until_an_erasure_takes_all():
    """L. 722-5; L. 741-2."""
    owing = admitted()
    owing.release(OCT, TODAY)
    owing.decide(MORATORIUM, TODAY, date(2027, 11, 12), TODAY)
    assert figures(owing) == (D("852.00"), 0)
    owing.decide(ERASED, TODAY, None, TODAY)
    assert figures(owing) == (0, 0)


def test_what_is_erased_is_no_payment_and_proves_none():
    owing = admitted()
    owing.decide(ERASED, date(2026, 10, 31), None, TODAY)
    # November fell due on the 5th: it stays.
    assert figures(owing) == (D("426.00"), 0)
    october = next(a for a in owing.avis if a.bill.month == OCT)
    assert (owing.paper(october).kind, owing.paper(october).received) == (NOTHING, 0)


def test_a_demand_that_is_corrected_is_erased_for_what_it_still_asks():
    """426.00 of October erased, the contract ends on the 15th: 206.13 of them were owed, and nobody gets the rest."""
    owing = admitted()
    owing.decide(ERASED, date(2026, 10, 31), None, TODAY)
    owing.end(date(2026, 10, 16), TODAY)
    october = next(a for a in owing.avis if a.bill.month == OCT)
    assert owing.books.erased(october.debts) == D("206.13")
    assert (owing.evening(TODAY).arrears, owing.evening(TODAY).credit) == (0, 0)


def test_closed_it_counts_again():
    owing = admitted()
    owing.decide(CLOSED, TODAY, None, TODAY)
    assert figures(owing) == (D("852.00"), 0)
