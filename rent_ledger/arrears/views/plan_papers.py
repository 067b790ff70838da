"""The signed paper of a plan: kept, read, taken back."""

from typing import BinaryIO
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from common.answers import attempt
from office.access.matrix import Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.files.answers import keep_each, serve
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.plan_papers import PlanPaper
from rent_ledger.arrears.services import plan_papers as services
from rent_ledger.books.plans import RepaymentPlan


def _back(plan: RepaymentPlan) -> HttpResponse:
    """The page of the plans of its account: of the case that is open, else of the last one. Without a case, that of the
    account: what was written is kept, and its page says so."""
    cases = ArrearsCase.objects.filter(account=plan.account_id).order_by("-closed_on", "-pk")
    case = cases.filter(closed_on=None).first() or cases.first()
    return redirect("rent_ledger:plan", case.pk) if case else redirect("rent_ledger:statement", plan.account_id)


@require_POST
@allow(Write(Data.ARREARS))
def plan_papers_add(request: HouseRequest, pk: int) -> HttpResponse:
    """Pages of the paper. Each good file is kept; of the others the page says what is wrong."""
    plan = get_object_or_404(RepaymentPlan, pk=pk)

    def keep(file: BinaryIO) -> PlanPaper:
        return services.add_plan_paper(plan=plan, file=file, actor=request.actor)

    keep_each(request, "proofs", keep, limit=PlanPaper.kind.per_owner, of="plan", word="pièce")
    return _back(plan)


@require_GET
@allow(Read(Data.ARREARS_CAUSE))
def plan_paper(request: HouseRequest, pk: int, uuid: UUID) -> HttpResponse:
    """A page of the paper."""
    return serve(request, get_object_or_404(PlanPaper.objects.select_related("blob"), plan=pk, uuid=uuid))


@require_POST
@allow(Write(Data.ARREARS))
def plan_paper_remove(request: HouseRequest, pk: int, uuid: UUID) -> HttpResponse:
    """Take a page back."""
    plan = get_object_or_404(RepaymentPlan, pk=pk)
    attempt(lambda: services.remove_plan_paper(plan=plan, paper=uuid, actor=request.actor)).tell(
        request, "Pièce retirée."
    )
    return _back(plan)
