"""Who may do what with tickets. Reading is `Ticket.objects.visible_to`."""

from maintenance.models import Ticket
from office.actor import Actor
from office.enums import Role

# Who takes a request at the desk, on the phone or on a visit.
OPENERS = (Role.RENTAL_MANAGER, Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL)
# Who shares out the work.
PLANNERS = (Role.RENTAL_MANAGER,)


def can_open(actor: Actor) -> bool:
    return actor.is_system or actor.has_role(*OPENERS)


def can_plan(actor: Actor) -> bool:
    """Assign, plan, hold, cancel, note as done for somebody."""
    return actor.is_system or actor.has_role(*PLANNERS)


def can_work(actor: Actor, ticket: Ticket) -> bool:
    """Start, find absent, close, signal: the technician of the job, or who shares out the work."""
    own = actor.has_role(Role.TECHNICIAN) and ticket.assignee_id == actor.user_id
    return own or can_plan(actor)
