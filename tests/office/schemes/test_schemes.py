"""The schemes: typed by the association with their source, corrected, over; read by who prepares files."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from office.access.codes import Role
from office.schemes.models import AidScheme
from tests.factories import make_organisation, make_user

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "FSL maintien",
    "needs": ["ENERGY", "DEBT"],
    "gives": "BOTH",
    "amount_most": "1 500,00",
    "income_most": "",
    "conditions": "Loyer courant repris depuis trois mois.",
    "from_day": "2026-01-01",
    "last_day": "",
    "source": "Règlement intérieur du FSL, 2026, page 12",
}


def browser(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role=role))
    return client


def typed(**changes: Any) -> dict[str, Any]:
    body = make_organisation(name="Département de l’Aude")
    return TYPED | {"organisation": body.pk} | changes


def test_a_scheme_is_typed_corrected_and_read() -> None:
    head, data = browser(Role.HEAD_OF_SOCIAL), typed()
    assert head.post(reverse("office:scheme_new"), data).status_code == 302
    row = AidScheme.objects.get()
    assert (row.needs, row.amount_most, row.is_verified) == (["DEBT", "ENERGY"], Decimal("1500.00"), False)

    shown = browser(Role.SOCIAL_WORKER).get(reverse("office:schemes")).content.decode()
    assert "Dette de loyer et de charges, énergie et eau" in shown
    assert "à vérifier" in shown
    assert reverse("office:scheme", args=[row.pk]) not in shown, "she reads it, and changes nothing"

    data |= {"last_day": "2026-10-31", "is_verified": "on"}
    assert head.post(reverse("office:scheme", args=[row.pk]), data).status_code == 302
    row.refresh_from_db()
    assert (row.last_day, row.is_verified) == (date(2026, 10, 31), True)
    assert not AidScheme.objects.active_on(date(2026, 11, 1)).exists()
    assert AidScheme.objects.active_on(date(2026, 10, 31)).exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"needs": []}, "Dites ce que l’aide paie."),
        ({"source": ""}, "Dites où ces règles sont écrites."),
        ({"amount_most": "0"}, "Un plafond est de plus de 0"),
        ({"last_day": "2025-12-31"}, "Le dernier jour vient après le premier."),
    ],
)
def test_what_is_wrong_is_said_on_the_page(changes: dict[str, Any], said: str) -> None:
    answer = browser(Role.ADMINISTRATOR).post(reverse("office:scheme_new"), typed(**changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not AidScheme.objects.exists()


def test_the_same_scheme_twice_is_one() -> None:
    head, data = browser(Role.HEAD_OF_SOCIAL), typed()
    head.post(reverse("office:scheme_new"), data)
    answer = head.post(reverse("office:scheme_new"), data)
    assert "Cette aide est déjà dans la liste" in answer.content.decode()
    assert AidScheme.objects.count() == 1
