"""What a repair asks: an emergency, its day; a passage that began, its end."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from common import clock
from common.links import link
from maintenance.tickets.codes import ABOUT_TICKET, Priority, TicketDuty, TicketState
from maintenance.tickets.models import Intervention, Ticket
from maintenance.tickets.perms import can_plan
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare

TO_PLAN = (TicketState.OPEN, TicketState.ASSIGNED)


def _tickets(ids: Collection[int]) -> QuerySet[Ticket]:
    return Ticket.objects.filter(pk__in=ids)


def _shown(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    """Neither household nor address: a protected one must not be told before its day."""
    page = "maintenance:ticket" if can_plan(actor) else "maintenance:job"
    return {
        ticket.pk: TaskLine(
            f"{ticket.reference} : {ticket.title}",
            str(ticket.get_trade_display()),
            ticket.reference,
            link(page, ticket.pk),
        )
        for ticket in _tickets(ids)
    }


def _page() -> str:
    return link("maintenance:tickets")


def _without_a_day(ids: Collection[int] | None) -> Iterable[Cause]:
    rows = Ticket.objects.filter(
        state__in=TO_PLAN, priority=Priority.EMERGENCY, planned_on=None, held_until=None
    ).order_by()
    rows = rows if ids is None else rows.filter(pk__in=ids)
    # It falls to who gives the days, also where a technician has it already: he can't set one.
    return [
        Cause(pk, due_on=due_on, household_id=household, author_id=author)
        for pk, due_on, household, author in rows.values_list("pk", "due_on", "household_id", "author_id")
    ]


def _planned(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    return {
        pk: Ending("La demande est annulée")
        if state == TicketState.CANCELLED
        else Ending("La demande est en attente")
        if held_until
        else Ending()
        for pk, state, held_until in _tickets(raised).values_list("pk", "state", "held_until")
    }


def _running(ids: Collection[int] | None) -> Iterable[Cause]:
    rows = Intervention.objects.filter(ended_at=None).order_by()
    rows = rows if ids is None else rows.filter(ticket__in=ids)
    return [
        Cause(ticket, due_on=at.astimezone(clock.PARIS).date(), household_id=household, assignee_id=technician)
        for ticket, at, household, technician in rows.values_list(
            "ticket_id", "started_at", "ticket__household_id", "technician_id"
        )
    ]


def _over(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    return {pk: Ending() for pk in _tickets(raised).values_list("pk", flat=True)}


PLAN = declare(
    TaskKind(
        code=TicketDuty.PLAN, about=ABOUT_TICKET, reveals=Data.TICKET, falls_to=Write(Data.TICKET),
        causes=_without_a_day, endings=_planned, show=_shown, locks=_tickets,
        look=TaskLook(
            "alert-triangle", "danger", "Planifier", "urgence sans rendez-vous,urgences sans rendez-vous", _page
        ),
    )
)  # fmt: skip
CLOSE = declare(
    TaskKind(
        code=TicketDuty.CLOSE, about=ABOUT_TICKET, reveals=Data.TICKET, falls_to=Write(Data.TICKET), causes=_running,
        endings=_over, show=_shown, locks=_tickets,
        look=TaskLook("tool", "tech", "Clore", "intervention à clore,interventions à clore", _page),
    )
)  # fmt: skip
