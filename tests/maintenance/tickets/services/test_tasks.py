"""An emergency without a day, a passage that began: what they ask, of whom."""

from datetime import date

import pytest

from maintenance.models import Ticket
from maintenance.tickets.codes import HoldReason, PaidBy, Priority, TicketDuty
from maintenance.tickets.services import tickets
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Task
from office.tasks.codes import TaskState
from office.tasks.queries import shown
from office.tasks.services.checking import check_tasks
from tests.factories import make_actor, make_ticket, make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)
TODO, DONE, DROPPED = TaskState.TODO, TaskState.DONE, TaskState.DROPPED


def now(ticket: Ticket) -> Ticket:
    ticket.refresh_from_db()
    return ticket


def states() -> dict[str, str]:
    return dict(Task.objects.values_list("kind", "state"))


@pytest.fixture
def ticket() -> Ticket:
    found = make_ticket(problem="WATER_NONE")
    assert found.priority == Priority.EMERGENCY
    return found


def test_an_emergency_without_a_day_falls_to_who_shares_out_the_work(ticket: Ticket) -> None:
    task = Task.objects.get()
    assert (task.kind, task.about_id, task.due_on, task.assignee_id) == (
        TicketDuty.PLAN, ticket.pk, ticket.due_on, None,
    )  # fmt: skip
    manager = make_actor()
    assert task in Task.objects.of(manager)
    assert shown([task], manager)[0].line.url == f"/technique/demandes/{ticket.pk}/"
    tickets.plan(ticket=ticket, on=TODAY, to=make_user(role=Role.TECHNICIAN), actor=manager)
    task.refresh_from_db()
    assert (task.state, task.ended_by_id) == (DONE, manager.user_id)


def test_given_to_a_technician_without_a_day_it_still_asks_the_desk_for_one(ticket: Ticket) -> None:
    technician, manager = make_user(role=Role.TECHNICIAN), make_actor()
    tickets.assign(ticket=ticket, to=technician, actor=manager)
    task = Task.objects.get()
    assert (task.state, task.assignee_id) == (TODO, None)
    [row] = shown([task], manager)
    assert row.line.url == f"/technique/demandes/{ticket.pk}/"
    household = ticket.household
    assert household is not None
    assert household.name not in f"{row.line}"
    assert not Task.objects.visible_to(make_actor(role=Role.TECHNICIAN)).exists()


def test_a_passage_that_began_is_to_be_ended_by_its_technician(ticket: Ticket) -> None:
    technician = make_user(role=Role.TECHNICIAN)
    tickets.assign(ticket=ticket, to=technician, actor=make_actor())
    tickets.start(ticket=now(ticket), actor=Actor.of(technician))
    assert states() == {TicketDuty.PLAN: DONE, TicketDuty.CLOSE: TODO}
    assert Task.objects.get(kind=TicketDuty.CLOSE).assignee_id == technician.pk
    tickets.close(ticket=now(ticket), paid_by=PaidBy.LANDLORD, actor=Actor.of(technician))
    assert states() == {TicketDuty.PLAN: DONE, TicketDuty.CLOSE: DONE}
    assert list(check_tasks()) == []


@pytest.mark.parametrize("way", ["cancel", "hold"])
def test_cancelled_or_on_hold_it_asks_no_day(ticket: Ticket, way: str) -> None:
    manager = make_actor()
    if way == "cancel":
        tickets.cancel(ticket=ticket, reason="Doublon", actor=manager)
        assert Task.objects.get().why == "La demande est annulée"
        return
    tickets.hold(ticket=ticket, reason=HoldReason.PART, until=date(2026, 11, 12), actor=manager)
    assert (Task.objects.get().state, Task.objects.get().why) == (DROPPED, "La demande est en attente")
    tickets.resume(ticket=now(ticket), actor=manager)
    assert Task.objects.get().state == TODO


def test_nobody_at_the_door_it_needs_another_day(ticket: Ticket) -> None:
    technician = make_user(role=Role.TECHNICIAN)
    tickets.plan(ticket=ticket, on=TODAY, to=technician, actor=make_actor())
    assert states() == {TicketDuty.PLAN: DONE}
    tickets.mark_absent(ticket=now(ticket), actor=Actor.of(technician))
    assert states() == {TicketDuty.PLAN: TODO}


def test_what_is_no_emergency_asks_nothing() -> None:
    ticket = make_ticket(problem="LEAK")
    assert ticket.priority != Priority.EMERGENCY
    assert not Task.objects.exists()
