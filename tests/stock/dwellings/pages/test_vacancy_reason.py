"""The reasons of a vacancy on the page of a dwelling and in the list."""

from typing import Any

import pytest
from django.urls import reverse

from office.access.codes import Role
from stock.models import VacancyTold
from tests.api import Api
from tests.factories import make_agreement, make_dwelling
from tests.pages import listed, text

pytestmark = pytest.mark.django_db


def test_one_tap_tells_the_reason_and_annuler_takes_it_back(client_as: Any) -> None:
    home, other = make_dwelling(), make_dwelling()
    make_agreement(dwellings=[home, other])
    client, page = client_as("RENTAL_MANAGER"), reverse("stock:dwelling", args=[home.pk])
    assert "Aucun motif n’est dit" in text(client.get(page))
    address = reverse("stock:vacancy_reason", args=[home.pk])
    answer = client.post(address, {"reason": "WORKS", "retour": page}, follow=True)
    row = VacancyTold.objects.get()
    assert "<strong>Travaux</strong> depuis le" in text(answer)
    assert reverse("stock:vacancy_withdraw", args=[row.pk]) in answer.content.decode()
    again = client.post(address, {"reason": "WORKS", "retour": page}, follow=True)
    assert "C’est déjà noté" in text(again)
    assert listed(client.get(reverse("stock:dwellings"), {"motif": "WORKS"})) == [home.reference]
    assert listed(client.get(reverse("stock:dwellings"), {"motif": "aucun"})) == [other.reference]
    client.post(reverse("stock:vacancy_withdraw", args=[row.pk]), {"retour": page})
    assert "Aucun motif n’est dit" in text(client.get(page))
    refused = client.post(address, {"reason": "WORKS", "since": "01/01/1999", "retour": page}, follow=True)
    assert "vide depuis le" in text(refused)


def test_who_only_reads_sees_the_reason_and_no_gesture(client_as: Any) -> None:
    home = make_dwelling()
    make_agreement(dwellings=[home])
    VacancyTold.objects.create(dwelling=home, reason="WORKS", since="2026-11-01")
    client = client_as("DIRECTOR")
    for address in (reverse("stock:dwelling", args=[home.pk]), reverse("stock:dwellings")):
        answer = client.get(address)
        assert "Travaux" in text(answer)
        assert "/vacance/" not in answer.content.decode()


def test_the_api_tells_filters_and_takes_back() -> None:
    home, other = make_dwelling(), make_dwelling()
    make_agreement(dwellings=[home, other])
    api = Api(Role.RENTAL_MANAGER)
    told = api.post(f"/dwellings/{home.pk}/vacancy-reasons", {"reason": "UNFIT"}, status=201)
    assert api.get(f"/dwellings/{home.pk}")["vacancy_reason"] == "UNFIT"
    assert [row["id"] for row in api.get("/dwellings", vacancy_reason="UNFIT")["items"]] == [home.pk]
    assert api.post(f"/vacancy-reasons/{told['id']}/withdraw")["withdrawn_at"]
    assert api.get(f"/dwellings/{home.pk}")["vacancy_reason"] is None
