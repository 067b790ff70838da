"""Who owes on an account is who is bound by its lease, also where that changes after the account was opened."""

from datetime import date

import pytest

from common.periods import period
from leases.contracts.services.parties import add_party, end_party
from leases.models import LeaseParty, Person
from office.access.actor import Actor
from rent_ledger.books.services.accounts import follow_parties, tenant_accounts
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import AccountDebtor
from tests.factories import ANYWAY, make_let

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-10")]
NAME = "Les débiteurs d’un compte sont les titulaires de son bail"


@pytest.fixture
def account() -> int:
    lease = make_let(start=date(2025, 1, 1))
    return tenant_accounts([lease.pk])[lease.pk]


def parties() -> set[tuple[int, str, object]]:
    return set(LeaseParty.objects.values_list("person", "role", "period"))


def debtors(account: int) -> set[tuple[int, str, object]]:
    return set(AccountDebtor.objects.filter(account=account).values_list("person", "role", "period"))


def found() -> list[str]:
    return [finding.name for finding in check_ledger()]


def test_a_co_holder_who_comes_owes_and_one_who_goes_owes_no_more(account: int) -> None:
    holder = LeaseParty.objects.select_related("lease").get()
    other = Person.objects.create(first_name="Awa", last_name="Sarr")
    add_party(actor=Actor.system(), lease=holder.lease, person=other, role="CO_HOLDER", from_day=date(2026, 3, 1))
    end_party(actor=Actor.system(), party=holder, last_day=date(2026, 10, 31))
    assert debtors(account) != parties()
    assert NAME in found()
    assert follow_parties() == 1
    assert debtors(account) == parties()
    assert NAME not in found()
    assert follow_parties() == 0


def test_one_who_is_bound_again_owes_both_times(account: int) -> None:
    party = LeaseParty.objects.select_related("lease", "person").get()
    end_party(actor=Actor.system(), party=party, last_day=date(2026, 6, 30), answers=ANYWAY)
    LeaseParty.objects.create(lease=party.lease, person=party.person, role="HOLDER", period=period(date(2026, 9, 1)))
    follow_parties()
    assert debtors(account) == parties()
    assert len(debtors(account)) == 2
