"""A visit is written whole, once, and taken back whole."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household
from maintenance.models import Photo, Ticket
from maintenance.tickets.codes import TicketState
from maintenance.tickets.services.tickets import assign
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Task
from office.tasks.services.checking import check_tasks
from social_link.contacts import services as contacts
from social_link.incidents.services import write_incident
from social_link.measures.services.measures import open_measure
from social_link.models import Contact, NeighbourIncident, Note, Observation, Reminder, Visit
from social_link.objectives.services.objectives import Aim, fix_objective
from social_link.visits.queries import last_observed, strip_of
from social_link.visits.services.taking_back import mark_reminder, take_back_visit
from social_link.visits.services.visits import NewVisit, Seen, note_visit
from tests.factories import make_actor, make_let, make_picture, make_referent, make_user

TODAY = date(2026, 11, 5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Household:
    return make_let().household


@pytest.fixture
def referent(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


def note(household: Household, actor: Actor, *, key: UUID | None = None, planned: Contact | None = None,
         **said: Any) -> Visit:  # fmt: skip
    visit = NewVisit(**({"day": TODAY, "outcome": "SEEN"} | said))
    return note_visit(household=household, visit=visit, request_key=key or uuid4(), planned=planned, actor=actor)


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("mur.jpg", make_picture().getvalue(), "image/jpeg")


def everything() -> dict[str, Any]:
    return {
        "minutes": 45,
        "lines": {
            "UPKEEP": Seen("FINE"), "DAMP": Seen("TREAT", "MOULD", [picture()]), "ENERGY": Seen("WATCH"),
            "NEIGHB": Seen("TREAT", "NOISE"),
        },
        "note": "Le mur de la chambre est noir", "next_on": TODAY + timedelta(weeks=1), "reminder": "CALL",
        "reminder_on": TODAY + timedelta(days=2),
    }  # fmt: skip


def planned(household: Household, actor: Actor, day: date = TODAY) -> Contact:
    return contacts.plan_contact(household=household, kind="VISIT", day=day, request_key=uuid4(), actor=actor)


def counts() -> list[int]:
    rows = (Contact, Visit, Observation, Note, NeighbourIncident, Reminder, Photo)
    return [model._default_manager.count() for model in rows] + [
        Ticket.objects.exclude(state=TicketState.CANCELLED).count()
    ]


def test_one_send_writes_all_of_it_once(household: Household, referent: Actor) -> None:
    key = uuid4()
    made = note(household, referent, key=key, **everything())
    assert counts() == [2, 1, 4, 1, 1, 1, 1, 1]
    assert (made.contact.outcome, made.contact.minutes) == ("SEEN", 45)
    ticket = Ticket.objects.get()
    assert (ticket.household, ticket.problem, ticket.source) == (household, "MOULD", "VISIT")
    assert ticket.dwelling.occupancies.filter(household=household).exists()
    assert "noir" not in f"{ticket.title} {ticket.description}"
    assert ticket.photos.count() == 1
    written = made.contact.notes.get()
    assert (written.level, written.text) == ("TEAM", "Le mur de la chambre est noir")
    coming = Contact.objects.get(is_planned=True)
    assert (coming.kind, coming.happened_on) == ("VISIT", TODAY + timedelta(weeks=1))
    task = Task.objects.to_do().get(kind="VISIT_REMINDER")
    assert (task.assignee, task.due_on) == (referent.user, TODAY + timedelta(days=2))
    # The phone that had no answer sends it again.
    assert note(household, referent, key=key, **everything()) == made
    assert counts() == [2, 1, 4, 1, 1, 1, 1, 1]
    with pytest.raises(Conflict, match="autre contenu"):
        note(household, referent, key=key, **everything() | {"note": "Autre chose"})
    assert not list(check_tasks())


def test_three_taps_are_enough(household: Household, referent: Actor) -> None:
    expected = planned(household, referent)
    made = note(household, referent, planned=expected)
    assert made.contact == expected
    expected.refresh_from_db()
    assert (expected.is_planned, expected.outcome, expected.minutes) == (False, "SEEN", None)
    assert counts() == [1, 1, 0, 0, 0, 0, 0, 0]
    with pytest.raises(Conflict, match="déjà notée"):
        note(household, referent, planned=expected, outcome="ABSENCE")
    expected.refresh_from_db()
    assert expected.kind == "VISIT"


@pytest.mark.parametrize(
    ("outcome", "found"),
    [
        ("SEEN", ("VISIT", "SEEN", True)),
        ("ALLSEEN", ("VISIT", "ALLSEEN", True)),
        ("ABSENCE", ("ABSENCE", "", False)),
        ("PUT_OFF", ("VISIT", "PUT_OFF", False)),
        ("REFUSED", ("VISIT", "REFUSED", False)),
    ],
)
def test_how_it_went(household: Household, referent: Actor, outcome: str, found: tuple[str, str, bool]) -> None:
    row = note(household, referent, outcome=outcome).contact
    assert (row.kind, row.outcome, row.is_met) == found
    assert Contact.objects.met().filter(pk=row.pk).exists() == row.is_met


def test_a_refusal_is_said_neutrally(household: Household, referent: Actor) -> None:
    assert note(household, referent, outcome="REFUSED").contact.kind_words == "Visite à domicile, non souhaitée"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"outcome": "LATER"}, "outcome"),
        ({"outcome": "ABSENCE", "minutes": 15}, "outcome"),
        ({"outcome": "REFUSED", "lines": {"DAMP": Seen("FINE")}}, "outcome"),
        ({"minutes": 20}, "minutes"),
        ({"day": TODAY + timedelta(days=1)}, "day"),
        ({"day": date(2025, 11, 3)}, "day"),
        ({"lines": {"ROOF": Seen("FINE")}}, "lines"),
        ({"lines": {"DAMP": Seen("BAD")}}, "lines"),
        ({"lines": {"DAMP": Seen("TREAT", "HEAT_NONE")}}, "DAMP"),
        ({"lines": {"DAMP": Seen("WATCH", "MOULD")}}, "DAMP"),
        ({"lines": {"DAMP": Seen("TREAT", photos=[SimpleUploadedFile("x.jpg", b"no picture")])}}, "DAMP"),
        ({"lines": {"NEIGHB": Seen("TREAT", "MOULD")}}, "NEIGHB"),
        ({"reminder": "CALL"}, "reminder_on"),
        ({"reminder_on": TODAY}, "reminder"),
        ({"reminder": "CALL", "reminder_on": TODAY - timedelta(days=1)}, "reminder_on"),
        ({"next_on": TODAY - timedelta(days=1)}, "day"),
        ({"note": "x", "level": "SEALED"}, "readers"),
    ],
)
def test_what_is_refused_leaves_nothing(
    household: Household, referent: Actor, said: dict[str, Any], field: str
) -> None:
    before = planned(household, referent)
    with pytest.raises(InvalidInput) as refused:
        note(household, referent, planned=before, **said)
    assert refused.value.field == field
    before.refresh_from_db()
    assert before.is_planned
    assert counts() == [1, 0, 0, 0, 0, 0, 0, 0]


def test_as_the_last_time(household: Household, referent: Actor) -> None:
    with clock.travel(date(2026, 10, 1)):
        old = note(household, referent, day=date(2026, 10, 1), lines=everything()["lines"])
    ticket = Ticket.objects.get()
    made = note(household, referent, as_before=old.pk, lines={"UPKEEP": Seen("WATCH")})
    found = {row.line: (row.finding, row.ticket) for row in made.observations.all()}
    assert found == {
        "UPKEEP": ("WATCH", None), "DAMP": ("TREAT", ticket), "ENERGY": ("WATCH", None), "NEIGHB": ("TREAT", None),
    }  # fmt: skip
    assert NeighbourIncident.objects.count() == 1
    # Told anew, it is the request that still waits.
    again = note(household, referent, lines={"DAMP": Seen("TREAT", photos=[picture()])})
    assert again.observations.get().ticket == ticket
    assert Ticket.objects.count() == 1
    assert {line: row.finding for line, row in last_observed(household, referent).items()} == {"DAMP": "TREAT"}
    strip = strip_of(household, referent)
    shown = {row.line: [one.finding if one else None for _, one in row.cells] for row in strip.rows}
    assert shown["UPKEEP"] == ["FINE", "WATCH", None]
    assert shown["DAMP"] == ["TREAT", "TREAT", "TREAT"]
    with pytest.raises(Conflict, match="annulez-la d’abord"):
        take_back_visit(contact=old.contact, actor=referent)
    take_back_visit(contact=again.contact, actor=referent)
    take_back_visit(contact=made.contact, actor=referent)
    assert ticket.photos.count() == 1
    with pytest.raises(Conflict, match="ligne par ligne"):
        note(household, referent, as_before=made.pk)


def test_the_head_takes_back_the_photos_of_one_visit_and_leaves_those_of_the_next(
    household: Household, referent: Actor
) -> None:
    visits = []
    for day, side in ((1, 40), (8, 48), (15, 56)):
        photo = SimpleUploadedFile("mur.jpg", make_picture(side=side).getvalue(), "image/jpeg")
        with clock.travel(date(2026, 10, day)):
            visits.append(
                note(household, referent, day=date(2026, 10, day), lines={"DAMP": Seen("TREAT", "MOULD", [photo])})
            )
    ticket = Ticket.objects.get()
    first, _, last = ticket.photos.order_by("added_at").values_list("pk", flat=True)
    take_back_visit(contact=visits[1].contact, actor=make_actor(role=Role.HEAD_OF_SOCIAL))
    assert list(ticket.photos.order_by("added_at").values_list("pk", flat=True)) == [first, last]


@pytest.mark.parametrize(
    ("day", "was_planned"), [(TODAY, True), (date(2026, 11, 3), True), (date(2026, 11, 9), True), (TODAY, False)]
)
def test_it_is_taken_back_whole(household: Household, referent: Actor, day: date, was_planned: bool) -> None:
    before = None
    if was_planned:
        with clock.travel(min(day, TODAY)):
            before = planned(household, referent, day)
    key = uuid4()
    made = note(household, referent, key=key, planned=before, **everything())
    assert made.contact.happened_on == TODAY
    for _ in range(2):
        take_back_visit(contact=made.contact, actor=referent)
        assert counts() == [int(was_planned), 0, 0, 0, 0, 0, 0, 0]
        assert not Task.objects.to_do().filter(kind="VISIT_REMINDER").exists()
    if before is not None:
        before.refresh_from_db()
        assert (before.is_planned, before.kind, before.happened_on) == (True, "VISIT", day)
        is_due = Task.objects.to_do().filter(kind="CONTACT_NOTE", about_id=before.pk).exists()
        assert is_due == (day <= TODAY)
    with pytest.raises(Conflict, match="annulée"):
        note(household, referent, key=key, planned=before, **everything())
    note(household, referent, planned=before, **everything())


def _ticket_given(made: Visit, actor: Actor) -> None:
    assign(ticket=Ticket.objects.get(), to=make_user(role=Role.TECHNICIAN), actor=make_actor(role=Role.RENTAL_MANAGER))


def _incident_followed(made: Visit, actor: Actor) -> None:
    row = NeighbourIncident.objects.get()
    write_incident(incident=row, day=TODAY, kind="NOISE", reported_by="TEAM", acts=["TALKED"], actor=actor)


def _reminder_done(made: Visit, actor: Actor) -> None:
    mark_reminder(reminder=made.reminder, actor=actor)


def _next_noted(made: Visit, actor: Actor) -> None:
    row = Contact.objects.get(is_planned=True)
    with clock.travel(row.happened_on):
        contacts.complete_contact(contact=row, actor=actor)


def _note_of_another(made: Visit, actor: Actor) -> None:
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    contacts.write_note(household=made.contact.household, contact=made.contact, text="Vu", actor=head)


@pytest.mark.parametrize("build", [_ticket_given, _incident_followed, _reminder_done, _next_noted, _note_of_another])
def test_what_something_was_built_on_stays(household: Household, referent: Actor, build: Any) -> None:
    made = note(household, referent, **everything())
    build(made, referent)
    before = counts()
    with pytest.raises(Conflict):
        take_back_visit(contact=made.contact, actor=referent)
    assert counts() == before


def test_its_contact_is_not_taken_away_under_it(household: Household, referent: Actor) -> None:
    made = note(household, referent, planned=planned(household, referent), lines={"DAMP": Seen("FINE")})
    row = made.contact
    with pytest.raises(Conflict, match="Annuler la visite"):
        contacts.withdraw_contact(contact_id=row.pk, actor=referent)
    with pytest.raises(Conflict, match="Annuler la visite"):
        contacts.plan_again(contact=row, kind="VISIT", actor=referent)
    with pytest.raises(Conflict, match="Le logement a été vu"):
        contacts.correct_contact(contact=row, kind="ABSENCE", day=TODAY, actor=referent)
    contacts.correct_contact(contact=row, kind="VISIT", day=TODAY, outcome="SEEN", minutes=15, actor=referent)


def test_whose_visit_it_is(household: Household, referent: Actor) -> None:
    other = make_actor(role=Role.SOCIAL_WORKER)
    with pytest.raises(NotAllowed):
        note(household, other)
    made = note(household, referent, reminder="OTHER", reminder_on=TODAY)
    for act in (
        lambda: take_back_visit(contact=made.contact, actor=other),
        lambda: mark_reminder(reminder=made.reminder, actor=other),
    ):
        with pytest.raises(NotAllowed):
            act()
    done = mark_reminder(reminder=made.reminder, actor=referent)
    assert done.is_done
    assert Task.objects.get(kind="VISIT_REMINDER").ended_by == referent.user
    assert not mark_reminder(reminder=done, actor=referent, is_done=False).is_done
    assert Task.objects.to_do().filter(kind="VISIT_REMINDER").exists()


def test_a_household_that_lives_elsewhere_has_no_request(referent: Actor, household: Household) -> None:
    household.occupancies.all().delete()
    made = note(household, referent, lines={"DAMP": Seen("TREAT")})
    row = made.observations.get()
    assert (row.finding, row.ticket, row.dwelling) == ("TREAT", None, None)


def test_the_same_send_is_told_by_each_thing_that_it_says(household: Household, referent: Actor) -> None:
    key, base = uuid4(), NewVisit(day=TODAY, outcome="SEEN", note="Bonjour")
    note_visit(household=household, visit=base, request_key=key, actor=referent)
    for other in (
        replace(base, minutes=15), replace(base, day=TODAY - timedelta(days=1)), replace(base, level="PRIVATE"),
        replace(base, next_on=TODAY), replace(base, lines={"DAMP": Seen("FINE")}), replace(base, note="Bonsoir"),
        replace(base, reminder="CALL", reminder_on=TODAY),
    ):  # fmt: skip
        with pytest.raises(Conflict):
            note_visit(household=household, visit=other, request_key=key, actor=referent)


def test_objectives_that_were_touched(household: Household, referent: Actor) -> None:
    measure = open_measure(
        household=household, kind="SIMPLE", start=date(2026, 10, 1), planned_end=date(2027, 3, 31),
        referent=referent.user, actor=referent,
    )  # fmt: skip
    first, second = (
        fix_objective(measure=measure, aim=Aim("MEDIATE", text), actor=referent) for text in ("Voisins", "Bailleur")
    )
    key, row = uuid4(), planned(household, referent)
    said = {"objectives": {first.pk: "MOVES", second.pk: "REACHED"}}
    made = note(household, referent, key=key, planned=row, **said)
    assert note(household, referent, key=key, planned=row, **said) == made
    found = made.contact.reviews.values_list("objective", "how_far", "on")
    assert sorted(found) == [(first.pk, "MOVES", TODAY), (second.pk, "REACHED", TODAY)]
    with pytest.raises(Conflict, match="autre contenu"):
        note(household, referent, key=key, planned=row, objectives={first.pk: "HELD_UP"})
    take_back_visit(contact=row, actor=referent)
    assert not first.reviews.exists()
    with pytest.raises(InvalidInput, match="n’a été vu|non plus"):
        note(household, referent, planned=row, outcome="ABSENCE", **said)
    with pytest.raises(Conflict, match="retiré"):
        note(make_followed(referent), referent, **said)


def make_followed(referent: Actor) -> Household:
    """Another household of the same worker."""
    household = make_let().household
    make_referent(household=household, user=referent.user)
    return household
