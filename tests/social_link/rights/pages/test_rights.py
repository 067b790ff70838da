"""The twelve on one screen; one with its history; totals without names."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from common.periods import period
from leases.models import Household, Membership, Person
from office.access.actor import Actor
from office.access.codes import Role
from social_link.models import RightFact
from social_link.rights.services import withdraw_rights
from tests.factories import make_association, make_let, make_referent, make_user
from tests.pages import plain, signed_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Household:
    make_association()
    return make_let().household


@pytest.fixture
def worker(household: Household) -> Client:
    return signed_in(make_referent(household=household, user=make_user(role=Role.SOCIAL_WORKER)))


def filled(client: Client, url: str) -> dict[str, str]:
    """The form as it opens."""
    form = client.get(url).context["form"]
    found = {name: form[name].initial for name in form.fields}
    return {
        name: f"{value:%d/%m/%Y}" if isinstance(value, date) else "" if value is None else str(value)
        for name, value in found.items()
    }


def test_the_twelve_are_gone_through(household: Household, worker: Client) -> None:
    url = reverse("social_link:household_rights", args=[household.pk])
    page = plain(worker.get(url))
    assert "Aide au logement" in page
    assert "Un loyer court, et aucune aide au logement n’est connue." in page
    data = filled(worker, url)
    assert len([name for name in data if name.endswith("-etat")]) == 12
    told = worker.post(url, data, follow=True)
    assert "Rien n’a changé" in plain(told)
    said = data | {
        "RSA-etat": "OPEN", "RSA-fin": "05/12/2026", "HOUSING-etat": "REFUSED", "HOUSING-recu": "01/10/2026",
        "HOUSING-motif": "PIECES",
    }  # fmt: skip
    # The day of the refusal is asked, never today's by itself.
    assert data["HOUSING-recu"] == ""
    refused = worker.post(url, said | {"HOUSING-recu": ""})
    assert refused.status_code == 422
    assert "Dites quel jour le refus est arrivé" in plain(refused)
    told = worker.post(url, said, follow=True)
    assert "2 droits notés" in plain(told)
    assert "contestable jusqu’au 1<sup>er</sup> déc." in plain(told)
    facts = {fact.kind: fact for fact in RightFact.objects.all()}
    assert (facts["RSA"].renew_on, facts["HOUSING"].contest_by) == (date(2026, 12, 5), date(2026, 12, 1))
    # A double click, from the page as it stood, changes nothing.
    assert "Rien n’a changé" in plain(worker.post(url, said, follow=True))
    # Opened before a colleague noted something: what was not touched is not overwritten.
    withdraw_rights(fact_id=facts["RSA"].pk, actor=Actor.system())
    assert RightFact.objects.count() == 0
    told = worker.post(url, said | {"FAMILY-etat": "NONE"}, follow=True)
    assert "3 droits notés" in plain(told)
    again = worker.post(url, data | {"ENERGY-etat": "NONE"}, follow=True)
    assert "1 droit noté" in plain(again)
    assert worker.post(url, data | {"RSA-etat": "NONE"}).status_code == 422


def test_the_page_of_the_household_says_whose_a_personal_right_is(household: Household, worker: Client) -> None:
    """One adult is noted, the other is not: the right counts as one of the twelve that are left."""
    Membership.objects.create(
        household=household, person=Person.objects.create(civility="M", first_name="Farid", last_name="Ollivier"),
        role="ADULT", period=period(date(2026, 1, 1)),
    )  # fmt: skip
    person = household.memberships.earliest("pk").person
    said = {"state": "OPEN", "amount": "1037,00", "per": "MONTH"}
    url = f"{reverse('social_link:right', args=[household.pk, 'OLD_AGE'])}?personne={person.pk}"
    assert worker.post(url, filled(worker, url) | said).status_code == 302
    card = words(worker.get(reverse("desk:household_social", args=[household.pk])))
    assert f"Retraite ou ASPA , {person}" in card
    assert "Rien de noté pour 12 droits sur 12" in card


def test_one_right_with_its_history(household: Household, worker: Client) -> None:
    url = reverse("social_link:right", args=[household.pk, "RSA"])
    data = filled(worker, url) | {"state": "ASKED", "amount": "635,71", "per": "MONTH"}
    assert worker.post(url, data | {"on": "01/01/2027"}).status_code == 422
    assert worker.post(url, data).status_code == 302
    fact = RightFact.objects.get()
    page = plain(worker.get(url))
    assert "635,71 € par mois" in page
    manager = signed_in(make_user())
    assert manager.get(url).status_code == 403
    assert worker.get(reverse("social_link:right", args=[household.pk, "PERHAPS"])).status_code == 404
    undo = worker.post(reverse("social_link:right_withdraw", args=[fact.pk]), follow=True)
    assert "l’état d’avant compte de nouveau" in plain(undo)
    worker.post(reverse("social_link:right_back", args=[fact.pk]))
    assert RightFact.objects.get() == fact


def test_the_director_reads_counts(household: Household, worker: Client) -> None:
    url = reverse("social_link:rights")
    right = reverse("social_link:right", args=[household.pk, "RSA"])
    worker.post(
        right, filled(worker, right) | {"state": "OPEN", "renew_on": "20/11/2026", "amount": "600", "per": "MONTH"}
    )
    assert household.name in plain(worker.get(url))
    told = plain(signed_in(make_user(role=Role.DIRECTOR)).get(url))
    assert "600,00 € par mois" in told
    assert household.name not in told
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    assert household.name in plain(head.get(url))
