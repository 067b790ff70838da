"""The budget of a household, beside its plan: said with who follows it, what it leaves to live on, taken back."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from common.address import number_in
from common.answers import attempt, status_of, tell_done
from common.links import household_page, link
from office.access.permissions import allow
from office.access.requests import HouseRequest
from rent_ledger.aid_files.perms import WRITERS, can_write
from rent_ledger.arrears.budgets import BudgetEstimate
from rent_ledger.arrears.forms import BudgetForm
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.services import budgets
from rent_ledger.arrears.views.cases import case_of


def _own(request: HouseRequest, pk: int) -> ArrearsCase:
    """The case of a household that the actor follows; else 404."""
    case: ArrearsCase = case_of(request, pk)
    if not can_write(request.actor, case.account.household_id or 0):
        raise Http404
    return case


@require_http_methods(["GET", "POST"])
@allow(*WRITERS)
def budget(request: HouseRequest, pk: int) -> HttpResponse:
    """Say the month of the household; the term and the aid come from the books."""
    case = _own(request, pk)
    last = BudgetEstimate.objects.filter(account=case.account_id).first()
    form = BudgetForm(request.POST or None) if request.POST or last is None else BudgetForm.of(last)
    kept = attempt(lambda: budgets.estimate_budget(case=case, actor=request.actor, **form.typed), form)
    if kept:
        undo = link("rent_ledger:budget_withdraw", pk, estimation=kept.value.pk)
        tell_done(request, "Estimation gardée : le reste à vivre est sur la page du plan.", undo=undo)
        return redirect("rent_ledger:plan", pk)
    return render(
        request,
        "rent_ledger/arrears/budget.html",
        {
            "case": case,
            "account": case.account,
            "household_url": household_page(case.account.household_id),
            "state": getattr(case.account, "state", None),
            "last": last,
            "form": form,
        },
        status=status_of(form),
    )


@require_POST
@allow(*WRITERS)
def budget_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler » an estimate (`estimation`): a second click takes no other one."""
    case = _own(request, pk)
    wanted = number_in(request.GET.get("estimation") or request.POST.get("estimation")) or 0
    attempt(lambda: budgets.withdraw_budget(case=case, budget_id=wanted, actor=request.actor)).tell(
        request, "Estimation retirée : celle d’avant compte de nouveau, s’il y en a une."
    )
    return redirect("rent_ledger:plan", pk)
