"""A figure read from the states of accounts says their day, where it is not that of the page."""

from datetime import date

import pytest
from django.urls import reverse

from office.access.codes import Role
from office.house.codes import OrganisationKind
from rent_ledger.models import AccountState
from stock.models import HeadAgreement
from tests.factories import make_association, make_let, make_organisation, make_user, owe
from tests.pages import plain, signed_in

YESTERDAY = date(2026, 11, 4)
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-05")]


def shown(role: str, url: str) -> str:
    return " ".join(plain(signed_in(make_user(role=role)).get(url)).split())


@pytest.mark.parametrize("is_old", [False, True])
def test_the_director_and_the_household_page_say_the_day_of_the_debts(is_old):
    make_association()
    lease = make_let()
    owe(lease=lease, due_on=date(2026, 11, 1), amount="480.00")
    if is_old:
        AccountState.objects.update(as_of=YESTERDAY)
    director = shown(Role.DIRECTOR, reverse("desk:home"))
    assert ("Situation des comptes au 4 nov. 2026" in director) is is_old
    assert ("dettes au 4 nov." in director) is is_old
    household = shown(Role.RENTAL_MANAGER, reverse("desk:household", args=[lease.household_id]))
    assert ("Dû au 4 nov." in household) is is_old


@pytest.mark.parametrize("is_old", [False, True])
def test_the_funder_reads_the_day_of_the_debts(is_old):
    ccas = make_organisation(kinds=[OrganisationKind.CCAS, OrganisationKind.FUNDER], name="CCAS de Nantes")
    lease = make_let()
    HeadAgreement.objects.filter(pk=lease.agreement_id).update(ordered_by=ccas)
    owe(lease=lease, due_on=date(2026, 11, 1), amount="480.00")
    if is_old:
        AccountState.objects.update(as_of=YESTERDAY)
    page = plain(signed_in(make_user(role=Role.FUNDER, organisation=ccas)).get(reverse("desk:home")))
    assert "Dette des ménages" in page
    assert ("1 compte, au 4 nov." in " ".join(page.split())) is is_old
