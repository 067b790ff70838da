"""The repayment plan of a case: how long for how much a month, prepared, signed on paper, followed, stopped."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.address import number_in
from common.answers import attempt, status_of, tell_done
from common.links import household_page, link
from common.money import ZERO
from common.periods import add_months
from office.access.matrix import Data, Read, Write
from office.access.permissions import allow, must
from office.access.requests import HouseRequest
from rent_ledger.aid_files import perms as aid_perms
from rent_ledger.arrears import perms
from rent_ledger.arrears.forms import PlanEndForm, PlanForm, PlanPaperForm, SignForm
from rent_ledger.arrears.looks import PLAN_STANDINGS
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.parameters import plan_months_most
from rent_ledger.arrears.queries.arrears import least_instalment
from rent_ledger.arrears.queries.budgets import budget_now
from rent_ledger.arrears.queries.payer_plans import payer_plan
from rent_ledger.arrears.queries.plan_standing import judged_plans
from rent_ledger.arrears.queries.plans import (
    LENGTHS,
    Length,
    PlanTerm,
    ShownPlan,
    asked_plan,
    debts_for_plan,
    left_out,
    lengths,
    shown_plan,
)
from rent_ledger.arrears.services import plans
from rent_ledger.arrears.services.plan_paper import plan_document
from rent_ledger.arrears.views.cases import case_of
from rent_ledger.billing.views.papers import pdf_response
from rent_ledger.books.codes import PlanEnd
from rent_ledger.books.plans import RepaymentPlan
from rent_ledger.books.queries.plans import plans_without_object
from rent_ledger.books.queries.statement import statement

USUAL = LENGTHS[1]


@allow(Read(Data.ARREARS_CAUSE))
def plan(request: HouseRequest, pk: int) -> HttpResponse:
    """The plan that runs, the one that is prepared, and a form to prepare one (POST)."""
    if request.method == "POST":
        must(request, Write(Data.ARREARS))
    case = case_of(request, pk)
    if request.method != "POST":
        return _page(request, case)
    form = PlanForm(request.POST)
    prepared = attempt(lambda: plans.propose_plan(case=case, actor=request.actor, **form.cleaned_data), form)
    if not prepared:
        return _page(request, case, form=form)
    undo = link("rent_ledger:plan_discard", pk, prepared.value.pk)
    tell_done(request, "Plan préparé : rien ne change avant la signature.", undo=undo)
    return redirect("rent_ledger:plan", pk)


def _page(request: HouseRequest, case: ArrearsCase, **refused: Form) -> HttpResponse:
    """The page of a case's plan. `refused`: what was typed and refused, by the name that the page gives it."""
    day = clock.today()
    terms = debts_for_plan(case.account_id, day=day)
    total = sum((term.remaining for term in terms), ZERO)
    most, asked = plan_months_most(day), asked_plan(case.account_id, total, day=day)
    rows = list(RepaymentPlan.objects.filter(account=case.account_id).select_related("author"))
    running = next((row for row in rows if row.is_running), None)
    draft = next((row for row in rows if row.signed_on is None), None)
    shown = shown_plan(running, day=day) if running else None
    shown_draft = shown_plan(draft, day=day) if draft else None
    # A plan that is changed goes on at the days that the household knows.
    coming = [row.due_on for row in shown.rows if row.due_on > day and row.left] if shown else []
    first_on = coming[0] if coming else _first_on(terms, day)
    months = number_in(request.GET.get("mois")) or len(coming) or (asked.months if asked else min(USUAL, most))
    judged = judged_plans(day=day, account_ids=[case.account_id]) if running else []
    state = getattr(case.account, "state", None)
    past = [row for row in rows if row.ended_on is not None]
    resumable = past[0] if past and running is None and past[0].end in plans.RESUMED else None
    choices = lengths(total, first_on=first_on, net_term=state.net_term if state else None, most=most)
    return render(
        request,
        "rent_ledger/arrears/plan.html",
        {
            "case": case,
            "account": case.account,
            "household_url": household_page(case.account.household_id),
            "total": total,
            "form": PlanForm(initial={"months": months, "first_on": first_on}),
            "sign_form": SignForm(),
            "end_form": PlanEndForm(),
            "running": shown,
            "look": PLAN_STANDINGS[judged[0][2].standing] if judged else None,
            "draft": shown_draft,
            "left_out": left_out(shown_draft, shown, terms) if shown_draft else None,
            "past": past,
            "without_object": plans_without_object([row.pk for row in past if row.end == PlanEnd.KEPT]),
            "resumable": resumable,
            "resume_refused": plans.resume_refusal(resumable, day=day) if resumable else None,
            "asked": asked,
            "least": least_instalment(total, day=day),
            "lengths": choices,
            "budget": budget_now(case.account_id, _lengths_of(shown, choices), day=day),
            "sees_budget": aid_perms.reads_whole(request.actor, case.account.household_id or 0),
            "may_budget": aid_perms.can_write(request.actor, case.account.household_id or 0),
            "payer": payer_plan(case, owed=total, months=statement(case.account_id, day=day).months, day=day),
            "papers": running.papers.select_related("blob") if running else [],
            "paper_form": PlanPaperForm(),
            "may_decide": perms.can_decide(request.actor),
            **refused,
        },
        status=status_of(*refused.values()),
    )


def _lengths_of(running: ShownPlan | None, choices: list[Length]) -> list[tuple[int, Decimal]]:
    """What a budget is compared with: the plan that runs, then the usual lengths."""
    now = [(len(running.rows), running.rows[0].amount)] if running and running.rows else []
    return [*now, *((one.months, one.amount) for one in choices)]


def _first_on(terms: list[PlanTerm], day: date) -> date:
    """A month after the last thing due, as often as it takes to be after `day`."""
    first_on = terms[-1].due_on if terms else day
    months = 0
    while add_months(first_on, months) <= day:
        months += 1
    return add_months(first_on, months)


def _of(request: HouseRequest, pk: int, plan_id: int) -> RepaymentPlan:
    case: ArrearsCase = case_of(request, pk)
    return get_object_or_404(RepaymentPlan, pk=plan_id, account=case.account_id)


def _is_gone(plan_id: int) -> bool:
    """A draft that was put aside, or replaced, while its page stood open."""
    return not RepaymentPlan.objects.filter(pk=plan_id).exists()


def _gone(request: HouseRequest, pk: int) -> HttpResponse:
    messages.error(request, plans.GONE)
    return redirect("rent_ledger:plan", pk)


def _act(request: HouseRequest, pk: int, call: Callable[[], object], done: str, undo: str = "") -> HttpResponse:
    tried = attempt(call)
    tried.tell(request)
    if tried:
        tell_done(request, done, undo=undo)
    return redirect("rent_ledger:plan", pk)


@require_POST
@allow(Write(Data.ARREARS))
def plan_discard(request: HouseRequest, pk: int, plan_id: int) -> HttpResponse:
    """« Écarter » a draft. One that is gone already changes nothing."""
    case = case_of(request, pk)
    draft = RepaymentPlan.objects.filter(pk=plan_id, account=case.account_id).first()
    if draft is None:
        return redirect("rent_ledger:plan", pk)
    return _act(request, pk, lambda: plans.discard_plan(plan=draft, actor=request.actor), "Plan écarté.")


@require_GET
@allow(Write(Data.ARREARS))
def plan_pdf(request: HouseRequest, pk: int, plan_id: int) -> HttpResponse:
    """The agreement on paper, to be signed."""
    if _is_gone(plan_id):
        return _gone(request, pk)
    found = _of(request, pk, plan_id)
    made = attempt(lambda: plan_document(plan=found, actor=request.actor))
    if not made or found.account.lease is None:
        made.tell(request)
        return redirect("rent_ledger:plan", pk)
    return pdf_response(made.value, found.account.lease, request.actor)


@require_POST
@allow(Write(Data.ARREARS))
def plan_sign(request: HouseRequest, pk: int, plan_id: int) -> HttpResponse:
    """The household has signed the paper. A draft that another one replaced since says so."""
    if _is_gone(plan_id):
        return _gone(request, pk)
    found, form = _of(request, pk, plan_id), SignForm(request.POST)
    signed = attempt(lambda: plans.sign_plan(plan=found, actor=request.actor, **form.cleaned_data), form)
    if not signed and RepaymentPlan.objects.filter(pk=plan_id, signed_on=None).exists():
        return _page(request, case_of(request, pk), sign_form=form)
    signed.tell(request)
    if signed:
        done = "Plan signé : ce qu’il couvre sort des relances."
        tell_done(request, done, undo=link("rent_ledger:plan_unsign", pk, plan_id))
    return redirect("rent_ledger:plan", pk)


@require_POST
@allow(Write(Data.ARREARS))
def plan_unsign(request: HouseRequest, pk: int, plan_id: int) -> HttpResponse:
    """« Annuler » a signature, while nothing is paid on the plan."""
    found = _of(request, pk, plan_id)
    done = "Signature annulée : le plan est de nouveau préparé."
    return _act(request, pk, lambda: plans.undo_signature(plan=found, actor=request.actor), done)


@require_POST
@allow(Write(Data.ARREARS))
def plan_end(request: HouseRequest, pk: int, plan_id: int) -> HttpResponse:
    """Stop a plan that runs."""
    found, form = _of(request, pk, plan_id), PlanEndForm(request.POST)
    ended = attempt(lambda: plans.end_plan(plan=found, actor=request.actor, **form.cleaned_data), form)
    if not ended and _of(request, pk, plan_id).is_running:
        # Shown again: a text that is to be read once more is confirmed in the form.
        return _page(request, case_of(request, pk), end_form=form)
    ended.tell(request)
    if ended:
        done = "Plan arrêté : ce qui en reste compte de nouveau dans l’impayé."
        tell_done(request, done, undo=link("rent_ledger:plan_resume", pk, plan_id))
    return redirect("rent_ledger:plan", pk)


@require_POST
@allow(Write(Data.ARREARS))
def plan_resume(request: HouseRequest, pk: int, plan_id: int) -> HttpResponse:
    """« Annuler » the end of a plan."""
    found = _of(request, pk, plan_id)
    done = "Le plan court de nouveau."
    return _act(request, pk, lambda: plans.resume_plan(plan=found, actor=request.actor), done)
