"""Who may do what with tickets. Reading is `Ticket.objects.visible_to`."""

from django.db.models import Exists, OuterRef, Q

from common import clock
from common.errors import NotAllowed
from maintenance.tickets.codes import Outcome
from maintenance.tickets.models import Intervention, Ticket
from office.access.actor import Actor
from office.access.matrix import ASK, OWN, Data, Write, can


def can_open(actor: Actor) -> bool:
    """Take a request: at the desk, on the phone, on a visit."""
    return can(actor, Write(Data.TICKET, ASK))


def can_plan(actor: Actor) -> bool:
    """Assign, plan, hold, cancel, note as done for somebody."""
    return actor.is_system or can(actor, Write(Data.TICKET))


def can_work(actor: Actor, ticket: Ticket) -> bool:
    """Start, find absent, close, signal: the technician of the job, or who shares out the work."""
    own = can(actor, Write(Data.TICKET, OWN)) and ticket.assignee_id == actor.user_id
    return own or can_plan(actor)


def was_there(actor: Actor) -> Q:
    """The jobs at whose door the actor was today, whoever has them now."""
    mine = Intervention.objects.filter(
        ticket=OuterRef("pk"), technician=actor.user_id, ended_at__gte=clock.morning(clock.today())
    )
    return Q(Exists(mine.exclude(outcome=Outcome.TAKEN_BACK)))


def must_signal(actor: Actor, ticket: Ticket) -> None:
    """Raise `NotAllowed` unless the actor works on the ticket, or was there today."""
    if not can_work(actor, ticket) and not Ticket.objects.filter(was_there(actor), pk=ticket.pk).exists():
        raise NotAllowed("Cette intervention n’est pas la vôtre.")


def must_work(actor: Actor, ticket: Ticket) -> None:
    """Raise `NotAllowed` unless the actor may work on the ticket."""
    if not can_work(actor, ticket):
        raise NotAllowed("Cette intervention n’est pas la vôtre.")
