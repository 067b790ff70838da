"""Who is told of an emergency: who gives the jobs, then the technician, until somebody is at work."""

from uuid import uuid4

import pytest

from common import clock
from maintenance.models import Ticket
from maintenance.tickets.services import tickets
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Notice, User
from office.notices.queries import lines
from tests.factories import make_let, make_user

pytestmark = pytest.mark.django_db


def told() -> set[tuple[str, str, bool]]:
    return {(notice.kind, notice.user.last_name, notice.is_urgent) for notice in Notice.objects.unseen()}


@pytest.fixture
def nadege() -> User:
    make_user(role=Role.RENTAL_MANAGER, last_name="Karim")
    return make_user(role=Role.RENTAL_MANAGER, last_name="Nadège")


@pytest.fixture
def yann() -> User:
    return make_user(role=Role.TECHNICIAN, last_name="Yann")


def reported(author: User, priority: str = "URGENT") -> Ticket:
    return tickets.open_ticket(
        dwelling=make_let().unit.dwelling, trade="PLUMBING", title="Dégât des eaux", priority=priority,
        actor=Actor.of(author), request_key=uuid4(),
    )  # fmt: skip


def test_an_emergency_is_told_to_the_others_who_give_jobs(nadege: User) -> None:
    ticket = reported(nadege)
    assert told() == {("TICKET_URGENT", "Karim", True)}
    [line] = lines(Notice.objects.all())
    assert (line.shown.title, line.shown.url) == (
        f"Dégât des eaux ({ticket.reference})",
        f"/technique/demandes/{ticket.pk}/",
    )


def test_another_request_is_told_to_nobody(nadege: User, yann: User) -> None:
    tickets.assign(ticket=reported(nadege, "HIGH"), to=yann, actor=Actor.of(nadege))
    assert told() == set()


def test_given_it_is_told_to_the_technician_only_then_started_to_nobody(nadege: User, yann: User) -> None:
    ticket = tickets.assign(ticket=reported(nadege), to=yann, actor=Actor.of(nadege))
    assert told() == {("TICKET_GIVEN", "Yann", True)}
    tickets.start(ticket=ticket, actor=Actor.of(yann))
    assert told() == set()


def test_given_to_another_it_waits_for_him_only(nadege: User, yann: User) -> None:
    ticket = tickets.assign(ticket=reported(nadege), to=yann, actor=Actor.of(nadege))
    karima = make_user(role=Role.TECHNICIAN, last_name="Karima")
    tickets.assign_many(tickets=[ticket], to=karima, actor=Actor.of(nadege))
    assert told() == {("TICKET_GIVEN", "Karima", True)}


def test_planned_again_for_the_same_technician_it_is_told_once(nadege: User, yann: User) -> None:
    ticket = tickets.plan(ticket=reported(nadege), on=clock.today(), to=yann, actor=Actor.of(nadege))
    tickets.plan(ticket=ticket, on=clock.today(), to=yann, actor=Actor.of(nadege))
    assert Notice.objects.filter(user=yann).count() == 1


def test_given_again_to_who_has_it_nobody_is_told_again(nadege: User, yann: User) -> None:
    ticket = tickets.assign(ticket=reported(nadege), to=yann, actor=Actor.of(nadege))
    tickets.assign(ticket=ticket, to=yann, actor=Actor.of(nadege))
    tickets.assign_many(tickets=[ticket], to=yann, actor=Actor.of(nadege), planned_on=clock.today())
    assert Notice.objects.filter(user=yann).count() == 1


def test_nobody_opened_who_gives_the_days_is_told_until_there_is_one(nadege: User, yann: User) -> None:
    ticket = tickets.plan(ticket=reported(nadege), on=clock.today(), to=yann, actor=Actor.of(nadege))
    tickets.mark_absent(ticket=ticket, actor=Actor.of(yann))
    assert told() == {("TICKET_MISSED", "Karim", True), ("TICKET_MISSED", "Nadège", True)}
    [line] = lines(Notice.objects.filter(kind="TICKET_MISSED", user=nadege))
    assert (line.shown.title, line.shown.url) == (
        f"Personne absente : Dégât des eaux ({ticket.reference})",
        f"/technique/demandes/{ticket.pk}/",
    )
    ticket.refresh_from_db()
    tickets.plan(ticket=ticket, on=clock.today(), actor=Actor.of(nadege))
    assert told() == set()


def test_nobody_opened_for_another_request_nobody_is_told(nadege: User, yann: User) -> None:
    ticket = tickets.plan(ticket=reported(nadege, "HIGH"), on=clock.today(), to=yann, actor=Actor.of(nadege))
    tickets.mark_absent(ticket=ticket, actor=Actor.of(yann))
    assert told() == set()


def test_another_trade_is_to_be_given_again(nadege: User, yann: User) -> None:
    ticket = tickets.assign(ticket=reported(nadege), to=yann, actor=Actor.of(nadege))
    tickets.close(ticket=ticket, outcome="TRADE", other_trade="HEATING", report="Chaudière", actor=Actor.of(yann))
    assert told() == {("TICKET_URGENT", "Karim", True), ("TICKET_URGENT", "Nadège", True)}


def test_cancelled_it_waits_for_nobody(nadege: User) -> None:
    tickets.cancel(ticket=reported(nadege), reason="Doublon", actor=Actor.of(nadege))
    assert told() == set()
