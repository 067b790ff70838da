"""The numbers shown beside entries of the menu: how many items wait, among those that the actor may see."""

from typing import Any

from common import clock
from common.periods import Month
from desk.waiting import Waiting
from leases.contracts.codes import LeaseState
from maintenance.tickets.codes import TicketState
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, Write, can
from office.messages.codes import ABOUT_STAFF, FAILED_STATES, SOCIAL
from office.messages.queries import by_hand
from office.notices.kinds import declared
from office.notices.models import NEWS
from rent_ledger.arrears.perms import can_decide
from rent_ledger.arrears.rules.lanes import TO_DECIDE
from rent_ledger.bank.codes import LineState
from rent_ledger.write_offs.codes import WriteOffState
from social_link.alerts.codes import AlertState


def _decisions(actor: Actor) -> list[Any] | None:
    return [sorted(TO_DECIDE)] if can_decide(actor) else None


def _bank_lines(actor: Actor) -> list[Any] | None:
    return [[LineState.PROPOSED.value, LineState.TO_PLACE.value]] if can(actor, Write(Data.BANK)) else None


def _drafts(actor: Actor) -> list[Any] | None:
    month = Month.of(clock.today())
    return [LeaseState.DRAFT.value, month.first, month.plus(2).first] if can(actor, Write(Data.RENT_RUN)) else None


def _alerts(actor: Actor) -> list[Any] | None:
    """All open alerts for the head of social, else one's own."""
    if can(actor, Read(Data.ALERT)):
        return [AlertState.RAISED.value, None]
    if can(actor, Read(Data.ALERT, OWN)):
        return [AlertState.RAISED.value, actor.user_id]
    return None


def _messages(actor: Actor) -> list[Any] | None:
    return [sorted(FAILED_STATES), ABOUT_STAFF, clock.now()] if can(actor, Write(Data.MESSAGE)) else None


def _notices(actor: Actor) -> list[Any] | None:
    """One's own, of the kinds that one may still read: the list looks at each object, the bell does not."""
    kinds = [str(kind.code) for kind in declared().values() if can(actor, kind.needs)]
    return [actor.user_id, kinds] if actor.user_id and kinds else None


def _news(actor: Actor) -> list[Any] | None:
    asked = _notices(actor)
    return None if asked is None else [*asked, clock.now() - NEWS]


def _staff_requests(actor: Actor) -> list[Any] | None:
    return [actor.user_id] if can(actor, Write(Data.STAFF_SECOND)) and actor.user_id else None


def _iban_changes(actor: Actor) -> list[Any] | None:
    return [actor.user_id] if can(actor, Write(Data.IBAN_SECOND)) and actor.user_id else None


def _write_offs(actor: Actor) -> list[Any] | None:
    if not can(actor, Write(Data.WRITE_OFF_SECOND)) or not actor.user_id:
        return None
    return [WriteOffState.ASKED.value, actor.user_id]


def _tickets(actor: Actor) -> list[Any] | None:
    return [TicketState.OPEN.value] if can(actor, Read(Data.TICKET)) else None


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
    # Messages that did not arrive and that nobody has seen to, calls to make, letters to post.
    "office:messages": Waiting(
        "SELECT (SELECT count(*) FROM office_message WHERE state = ANY(%s) AND seen_at IS NULL AND about <> %s"  # noqa: S608
        f" AND NOT starts_with(about, '{SOCIAL}'))"
        f" + ({by_hand('%s')})",
        _messages,
    ),
    # What the administration asks for who reads social notes: nobody confirms what he asked, nor what is for himself.
    "office:staff_requests": Waiting(
        "SELECT count(*) FROM office_staffrequest WHERE decided_at IS NULL AND %s NOT IN (asked_by_id, user_id)",
        _staff_requests,
    ),
    # Where money goes from now on: nobody confirms what he asked.
    "office:iban_changes": Waiting(
        "SELECT count(*) FROM office_ibanchange WHERE decided_at IS NULL AND asked_by_id IS DISTINCT FROM %s",
        _iban_changes,
    ),
    # Debts that a colleague asks to give up: nobody decides what he asked, or signed already.
    "rent_ledger:write_offs": Waiting(
        "SELECT count(*) FROM rent_ledger_writeoff"
        " WHERE state = %s AND %s NOT IN (asked_by_id, coalesce(first_by_id, 0))",
        _write_offs,
    ),
    # The bell: what is for today and was not seen.
    "office:notices": Waiting(
        "SELECT count(*) FROM office_notice WHERE user_id = %s AND kind = ANY(%s) AND is_urgent AND seen_at IS NULL",
        _notices,
    ),
    # Requests without a technician, their clock running.
    "maintenance:tickets": Waiting(
        "SELECT count(*) FROM maintenance_ticket WHERE state = %s AND held_until IS NULL", _tickets
    ),
}

# What is new and not urgent: a dot, without a number.
MENU_DOTS: dict[str, Waiting] = {
    "office:notices": Waiting(
        "SELECT EXISTS (SELECT FROM office_notice WHERE user_id = %s AND kind = ANY(%s) AND seen_at IS NULL"
        " AND created_at >= %s)::int",
        _news,
    ),
}
