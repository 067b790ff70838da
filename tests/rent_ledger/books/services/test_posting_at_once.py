"""Two connections that post to one account at the same moment: the second waits, and lays on what the first left."""

import threading
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction

from common import clock
from common.errors import Conflict
from leases.contracts.natures import Nature
from office.access.actor import Actor
from rent_ledger.billing.services.runs import produce
from rent_ledger.books.codes import AllocationRule, EntryKind, General
from rent_ledger.books.services.accounts import tenant_accounts
from rent_ledger.books.services.posting import NewEntry, NewPosting, post, reverse
from rent_ledger.books.services.projections import roll
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import AccountState, Allocation, OpenItem, RentRun
from tests.factories import make_let, owe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.clock("2026-11-05")]
NOV_1, TODAY, SYSTEM = date(2026, 11, 1), date(2026, 11, 5), Actor.system()


def pay(account: int, amount: str, key: str) -> int:
    line = NewPosting(General.CASH, account, Decimal(amount), Nature.PAYMENT, NOV_1)
    return post(entries=[NewEntry(EntryKind.PAYMENT, key, NOV_1, (line,))], actor=SYSTEM)[0].id


def meanwhile(first: Callable[[], object], second: Callable[[], object]) -> None:
    """`second` starts on another connection when `first` is done and not committed; the commit comes once it waits, or
    once it is done without waiting."""
    backend: list[int] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                backend.append(cursor.fetchone()[0])
            with clock.travel(TODAY):
                second()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    with transaction.atomic():
        first()
        thread.start()
        deadline = time.monotonic() + 30
        while thread.is_alive() and not (backend and _waits(backend[0])):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    thread.join(30)
    assert not thread.is_alive()
    assert errors == []


def _waits(pid: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid])
        return bool(cursor.fetchone()[0])


def laid(account: int) -> Decimal:
    return sum((a.amount for a in Allocation.objects.filter(debit_posting__debit_id=account)), Decimal(0))


def credit(account: int) -> Decimal:
    return sum((i.remaining for i in OpenItem.objects.filter(account_id=account, is_debit=False)), Decimal(0))


@pytest.mark.parametrize(("debt", "left"), [("100.00", "100.00"), ("150.00", "50.00"), ("200.00", "0.00")])
def test_two_payments_at_once_are_laid_once_each(debt: str, left: str):
    account = owe(lease=make_let(), due_on=NOV_1, amount=debt)
    meanwhile(lambda: pay(account, "100.00", "a"), lambda: pay(account, "100.00", "b"))
    assert (laid(account), credit(account)) == (Decimal(debt), Decimal(left))
    assert check_ledger() == []


def test_a_payment_waits_for_the_return_of_another():
    account = owe(lease=make_let(), due_on=NOV_1, amount="100.00")
    returned = pay(account, "100.00", "a")
    meanwhile(
        lambda: reverse(entry_ids=[returned], actor=SYSTEM, kind=EntryKind.RETURN, effective_on=date(2026, 11, 4)),
        lambda: pay(account, "100.00", "b"),
    )
    assert credit(account) == 0
    assert not OpenItem.objects.filter(account_id=account).exists()
    assert Allocation.objects.filter(rule=AllocationRule.UNDONE).count() == 1
    assert check_ledger() == []


def test_of_two_who_return_one_payment_at_once_one_is_told():
    account = owe(lease=make_let(), due_on=NOV_1, amount="100.00")
    paid = pay(account, "100.00", "a")
    told: list[str] = []

    def late() -> None:
        with pytest.raises(Conflict, match="déjà été annulée") as refusal:
            reverse(entry_ids=[paid], actor=SYSTEM)
        told.append(str(refusal.value))

    meanwhile(lambda: reverse(entry_ids=[paid], actor=SYSTEM), late)
    assert len(told) == 1
    assert OpenItem.objects.get(account_id=account).remaining == Decimal("100.00")


def test_a_run_sees_the_payment_that_came_while_it_began():
    lease = make_let(rent="400.00", charges="0")
    account = tenant_accounts([lease.pk])[lease.pk]
    run = RentRun.objects.create(month=date(2026, 12, 1))

    meanwhile(lambda: pay(account, "150.00", "a"), lambda: produce(run=run, lease_ids=[lease.pk], actor=SYSTEM))
    assert (laid(account), credit(account)) == (Decimal("150.00"), 0)
    assert OpenItem.objects.get(account_id=account).remaining == Decimal("250.00")
    assert check_ledger() == []


def test_the_night_counts_the_payment_that_came_while_it_began():
    account = owe(lease=make_let(), due_on=NOV_1, amount="100.00")
    meanwhile(lambda: pay(account, "40.00", "a"), lambda: roll(day=date(2026, 11, 6)))
    state = AccountState.objects.get(account_id=account)
    assert (state.as_of, state.debt, state.last_payment) == (date(2026, 11, 6), Decimal("60.00"), Decimal("40.00"))
    assert check_ledger() == []
