"""The list of the stock and the page of a dwelling."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from common.periods import period
from office.access.actor import Actor
from office.models import ParameterValue
from stock.agreements.services import add_dwelling, remove_dwelling
from stock.models import Building, Dwelling
from tests.api import Api
from tests.factories import (
    LONG_AGO,
    make_agreement,
    make_association,
    make_building,
    make_dwelling,
    make_lease,
    make_organisation,
)
from tests.pages import cost, listed, text

pytestmark = pytest.mark.django_db


def form_of(dwelling: dict) -> dict:
    return {
        "street": "14 rue des Cordiers", "postcode": "44000", "city": "Nantes", "commune": "44109", "rooms": "3",
        "surface": "58,5", "construction": "C", "stock_type": "DIFFUSE",
    } | dwelling  # fmt: skip


def test_the_list_shows_the_stock_of_the_day_and_of_a_past_day(client_as):
    kept, gone, outside = make_dwelling(), make_dwelling(), make_dwelling()
    agreement = make_agreement(dwellings=[kept])
    line = add_dwelling(actor=Actor.system(), agreement=agreement, dwelling=gone)
    remove_dwelling(actor=Actor.system(), line=line, last_day=date(2026, 6, 30))
    client = client_as("RENTAL_MANAGER")
    assert listed(client.get(reverse("stock:dwellings"))) == [kept.reference]
    then = client.get(reverse("stock:dwellings"), {"au": "30/06/2026"})
    assert listed(then) == [kept.reference, gone.reference]
    assert "30" in text(then)
    assert "juin" in text(then)
    assert listed(client.get(reverse("stock:dwellings"), {"au": "01/07/2026"})) == [kept.reference]
    assert listed(client.get(reverse("stock:dwellings"), {"etat": "sortis"})) == [gone.reference, outside.reference]


def test_a_dwelling_that_was_never_let_does_not_count_days_from_its_agreement(client_as):
    make_agreement(dwellings=[make_dwelling()])
    shown = text(client_as("RENTAL_MANAGER").get(reverse("stock:dwellings")))
    assert "jamais loué depuis la convention" in shown
    assert not re.search(r"\d jours", shown)


def test_a_technician_searches_a_street_first(client_as):
    north = make_dwelling(building=make_building(street="3 quai de l’Écluse", city="Rezé"), rooms=1)
    make_agreement(dwellings=[north, make_dwelling()])
    client = client_as("TECHNICIAN")
    empty = client.get(reverse("stock:dwellings"))
    assert listed(empty) == []
    assert "Quelle rue" in text(empty)
    found = client.get(reverse("stock:dwellings"), {"q": "ecluse"})
    assert listed(found) == [north.reference]
    for page in (empty, found, client.get(reverse("stock:dwelling", args=[north.pk]))):
        assert 'class="a-phone' in text(page)


def test_search_city_agreement_type_and_occupation_filter_the_list(client_as):
    north = make_dwelling(building=make_building(street="3 quai de l’Écluse", city="Rezé"), rooms=1)
    south = make_dwelling(rooms=4)
    agreement = make_agreement(dwellings=[north])
    other = make_agreement(kind="HEAD_LEASE", dwellings=[south])
    make_lease(unit=south.units.get(), agreement=other)
    client = client_as("SOCIAL_WORKER")

    def found(**query) -> list[str]:
        return listed(client.get(reverse("stock:dwellings"), query))

    assert found(q="ecluse reze") == [north.reference]
    assert found(commune="Rezé") == [north.reference]
    assert found(convention=str(other.pk)) == [south.reference]
    assert found(type="4") == [south.reference]
    assert found(etat="occupe") == [south.reference]
    assert found(etat="vide") == [north.reference]
    assert found(tri="-type") == [south.reference, north.reference]
    assert found(convention=str(agreement.pk), etat="occupe") == []


def test_an_unreadable_day_is_said_and_today_is_shown(client_as):
    dwelling = make_dwelling()
    make_agreement(dwellings=[dwelling])
    response = client_as("DIRECTOR").get(reverse("stock:dwellings"), {"au": "31/06/2026"})
    assert "Juin a 30 jours" in text(response)


def test_the_list_costs_the_same_whatever_its_length(client_as):
    make_association()
    client, url = client_as("RENTAL_MANAGER"), reverse("stock:dwellings")
    make_agreement(dwellings=[make_dwelling() for _ in range(2)])
    few = cost(client, url)
    make_agreement(dwellings=[make_dwelling() for _ in range(8)])
    assert cost(client, url) == few <= 20


def test_the_page_says_who_owns_orders_operates_and_until_when(client_as):
    make_association()
    dwelling = make_dwelling()
    ccas = make_organisation(name="CCAS de Nantes", kinds=["CCAS"])
    make_agreement(
        dwellings=[dwelling],
        owner=make_organisation(name="Estuaire Habitat"),
        ordered_by=ccas,
        last_day=date(2028, 8, 31),
    )
    page = text(client_as("RENTAL_MANAGER").get(reverse("stock:dwelling", args=[dwelling.pk])))
    for word in ("Estuaire Habitat", "CCAS de Nantes", "Le Ponton", "31", "2028", "Ouvrir une demande"):
        assert word in page, word


def test_a_marche_beside_the_title_names_the_ordering_body_and_the_nearest_end(client_as):
    dwelling = make_dwelling()
    make_agreement(kind="HEAD_LEASE", dwellings=[dwelling], owner=make_organisation(name="Estuaire Habitat"))
    ccas = make_organisation(name="CCAS de Nantes", kinds=["CCAS"])
    make_agreement(kind="SERVICE", dwellings=[dwelling], owner=ccas, ordered_by=ccas, last_day=date(2027, 12, 31))
    standing = client_as("DIRECTOR").get(reverse("stock:dwelling", args=[dwelling.pk])).context["standing"]
    assert (standing.owner, standing.ordered_by) == ("Estuaire Habitat", "CCAS de Nantes")
    assert standing.until == date(2027, 12, 31)


@pytest.mark.parametrize(
    ("role", "sees"),
    [("RENTAL_MANAGER", True), ("HEAD_OF_SOCIAL", True), ("SOCIAL_WORKER", False), ("TECHNICIAN", False),
     ("DIRECTOR", False)],
)  # fmt: skip
def test_the_codes_are_for_who_keeps_the_dwelling(client_as, role, sees):
    """Who goes there reads them with the job, or on the page of the household."""
    dwelling = make_dwelling(access_notes="Code 12A4")
    dwelling.building.access_notes = "Digicode 7B"
    dwelling.building.save()
    client = client_as(role)
    page = text(client.get(reverse("stock:dwelling", args=[dwelling.pk])))
    assert (("Code 12A4" in page), ("Digicode 7B" in page)) == (sees, sees)
    assert (Api(client.user).get(f"/dwellings/{dwelling.pk}")["access_notes"] == "Code 12A4") == sees


def test_a_technician_sees_the_notice_and_no_rent(client_as):
    dwelling = make_dwelling(safety_notice="chien")
    add_dwelling(
        actor=Actor.system(),
        agreement=make_agreement(reference="SECRET-1"),
        dwelling=dwelling,
        upstream_rent=Decimal("398.20"),
    )
    page = text(client_as("TECHNICIAN").get(reverse("stock:dwelling", args=[dwelling.pk])))
    assert "chien" in page
    assert "398,20" not in page
    assert "SECRET-1" not in page
    director = text(client_as("DIRECTOR").get(reverse("stock:dwelling", args=[dwelling.pk])))
    assert "398,20" in director
    assert "chien" not in director


def test_the_dwelling_page_costs_the_same_whatever_its_history(client_as):
    make_association()
    dwelling = make_dwelling(rooms_to_let=1)
    client, url = client_as("RENTAL_MANAGER"), reverse("stock:dwelling", args=[dwelling.pk])

    def held_in(*years: int) -> None:
        for year in years:
            held = make_agreement(
                from_day=date(year, 1, 1), last_day=date(year, 12, 31), ordered_by=make_organisation()
            )
            add_dwelling(actor=Actor.system(), agreement=held, dwelling=dwelling)

    held_in(2026)
    few = cost(client, url)
    held_in(2022, 2023, 2024, 2025)
    assert cost(client, url) == few <= 18


def test_a_dwelling_is_made_with_its_building_then_changed(client_as):
    client = client_as("RENTAL_MANAGER")
    response = client.post(reverse("stock:dwelling_new"), form_of({"dpe_number": "2344E1234567X"}), follow=True)
    dwelling = Dwelling.objects.get()
    assert dwelling.reference in text(response)
    assert (dwelling.surface, dwelling.units.get().surface, dwelling.building.city) == (
        Decimal("58.50"), Decimal("58.50"), "Nantes",
    )  # fmt: skip
    # One street is another's beginning: what the page proposes names this building alone.
    make_building(street=f"1{dwelling.building.street}")
    page = client.get(reverse("stock:dwelling_edit", args=[dwelling.pk]))
    client.post(
        reverse("stock:dwelling_edit", args=[dwelling.pk]),
        form_of({"building": page.context["form"]["building"].value(), "reference": "COR-14-2G", "surface": "60"}),
    )
    dwelling.refresh_from_db()
    assert (dwelling.reference, dwelling.surface) == ("COR-14-2G", Decimal("60.00"))
    assert Building.objects.count() == 2
    assert client.get(reverse("stock:dwelling_edit", args=[dwelling.pk])).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"dpe_number": "12345"}, "n’est pas un numéro de DPE"),
        ({"fiscal_id": "123"}, "n’est pas un identifiant fiscal"),
        ({"rpls_id": "12"}, "n’est pas un identifiant RPLS"),
        ({"commune": "999"}, "n’est pas un code commune"),
        ({"rooms": "0"}, "au moins une pièce"),
        ({"surface": "2000"}, "comprise entre 1 et"),
        ({"surface": "5O"}, "Écrivez un nombre"),
        ({"city": ""}, "écrivez son adresse entière"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_written(client_as, wrong, said):
    response = client_as("RENTAL_MANAGER").post(reverse("stock:dwelling_new"), form_of(wrong))
    assert response.status_code == 422
    assert said in text(response)
    assert not Dwelling.objects.exists()
    assert not Building.objects.exists()


def test_a_room_is_added_and_a_second_of_the_same_name_refused(client_as):
    dwelling = make_dwelling()
    client = client_as("RENTAL_MANAGER")
    url = reverse("stock:room_new", args=[dwelling.pk])
    client.post(url, {"label": "Chambre bleue", "surface": "12"})
    again = client.post(url, {"label": "Chambre bleue"}, follow=True)
    assert "porte déjà ce nom" in text(again)
    assert [unit.label for unit in dwelling.units.order_by("label")] == ["", "Chambre bleue"]


@pytest.mark.parametrize(("energy_class", "is_frozen"), [("F", True), ("G", True), ("E", False), ("", False)])
def test_a_rent_frozen_by_its_energy_class_says_since_when(client_as, energy_class, is_frozen):
    dwelling = make_dwelling(energy_class=energy_class)
    client, url = client_as("DIRECTOR"), reverse("stock:dwelling", args=[dwelling.pk])
    page = text(client.get(url))
    assert ("loyer non révisable" in page) == is_frozen
    assert ("reconduits depuis le 24" in page) == is_frozen
    ParameterValue.objects.create(
        key="stock.frozen_rent_classes", scope="NATIONAL", value=[], period=period(LONG_AGO), source="Loi d’essai"
    )
    assert "loyer non révisable" not in text(client.get(url))
