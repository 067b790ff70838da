"""How many wait behind an entry of the menu, for who may see what is counted."""

from typing import Any

from common import clock
from common.periods import Month
from desk.waiting import Waiting
from leases.enums import LeaseState
from maintenance.enums import TicketState
from office.access import Access, Data, can
from office.actor import Actor
from office.enums import Role
from rent_ledger.enums import LineState
from rent_ledger.perms import can_decide
from rent_ledger.rules.lanes import TO_DECIDE
from social_link.enums import AlertState


def _decisions(actor: Actor) -> list[Any] | None:
    return [sorted(TO_DECIDE)] if can_decide(actor) else None


def _bank_lines(actor: Actor) -> list[Any] | None:
    return [[LineState.PROPOSED.value, LineState.TO_PLACE.value]] if actor.has_role(Role.RENTAL_MANAGER) else None


def _drafts(actor: Actor) -> list[Any] | None:
    month = Month.of(clock.today())
    return [LeaseState.DRAFT.value, month.first, month.plus(2).first] if actor.has_role(Role.RENTAL_MANAGER) else None


def _alerts(actor: Actor) -> list[Any] | None:
    """Those of everybody for the head of social; one's own else."""
    if can(actor, Data.ALERT, Access.FULL):
        return [AlertState.RAISED.value, None]
    if can(actor, Data.ALERT, Access.OWN):
        return [AlertState.RAISED.value, actor.user_id]
    return None


def _tickets(actor: Actor) -> list[Any] | None:
    return [TicketState.OPEN.value] if can(actor, Data.TICKET, Access.FULL) else None


# By url name, as in `desk.menu`.
MENU_COUNTS: dict[str, Waiting] = {
    # Accounts whose action the rental manager has to decide.
    "rent_ledger:arrears": Waiting(
        "SELECT count(*) FROM rent_ledger_accountstate WHERE action = ANY(%s) AND action <> ''", _decisions
    ),
    # Lines to confirm or to place.
    "rent_ledger:bank": Waiting("SELECT count(*) FROM rent_ledger_bankline WHERE state = ANY(%s)", _bank_lines),
    # Contracts that this month's run, or the next one, leaves out until their preparation is done.
    "rent_ledger:runs": Waiting(
        "SELECT count(*) FROM leases_lease WHERE state = %s AND period && daterange(%s, %s)", _drafts
    ),
    # Alerts that nobody took.
    "social_link:alerts": Waiting(
        "SELECT count(*) FROM social_link_alert WHERE state = %s AND assignee_id = coalesce(%s::bigint, assignee_id)",
        _alerts,
    ),
    # Requests without a technician, their clock running.
    "maintenance:tickets": Waiting(
        "SELECT count(*) FROM maintenance_ticket WHERE state = %s AND held_until IS NULL", _tickets
    ),
}
