"""What the database refuses of tickets, passages, photos and signals."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from common import clock
from maintenance.models import Intervention, Photo, Ticket, WeakSignal
from office.access.codes import Role
from tests.factories import make_blob, make_ticket, make_user

pytestmark = pytest.mark.django_db


def refused(name: str, **changes: object) -> None:
    ticket = make_ticket()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(**changes)


def test_an_assigned_ticket_has_an_assignee() -> None:
    refused("ticket_assigned_has_assignee", state="ASSIGNED")


def test_a_ticket_has_an_end_only_when_ended() -> None:
    refused("ticket_closed_iff_ended", closed_at=clock.now())
    refused("ticket_closed_iff_ended", state="CANCEL")


def test_a_done_ticket_says_who_pays() -> None:
    ticket = make_ticket()
    # Step by step: the table of its states is asked before the constraint.
    Ticket.objects.filter(pk=ticket.pk).update(state="ASSIGNED", assignee=make_user(role=Role.TECHNICIAN))
    with pytest.raises(IntegrityError, match="ticket_done_says_who_pays"), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(state="DONE", closed_at=clock.now())


@pytest.mark.parametrize(
    "changes",
    [
        {"held_until": date(2026, 11, 9)},
        {"held_since": date(2026, 11, 5), "held_until": date(2026, 11, 4), "hold_reason": "PART"},
        {"held_since": date(2026, 11, 5), "held_until": date(2026, 11, 9)},
    ],
)
def test_a_hold_has_its_dates_and_its_reason(changes: dict[str, object]) -> None:
    refused("ticket_hold_whole", **changes)


def test_the_same_input_makes_one_ticket() -> None:
    refused("request_key", request_key=make_ticket().request_key)


def test_a_passage_runs_once_at_a_time() -> None:
    technician = make_user(role=Role.TECHNICIAN)
    ticket = make_ticket(technician=technician)
    Intervention.objects.create(ticket=ticket, technician=technician)
    with pytest.raises(IntegrityError, match="intervention_one_running"), transaction.atomic():
        Intervention.objects.create(ticket=ticket, technician=technician)


def test_a_passage_has_an_outcome_iff_it_ended() -> None:
    technician = make_user(role=Role.TECHNICIAN)
    ticket = make_ticket(technician=technician)
    with pytest.raises(IntegrityError, match="intervention_outcome_iff_ended"), transaction.atomic():
        Intervention.objects.create(ticket=ticket, technician=technician, outcome="DONE")
    with pytest.raises(IntegrityError, match="intervention_outcome_iff_ended"), transaction.atomic():
        Intervention.objects.create(ticket=ticket, technician=technician, ended_at=clock.now())


def test_a_photo_is_of_a_passage_or_of_a_signal() -> None:
    technician = make_user(role=Role.TECHNICIAN)
    ticket = make_ticket(technician=technician)
    passage = Intervention.objects.create(ticket=ticket, technician=technician)
    signal = WeakSignal.objects.create(
        ticket=ticket, household=ticket.household, kind="DANGER", author=technician, request_key=uuid4()
    )
    for of in ({}, {"intervention": passage, "signal": signal}):
        with pytest.raises(IntegrityError, match="photo_of_one_thing"), transaction.atomic():
            Photo.objects.create(blob=make_blob(), name="mur.jpg", stage="AFTER", **of)


def test_a_signal_is_sent_once() -> None:
    technician = make_user(role=Role.TECHNICIAN)
    ticket = make_ticket(technician=technician)
    row = {"ticket": ticket, "household": ticket.household, "author": technician, "request_key": uuid4()}
    WeakSignal.objects.create(kind="DANGER", **row)
    with pytest.raises(IntegrityError, match="request_key"), transaction.atomic():
        WeakSignal.objects.create(kind="TENSION", **row)


def test_scopes_with_the_tickets_of_others() -> None:
    mine, other = make_user(role=Role.TECHNICIAN), make_user(role=Role.TECHNICIAN)
    ticket, _, unassigned = make_ticket(technician=mine), make_ticket(technician=other), make_ticket()
    seen = {
        role: set(Ticket.objects.visible_to(actor).values_list("pk", flat=True))
        for role in Role
        for actor in [_actor(role, mine)]
    }
    everything = set(Ticket.objects.values_list("pk", flat=True))
    assert unassigned.pk in everything
    assert len(everything) == 3
    assert seen[Role.TECHNICIAN] == {ticket.pk}
    for role in (Role.RENTAL_MANAGER, Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL, Role.DIRECTOR):
        assert seen[role] == everything
    assert seen[Role.FUNDER] == seen[Role.ADMINISTRATOR] == set()


def _actor(role: str, technician: object) -> object:
    from office.access.actor import Actor

    return Actor.of(technician if role == Role.TECHNICIAN else make_user(role=role))


def test_a_late_ticket_on_hold_is_not_late() -> None:
    from maintenance.tickets.queries import late

    today = clock.today()
    ticket = make_ticket()
    Ticket.objects.filter(pk=ticket.pk).update(due_on=today - timedelta(days=1))
    assert Ticket.objects.filter(late(today)).exists()
    Ticket.objects.filter(pk=ticket.pk).update(
        held_since=today, held_until=today + timedelta(days=3), hold_reason="PART"
    )
    assert not Ticket.objects.filter(late(today)).exists()
