"""API of the arrears."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from ninja import Query

from common import clock
from common.cautions import cautions
from common.errors import Conflict, InvalidInput
from leases.households.beside import own_among, parts_for
from leases.households.filters import EVERYBODY, MINE
from leases.households.perms import can_read_address
from office.access.actor import Actor
from office.access.codes import TokenScope
from office.access.matrix import Data, Read, Write
from office.access.requests import HouseRequest
from office.api_base import (
    HouseRouter,
    filtered,
    found,
    paged,
    ref,
)
from office.parameters.queries import params_on
from rent_ledger.arrears import perms
from rent_ledger.arrears.codes import ReportKind
from rent_ledger.arrears.filters import ALL_WORD, ARREARS_SORTS, TO_DECIDE_WORD, ArrearsPageFilter
from rent_ledger.arrears.models import ArrearsCase, CaseDecision
from rent_ledger.arrears.parameters import ages_on
from rent_ledger.arrears.queries.ages import AgeTotal, age_totals, of_age
from rent_ledger.arrears.queries.arrears import (
    HeldDebt,
    arrears_for,
    cases_for,
    explain_proposals,
    held_of,
    holds_told,
    lane_totals,
    rows_of,
)
from rent_ledger.arrears.queries.legal import shown_law, weigh_account
from rent_ledger.arrears.queries.reports import Waiting, reports_of, waiting
from rent_ledger.arrears.queries.told import told_action, told_proposal, told_reason, told_to_decide
from rent_ledger.arrears.rules.ages import AgeSlice, number_of
from rent_ledger.arrears.schemas import (
    ArrearsPage,
    ArrearsQuery,
    ArrearsTotals,
    CaseDetail,
    DecisionIn,
    DecisionShown,
    HelpRequestShown,
    PayerReportShown,
)
from rent_ledger.arrears.services import decisions, social, taking_back
from rent_ledger.bank.queries.bank_known import BankKnowledge, bank_knowledge
from rent_ledger.books.codes import Lane
from rent_ledger.books.models import AccountState
from rent_ledger.books.queries.natures import debt_by_nature
from rent_ledger.books.schemas import (
    ExplanationShown,
)

router = HouseRouter(tag="rent_ledger", read=TokenScope.LEDGER_READ, write=TokenScope.LEDGER_WRITE)

SORTS = {
    "since": "depuis",
    "debt": "solde",
    "terms": "termes",
    "last_payment": "paiement",
    "household": "menage",
}


def _banks() -> Any:
    return bank_knowledge(day=clock.today()).accounts


def _arrears_line(
    row: Any, held: list[HeldDebt], slices: Sequence[AgeSlice], actor: Actor, *, own: bool
) -> dict[str, Any]:
    lease, reason = row.account.lease, told_reason(row.why, actor, own=own)
    days = row.days_late(clock.today())
    return {
        "account_id": row.pk,
        "case_id": row.case_id,
        "household": ref(row.account.household),
        "lease_reference": lease.reference if lease else None,
        "debt": row.debt,
        "arrears": row.arrears,
        "upcoming": row.upcoming,
        "spread": row.spread,
        "credit": row.credit,
        "total": row.total,
        "aid_pending": row.aid_pending,
        "terms": row.terms,
        "oldest_due": row.oldest_due,
        "days_late": days,
        "age": number_of(days, slices),
        "last_payment_on": row.last_payment_on,
        "lane": row.lane,
        "action": told_action(row.action, actor, own=own) or None,
        "reason": reason.text() if reason else ", ".join(debt.why.text() for debt in held),
    }


def _arrears_lines(pks: Sequence[int], slices: Sequence[AgeSlice], actor: Actor) -> list[dict[str, Any]]:
    rows = rows_of(pks)
    held = held_of(rows, day=clock.today())
    own = own_among([row.account.household_id for row in rows], actor)
    return [
        _arrears_line(row, held.get(row.pk, []), slices, actor, own=row.account.household_id in own) for row in rows
    ]


@router.reads("/arrears", response=ArrearsPage, needs=Read(Data.ARREARS_CAUSE))
def list_arrears(request: HouseRequest, query: Query[ArrearsQuery]) -> Any:
    """Accounts in arrears with the one proposed action and its reason: the figures of the page. `mine`: of the
    households that the caller follows alone."""
    word = TO_DECIDE_WORD if query.to_decide else ALL_WORD
    if query.mine and MINE not in {one.word for one in parts_for(request.actor)}:
        raise InvalidInput("Vous ne suivez pas de ménages : demandez la liste sans « mine ».", field="mine")
    slices = ages_on(clock.today())
    rows = filtered(
        ArrearsPageFilter, arrears_for(request.actor), request, situation=word, cadre=query.lease_kind, q=query.q,
        suivi=MINE if query.mine else EVERYBODY,
    )  # fmt: skip
    if query.lane:
        rows = rows.filter(lane=query.lane)
    if query.age is not None:
        rows = of_age(rows, query.age, slices=slices, day=clock.today())
    sign = "-" if query.descending else ""
    first, *rest = ARREARS_SORTS[SORTS[query.sort]]
    pks = rows.order_by(sign + first, *rest).values_list("pk", flat=True)
    return paged(pks, query, lambda page: _arrears_lines(page, slices, request.actor)) | {"banks": _banks()}


@router.reads("/arrears/totals", response=ArrearsTotals, needs=Read(Data.LEDGER))
def read_arrears_totals(request: HouseRequest) -> Any:
    """Every lane with its number of accounts and what they owe, without names; and the same accounts by the age of
    their debt."""
    day = clock.today()
    ages = age_totals(AccountState.objects.exclude(lane=Lane.NONE), slices=ages_on(day), day=day)
    return {"lanes": lane_totals(told_to_decide(request.actor)), "ages": [_age(one) for one in ages], "banks": _banks()}


def _age(total: AgeTotal) -> dict[str, Any]:
    one = total.slice
    return {
        "age": total.number, "least_days": one.least if one else None, "most_days": one.most if one else None,
        "count": total.count, "amount": total.amount,
    }  # fmt: skip


def _case_row(request: HouseRequest, pk: int) -> ArrearsCase:
    return found(cases_for(request.actor), pk)


@router.reads("/arrears/cases/{case_id}", response=CaseDetail, needs=Read(Data.ARREARS_CAUSE))
def read_arrears_case(request: HouseRequest, case_id: int) -> Any:
    """A case: what is owed, the proposed action and why, the legal track, pauses, decisions, answers."""
    actor, day = request.actor, clock.today()
    row = _case_row(request, case_id)
    account, lease = row.account, row.account.lease
    state = getattr(account, "state", None)
    params = params_on(day)
    proposed = explain_proposals([account.pk], day=day, params=params) if row.closed_on is None else {}
    own = bool(own_among([account.household_id], actor))
    proposal = told_proposal(proposed.get(account.pk), actor, own=own)
    knowledge = bank_knowledge(day=day)
    request_open = social.open_requests([row.pk]).get(row.pk)
    decisions = row.decisions.select_related("author").order_by("id")
    return {
        "id": row.pk,
        "account_id": account.pk,
        "household": ref(account.household),
        "lease_id": account.lease_id,
        "opened_on": row.opened_on,
        "first_default_on": row.first_default_on,
        "opening_debt": row.opening_debt,
        "regime": row.regime,
        "constituted_on": row.constituted_on,
        "report_due_on": row.report_due_on,
        "reported_on": row.reported_on,
        "closed_on": row.closed_on,
        "state": state,
        "days_late": (days := state.days_late(day) if state else None),
        "age": number_of(days, ages_on(day, params=params)),
        "natures": debt_by_nature([account.pk], day=state.as_of)[account.pk] if state else [],
        "action": (proposal.action or None) if proposal else None,
        "reason": proposal.reason.text() if proposal and proposal.reason else "",
        "trace": [line.text() for line in proposal.trace] if proposal else [],
        "ccapex_on": row.ccapex_on,
        "legal": _law(row, day, knowledge) if lease else None,
        "bank_known_until": knowledge.until(lease.bank_account_id, lease.collected_for) if lease else None,
        "holds": list(holds_told(row, actor, own=own).order_by("id")),
        "decisions": [_decision(decision) for decision in decisions],
        "answers": list(row.social_answers.order_by("id")) if perms.can_read_answers(actor, own=own) else None,
        "open_request": request_open,
    }


@router.reads("/arrears/cases/{case_id}/reports", response=list[PayerReportShown], needs=Write(Data.ARREARS))
def list_case_reports(request: HouseRequest, case_id: int) -> Any:
    """What is told of the case to the payer and to the CCAPEX: the letters, as data."""
    row, day = _case_row(request, case_id), clock.today()
    household = row.account.household
    told = household is not None and can_read_address(
        request.actor,
        household,
        is_protected=row.is_protected,  # type: ignore[attr-defined]
    )
    return [_report(one, told=told) for one in waiting(reports_of(row).values(), day=day)]


def _report(one: Waiting, *, told: bool) -> dict[str, Any]:
    report, step = one.report, one.step
    waits = report.sent_on is not None and report.kind == ReportKind.ARREARS
    names = ("id", "kind", "since_on", "due_on", "drawn_on", "sent_on", "answered_on")
    return {name: getattr(report, name) for name in names} | {
        "payer": ref(report.payer) if report.payer else None,
        "sent_by": report.sent_by or None,
        "route": report.route or None,
        "step": step.reason.text() if waits else "",
        "step_due_on": step.due_on if waits else None,
        "facts": report.facts | ({} if told else {"home": []}),
    }


def _law(row: ArrearsCase, day: date, known: BankKnowledge) -> dict[str, Any] | None:
    weighed = weigh_account(account_id=row.account_id, day=day, known=known)
    if weighed is None:
        return None
    found, shown = weighed.legal, shown_law(row, weighed.legal)
    return {
        "regime": row.regime if row.constituted_on else found.regime,
        "base": shown.base,
        "debt": found.debt,
        "counts_from": found.counts_from,
        "threshold_on": row.constituted_on or found.threshold_on,
        "report_due_on": row.report_due_on if row.constituted_on else found.report_due_on,
        "explanation": ExplanationShown.of(shown.reason),
    }


def _decision(row: Any) -> dict[str, Any]:
    names = ("id", "proposed", "decision", "action", "reason", "decided_at", "undone_at")
    return {name: getattr(row, name) for name in names} | {"author": ref(row.author)}


@router.writes(
    "/arrears/cases/{case_id}/help-request", response=HelpRequestShown, needs=Write(Data.ARREARS), status=201
)
def request_social_help(request: HouseRequest, case_id: int) -> Any:
    """Ask the social service. A request that has had no answer is given back as it is."""
    return social.request_help(case=_case_row(request, case_id), actor=request.actor)


@router.writes("/arrears/cases/{case_id}/decisions", response=DecisionShown, needs=Write(Data.ARREARS), status=201)
def decide_arrears_case(request: HouseRequest, case_id: int, data: DecisionIn) -> Any:
    """Confirm, change, refuse or pause the proposed action."""
    if not data.is_reread and (found := cautions(data.reason)):
        raise InvalidInput(found[0].advice, field="reason", code="caution")
    made = decisions.decide(
        case=_case_row(request, case_id),
        decision=data.decision,
        action=data.action or "",
        reason=data.reason,
        pause_until=data.pause_until,
        plan_until=data.plan_until,
        expected=data.expected or "",
        actor=request.actor,
    )
    return _decision(made)


@router.writes("/arrears/decisions/{decision_id}/undo", response=DecisionShown, needs=Write(Data.ARREARS))
def undo_arrears_decision(request: HouseRequest, decision_id: int) -> Any:
    """Take back the last decision of a case, while nothing has left by it."""
    row = found(CaseDecision.objects.filter(case__in=cases_for(request.actor).values("pk")), decision_id)
    return _decision(taking_back.undo_decision(decision=row, actor=request.actor))


@router.writes("/arrears/cases/{case_id}/help-request/withdraw", response=HelpRequestShown, needs=Write(Data.ARREARS))
def withdraw_social_help(request: HouseRequest, case_id: int) -> Any:
    """Take back the request to the social service that waits. `nothing_waits` where none does."""
    withdrawn = taking_back.withdraw_request(case=_case_row(request, case_id), actor=request.actor)
    if withdrawn is None:
        raise Conflict("Aucune demande n’attend de réponse.", code="nothing_waits")
    return withdrawn
