"""Contacts in four taps, notes at their level, reads that are logged."""

from dataclasses import replace
from datetime import date, time, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.history import events_of
from common.text import LONGEST_TEXT
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.models import AccessLog
from social_link.contacts import services
from social_link.contacts.models import text_of
from social_link.models import Contact, Note
from tests.factories import make_actor, make_alert, make_let, make_referent, make_user

TODAY = date(2026, 11, 5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Household:
    return make_let().household


@pytest.fixture
def referent(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


def log(household: Household, actor: Actor, **given: object) -> Contact:
    return services.log_contact(
        **{"household": household, "kind": "VISIT", "day": TODAY, "request_key": uuid4(), "actor": actor} | given
    )


def test_a_visit_with_a_note_joins_the_open_alert(household: Household, referent: Actor) -> None:
    alert = make_alert(household=household, to=referent.user)
    contact = log(household, referent, at=time(10), note=" D’accord pour 8 × 45,00 € ")
    assert (contact.alert, contact.is_planned, contact.author) == (alert, False, referent.user)
    note = contact.notes.get()
    assert (note.text, note.level) == ("D’accord pour 8 × 45,00 €", "PRIVATE")


def test_the_same_key_is_one_contact(household: Household, referent: Actor) -> None:
    key = uuid4()
    first = log(household, referent, request_key=key, note="Vu")
    assert log(household, referent, request_key=key, note="Vu") == first
    assert Note.objects.count() == 1
    with pytest.raises(Conflict, match="autre contenu"):
        log(household, referent, request_key=key, kind="CALL")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"day": TODAY + timedelta(days=1)}, "day"), ({"kind": "SMS"}, "kind"), ({"note": "x", "level": "OPEN"}, "level")],
)
def test_what_is_refused_leaves_nothing(
    household: Household, referent: Actor, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        log(household, referent, **wrong)
    assert refusal.value.field == field
    assert not Contact.objects.exists()


@pytest.mark.parametrize("role", [r for r in Role if r != Role.HEAD_OF_SOCIAL])
def test_only_own_cases(household: Household, role: str) -> None:
    with pytest.raises(NotAllowed):
        log(household, make_actor(role=role))


def test_the_head_of_the_service_follows_all(household: Household) -> None:
    assert log(household, make_actor(role=Role.HEAD_OF_SOCIAL)).pk


def test_many_contacts_cost_as_many_queries_as_two(referent: Actor) -> None:
    def logged(count: int) -> int:
        met = [make_let().household for _ in range(count)]
        for one in met:
            make_referent(household=one, user=referent.user)
        alert = make_alert(household=met[0], to=referent.user)
        new = [services.NewContact(one, "CALL", TODAY, uuid4(), note=f"Dit {one.pk}", level="SHARED") for one in met]
        with CaptureQueriesContext(connection) as seen:
            made = services.log_contacts(contacts=new, actor=referent)
        assert [(c.household, c.alert_id) for c in made] == [(h, alert.pk if h == met[0] else None) for h in met]
        assert [c.notes.get().text for c in made] == [f"Dit {one.pk}" for one in met]
        return len(seen)

    assert logged(2) == logged(6)


def test_contacts_logged_together_are_all_logged_or_none(household: Household, referent: Actor) -> None:
    new = services.NewContact(household, "CALL", TODAY, uuid4(), note="Vu")
    other = services.NewContact(make_let().household, "CALL", TODAY, uuid4())
    with pytest.raises(NotAllowed):
        services.log_contacts(contacts=[new, other], actor=referent)
    assert not Contact.objects.exists()
    again = services.NewContact(household, "VISIT", TODAY, uuid4())
    [first] = services.log_contacts(contacts=[new], actor=referent)
    both = services.log_contacts(contacts=[again, new], actor=referent)
    assert (both[0].kind, both[1]) == ("VISIT", first)
    assert Note.objects.count() == 1
    with pytest.raises(Conflict, match="autre contenu"):
        services.log_contacts(contacts=[replace(again, kind="CALL")], actor=referent)
    assert services.log_contacts(contacts=[], actor=referent) == []


@pytest.mark.django_db(transaction=True)
def test_one_key_sent_twice_at_once_is_one_contact(household: Household, referent: Actor) -> None:
    key, barrier, made = uuid4(), Barrier(2), []

    def send() -> None:
        with clock.travel(TODAY):
            try:
                barrier.wait(10)
                made.append(log(household, referent, request_key=key, note="Vu"))
            finally:
                connection.close()

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert made == [Contact.objects.get()] * 2
    assert Note.objects.count() == 1


def test_a_planned_visit_takes_place_or_nobody_was_there(household: Household, referent: Actor) -> None:
    given = {"household": household, "kind": "VISIT", "actor": referent}
    with pytest.raises(InvalidInput, match="à venir"):
        services.plan_contact(day=TODAY - timedelta(days=1), request_key=uuid4(), **given)
    held = services.plan_contact(day=TODAY, request_key=uuid4(), **given)
    missed = services.plan_contact(day=TODAY, request_key=uuid4(), answers={"twice": "Deux passages"}, **given)
    later = services.plan_contact(day=TODAY + timedelta(days=3), request_key=uuid4(), **given)
    assert services.complete_contact(contact=held, actor=referent).kind == "VISIT"
    assert services.complete_contact(contact=missed, actor=referent, is_absent=True).kind == "ABSENCE"
    with pytest.raises(Conflict, match="déjà noté"):
        services.complete_contact(contact=held, actor=referent)
    with pytest.raises(InvalidInput, match="plus tard"):
        services.complete_contact(contact=later, actor=referent)


# ---------- notes ----------


def note(household: Household, actor: Actor, level: str, **given: object) -> Note:
    return services.write_note(household=household, text="Des faits", level=level, actor=actor, **given)


def test_who_reads_which_level(household: Household, referent: Actor) -> None:
    named = make_user(role=Role.SOCIAL_WORKER)
    notes = {
        "PRIVATE": note(household, referent, "PRIVATE"),
        "SHARED": note(household, referent, "SHARED"),
        "SEALED": note(household, referent, "SEALED", readers=[named]),
    }

    def reads(actor: Actor) -> set[str]:
        return set(Note.objects.readable_by(actor).values_list("level", flat=True))

    assert reads(referent) == set(notes)
    assert reads(Actor.of(named)) == {"SHARED", "SEALED"}
    assert reads(make_actor(role=Role.SOCIAL_WORKER)) == {"SHARED"}
    assert reads(make_actor(role=Role.HEAD_OF_SOCIAL)) == {"SHARED"}
    assert reads(make_actor(role=Role.RENTAL_MANAGER)) == {"SHARED"}
    for role in (Role.TECHNICIAN, Role.DIRECTOR, Role.FUNDER, Role.ADMINISTRATOR):
        assert reads(make_actor(role=role)) == set()


@pytest.mark.parametrize("level", ["PRIVATE", "SEALED"])
def test_the_head_reads_with_a_reason_that_is_logged(household: Household, referent: Actor, level: str) -> None:
    readers = [make_user(role=Role.SOCIAL_WORKER)] if level == "SEALED" else []
    secret, head = note(household, referent, level, readers=readers), make_actor(role=Role.HEAD_OF_SOCIAL)
    with pytest.raises(InvalidInput, match="pourquoi"):
        services.open_note(note=secret, actor=head, reason=" ")
    assert not AccessLog.objects.exists()
    assert services.open_note(note=secret, actor=head, reason="Plainte du ménage").text == "Des faits"
    entry = AccessLog.objects.get()
    assert (entry.user, entry.subject, entry.object_id) == (head.user, "PRIVATE_NOTE", secret.pk)
    assert (entry.household_id, entry.reason) == (household.pk, "Plainte du ménage")


def test_nobody_else_opens_it(household: Household, referent: Actor) -> None:
    secret = note(household, referent, "PRIVATE")
    for role in Role:
        if role != Role.HEAD_OF_SOCIAL:
            with pytest.raises(NotAllowed):
                services.open_note(note=secret, actor=make_actor(role=role), reason="Je voudrais savoir")
    assert not AccessLog.objects.exists()


def test_ones_own_note_is_not_logged_a_sealed_one_is(household: Household, referent: Actor) -> None:
    named = Actor.of(make_user(role=Role.SOCIAL_WORKER))
    sealed = note(household, referent, "SEALED", readers=[named.user])
    services.open_note(note=sealed, actor=referent)
    assert not AccessLog.objects.exists()
    services.open_note(note=sealed, actor=named)
    assert AccessLog.objects.get().user == named.user


def test_only_a_sealed_note_names_readers_and_only_social_ones(household: Household, referent: Actor) -> None:
    with pytest.raises(InvalidInput, match="scellée"):
        note(household, referent, "SHARED", readers=[make_user(role=Role.SOCIAL_WORKER)])
    with pytest.raises(InvalidInput, match="service social"):
        note(household, referent, "SEALED", readers=[make_user(role=Role.RENTAL_MANAGER)])
    assert not Note.objects.exists()


def test_its_author_corrects_it_and_the_former_text_stays(household: Household, referent: Actor) -> None:
    written = note(household, referent, "PRIVATE")
    with pytest.raises(NotAllowed):
        services.edit_note(note=written, text="Autre", actor=make_actor(role=Role.HEAD_OF_SOCIAL))
    services.edit_note(note=written, text="Corrigée", actor=referent)
    written.refresh_from_db()
    key = written.key.open()
    assert [text_of(event, key) for event in events_of(Note).filter(id=written.pk)] == ["Des faits", "Corrigée"]


def test_a_correction_that_is_too_long_is_refused_and_cut_nowhere(household: Household, referent: Actor) -> None:
    written = note(household, referent, "PRIVATE")
    with pytest.raises(InvalidInput, match="tient en"):
        services.edit_note(note=written, text="a" * (LONGEST_TEXT + 1), actor=referent)
    services.edit_note(note=written, text="a" * LONGEST_TEXT, actor=referent)
    written.refresh_from_db()
    assert len(written.text) == LONGEST_TEXT


def test_a_former_role_opens_nothing(household: Household, referent: Actor) -> None:
    secret = note(household, referent, "PRIVATE")
    referent.user.grants.update(role=Role.TECHNICIAN)
    former = Actor.of(referent.user)
    assert not Note.objects.readable_by(former).exists()
    with pytest.raises(NotAllowed):
        services.open_note(note=secret, actor=former, reason="C’était la mienne")
    assert clock.today() == TODAY
