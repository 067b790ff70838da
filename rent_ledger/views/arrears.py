"""Arrears: the list by lane, the reason of a proposal, decisions one by one and in bulk, a case, the export."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.columns import Column
from common.errors import DomainError, NotAllowed
from common.links import household_page
from common.listing import page_of
from common.money import ZERO
from common.typography import agree, counted, number
from office.access import Access, Data
from office.actor import Actor
from office.permissions import allow, allow_data
from rent_ledger import perms
from rent_ledger.enums import Action, Decision, Lane
from rent_ledger.filters import ALL_WORD, ARREARS_SORTS, SITUATIONS, TO_DECIDE_WORD, ArrearsFilter
from rent_ledger.forms_arrears import DecisionForm, ReportForm
from rent_ledger.models import AccountState, ArrearsCase, LetterHold
from rent_ledger.rules.lanes import TO_DECIDE, Proposal
from rent_ledger.selectors.arrears import (
    LaneTotal,
    arrears_for,
    cases_for,
    explain_proposals,
    lane_totals,
    open_cases,
)
from rent_ledger.selectors.bank_known import bank_knowledge
from rent_ledger.services import arrears as services
from rent_ledger.services.detection import weigh_account

COLUMNS = [
    Column("Ménage", "menage"),
    Column("Solde", "solde", num=True, first="desc"),
    Column("Depuis", "depuis", num=True),
    Column("Termes", "termes", num=True, first="desc"),
    Column("Dernier paiement", "paiement"),
    Column("Situation"),
    Column("Action proposée et raison"),
]
# Lane → (meaning of its badge, hue of its tile, short word of the strip, word of its address).
LANES: dict[str, tuple[str, str, str, str]] = {
    Lane.NEW: ("new", "warn", "Nouveau", "nouveau"),
    Lane.TECHNICAL: ("technical", "info", "Technique", "technique"),
    Lane.REFERRED: ("social", "social", "Signalé", "signale"),
    Lane.PAUSED: ("paused", "neutral", "En pause", "pause"),
    Lane.GONE: ("gone", "neutral", "Partis", "partis"),
}
TILE_ICONS = {
    Lane.NEW: "circle-dot",
    Lane.TECHNICAL: "hourglass",
    Lane.REFERRED: "heart-handshake",
    Lane.PAUSED: "player-pause",
    Lane.GONE: "door-exit",
}
# Action → (its icon, the end of « Pourquoi … ? »).
ACTIONS: dict[str, tuple[str, str]] = {
    Action.NOTHING: ("hourglass", "ne rien réclamer"),
    Action.WAIT: ("clock", "attendre"),
    Action.COURTESY: ("message", "un message courtois"),
    Action.CALL: ("phone", "appeler"),
    Action.ALERT_SOCIAL: ("heart-handshake", "alerter le social"),
    Action.WAIT_ANSWER: ("player-pause", "attendre la réponse"),
    Action.REPORT_PAYER: ("building-community", "déclarer à la CAF"),
    Action.WRITE_GONE: ("mail", "écrire à la nouvelle adresse"),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the strip."""

    word: str
    count: int
    sub: str
    icon: str
    hue: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list, ready to be written."""

    state: AccountState
    days: int | None
    lane_meaning: str
    action_icon: str
    is_to_decide: bool
    url: str

    @property
    def pick(self) -> str:
        """What a tick sends: the account and the action that the person saw."""
        return f"{self.state.pk}:{self.state.action}"

    @property
    def was_returned(self) -> bool:
        returned, paid = self.state.last_return_on, self.state.last_payment_on
        return returned is not None and (paid is None or returned >= paid)


def _tiles(totals: Iterable[LaneTotal], chosen: str, *, links: bool) -> list[Tile]:
    totals = list(totals)
    here = reverse("rent_ledger:arrears")
    waiting = sum(t.to_decide for t in totals)
    tiles = [
        Tile("À décider", waiting, "aujourd’hui", "list-check", "rent", f"{here}?situation={TO_DECIDE_WORD}" * links,
             chosen == TO_DECIDE_WORD)
    ]  # fmt: skip
    for total in totals:
        _, hue, word, address = LANES[total.lane]
        tiles.append(
            Tile(word, total.count, f"{number(total.amount, 0)}\u00a0€", TILE_ICONS[Lane(total.lane)], hue,
                 f"{here}?situation={address}" * links, chosen == address)
        )  # fmt: skip
    return tiles


def _filters(request: HttpRequest, actor: Actor) -> ArrearsFilter:
    asked = request.GET.copy()
    words = {TO_DECIDE_WORD, ALL_WORD, *SITUATIONS}
    if asked.get("situation") not in words:
        # The manager's day starts with what waits for him; the social service looks at all.
        asked["situation"] = TO_DECIDE_WORD if perms.can_decide(actor) else ALL_WORD
    return ArrearsFilter(asked, queryset=arrears_for(actor), request=request)


def _row(state: Any) -> Row:
    day = clock.today()
    return Row(
        state=state,
        days=(day - state.oldest_due).days if state.oldest_due else None,
        lane_meaning=LANES[state.lane][0],
        action_icon=ACTIONS[state.action][0] if state.action else "clock",
        is_to_decide=state.action in TO_DECIDE,
        url=household_page(state.account.household_id)
        or (reverse("rent_ledger:case", args=[state.case_id]) if state.case_id else "")
        or reverse("rent_ledger:statement", args=[state.pk]),
    )


@require_GET
@allow_data(Data.LEDGER, Access.FULL)
def arrears(request: HttpRequest) -> HttpResponse:
    """The list. Who reads totals only gets the strip, no name."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    named = perms.can_read_cases(actor)
    filters = _filters(request, actor)
    chosen = filters.data["situation"] if named else ""
    totals = lane_totals()
    page = page_of(request, filters.qs, sorts=ARREARS_SORTS, default="depuis") if named else None
    return render(
        request,
        "rent_ledger/arrears.html",
        {
            "named": named,
            "tiles": _tiles(totals, chosen, links=named),
            "count": sum(t.count for t in totals),
            "amount": sum((t.amount for t in totals), ZERO),
            "totals": [(Lane(t.lane).label, LANES[t.lane][0], t) for t in totals],
            "filters": filters,
            "text": request.GET.get("q", ""),
            "page": page,
            "rows": [_row(state) for state in page] if page else [],
            "columns": COLUMNS,
            "title": _title(chosen),
            "chosen": chosen,
            "day": clock.today(),
            "banks": bank_knowledge(day=clock.today()).accounts,
            "may_decide": perms.can_decide(actor),
            "may_export": perms.can_export(actor),
            "here": request.get_full_path(),
        },
    )


def _title(chosen: str) -> str:
    if chosen in SITUATIONS:
        return str(Lane(SITUATIONS[chosen]).label)
    return "Tous les impayés" if chosen == ALL_WORD else "À décider aujourd’hui"


@require_GET
@allow_data(Data.ARREARS_CAUSE, Access.FULL)
def arrears_why(request: HttpRequest, account_id: int) -> HttpResponse:
    """« Pourquoi … ? » under a row, with the four answers."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    state = get_object_or_404(arrears_for(actor), pk=account_id)
    proposal = explain_proposals([state.pk], day=clock.today()).get(state.pk)
    return render(request, "rent_ledger/includes/arrears_why.html", _why_context(state, proposal, actor))


def _why_context(state: Any, proposal: Proposal | None, actor: Actor) -> dict[str, Any]:
    return {
        "state": state,
        "case_id": state.case_id,
        "pick": f"{state.pk}:{state.action}",
        "question": f"Pourquoi {ACTIONS[state.action][1]}" if state.action else "Pourquoi",
        "trace": proposal.trace if proposal else (),
        "may_decide": perms.can_decide(actor),
        "is_to_decide": state.action in TO_DECIDE,
    }


# ---------- decisions ----------


def _picks(request: HttpRequest) -> dict[int, str]:
    """Account id → action seen, from the row's button or from the ticks."""
    asked = request.GET.getlist("un") or request.POST.getlist("compte")
    picks = {}
    for pick in asked:
        account, _, action = pick.partition(":")
        if account.isdecimal() and (action == "" or action in Action.values):
            picks[int(account)] = action
    return picks


def _back(request: HttpRequest) -> str:
    target = request.POST.get("retour", "")
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts=hosts, require_https=request.is_secure())
    return target if safe else reverse("rent_ledger:arrears")


_ASK = {
    Decision.CHANGE: ("Que faire à la place", "Modifier"),
    Decision.REFUSE: ("Refuser la proposition", "Refuser"),
    Decision.PAUSE: ("Mettre en pause", "Mettre en pause"),
}


@require_POST
@allow(*perms.DECIDERS)
def arrears_decide(request: HttpRequest) -> HttpResponse:
    """One decision for the ticked rows or for one. What a decision asks (reason, day, action) is asked first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    decision, picks = request.POST.get("decision", ""), _picks(request)
    if decision not in Decision.values or not picks:
        messages.error(request, "Choisissez au moins un ménage et une décision.")
        return redirect(_back(request))
    answered = "reason" in request.POST or decision == Decision.CONFIRM
    form = DecisionForm(request.POST if answered else None, decision=decision)
    if not answered or not form.is_valid():
        return _ask(request, form, decision, picks)
    try:
        result = _decide(picks, decision, form.cleaned_data, actor)
    except NotAllowed as error:
        raise PermissionDenied(error.message) from error
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _ask(request, form, decision, picks)
    _tell(request, result)
    return redirect(_back(request))


def _decide(picks: dict[int, str], decision: str, data: dict[str, Any], actor: Actor) -> services.Decided:
    cases = open_cases(picks)
    missing = [account for account in picks if account not in cases]
    if missing:
        # A debt shows in the list as soon as it is past due; its case may not be opened yet.
        services.detect_arrears(day=clock.today(), actor=actor, account_ids=missing)
        cases |= open_cases(missing)
    result = services.decide_many(
        cases=list(cases.values()),
        decision=decision,
        action=data.get("action", ""),
        reason=data.get("reason", ""),
        pause_until=data.get("pause_until"),
        expected={case.pk: picks[account] for account, case in cases.items()},
        actor=actor,
    )
    return result


def _tell(request: HttpRequest, result: services.Decided) -> None:
    if result.done:
        n = len(result.done)
        messages.success(request, f"{counted(n, 'décision')} {agree(n, 'enregistrée,enregistrées')}.")
    elif not result.refused:
        messages.error(request, "Ces dossiers ne sont pas encore ouverts : la banque n’est pas connue jusque-là.")
    for text in dict.fromkeys(text for _, text in result.refused):
        messages.warning(request, text)


def _ask(request: HttpRequest, form: DecisionForm, decision: str, picks: dict[int, str]) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    names = list(arrears_for(actor).filter(pk__in=picks).values_list("account__household__name", flat=True)[:6])
    question, verb = _ASK.get(Decision(decision), ("Confirmer", "Confirmer"))
    who = f"pour {names[0]}" if len(picks) == 1 and names else f"pour {counted(len(picks), 'ménage')}"
    context = {
        "form": form,
        "decision": decision,
        "picks": [f"{account}:{action}" for account, action in picks.items()],
        "question": f"{question} {who}",
        "names": names if len(picks) > 1 else [],
        "more": max(len(picks) - len(names), 0),
        "verb": verb,
        "back": _back(request),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "rent_ledger/includes/decide_dialog.html", context)
    return render(request, "rent_ledger/decide.html", context, status=422 if form.is_bound else 200)


# ---------- export ----------

_EXPORT = [
    "Ménage", "Contrat", "Logement", "Cadre", "Solde", "Impayé", "Hors file", "Aide attendue", "Termes",
    "Plus ancienne échéance", "En dette depuis", "Dernier paiement le", "Dernier paiement", "Situation", "Action",
    "Raison",
]  # fmt: skip


def _cell(text: str) -> str:
    """A typed text that a spreadsheet would run is made a text again."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


@require_GET
@allow_data(Data.ACCOUNT_PAPERS, Access.FULL)
def arrears_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a French CSV (semicolons, decimal commas, UTF-8 with its mark). Columns never move."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="impayes-{clock.today():%Y-%m-%d}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow(_EXPORT)
    for state in _filters(request, actor).qs.order_by("oldest_due", "pk").iterator(chunk_size=2000):
        lease, household = state.account.lease, state.account.household
        amounts = (state.debt, state.arrears, state.held, state.aid_pending, state.terms)
        writer.writerow(
            [
                _cell(household.name if household else ""),
                lease.reference if lease else "",
                lease.unit.dwelling.reference if lease else "",
                lease.get_kind_display() if lease else "Dette antérieure",
                *(str(v).replace(".", ",") for v in amounts),
                *(f"{d:%d/%m/%Y}" if d else "" for d in (state.oldest_due, state.in_debt_since, state.last_payment_on)),
                str(state.last_payment or "").replace(".", ","),
                state.get_lane_display(),
                state.get_action_display(),
                state.reason,
            ]
        )
    return response


# ---------- a case ----------


def _case(request: HttpRequest, pk: int) -> ArrearsCase:
    try:
        return cases_for(request.actor).get(pk=pk)  # type: ignore[attr-defined]
    except ArrearsCase.DoesNotExist as error:
        raise Http404 from error


@require_GET
@allow_data(Data.ARREARS_CAUSE, Access.FULL)
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """Facts, next action and why, legal track, pauses, decisions, answers of the social service."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found, day = _case(request, pk), clock.today()
    account = found.account
    state = getattr(account, "state", None)
    proposal = explain_proposals([account.pk], day=day).get(account.pk) if found.closed_on is None else None
    lease = account.lease
    knowledge = bank_knowledge(day=day)
    return render(
        request,
        "rent_ledger/case.html",
        {
            "case": found,
            "account": account,
            "household_url": household_page(account.household_id),
            "lease": lease,
            "state": state,
            "proposal": proposal,
            "action_label": Action(proposal.action).label if proposal and proposal.action else "",
            "action_icon": ACTIONS[proposal.action][0] if proposal and proposal.action else "clock",
            "lane": Lane(proposal.lane).label if proposal else "",
            "lane_meaning": LANES[proposal.lane][0] if proposal and proposal.lane in LANES else "done",
            "pick": f"{account.pk}:{proposal.action}" if proposal else "",
            "is_to_decide": bool(proposal and proposal.action in TO_DECIDE),
            "days": (day - state.oldest_due).days if state and state.oldest_due else None,
            "legal": weigh_account(account_id=account.pk, day=day) if lease else None,
            "outlook": weigh_account(account_id=account.pk, day=day, outlook=True) if lease else None,
            "report_left": (found.report_due_on - day).days if found.report_due_on and not found.reported_on else None,
            "bank_until": knowledge.until(lease.bank_account_id, lease.collected_for) if lease else None,
            "holds": found.letter_holds.select_related("author"),
            "decisions": found.decisions.select_related("author"),
            "answers": found.social_answers.select_related("author"),
            "open_request": services.open_requests([found.pk]).get(found.pk),
            "may_decide": perms.can_decide(actor),
            "sees_answers": perms.can_read_answers(actor),
            "report_form": ReportForm(),
            "here": request.get_full_path(),
            "day": day,
        },
    )


def _act(request: HttpRequest, pk: int, call: Any, done: str) -> HttpResponse:
    try:
        call()
    except NotAllowed as error:
        raise PermissionDenied(error.message) from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect("rent_ledger:case", pk)


@require_POST
@allow(*perms.DECIDERS)
def case_help(request: HttpRequest, pk: int) -> HttpResponse:
    """« Alerter le social »."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = _case(request, pk)
    done = "Demande envoyée au service social. Les relances attendent sa réponse."
    return _act(request, pk, lambda: services.request_help(case=found, actor=actor), done)


@require_POST
@allow(*perms.DECIDERS)
def case_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The report to the CAF or MSA was made on a day."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found, form = _case(request, pk), ReportForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["reported_on"][0]))
        return redirect("rent_ledger:case", pk)
    day = form.cleaned_data["reported_on"]
    return _act(
        request, pk, lambda: services.record_report(case=found, reported_on=day, actor=actor), "Déclaration notée."
    )


@require_POST
@allow(*perms.DECIDERS)
def hold_lift(request: HttpRequest, pk: int, hold_id: int) -> HttpResponse:
    """End a pause of the rent side before its day."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    hold = get_object_or_404(LetterHold, pk=hold_id, case=_case(request, pk))
    return _act(request, pk, lambda: services.lift_hold(hold=hold, actor=actor), "Pause levée.")


__all__ = [
    "arrears",
    "arrears_decide",
    "arrears_export",
    "arrears_why",
    "case",
    "case_help",
    "case_report",
    "hold_lift",
]
