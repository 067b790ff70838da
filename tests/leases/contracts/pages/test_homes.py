"""The home of a new contract is found by street, town or reference; one that is taken is refused in the form."""

from typing import Any

import pytest
from django.urls import reverse

from leases.models import Lease
from stock.models import Dwelling
from tests.factories import make_agreement, make_building, make_dwelling, make_household, make_lease
from tests.leases.contracts.pages.test_contracts import lease_form
from tests.pages import cost, plain

pytestmark = pytest.mark.django_db


def home(street: str, city: str = "Nantes", **facts: Any) -> Dwelling:
    return make_dwelling(building=make_building(street=street, city=city), **facts)


@pytest.mark.parametrize(
    "written", ["14 rue Robespierre", "robespierre", "14 rue Robespierre, Nantes", "ROBESPIERRE nantes"]
)
def test_an_address_of_one_free_home_is_that_home(client_as: Any, written: str) -> None:
    wanted, other = home("14 rue Robespierre"), home("3 rue des Lilas")
    agreement = make_agreement(dwellings=[wanted, other])
    form = lease_form(make_household(), wanted.units.get(), agreement, unit=written)
    assert client_as("RENTAL_MANAGER").post(reverse("leases:lease_new"), form).status_code == 302
    assert Lease.objects.get().unit.dwelling == wanted


def test_of_several_the_form_says_which(client_as: Any) -> None:
    building = make_building(street="14 rue Robespierre")
    dwellings = [make_dwelling(building=building) for _ in range(7)]
    agreement = make_agreement(dwellings=dwellings)
    form = lease_form(make_household(), dwellings[0].units.get(), agreement, unit="robespierre")
    answer = client_as("RENTAL_MANAGER").post(reverse("leases:lease_new"), form)
    assert answer.status_code == 422
    assert "Plusieurs logements libres" in plain(answer)
    assert "et d’autres" in plain(answer)
    assert dwellings[0].reference in plain(answer)
    assert not Lease.objects.exists()


def test_a_home_that_is_taken_is_refused_without_saying_by_whom(client_as: Any) -> None:
    taken = home("14 rue Robespierre")
    household = make_household(name="Mme Cachée", protected=True)
    agreement = make_agreement(dwellings=[taken])
    make_lease(household=household, unit=taken.units.get(), agreement=agreement)
    form = lease_form(make_household(), taken.units.get(), agreement, unit="robespierre")
    answer = client_as("RENTAL_MANAGER").post(reverse("leases:lease_new"), form)
    assert answer.status_code == 422
    assert f"{taken.reference} est à cette adresse et n’est pas libre aujourd’hui" in plain(answer)
    assert "Cachée" not in plain(answer)


def test_a_room_is_free_until_it_or_the_whole_is_let(client_as: Any) -> None:
    shared = home("14 rue Robespierre", rooms_to_let=2)
    agreement = make_agreement(dwellings=[shared])
    first, second = shared.units.filter(kind="ROOM").order_by("label")
    make_lease(unit=first, agreement=agreement)
    form = lease_form(make_household(), second, agreement, unit="robespierre")
    assert client_as("RENTAL_MANAGER").post(reverse("leases:lease_new"), form).status_code == 302
    assert Lease.objects.order_by("-pk")[0].unit == second


def test_the_form_suggests_free_homes_by_their_address(client_as: Any) -> None:
    free, taken = home("14 rue Robespierre"), home("3 rue des Lilas")
    agreement = make_agreement(dwellings=[free, taken])
    make_lease(unit=taken.units.get(), agreement=agreement)
    client, household = client_as("RENTAL_MANAGER"), make_household()
    address = f"{reverse('leases:lease_new')}?menage={household.pk}"
    page = plain(client.get(address))
    assert f'<option value="{free.reference}">14 rue Robespierre' in page
    assert taken.reference not in page
    few = cost(client, address)
    make_agreement(dwellings=[home(f"{n} rue des Roses") for n in range(5)])
    assert cost(client, address) == few
