"""The pages of agreements."""

import re
from datetime import date

import pytest
from django.urls import reverse

from common.periods import period
from office.access.actor import Actor
from office.models import ParameterValue
from stock.agreements.services import add_dwelling
from stock.models import HeadAgreement
from tests.factories import (
    LONG_AGO,
    make_agreement,
    make_association,
    make_building,
    make_dwelling,
    make_organisation,
)
from tests.pages import cost, listed, text

pytestmark = pytest.mark.django_db


def agreement_form(**changes) -> dict:
    return {
        "kind": "PROVISION", "reference": "2026-04", "title": "Lot 2", "from_day": "01/01/2026",
        "last_day": "31/12/2028", "notice_months": "3", "rent_collected_for": "ITSELF",
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("last_day", "words"),
    [
        (date(2026, 11, 30), "Finit dans le mois"),
        (date(2027, 2, 5), "Finit dans 3 mois"),
        (date(2027, 5, 5), "Finit dans 6 mois"),
        (date(2027, 5, 6), None),
    ],
)
def test_an_agreement_that_ends_within_six_three_or_one_month_says_so(client_as, last_day, words):
    agreement = make_agreement(last_day=last_day)
    client = client_as("DIRECTOR")
    page = text(client.get(reverse("stock:agreements")))
    assert ("Finit dans" in page) == bool(words)
    assert words is None or words in page
    soon = client.get(reverse("stock:agreements"), {"etat": "bientot"})
    assert listed(soon) == ([agreement.reference] if words else [])


def test_a_kind_is_not_said_twice(client_as):
    make_agreement(kind="MANDATE", title="Mandat de gestion")
    page = text(client_as("RENTAL_MANAGER").get(reverse("stock:agreements")))
    assert "Mandat de gestion · Mandat de gestion" not in page
    make_agreement(kind="MANDATE", title="Les Tamaris")
    assert "Mandat de gestion · Les Tamaris" in text(client_as("RENTAL_MANAGER").get(reverse("stock:agreements")))


def test_the_reminders_of_an_agreement_are_parameters(client_as):
    agreement = make_agreement(last_day=date(2027, 5, 5))
    client, url = client_as("DIRECTOR"), reverse("stock:agreement", args=[agreement.pk])
    page = text(client.get(url))
    assert "alerte à 6, 3 et 1 mois de la fin" in page
    assert "Finit dans 6 mois" in page
    ParameterValue.objects.create(
        key="stock.end_alert_first", scope="ASSOCIATION", value=4, period=period(LONG_AGO), source="Décision de 2026"
    )
    page = text(client.get(url))
    assert "alerte à 4, 3 et 1 mois de la fin" in page
    assert "Finit dans" not in page


def test_the_agreement_shows_its_dwellings_of_the_day_asked(client_as):
    early, late = make_dwelling(), make_dwelling()
    agreement = make_agreement(dwellings=[early])
    add_dwelling(actor=Actor.system(), agreement=agreement, dwelling=late, from_day=date(2026, 3, 1))
    client = client_as("RENTAL_MANAGER")
    url = reverse("stock:agreement", args=[agreement.pk])
    assert [line.dwelling for line in client.get(url).context["present"]] == [early, late]
    assert [line.dwelling for line in client.get(url, {"au": "28/02/2026"}).context["present"]] == [early]
    refused = client.get(url, {"au": "le printemps"})
    assert "Écrivez une date comme" in text(refused)


def test_an_agreement_is_made_then_extended_and_its_dwellings_follow(client_as):
    client = client_as("RENTAL_MANAGER")
    owner = make_organisation()
    client.post(reverse("stock:agreement_new"), agreement_form(owner=owner.pk, is_conventioned="on"))
    agreement = HeadAgreement.objects.get()
    assert agreement.is_conventioned
    assert "<dd>conventionnés</dd>" in text(client.get(reverse("stock:agreement", args=[agreement.pk])))
    dwelling = make_dwelling()
    client.post(reverse("stock:line_new", args=[agreement.pk]), {"dwelling": dwelling.reference.lower()})
    client.post(
        reverse("stock:agreement_edit", args=[agreement.pk]), agreement_form(owner=owner.pk, last_day="31/12/2030")
    )
    agreement.refresh_from_db()
    assert not agreement.is_conventioned
    assert agreement.lines.get().period.upper == date(2031, 1, 1)
    line = agreement.lines.get()
    client.post(reverse("stock:line_end", args=[line.pk]), {"last_day": "30/06/2027"})
    line.refresh_from_db()
    assert line.period.upper == date(2027, 7, 1)


def test_refusals_of_an_agreement_are_said(client_as):
    client = client_as("RENTAL_MANAGER")
    owner = make_organisation()
    wrong = client.post(reverse("stock:agreement_new"), agreement_form(owner=owner.pk, last_day="31/12/2025"))
    assert wrong.status_code == 422
    assert "précède celle de début" in text(wrong)
    mandate = client.post(reverse("stock:agreement_new"), agreement_form(owner=owner.pk, kind="MANDATE"))
    assert "encaissés pour les mandants" in text(mandate)
    held = make_dwelling()
    make_agreement(dwellings=[held])
    second = make_agreement(kind="HEAD_LEASE")
    refused = client.post(reverse("stock:line_new", args=[second.pk]), {"dwelling": held.reference})
    assert refused.status_code == 422
    assert "Terminez-la d’abord" in text(refused)
    unknown = client.post(reverse("stock:line_new", args=[second.pk]), {"dwelling": "NULLE-PART"})
    assert "Aucun logement ne porte cette référence" in text(unknown)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"q": "robespierre"}, ["{0} · {1}"]),
        ({"q": "robespierre 14"}, ["{0} · {1}"]),
        ({"q": "robespierre", "immeubles": "1"}, ["{1}"]),
        ({"q": "ailleurs"}, []),
        ({"q": " "}, []),
    ],
)
def test_a_field_finds_a_home_while_one_types(client_as, asked, said):
    dwelling = make_dwelling(building=make_building(street="14 rue Robespierre"))
    make_dwelling()
    answer = client_as("RENTAL_MANAGER").get(reverse("stock:places"), asked, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "<html" not in page
    assert re.findall(r'data-text="([^"]*)"', page) == [
        one.format(dwelling.reference, dwelling.building.address) for one in said
    ]


def test_a_home_enters_by_its_address_and_several_are_shown_to_choose(client_as):
    """« 14 rue Robespierre » was refused: only a reference was read."""
    first, second = (
        make_dwelling(building=make_building(street="14 rue Robespierre")),
        make_dwelling(building=make_building(street="16 rue Robespierre")),
    )
    agreement, client = make_agreement(), client_as("RENTAL_MANAGER")
    address = reverse("stock:line_new", args=[agreement.pk])
    several = client.post(address, {"dwelling": "rue robespierre"})
    assert several.status_code == 422
    assert "Plusieurs répondent à ces mots" in text(several)
    named = f"{second.reference} · {second.building.address}"
    assert f'type="radio" name="dwelling" value="{named}"' in several.content.decode()
    assert not agreement.lines.exists()
    # Without script the choice leaves after the words, and counts.
    client.post(address, {"dwelling": ["rue robespierre", named]})
    client.post(address, {"dwelling": "14 Robespierre"})
    assert {line.dwelling for line in agreement.lines.all()} == {first, second}


def test_the_agreement_pages_cost_the_same_whatever_their_length(client_as):
    make_association()
    agreement = make_agreement(dwellings=[make_dwelling()])
    client, urls = (
        client_as("RENTAL_MANAGER"),
        (
            reverse("stock:agreements"),
            reverse("stock:agreement", args=[agreement.pk]),
        ),
    )
    few = [cost(client, url) for url in urls]
    for _ in range(5):
        make_agreement()
        add_dwelling(actor=Actor.system(), agreement=agreement, dwelling=make_dwelling())
    assert [cost(client, url) for url in urls] == few
    assert max(few) <= 16
