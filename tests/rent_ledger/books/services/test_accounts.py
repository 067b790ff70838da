"""The accounts of a household and of its benefit: from when they are there, and how they go."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import Conflict
from common.money import ZERO
from common.periods import Month
from leases.contracts.services.preparation import take_back_lease
from leases.models import Lease
from office.access.actor import Actor
from rent_ledger.bank.services.bank_facts import _open_accounts
from rent_ledger.billing.services.runs import produce
from rent_ledger.books.codes import AccountKind, Lane
from rent_ledger.books.services.accounts import close_unused
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import Account, AccountDebtor, AccountState, RentRun
from rent_ledger.rights.services import set_right
from tests.factories import make_lease, make_payer, owe

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def aided(lease: Lease, *, is_direct: bool = True) -> None:
    set_right(
        lease=lease, payer=make_payer(), kind="APL", beneficiary_number="1234567", amount=Decimal(180),
        start=date(2025, 2, 1), is_direct=is_direct, actor=SYSTEM,
    )  # fmt: skip


def test_the_account_of_a_household_begins_with_its_contract():
    lease = make_lease(active=False)
    assert not Account.objects.filter(lease=lease).exists()
    lease = make_lease()
    account = Account.objects.get(lease=lease)
    assert (account.kind, account.household_id) == (AccountKind.TENANT, lease.household_id)
    debtors = AccountDebtor.objects.filter(account=account).values_list("person_id", "role", "period")
    assert list(debtors) == list(lease.parties.values_list("person_id", "role", "period"))
    state = AccountState.objects.get(account=account)
    assert (state.debt, state.upcoming, state.credit, state.lane) == (ZERO, ZERO, ZERO, Lane.NONE)
    assert not check_ledger()


@pytest.mark.parametrize(("is_direct", "accounts"), [(True, 1), (False, 0)])
def test_the_account_of_a_benefit_begins_with_the_right_to_it(is_direct, accounts):
    lease = make_lease()
    aided(lease, is_direct=is_direct)
    assert Account.objects.filter(lease=lease, kind=AccountKind.BENEFIT).count() == accounts


def test_the_first_run_of_a_lease_asks_no_more_than_the_next():
    leases = [make_lease() for _ in range(3)]
    for lease in leases[1:]:
        aided(lease)
    asked = []
    for month in (Month(2026, 12), Month(2027, 1)):
        run = RentRun.objects.create(month=month.first)
        with CaptureQueriesContext(connection) as queries:
            assert produce(run=run, lease_ids=[lease.pk for lease in leases], actor=SYSTEM) == 3
        asked.append([query["sql"] for query in queries])
    made = ("INSERT INTO rent_ledger_account ", "INSERT INTO rent_ledger_accountstate ")
    assert not [sql for sql in asked[0] if any(words in sql for words in made)]
    assert len(asked[0]) <= len(asked[1])


def test_a_contract_without_an_entry_is_taken_back_with_its_account():
    lease = make_lease()
    account = Account.objects.get(lease=lease).pk
    take_back_lease(actor=SYSTEM, lease=lease)
    assert not Lease.objects.filter(pk=lease.pk).exists()
    assert not AccountState.objects.filter(account=account).exists()
    assert not AccountDebtor.objects.filter(account=account).exists()


def test_an_account_with_an_entry_stays_and_keeps_its_contract():
    lease = make_lease()
    account = owe(lease=lease, due_on=date(2026, 11, 1))
    close_unused(lease_id=lease.pk)
    assert AccountState.objects.get(account=account).debt == Decimal("213.00")
    with pytest.raises(Conflict) as refused:
        take_back_lease(actor=SYSTEM, lease=lease)
    assert refused.value.code == "in_use"
    assert AccountDebtor.objects.filter(account=account).exists()


def test_a_contract_with_a_right_keeps_its_accounts():
    lease = make_lease()
    aided(lease)
    with pytest.raises(Conflict):
        take_back_lease(actor=SYSTEM, lease=lease)
    assert Account.objects.filter(lease=lease).count() == 2


def test_a_payment_names_a_contract_in_preparation_that_has_an_account_of_benefit_only():
    lease = make_lease(active=False)
    aided(lease)
    _open_accounts([f"VIR {lease.payment_reference}"])
    assert Account.objects.filter(lease=lease, kind=AccountKind.TENANT).exists()
