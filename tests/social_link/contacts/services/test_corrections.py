"""What was typed is corrected and withdrawn by who typed it, comes back as it was, and stays in its history."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Task
from social_link.contacts import services
from social_link.contacts.queries import notes_of, opened_note, readings_of
from social_link.models import Contact, Note, NoteReader
from tests.factories import make_actor, make_let, make_referent, make_user

TODAY = date(2026, 11, 5)
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Household:
    return make_let().household


@pytest.fixture
def referent(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


@pytest.fixture
def head() -> Actor:
    return make_actor(role=Role.HEAD_OF_SOCIAL)


def log(household: Household, actor: Actor, **given: object) -> Contact:
    return services.log_contact(
        **{"household": household, "kind": "VISIT", "day": TODAY, "request_key": uuid4(), "actor": actor} | given
    )


def plan(household: Household, actor: Actor, day: date = TODAY) -> Contact:
    return services.plan_contact(household=household, kind="VISIT", day=day, request_key=uuid4(), actor=actor)


def test_a_contact_is_corrected_and_its_former_day_stays_in_its_history(household: Household, referent: Actor) -> None:
    contact = log(household, referent, kind="ABSENCE")
    services.correct_contact(contact=contact, kind="VISIT", day=TODAY - DAY, at=time(9, 30), actor=referent)
    contact.refresh_from_db()
    assert (contact.kind, contact.happened_on, contact.at_time) == ("VISIT", TODAY - DAY, time(9, 30))
    assert list(contact.events.values_list("pgh_label", "kind", "happened_on")) == [("before", "ABSENCE", TODAY)]


def test_a_planned_visit_is_moved_and_its_task_follows(household: Household, referent: Actor) -> None:
    visit = plan(household, referent)
    assert Task.objects.get(about_id=visit.pk).state == "TODO"
    services.correct_contact(contact=visit, kind="OFFICE", day=TODAY + 7 * DAY, at=time(14), actor=referent)
    visit.refresh_from_db()
    assert (visit.kind, visit.happened_on, visit.is_planned) == ("OFFICE", TODAY + 7 * DAY, True)
    assert not Task.objects.filter(about_id=visit.pk, state="TODO").exists()


@pytest.mark.parametrize(
    ("is_planned", "kind", "day", "field"),
    [
        (True, "ABSENCE", TODAY, "kind"),
        (True, "VISIT", TODAY - DAY, "day"),
        (False, "VISIT", TODAY + DAY, "day"),
        (False, "SMS", TODAY, "kind"),
    ],
)
def test_what_can_not_be_is_refused(
    household: Household, referent: Actor, is_planned: bool, kind: str, day: date, field: str
) -> None:
    contact = (plan if is_planned else log)(household, referent)
    with pytest.raises(InvalidInput) as refused:
        services.correct_contact(contact=contact, kind=kind, day=day, actor=referent)
    assert refused.value.field == field


def test_who_noted_it_and_the_head_change_it_and_nobody_else(
    household: Household, referent: Actor, head: Actor
) -> None:
    contact = log(household, referent)
    colleague = Actor.of(make_user(role=Role.SOCIAL_WORKER))
    for call in (
        lambda: services.correct_contact(contact=contact, kind="CALL", day=TODAY, actor=colleague),
        lambda: services.withdraw_contact(contact_id=contact.pk, actor=colleague),
    ):
        with pytest.raises(NotAllowed):
            call()
    services.correct_contact(contact=contact, kind="CALL", day=TODAY, actor=head)
    services.withdraw_contact(contact_id=contact.pk, actor=head)
    with pytest.raises(NotAllowed):
        services.bring_back_contact(contact_id=contact.pk, actor=colleague)
    assert services.bring_back_contact(contact_id=contact.pk, actor=referent).kind == "CALL"


def test_a_withdrawn_contact_takes_its_note_along_and_comes_back_with_it(household: Household, referent: Actor) -> None:
    reader = make_user(role=Role.SOCIAL_WORKER)
    contact = log(household, referent, note="Vue à deux", level="SEALED", readers=[reader])
    key, note = contact.request_key, contact.notes.get()
    for _ in range(2):
        services.withdraw_contact(contact_id=contact.pk, actor=referent)
    assert not Contact.objects.exists()
    assert not Note.objects.exists()
    # The same form sent again from « back » brings nothing back by surprise.
    with pytest.raises(Conflict, match="a été retiré"):
        log(household, referent, request_key=key)
    assert not Contact.objects.exists()
    with pytest.raises(Conflict, match="a été retiré"):
        services.correct_contact(contact=contact, kind="CALL", day=TODAY, actor=referent)
    for _ in range(2):
        back = services.bring_back_contact(contact_id=contact.pk, actor=referent)
    assert (back.pk, back.kind, back.request_key, back.recorded_at) == (contact.pk, "VISIT", key, contact.recorded_at)
    assert (back.notes.get().pk, back.notes.get().text) == (note.pk, "Vue à deux")
    assert NoteReader.objects.get().user == reader


def test_a_note_of_somebody_else_keeps_the_contact(household: Household, referent: Actor, head: Actor) -> None:
    contact = log(household, referent)
    services.write_note(household=household, text="Relu", contact=contact, actor=head)
    with pytest.raises(Conflict, match="autre personne"):
        services.withdraw_contact(contact_id=contact.pk, actor=referent)


def test_the_task_of_a_visit_that_will_not_be_is_dropped_and_stands_again(
    household: Household, referent: Actor
) -> None:
    visit = plan(household, referent)
    services.withdraw_contact(contact_id=visit.pk, actor=referent)
    assert Task.objects.get(about_id=visit.pk).state == "DROPPED"
    services.bring_back_contact(contact_id=visit.pk, actor=referent)
    assert Task.objects.get(about_id=visit.pk).state == "TODO"


# ---------- notes ----------


def test_a_former_text_is_as_secret_as_it_was(household: Household, referent: Actor, head: Actor) -> None:
    """Private, then for the team, then shared: who reads the last text reads, of the former ones, those of a level that
    is open to him."""
    note = log(household, referent, note="Premier texte").notes.get()
    for text, level in (("Deuxième texte", "TEAM"), ("Troisième texte", "SHARED"), ("Troisième texte", "SHARED")):
        services.edit_note(note=note, text=text, level=level, actor=referent)
    colleague, manager = (make_user(role=role) for role in (Role.SOCIAL_WORKER, Role.RENTAL_MANAGER))
    for actor, texts in (
        (referent, [("Deuxième texte", "TEAM"), ("Premier texte", "PRIVATE")]),
        (Actor.of(colleague), [("Deuxième texte", "TEAM")]),
        (head, [("Deuxième texte", "TEAM")]),
        (Actor.of(manager), []),
    ):
        [line] = notes_of(household, actor)
        assert (line.text, [(said.text, said.level) for said in line.former]) == ("Troisième texte", texts)
    note.refresh_from_db()
    assert [said.text for said in opened_note(note).former] == ["Deuxième texte", "Premier texte"]


def test_its_author_sees_who_read_a_note_and_why(household: Household, referent: Actor, head: Actor) -> None:
    private = log(household, referent, note="Privé").notes.get()
    shared = log(household, referent, note="Partagé", level="SHARED").notes.get()
    manager = Actor.of(make_user(role=Role.RENTAL_MANAGER))
    for actor in (referent, manager, manager):
        services.show_notes(household=household, actor=actor)
    services.open_note(note=private, actor=head, reason="Plainte du ménage")
    read = readings_of(household, referent)
    assert [(r.user, r.times, r.reason) for r in read[shared.pk]] == [(manager.user, 2, "")]
    assert [(r.user, r.times, r.reason) for r in read[private.pk]] == [(head.user, 1, "Plainte du ménage")]
    assert not readings_of(household, head)


def test_who_reads_a_note_is_corrected(household: Household, referent: Actor) -> None:
    first, second = (make_user(role=Role.SOCIAL_WORKER) for _ in range(2))
    note = log(household, referent, note="Texte", level="SEALED", readers=[first]).notes.get()
    services.edit_note(note=note, text="Texte", level="SEALED", readers=[second], actor=referent)
    assert [row.user for row in note.readers.all()] == [second]
    assert not notes_of(household, Actor.of(first))
    with pytest.raises(InvalidInput, match="Nommez au moins une personne"):
        services.edit_note(note=note, text="Texte", level="SEALED", readers=[], actor=referent)
    services.edit_note(note=note, text="Texte", level="PRIVATE", actor=referent)
    assert not note.readers.exists()


def test_a_note_is_withdrawn_by_its_author_and_by_the_head_where_she_reads_it(
    household: Household, referent: Actor, head: Actor
) -> None:
    private = log(household, referent, note="Privé").notes.get()
    shared = log(household, referent, note="Partagé", level="SHARED").notes.get()
    manager = Actor.of(make_user(role=Role.RENTAL_MANAGER))
    for note, actor in ((private, head), (shared, manager)):
        with pytest.raises(NotAllowed):
            services.withdraw_note(note_id=note.pk, actor=actor)
    services.withdraw_note(note_id=shared.pk, actor=head)
    for _ in range(2):
        services.withdraw_note(note_id=private.pk, actor=referent)
    assert not Note.objects.exists()
    with pytest.raises(NotAllowed):
        services.bring_back_note(note_id=private.pk, actor=head)
    for _ in range(2):
        assert services.bring_back_note(note_id=private.pk, actor=referent).text == "Privé"
    assert services.bring_back_note(note_id=shared.pk, actor=head).level == "SHARED"
    assert clock.today() == TODAY
