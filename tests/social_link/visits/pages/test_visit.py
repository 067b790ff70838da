"""The visit on the phone: three taps, what it may keep, what it tells of what was written."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from leases.models import Household, Person
from maintenance.models import Ticket
from maintenance.tickets.services.tickets import assign
from office.access.actor import Actor
from office.access.codes import Role
from office.access.models import AccessLog
from office.devices.keeping import AHEAD, KEEP
from office.requests.pages import OUTBOX
from social_link.contacts.services import plan_contact, write_note
from social_link.measures.services.measures import open_measure
from social_link.models import Contact, NeighbourIncident, Visit
from social_link.objectives.services.objectives import Aim, fix_objective, review_objective
from tests.factories import make_let, make_picture, make_referent, make_user
from tests.pages import signed_in

TODAY = date(2026, 11, 5)
AGENDA = "/social/contacts/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Household:
    let = make_let(name="Mme Rose Roussel")
    dwelling = let.unit.dwelling
    dwelling.access_notes, dwelling.safety_notice = "Code 12B45", "Chien"
    dwelling.save()
    return let.household


@pytest.fixture
def referent(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


@pytest.fixture
def client(referent: Actor) -> Client:
    assert referent.user is not None
    return signed_in(referent.user)


def planned(household: Household, actor: Actor, day: date = TODAY) -> Contact:
    return plan_contact(household=household, kind="VISIT", day=day, request_key=uuid4(), actor=actor)


def sent(contact: Contact, **said: Any) -> dict[str, Any]:
    return {
        "request_key": str(uuid4()), "outcome": "SEEN", "day": f"{contact.happened_on:%d/%m/%Y}", "level": "TEAM",
        "retour": AGENDA,
    } | said  # fmt: skip


def test_from_the_day_one_is_back_on_the_day(household: Household, referent: Actor, client: Client) -> None:
    """The day is what a phone keeps: without network, « Terminer » leads to it and not to a page that it has not."""
    row = planned(household, referent)
    day = reverse("social_link:agenda")
    address = f"{reverse('social_link:visit', args=[row.pk])}?retour={quote(day, safe='')}"
    assert f'href="{address}" data-keep' in " ".join(client.get(day).content.decode().split())
    assert f'data-outbox-next="{day}"' in client.get(address).content.decode()
    assert client.post(address.partition("?")[0], sent(row, retour=day)).headers["Location"] == day


def test_vue_terminer(household: Household, referent: Actor, client: Client) -> None:
    row = planned(household, referent)
    address = reverse("social_link:visit", args=[row.pk])
    assert address in client.get(AGENDA).content.decode()
    page = client.get(address)
    shown = page.content.decode()
    for word in ("Code 12B45", "Chien", "Toutes vues", "Non souhaitée", "+2 semaines", "Équipe sociale"):
        assert word in shown
    assert page.headers[KEEP] == "2026-11-05"
    assert client.post(address, {k: v for k, v in sent(row).items() if k != "outcome"}).status_code == 422
    said = client.post(address, sent(row), follow=True)
    assert said.redirect_chain == [(AGENDA, 302)]
    shown = said.content.decode()
    assert "visite à domicile notée" in shown
    back = reverse("social_link:visit_take_back", args=[row.pk])
    assert back in shown
    assert client.get(address).status_code == 200
    client.post(back)  # as the line at the foot of the window does: without a key
    row.refresh_from_db()
    assert row.is_planned


def test_the_outbox_sends_all_of_it_once(household: Household, referent: Actor, client: Client) -> None:
    row = planned(household, referent)
    address, picture = reverse("social_link:visit", args=[row.pk]), make_picture().getvalue()

    def post(said: dict[str, Any]) -> Any:
        from django.core.files.uploadedfile import SimpleUploadedFile

        photo = SimpleUploadedFile("mur.jpg", picture, "image/jpeg")
        return client.post(address, said | {"photos_DAMP": [photo]}, headers={OUTBOX: "1"})

    said = sent(
        row, minutes="45", line_DAMP="TREAT", problem_DAMP="MOULD", line_NEIGHB="TREAT", problem_NEIGHB="DISPUTE",
        line_ENERGY="FINE", note="Mur noir", next_on="12/11/2026", reminder="PAPER", reminder_on="06/11/2026",
    )  # fmt: skip
    assert [post(said).json()["state"] for _ in range(2)] == ["done", "done"]
    ticket = Ticket.objects.get()
    assert (ticket.problem, ticket.photos.count(), NeighbourIncident.objects.get().kind) == ("MOULD", 1, "DISPUTE")
    assert Visit.objects.get().observations.count() == 3
    # Another hand, another key: told, nothing written over.
    refused = post(said | {"request_key": str(uuid4()), "outcome": "ABSENCE"})
    assert refused.status_code == 422
    assert "déjà notée" in refused.content.decode()
    shown = client.get(address).content.decode()
    for word in (ticket.reference, "À traiter", "Papier à obtenir", "Prochaine visite"):
        assert word in shown
    assert "Mur noir" not in shown
    done = reverse("social_link:visit_reminder", args=[row.pk])
    assert "À refaire" in client.post(done, {"request_key": str(uuid4())}, follow=True).content.decode()
    assert client.post(done, {"request_key": str(uuid4()), "refaire": ""}).status_code == 302
    social = client.get(reverse("desk:household_social", args=[household.pk])).content.decode()
    assert ticket.reference in social
    assert "Conflit entre voisins" in social
    # The technician and the desk see the picture, and no word of the note.
    technician, manager = make_user(role=Role.TECHNICIAN), make_user(role=Role.RENTAL_MANAGER)
    assign(ticket=ticket, to=technician, actor=Actor.of(manager))
    photo = reverse("maintenance:photo", args=[ticket.photos.get().uuid])
    for user, page in (
        (technician, reverse("maintenance:job", args=[ticket.pk])),
        (manager, reverse("maintenance:ticket", args=[ticket.pk])),
    ):
        reader = signed_in(user)
        shown = reader.get(page).content.decode()
        assert photo in shown
        assert "Mur noir" not in shown
        assert reader.get(photo).status_code == 200


def test_who_was_not_seen_has_shown_nothing(household: Household, referent: Actor, client: Client) -> None:
    row = planned(household, referent)
    address = reverse("social_link:visit", args=[row.pk])
    client.post(address, sent(row, outcome="REFUSED", minutes="15", line_DAMP="TREAT", reminder_on="06/11/2026"))
    row.refresh_from_db()
    assert (row.outcome, row.minutes, row.visit.observations.count()) == ("REFUSED", None, 0)


def test_as_the_last_time(household: Household, referent: Actor, client: Client) -> None:
    first = planned(household, referent)
    client.post(reverse("social_link:visit", args=[first.pk]), sent(first, line_UPKEEP="WATCH", line_ENERGY="FINE"))
    begin = reverse("social_link:visit_begin", args=[household.pk])
    shown = client.get(begin).content.decode()
    assert "entretien à surveiller, énergie RAS" in shown.replace("\xa0", " ")
    client.post(begin, sent(first, same="on", as_before=str(first.visit.pk), line_UPKEEP="FINE"))
    last = Visit.objects.latest("pk")
    assert {row.line: row.finding for row in last.observations.all()} == {"UPKEEP": "WATCH", "ENERGY": "FINE"}
    # One that is expected today is that one.
    row = planned(household, referent)
    assert f'action="{reverse("social_link:visit", args=[row.pk])}"' in client.get(begin).content.decode()


def test_tomorrow_is_kept_until_tomorrow(household: Household, referent: Actor, client: Client) -> None:
    row = planned(household, referent, TODAY + timedelta(days=1))
    address = reverse("social_link:visit", args=[row.pk])
    assert f'href="{address}" data-keep' in " ".join(client.get(AGENDA).content.decode().split())
    assert client.get(address, headers={AHEAD: "1"}).headers[KEEP] == "2026-11-06"
    assert "pas encore eu lieu" in client.post(address, sent(row)).content.decode()


def test_what_the_phone_keeps(household: Household, referent: Actor, client: Client) -> None:
    head = Actor.of(make_user(role=Role.HEAD_OF_SOCIAL))
    for level, text in (
        ("TEAM", "Secret du service"),
        ("PRIVATE", "Secret de soi"),
        ("SHARED", "À rappeler jeudi\nla suite"),
    ):
        write_note(household=household, text=text, level=level, actor=head if level == "SHARED" else referent)
    row = planned(household, referent)
    shown = client.get(reverse("social_link:visit", args=[row.pk])).content.decode()
    assert "À rappeler jeudi" in shown
    for word in ("Secret", "la suite", "€"):
        assert word not in shown
    assert AccessLog.objects.filter(user=referent.user, subject="SHARED_NOTE", household_id=household.pk).count() == 1


def test_a_protected_address_is_kept_on_its_day_only(household: Household, referent: Actor, client: Client) -> None:
    Person.objects.filter(memberships__household=household).update(is_address_protected=True)
    street = household.occupancies.get().dwelling.building.street
    read = AccessLog.objects.filter(subject="PROTECTED_ADDRESS", household_id=household.pk)
    ahead = client.get(reverse("social_link:visit", args=[planned(household, referent, date(2026, 11, 6)).pk]))
    assert "visible le jour de la visite" in ahead.content.decode()
    for word in (street, "Code 12B45", "Chien"):
        assert word not in ahead.content.decode()
    assert not read.exists()
    row = planned(household, referent)
    assert street in client.get(reverse("social_link:visit", args=[row.pk])).content.decode()
    assert read.count() == 1
    # The request for a repair names the household, and its dwelling is told to nobody who may not know it.
    client.post(reverse("social_link:visit", args=[row.pk]), sent(row, line_DAMP="TREAT"))
    assert Ticket.objects.get().household == household


def test_the_colleague_and_the_other_roles(household: Household, referent: Actor) -> None:
    row = planned(household, referent)
    address = reverse("social_link:visit", args=[row.pk])
    assert signed_in(make_user(role=Role.SOCIAL_WORKER)).get(address).status_code == 404
    for role in (Role.RENTAL_MANAGER, Role.TECHNICIAN, Role.DIRECTOR, Role.ADMINISTRATOR):
        page = signed_in(make_user(role=role)).get(address)
        assert page.status_code == 403
        assert KEEP not in page.headers
    # A head reads it at the desk, and her phone keeps nothing that is not of her own work.
    assert signed_in(make_user(role=Role.HEAD_OF_SOCIAL)).get(address).headers.get(KEEP) is None


def test_the_form_asks_a_constant_number_of_queries(
    household: Household, referent: Actor, client: Client, django_assert_max_num_queries: Any
) -> None:
    row = planned(household, referent)
    address = reverse("social_link:visit", args=[row.pk])
    client.get(address)
    with django_assert_max_num_queries(45):
        client.get(address)


def test_an_objective_is_asked_of(household: Household, referent: Actor, client: Client) -> None:
    measure = open_measure(
        household=household, kind="SIMPLE", start=date(2026, 10, 1), planned_end=date(2027, 3, 31),
        referent=referent.user, actor=referent,
    )  # fmt: skip
    aim = fix_objective(measure=measure, aim=Aim("SOLVENCY", "Finir le dossier FSL"), actor=referent)
    row = planned(household, referent)
    address = reverse("social_link:visit", args=[row.pk])
    assert "Finir le dossier FSL" in client.get(address).content.decode()
    said = sent(row, **{f"objective_{aim.pk}": "REACHED"})
    # Reached by another hand while the phone was away: what was typed counts, nothing is dropped without a word.
    review_objective(objective=aim, how_far="REACHED", actor=referent)
    client.post(address, said)
    assert row.reviews.get().how_far == "REACHED"
    assert "Atteint" in client.get(address).content.decode()
