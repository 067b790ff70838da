"""The budget of a household: the last ones side by side, another one, what a plan is compared with."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from common import clock
from common.answers import attempt, status_of, tell_done
from common.history import deleted
from common.links import link
from leases.models import Household
from office.access.matrix import OWN, Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from rent_ledger.aid_files.perms import can_write as writes_estimates
from rent_ledger.arrears.parameters import living_params
from social_link.budgets import services
from social_link.budgets.forms import BudgetForm
from social_link.budgets.models import Budget
from social_link.budgets.queries import (
    books_rent,
    budget_now,
    budgets_for,
    last_budgets,
    lines_of,
    open_case,
    persons_of,
)
from social_link.contacts.perms import followed_by


def _household(request: HouseRequest, pk: int) -> Household:
    household: Household = get_object_or_404(followed_by(request.actor), pk=pk)
    return household


@require_safe
@allow(Read(Data.BUDGET, OWN))
def budgets(request: HouseRequest, pk: int) -> HttpResponse:
    """The last budgets, line by line, with what they leave to live on and what housing weighs."""
    household, today = _household(request, pk), clock.today()
    rows = last_budgets(household)
    case = open_case(household) if rows and writes_estimates(request.actor, household.pk) else None
    context = {
        "household": household,
        "now": budget_now(rows[0], today) if rows else None,
        "budgets": rows,
        "efforts": [row.left.effort for row in rows],
        "lefts": [row.left for row in rows],
        "lines": lines_of(rows),
        "count": Budget.objects.filter(household=household).count() if rows else 0,
        "case": case,
        "params": living_params(today),
    }
    return render(request, "social_link/budgets/list.html", context)


@allow(Write(Data.BUDGET, OWN))
def budget_new(request: HouseRequest, pk: int) -> HttpResponse:
    """The eight lines; rent and aid come from the books, and say so."""
    household, today = _household(request, pk), clock.today()
    last = Budget.objects.filter(household=household).prefetch_related("amounts").first()
    books = books_rent(household, today)
    form = BudgetForm.of(last, request.POST, persons=persons_of(household, today), books=books)
    kept = attempt(lambda: services.make_budget(household=household, actor=request.actor, **form.typed), form)
    if kept:
        tell_done(request, f"Budget gardé pour {household}.", undo=link("social_link:budget_withdraw", kept.value.pk))
        return redirect("social_link:budgets", pk)
    context = {"household": household, "form": form, "last": last, "books": books}
    return render(request, "social_link/budgets/new.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.BUDGET, OWN))
def budget_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """A budget that was a mistake; a second click takes no other one."""
    household = _of(request, pk)
    services.withdraw_budget(budget_id=pk, actor=request.actor)
    tell_done(request, "Budget retiré : celui d’avant compte de nouveau.", undo=link("social_link:budget_back", pk))
    return redirect("social_link:budgets", household)


@require_POST
@allow(Write(Data.BUDGET, OWN))
def budget_back(request: HouseRequest, pk: int) -> HttpResponse:
    """The budget that was taken out is there again."""
    household = _of(request, pk)
    attempt(lambda: services.bring_back_budget(budget_id=pk, actor=request.actor)).tell(
        request, "Le budget est de nouveau là."
    )
    return redirect("social_link:budgets", household)


def _of(request: HouseRequest, pk: int) -> int:
    """The household of a budget that is there, or was; else 404."""
    row = budgets_for(request.actor).filter(pk=pk).first()
    event = row or deleted(Budget, id=pk).filter(household_id__in=followed_by(request.actor)).first()
    if event is None:
        raise Http404
    household: int = event.household_id
    return household


@require_POST
@allow(Write(Data.BUDGET, OWN))
def budget_take_over(request: HouseRequest, pk: int) -> HttpResponse:
    """Beside the plan of the arrears: management reads the word that comes of it, and no amount."""
    budget = get_object_or_404(budgets_for(request.actor).select_related("household"), pk=pk)
    done = attempt(lambda: services.take_over(budget=budget, actor=request.actor))
    done.tell(request)
    if not done:
        return redirect("social_link:budgets", budget.household_id)
    case, estimate = done.value
    undo = link("rent_ledger:budget_withdraw", case.pk, estimation=estimate.pk)
    tell_done(request, "Repris pour le plan : la gestion n’en lit que le mot.", undo=undo)
    return redirect("rent_ledger:plan", case.pk)
