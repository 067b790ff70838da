"""What was typed is never lost: sent with an old key, noted without its note, at another level, far in the agenda."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from common.text import LONGEST_TEXT
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.models import User
from social_link.contacts import services
from social_link.models import Contact, Note
from tests.factories import make_alert, make_let, make_referent, make_user
from tests.pages import signed_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)


@pytest.fixture
def household() -> Household:
    return make_let(name="Mme Fatou Sarr").household


@pytest.fixture
def referent(household: Household) -> User:
    return make_referent(household=household)


@pytest.fixture
def client(referent: User) -> Client:
    return signed_in(referent)


def log(household: Household, user: User, **given: object) -> Contact:
    return services.log_contact(
        **{"household": household, "kind": "VISIT", "day": TODAY, "request_key": uuid4(), "actor": Actor.of(user)}
        | given
    )


@pytest.mark.parametrize(
    ("name", "first", "then", "kept"),
    [
        ("contact_new", {}, {"note": "Le plan est d’accord"}, "Le plan est d’accord"),
        ("contact_new", {"note": "Vu"}, {"note": "Vu, et revu"}, "Vu, et revu"),
        ("contact_new", {"note": "Vu"}, {"note": "Vu", "level": "SHARED"}, 'value="SHARED"'),
        ("visit_new", {"at": "9h30"}, {"at": "14h"}, 'value="14h"'),
    ],
)
def test_a_form_completed_after_its_send_is_refused_with_what_was_typed(
    client: Client, household: Household, name: str, first: dict[str, str], then: dict[str, str], kept: str
) -> None:
    address, sent = reverse(f"social_link:{name}", args=[household.pk]), {"kind": "VISIT", "day": "05/11/2026"}
    key = {"request_key": str(uuid4())}
    assert client.post(address, sent | key | first).status_code == 302
    again = client.post(address, sent | key | then)
    assert again.status_code == 409
    page = again.content.decode()
    assert kept in page
    assert "n’est pas enregistré" in page
    assert Contact.objects.count() == 1
    renewed = again.context["form"]["request_key"].value()
    assert renewed != key["request_key"]
    # A second visit of that day is asked about.
    why = {"questions": "twice", "because": "Deux passages"} if name == "visit_new" else {}
    assert client.post(address, sent | then | why | {"request_key": renewed}).status_code == 302
    assert Contact.objects.count() == 2
    # The first send, sent as it was, leads where it led.
    assert client.post(address, sent | key | first).status_code == 302
    assert Contact.objects.count() == 2


def test_the_note_of_a_visit_that_took_place_is_added_to_it(
    client: Client, household: Household, referent: User
) -> None:
    contact = services.plan_contact(
        household=household, kind="VISIT", day=TODAY, request_key=uuid4(), actor=Actor.of(referent)
    )
    address = reverse("social_link:note_new", args=[contact.pk])
    assert client.get(address).status_code == 404  # it is to come
    sent = {"fait": "", "request_key": str(uuid4())}
    done = client.post(reverse("social_link:contact_done", args=[contact.pk]), sent, follow=True)
    assert f'href="{address}"' in done.content.decode()
    form = client.get(address)
    sent = {"note": "Le plan tient", "level": "PRIVATE", "request_key": str(uuid4())}
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 302  # a double click
    note = Note.objects.get()
    assert (note.contact, note.text, note.author) == (contact, "Le plan tient", referent)
    assert Contact.objects.count() == 1
    assert form.status_code == 200
    assert client.post(address, sent | {"note": "", "request_key": str(uuid4())}).status_code == 422


def test_who_does_not_follow_adds_no_note(household: Household, referent: User) -> None:
    contact = log(household, referent)
    stranger = signed_in(make_user(role=Role.SOCIAL_WORKER))
    address = reverse("social_link:note_new", args=[contact.pk])
    assert stranger.get(address).status_code == 404
    sent = {"note": "Vu", "level": "PRIVATE", "request_key": str(uuid4())}
    assert stranger.post(address, sent).status_code == 404
    assert signed_in(make_user(role=Role.RENTAL_MANAGER)).post(address, sent).status_code == 403
    assert not Note.objects.exists()


@pytest.mark.parametrize("level", ["PRIVATE", "SHARED"])
def test_readers_that_are_hidden_hold_nobody_up(
    client: Client, household: Household, referent: User, level: str
) -> None:
    colleague = make_user(role=Role.SOCIAL_WORKER)
    note = services.write_note(
        household=household, text="Mot", level="SEALED", readers=[colleague], actor=Actor.of(referent)
    )
    sent = {"note": "Mot", "level": level, "readers": [colleague.pk]}
    answer = client.post(reverse("social_link:note_edit", args=[note.pk]), sent)
    assert answer.status_code == 302
    note.refresh_from_db()
    assert (note.level, note.readers.count()) == (level, 0)
    fresh = sent | {"kind": "VISIT", "day": "05/11/2026", "request_key": str(uuid4())}
    assert client.post(reverse("social_link:contact_new", args=[household.pk]), fresh).status_code == 302
    assert Note.objects.latest("pk").readers.count() == 0


def test_a_visit_far_off_is_moved_from_the_agenda_and_from_the_household(
    client: Client, household: Household, referent: User
) -> None:
    contact = services.plan_contact(
        household=household, kind="VISIT", day=TODAY + timedelta(days=40), request_key=uuid4(), actor=Actor.of(referent)
    )
    edit = f'href="{reverse("social_link:contact_edit", args=[contact.pk])}"'
    agenda = client.get(reverse("social_link:contacts"))
    assert edit in agenda.content.decode()
    assert (len(agenda.context["planned"]), agenda.context["soon"]) == (1, 0)
    page = client.get(reverse("desk:household_social", args=[household.pk])).content.decode()
    assert edit in page
    assert "Visite à domicile\n" in page
    assert ">prévue" in page


def test_a_note_is_corrected_from_the_household(client: Client, household: Household, referent: User) -> None:
    own = services.write_note(household=household, text="Mot", actor=Actor.of(referent))
    page = client.get(reverse("desk:household_social", args=[household.pk])).content.decode()
    assert reverse("social_link:note_edit", args=[own.pk]) in page


def test_the_agenda_shows_a_colleague_no_trace_of_a_private_note(household: Household, referent: User) -> None:
    log(household, referent, note="Mot privé")
    colleague = make_user(role=Role.SOCIAL_WORKER)
    make_alert(household=household, to=colleague)
    page = signed_in(colleague).get(reverse("social_link:contacts")).content.decode()
    assert "Mme Fatou Sarr" in page
    assert "Note privée" not in page
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL)).get(reverse("social_link:contacts")).content.decode()
    assert "Note privée" in head


def test_the_address_of_a_read_shows_the_notes(household: Household, referent: User) -> None:
    note = services.write_note(household=household, text="Mot privé", actor=Actor.of(referent))
    address = reverse("social_link:note_open", args=[note.pk])
    answer = signed_in(make_user(role=Role.HEAD_OF_SOCIAL)).get(address)
    assert answer.status_code == 200
    assert "Motif de lecture" in answer.content.decode()
    assert "Mot privé" not in answer.content.decode()
    assert signed_in(referent).get(address).status_code == 403


def test_a_day_of_another_century_is_no_contact(client: Client, household: Household, referent: User) -> None:
    address = reverse("social_link:contact_new", args=[household.pk])
    answer = client.post(address, {"kind": "CALL", "day": "05/11/1904", "request_key": str(uuid4())})
    assert answer.status_code == 422
    assert "vérifiez l’année" in answer.content.decode()
    contact = log(household, referent)
    moved = client.post(reverse("social_link:contact_edit", args=[contact.pk]), {"kind": "VISIT", "day": "05/11/1950"})
    assert moved.status_code == 422
    Contact.objects.filter(pk=contact.pk).update(happened_on=date(2024, 1, 8))
    # What stands is corrected in the rest.
    services.correct_contact(contact=contact, kind="CALL", day=date(2024, 1, 8), actor=Actor.of(referent))


def test_a_long_note_is_refused_and_kept(client: Client, household: Household) -> None:
    address = reverse("social_link:contact_new", args=[household.pk])
    assert "maxlength" not in client.get(address).content.decode()
    long = "mot " * (LONGEST_TEXT // 4) + "fin"
    answer = client.post(address, {"kind": "CALL", "day": "05/11/2026", "note": long, "request_key": str(uuid4())})
    assert answer.status_code == 422
    assert long in answer.content.decode()
