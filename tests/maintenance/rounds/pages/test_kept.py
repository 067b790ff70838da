"""A job that is over stays with its technician for thirty days; then who lives there is no business of his."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from common import clock
from maintenance.models import Ticket
from maintenance.rounds.queries import past_job_of
from maintenance.tickets.models import KEPT
from maintenance.tickets.services import tickets
from office.access.actor import Actor
from office.access.codes import Role
from tests.factories import make_let, make_user
from tests.pages import plain, signed_in

pytestmark = pytest.mark.django_db


def done() -> tuple[Ticket, Actor]:
    lease, hand = make_let(name="Mme Fatou Sarr"), make_user(role=Role.TECHNICIAN)
    desk = Actor.of(make_user(role=Role.RENTAL_MANAGER))
    ticket = tickets.open_ticket(
        dwelling=lease.unit.dwelling, household=lease.household, trade="PLUMBING", title="Robinet", actor=desk,
        request_key=uuid4(),
    )  # fmt: skip
    ticket = tickets.plan(ticket=ticket, on=clock.today(), to=hand, actor=desk)
    tickets.start(ticket=ticket, actor=Actor.of(hand))
    ticket.refresh_from_db()
    tickets.close(ticket=ticket, paid_by="LANDLORD", actor=Actor.of(hand))
    ticket.refresh_from_db()
    return ticket, Actor.of(hand)


def test_thirty_days_then_not() -> None:
    ticket, hand = done()
    assert ticket.closed_at is not None
    address = reverse("maintenance:job", args=[ticket.pk])
    assert "Fatou Sarr" in plain(signed_in(hand.user).get(address))
    for days, is_read in ((0, True), (29, True), (31, False)):
        with clock.travel(clock.today() + timedelta(days=days)):
            assert Ticket.objects.visible_to(hand).filter(pk=ticket.pk).exists() is is_read
            assert (past_job_of(ticket.pk, hand) is not None) is is_read
    assert timedelta(days=30) == KEPT


def test_an_open_one_stays_however_old() -> None:
    ticket, hand = done()
    Ticket.objects.filter(pk=ticket.pk).update(state="STARTED", closed_at=None, paid_by="")
    with clock.travel(clock.today() + timedelta(days=200)):
        assert Ticket.objects.visible_to(hand).filter(pk=ticket.pk).exists()
