"""A demand and its papers: why each amount, what was paid, quittance or reçu, and the files to print.

Who may open the files here reads every document of account (matrix 6.6).
"""

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import attempt, why
from common.links import household_page, link
from common.periods import Month
from leases.households.perms import can_read_address, is_address_protected
from leases.models import Lease
from office.access.actor import Actor
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.documents.services import file_name, render_copy, without_address
from office.documents.services import render as render_pdf
from office.models import Document
from rent_ledger.billing.codes import DemandState
from rent_ledger.billing.models import Receipt, RentDemand
from rent_ledger.billing.queries.explain_demand import explain_demand
from rent_ledger.billing.queries.messages import receipts_sent, ways_of
from rent_ledger.billing.services.papers import asked_on_paper, days_of, demand_documents, lease_facts
from rent_ledger.billing.services.receipts import issue_receipt, receipt_status
from rent_ledger.billing.services.sending import send_receipt
from rent_ledger.billing.services.statement_paper import statement_document
from rent_ledger.books.codes import DEBT_KINDS
from rent_ledger.books.models import Account
from rent_ledger.books.queries.statement import statement


def pdf_response(document: Document, lease: Lease, actor: Actor) -> HttpResponse:
    """The archived bytes, to read in the browser or to save under a plain name. Where the address of the household has
    been protected since, who may not read it has a copy without it."""
    pdf = render_pdf(document) if tells_address(lease, actor) else render_copy(without_address(document))
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{file_name(document)}"'
    response["Cache-Control"] = "private, no-store"
    return response


def tells_address(lease: Lease, actor: Actor) -> bool:
    """Whether the actor may read on paper where the household of the lease lives."""
    household = lease.household
    return can_read_address(actor, household, is_protected=is_address_protected(household))


def _demand(pk: int) -> RentDemand:
    rows = RentDemand.objects.select_related("lease__household", "lease__unit__dwelling", "run", "account__state")
    return get_object_or_404(rows, pk=pk)


@require_GET
@allow(Read(Data.LEDGER))
def demand(request: HouseRequest, pk: int) -> HttpResponse:
    """An avis: why each amount, what came in for the term, its papers."""
    found = _demand(pk)
    actor = request.actor
    status = receipt_status(found)
    return render(
        request,
        "rent_ledger/billing/demand.html",
        {
            "demand": found,
            "month": Month.of(found.month),
            "lease": found.lease,
            "household": found.lease.household,
            "household_url": household_page(found.lease.household_id),
            "reason": explain_demand(found),
            "asked": asked_on_paper([found])[found.pk],
            "bank": lease_facts(days_of([found]))[found.lease_id].bank,
            "first_day": found.billed_from,
            "last_day": found.billed_to - timedelta(days=1),
            "status": status,
            "state": getattr(found.account, "state", None),
            "statement_url": link("rent_ledger:statement", found.account_id),
            # A quittance of a term that is owed again does not leave: it is printed where the household asks for it.
            "undone_pk": status.full.pk if status.full and status.is_undone else None,
            "message": ways_of([found]).get(found.pk),
            "receipts": receipts_sent(status.receipts),
            "may_send": can(actor, Write(Data.ACCOUNT_PAPERS)),
            "sees_messages": can(actor, Read(Data.MESSAGE)),
            "may_set_aid": can(actor, Write(Data.BENEFIT)),
            "is_cancelled": found.state == DemandState.CANCELLED,
            "reads_papers": can(actor, Read(Data.ACCOUNT_PAPERS)),
            "may_issue": can(actor, Write(Data.ACCOUNT_PAPERS)) and status.can_issue,
            "today": clock.today(),
        },
    )


@require_GET
@allow(Read(Data.LEDGER))
def demand_why(request: HouseRequest, pk: int) -> HttpResponse:
    """Body of the popover behind a demand's amount, or a page of its own."""
    found = _demand(pk)
    return why(request, explain_demand(found), back=(f"Avis {found.reference}", link("rent_ledger:demand", pk)))


@require_GET
@allow(Read(Data.ACCOUNT_PAPERS))
def demand_pdf(request: HouseRequest, pk: int) -> HttpResponse:
    """The avis on paper. A cancelled demand has one only if it was printed before."""
    found = _demand(pk)
    made = attempt(lambda: demand_documents(demands=[found], actor=request.actor))
    if not made:
        raise Http404(made.refusal)
    return pdf_response(made.value[found.pk], found.lease, request.actor)


@require_POST
@allow(Write(Data.ACCOUNT_PAPERS))
def receipt_issue(request: HouseRequest, pk: int) -> HttpResponse:
    """A quittance or a reçu, as the term stands."""
    found = _demand(pk)
    attempt(lambda: issue_receipt(demand=found, actor=request.actor)).tell(request, _issued)
    return redirect("rent_ledger:demand", pk)


def _issued(receipt: Receipt) -> str:
    return format_html(
        '<strong>{} n° {} établi{}.</strong> <a class="a-link" href="{}">Ouvrir le PDF</a>',
        "Quittance" if receipt.is_full else "Reçu",
        receipt.number,
        "e" if receipt.is_full else "",
        reverse("rent_ledger:receipt_pdf", args=[receipt.pk]),
    )


@require_POST
@allow(Write(Data.ACCOUNT_PAPERS))
def receipt_send(request: HouseRequest, pk: int) -> HttpResponse:
    """The tenant asks for a quittance or a reçu: it leaves by the way that he chose."""
    receipt = get_object_or_404(Receipt, pk=pk)
    attempt(lambda: send_receipt(receipt=receipt, actor=request.actor)).tell(
        request, lambda message: "Le courriel part." if message.address else "La lettre est dans le courrier à poster."
    )
    return redirect("rent_ledger:demand", receipt.demand_id)


@require_GET
@allow(Read(Data.ACCOUNT_PAPERS))
def receipt_pdf(request: HouseRequest, pk: int) -> HttpResponse:
    """A quittance or a reçu on paper."""
    receipt = get_object_or_404(Receipt.objects.select_related("document", "demand__lease__household"), pk=pk)
    if receipt.document is None:
        raise Http404
    return pdf_response(receipt.document, receipt.demand.lease, request.actor)


@require_GET
@allow(Read(Data.ACCOUNT_PAPERS))
def statement_pdf(request: HouseRequest, account_id: int) -> HttpResponse:
    """The statement of an account on paper, whole or of one year (`?annee=`)."""
    rows = Account.objects.filter(kind__in=DEBT_KINDS).select_related("lease__household")
    account = get_object_or_404(rows, pk=account_id)
    year = request.GET.get("annee", "")
    lines = statement(account.pk, year=int(year) if year.isdecimal() and len(year) == 4 else None)
    made = attempt(lambda: statement_document(account=account, statement=lines, actor=request.actor))
    if not made or account.lease is None:
        raise Http404(made.refusal)
    return pdf_response(made.value, account.lease, request.actor)
