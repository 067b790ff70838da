"""What holds the letters of a case: a pause, a request to the social service without an answer, a dispute. What takes
them back: nothing is owed any more, or another sum."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from common import clock, typography
from common.codes import with_codes
from office.messages.gate import Stop, gate
from office.messages.models import Message
from rent_ledger.arrears.codes import ABOUT_CASE, ArrearsMessage
from rent_ledger.arrears.looks import HOLD_AUTHORS
from rent_ledger.arrears.models import ArrearsCase, HelpRequest
from rent_ledger.arrears.parameters import lane_params
from rent_ledger.arrears.services.social import open_requests
from rent_ledger.books.codes import HoldKind, Lane
from rent_ledger.books.plans import RepaymentPlan
from rent_ledger.books.queries.holds import RUNNING_HOLDS, hold_of

PAID = "La dette est réglée : il n’y a plus rien à demander."
OTHER_SUM = "La somme a changé depuis la décision ({now} au lieu de {then})."
ASKED = "Le service social est sollicité : les relances attendent sa réponse."
HELD_OUT = "Ce qui est dû est hors relance : plan, gel ou contestation. Rien n’est demandé."
PLAN_RUNS = "Un plan d’apurement court : rien n’est réclamé tant qu’il est tenu."
TECHNICAL = "L’impayé est technique (banque, aide, rejet) : le ménage n’y est pour rien."
WRITTEN = frozenset({ArrearsMessage.REMINDER, ArrearsMessage.FORMAL_NOTICE})
DISPUTED = "Une dette de ce compte est contestée."

_DISPUTED = with_codes(
    f"""
SELECT DISTINCT c.id FROM rent_ledger_arrearscase c
JOIN rent_ledger_openitem o ON o.account_id = c.account_id AND o.is_debit
{hold_of("o.posting_id")}
WHERE c.id = ANY(%(ids)s) AND h.kind = HoldKind.DISPUTE
""",  # noqa: S608
    HoldKind,
)


@gate("arrears")
def held_letters(messages: Sequence[Message]) -> Mapping[int, Stop]:
    """A fixed number of queries, however many messages."""
    asked = [message for message in messages if message.about == ABOUT_CASE]
    if not asked:
        return {}
    ids = sorted({message.about_id for message in asked})
    plans = RepaymentPlan.objects.filter(account=OuterRef("account"), signed_on__isnull=False, ended_on=None)
    found = ArrearsCase.objects.filter(pk__in=ids).select_related("account__state").annotate(has_plan=Exists(plans))
    cases = {case.pk: case for case in found}
    holds = _holds(ids, planned=[case.pk for case in cases.values() if case.has_plan])
    asked_of = open_requests(ids)
    late = _without_answer(asked_of) if any(m.kind in WRITTEN for m in asked) else set()
    stops: dict[int, Stop] = {}
    for m in asked:
        stop = _gone(m, cases[m.about_id]) or holds.get(m.about_id) or _apart(m, cases[m.about_id])
        if stop is None and m.about_id in asked_of and not (m.kind in WRITTEN and m.about_id in late):
            stop = Stop(ASKED)
        if stop is not None:
            stops[m.pk] = stop
    return stops


def _gone(message: Message, case: ArrearsCase) -> Stop | None:
    state = getattr(case.account, "state", None)
    if case.closed_on is not None or state is None or state.arrears <= 0:
        is_held = case.closed_on is None and state is not None and state.held > 0
        return Stop(HELD_OUT if is_held else PAID, is_final=True)
    then, now = message.values["somme"], typography.euros(state.arrears)
    # Held for weeks, a letter that names the sum would ask for what was paid meanwhile.
    if then in message.body and then != now:
        return Stop(OTHER_SUM.format(now=now, then=then), is_final=True)
    return None


def _apart(message: Message, case: ArrearsCase) -> Stop | None:
    """No reminder leaves while the arrears are technical, whatever was decided before."""
    return Stop(TECHNICAL) if message.kind in WRITTEN and case.account.state.lane == Lane.TECHNICAL else None


def _without_answer(requests: Mapping[int, HelpRequest]) -> set[int]:
    """The cases whose social service has let its time pass: what is written after it leaves."""
    if not requests:
        return set()
    today = clock.today()
    params = lane_params(today)
    return {
        case
        for case, request in requests.items()
        if today > params.answer_until(request.requested_at.astimezone(clock.PARIS).date())
    }


def _holds(ids: Sequence[int], *, planned: Sequence[int]) -> dict[int, Stop]:
    """`planned`: those whose account has a plan that runs."""
    found = {case_id: Stop(PLAN_RUNS) for case_id in planned}
    params: dict[str, Any] = {"ids": list(ids), "day": clock.today()}
    with connection.cursor() as cursor:
        cursor.execute(_DISPUTED, params)
        found |= {case_id: Stop(DISPUTED) for (case_id,) in cursor.fetchall()}
        cursor.execute(
            f"SELECT h.case_id, h.source, h.until FROM ({RUNNING_HOLDS}) h "  # noqa: S608
            "WHERE h.case_id = ANY(%(ids)s) ORDER BY h.until",
            params,
        )
        found |= {
            case_id: Stop(f"Relances suspendues par {HOLD_AUTHORS[source]}", until)
            for case_id, source, until in cursor.fetchall()
        }
    return found
