"""A case: facts, next action, legal track, pauses, answers; what is done about it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.errors import DomainError, NotAllowed
from common.links import household_page
from office.access import Access, Data
from office.actor import Actor
from office.permissions import allow, allow_data
from rent_ledger import perms
from rent_ledger.enums import Action, Lane
from rent_ledger.forms_arrears import ReportForm
from rent_ledger.models import ArrearsCase, LetterHold
from rent_ledger.rules.lanes import TO_DECIDE
from rent_ledger.selectors.arrears import (
    cases_for,
    explain_proposals,
)
from rent_ledger.selectors.bank_known import bank_knowledge
from rent_ledger.services import arrears as services
from rent_ledger.services.detection import weigh_account
from rent_ledger.views.looks import ACTIONS, LANES


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
