"""Who may do what with tickets. Reading is `Ticket.objects.visible_to`."""

from common.errors import NotAllowed
from maintenance.tickets.models import Ticket
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


def must_work(actor: Actor, ticket: Ticket) -> None:
    """Raise `NotAllowed` unless the actor may work on the ticket."""
    if not can_work(actor, ticket):
        raise NotAllowed("Cette intervention n’est pas la vôtre.")
