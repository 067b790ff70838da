"""How many wait behind an entry of the menu: one query each, for who may see what is counted."""

from collections.abc import Callable

from common import clock
from common.periods import Month, period
from leases.enums import LeaseState
from leases.models import Lease
from maintenance.enums import TicketState
from maintenance.models import Ticket
from office.access import Access, Data, can
from office.actor import Actor
from office.enums import Role
from rent_ledger.enums import LineState
from rent_ledger.models import BankLine
from rent_ledger.selectors.arrears import count_to_decide
from social_link.enums import AlertState
from social_link.models import Alert


def bank_lines_waiting(actor: Actor) -> int:
    """Lines to confirm or to place."""
    if not actor.has_role(Role.RENTAL_MANAGER):
        return 0
    return BankLine.objects.filter(state__in=[LineState.PROPOSED, LineState.TO_PLACE]).count()


def leases_held_back(actor: Actor) -> int:
    """Contracts that this month's run, or the next one, leaves out until their preparation is done."""
    if not actor.has_role(Role.RENTAL_MANAGER):
        return 0
    month = Month.of(clock.today())
    span = period(month.first, month.plus(2).first)
    return Lease.objects.filter(state=LeaseState.DRAFT, period__overlap=span).count()


def alerts_to_take(actor: Actor) -> int:
    """One's own alerts that nobody took; those of everybody for the head of social."""
    if can(actor, Data.ALERT, Access.FULL):
        return Alert.objects.filter(state=AlertState.RAISED).count()
    if can(actor, Data.ALERT, Access.OWN):
        return Alert.objects.filter(state=AlertState.RAISED, assignee=actor.user_id).count()
    return 0


def tickets_to_assign(actor: Actor) -> int:
    """Requests without a technician."""
    if not can(actor, Data.TICKET, Access.FULL):
        return 0
    return Ticket.objects.visible_to(actor).filter(state=TicketState.OPEN, held_until=None).count()


# By url name, as in `desk.menu`.
MENU_COUNTS: dict[str, Callable[[Actor], int]] = {
    "rent_ledger:arrears": count_to_decide,
    "rent_ledger:bank": bank_lines_waiting,
    "rent_ledger:runs": leases_held_back,
    "social_link:alerts": alerts_to_take,
    "maintenance:tickets": tickets_to_assign,
}
