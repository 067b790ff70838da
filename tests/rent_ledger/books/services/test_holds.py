"""Debts out of the queue: free credit passes them, and is laid on them once their hold has ended (reading 2)."""

from datetime import date
from decimal import Decimal

import pytest

from common import clock
from common.errors import NotAllowed
from common.periods import period
from office.access.codes import Role
from office.jobs.schedules import tick
from rent_ledger.arrears.services.debt_holds import hold_debt, release_debt
from rent_ledger.books.services.projections import refresh, roll
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import AccountState, Allocation, DebtHold, OpenItem
from tests.factories import make_actor, make_let, owe, pay

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-10")]
NOV_1, NOV_20 = date(2026, 11, 1), date(2026, 11, 20)


def disputed(*, until: date | None = None) -> tuple[int, int]:
    """An account that owes 300,00 since 1 November, disputed, with 120,00 in hand; and that debt's posting."""
    account = owe(lease=make_let(), due_on=NOV_1, amount="300.00")
    [debt] = OpenItem.objects.filter(account_id=account).values_list("posting_id", flat=True)
    hold_debt(posting_ids=[debt], kind="DISPUTE", reason="Montant contesté", until=until, actor=make_actor())
    pay(account=account, on=date(2026, 11, 10), amount="120.00")
    return account, debt


def figures(account: int) -> tuple[str, ...]:
    """Debt, arrears, held, credit."""
    state = AccountState.objects.get(account_id=account)
    return tuple(str(x) for x in (state.debt, state.arrears, state.held, state.credit))


HELD = ("300.00", "0.00", "300.00", "120.00")
LAID = ("180.00", "180.00", "0.00", "0.00")


def test_money_waits_beside_a_held_debt():
    account, _ = disputed()
    assert figures(account) == HELD
    assert check_ledger() == []


def test_a_dispute_released_takes_the_money_in_hand_at_once():
    account, debt = disputed()
    assert release_debt(posting_ids=[debt], actor=make_actor()) == 1
    assert figures(account) == LAID
    assert [(a.debit_posting_id, a.amount, a.on) for a in Allocation.objects.all()] == [
        (debt, Decimal("120.00"), date(2026, 11, 10))
    ]
    assert check_ledger() == []


def test_a_hold_that_ran_some_days_and_is_ended_takes_it_too():
    account, debt = disputed()
    with clock.travel(date(2026, 11, 15)):
        release_debt(posting_ids=[debt], actor=make_actor())
        assert figures(account) == LAID
        assert check_ledger() == []


@pytest.mark.parametrize("how", ["the hold had an end", "released for that day"])
def test_what_ends_by_its_date_is_laid_when_the_day_comes(how: str):
    account, debt = disputed(until=NOV_20 if how == "the hold had an end" else None)
    if how == "released for that day":
        release_debt(posting_ids=[debt], actor=make_actor(), on=NOV_20)
    assert figures(account) == HELD
    with clock.travel(date(2026, 11, 19)):
        roll()
        assert figures(account) == HELD
        assert check_ledger() == []
    with clock.travel(NOV_20):
        assert roll() == 1
        assert figures(account) == LAID
        assert [a.on for a in Allocation.objects.all()] == [NOV_20]
        roll()
        assert Allocation.objects.count() == 1
        assert check_ledger() == []


def test_it_is_laid_though_the_account_was_looked_at_before_the_day_rolled():
    account, _ = disputed(until=NOV_20)
    with clock.travel(NOV_20):
        refresh(account_ids=[account])
        roll()
        assert figures(account) == LAID


def test_what_is_laid_for_a_day_bears_that_day():
    account, _ = disputed(until=NOV_20)
    roll(day=NOV_20)
    assert figures(account) == LAID
    assert [a.on for a in Allocation.objects.all()] == [NOV_20]


def test_the_night_s_task_lays_it():
    account, _ = disputed(until=NOV_20)
    with clock.travel(NOV_20):
        assert "new_day" in tick()
        assert figures(account) == LAID


def test_another_hold_that_runs_keeps_the_money_waiting():
    account, debt = disputed(until=NOV_20)
    hold_debt(posting_ids=[debt], kind="FREEZE", reason="Recevabilité", from_day=NOV_20, actor=make_actor())
    with clock.travel(NOV_20):
        roll()
        assert figures(account) == HELD
        assert check_ledger() == []


def test_the_check_of_the_books_sees_credit_beside_a_debt_no_longer_held():
    _, debt = disputed()
    DebtHold.objects.filter(posting_id=debt).update(period=period(NOV_1, date(2026, 11, 10)))
    found = [finding.name for finding in check_ledger()]
    assert "Aucun crédit libre à côté d’une dette échue qu’il pourrait payer" in found


@pytest.mark.parametrize("role", [r for r in Role if r != Role.RENTAL_MANAGER])
def test_only_the_rental_manager_holds_and_releases(role: str):
    account = owe(lease=make_let(), due_on=NOV_1, amount="300.00")
    [debt] = OpenItem.objects.filter(account_id=account).values_list("posting_id", flat=True)
    with pytest.raises(NotAllowed):
        hold_debt(posting_ids=[debt], kind="DISPUTE", reason="x", actor=make_actor(role=role))
    with pytest.raises(NotAllowed):
        release_debt(posting_ids=[debt], actor=make_actor(role=role))
