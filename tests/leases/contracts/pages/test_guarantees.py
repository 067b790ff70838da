"""Who answers for the rent of a contract: noted, corrected, ended, taken back; the deed; what is refused."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from common.periods import period
from leases.contracts.services.parties import add_party
from leases.models import Guarantee, Lease, Person
from office.access.actor import Actor
from office.confirmations.models import Confirmation
from office.house.codes import OrganisationKind
from office.models import Organisation
from tests.factories import make_association, make_let, make_organisation, make_picture, make_user
from tests.pages import plain, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lease() -> Lease:
    make_association()
    return make_let(start=date(2026, 1, 1))


@pytest.fixture
def client() -> Client:
    return signed_in(make_user())


@pytest.fixture
def body() -> Organisation:
    return make_organisation(kinds=[OrganisationKind.GUARANTOR], name="Action Logement")


def typed(guarantor: str, **more: str) -> dict[str, str]:
    return {"kind": "VISALE", "guarantor": guarantor, "from_day": "01/01/2026", "covers": "RENT"} | more


def url(name: str, *args: object) -> str:
    return reverse(f"leases:{name}", args=args)


def test_a_visa_is_noted_corrected_ended_and_taken_back(client: Client, lease: Lease, body: Organisation) -> None:
    assert url("guarantee_new", lease.pk) in client.get(url("lease", lease.pk)).text
    page = client.post(url("guarantee_new", lease.pk), typed(f"o{body.pk}"))
    assert page.status_code == 422
    assert "Recopiez le numéro du visa." in plain(page)
    for _ in range(2):
        said = plain(client.post(url("guarantee_new", lease.pk), typed(f"o{body.pk}", reference="V1"), follow=True))
    assert "Garantie notée : Visale, Action Logement." in said
    row = Guarantee.objects.get()
    assert "Visale, Action Logement" in plain(client.get(url("lease", lease.pk)))
    fix = {"reference": "V2", "from_day": "01/02/2026", "covers": "ALL_DUE", "ceiling": "1000,00"}
    page = client.post(url("guarantee_correct", row.pk), fix | {"ceiling_months": "3"})
    assert page.status_code == 422
    assert "laissez l’autre vide" in plain(page)
    assert "Garantie corrigée." in plain(client.post(url("guarantee_correct", row.pk), fix, follow=True))
    page = client.post(url("guarantee_end", row.pk), {"last_day": "31/12/2025"})
    assert "ne court pas le 31/12/2025" in plain(page)
    client.post(url("guarantee_end", row.pk), {"last_day": "30/06/2026"})
    row.refresh_from_db()
    assert (row.reference, row.period) == ("V2", period(date(2026, 2, 1), date(2026, 7, 1)))
    for _ in range(2):
        client.post(url("guarantee_resume", row.pk))
        row.refresh_from_db()
        assert row.period.upper is None
    said = plain(client.post(url("guarantee_remove", row.pk), follow=True))
    assert "Garantie retirée" in said
    assert not Guarantee.objects.exists()


def test_why_a_person_is_surety_is_asked_where_a_legal_person_lets(client: Client, lease: Lease) -> None:
    person = Person.objects.create(first_name="Luc", last_name="Morel")
    form = typed(f"p{person.pk}", kind="JOINT", address="2 rue Basse")
    # Who is no party is not in the list.
    assert client.post(url("guarantee_new", lease.pk), form).status_code == 422
    add_party(actor=Actor.system(), lease=lease, person=person, role="GUARANTOR")
    page = client.post(url("guarantee_new", lease.pk), form)
    assert "art. 22-1" in plain(page)
    client.post(url("guarantee_new", lease.pk), form | {"questions": "surety", "because": "Étudiant"})
    row = Guarantee.objects.get()
    assert (str(row.guarantor), row.address) == ("Luc Morel", "2 rue Basse")
    assert Confirmation.objects.get().reason == "Étudiant"
    assert "Étudiant" in plain(client.get(url("lease", lease.pk)))
    # The same person twice at once.
    again = client.post(url("guarantee_new", lease.pk), form | {"questions": "surety", "because": "x", "ceiling": "5"})
    assert "déjà caution de ce bail" in plain(again)


def test_a_deed_is_filed_read_and_taken_back(client: Client, lease: Lease, body: Organisation) -> None:
    client.post(url("guarantee_new", lease.pk), typed(f"o{body.pk}", reference="V1"))
    row = Guarantee.objects.get()
    sent = make_picture()
    sent.name = "visa.jpg"
    assert "1 pièce gardée." in plain(client.post(url("guarantee_deeds_add", row.pk), {"deeds": sent}, follow=True))
    deed = row.deeds.get()
    assert client.get(url("guarantee_deed", row.pk, deed.uuid)).status_code == 200
    assert "retirez-le d’abord" in plain(client.post(url("guarantee_remove", row.pk), follow=True))
    client.post(url("guarantee_deed_remove", row.pk, deed.uuid))
    assert not row.deeds.exists()
