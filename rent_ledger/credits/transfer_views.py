"""The files of transfers that pay refunds: what waits, what was prepared, what was given to the bank."""

from collections.abc import Callable

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import link
from common.typography import counted, euros
from office.access.matrix import Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from rent_ledger.credits.forms import RefundFileForm
from rent_ledger.credits.models import RefundFile, RefundTransfer
from rent_ledger.credits.queries import refunds_to_pay
from rent_ledger.credits.services.transfers import (
    hand_refund_file,
    note_refused,
    prepare_refund_file,
    take_back_handing,
    take_back_refused,
    withdraw_refund_file,
)

PER_PAGE = 25


@require_http_methods(["GET", "POST"])
@allow(Write(Data.PAYMENT))
def refund_files(request: HouseRequest) -> HttpResponse:
    """The refunds that no file pays yet, all ticked, and (POST) the file of those that are; the files of before."""
    today = clock.today()
    refunds = refunds_to_pay(today)
    ready = [refund for refund in refunds if refund.file_id is None and not refund.waits]
    form = RefundFileForm(request.POST or None, refunds=refunds, initial={"execute_on": today})
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        choices = facts.pop("choices")
        made = attempt(lambda: prepare_refund_file(choice_ids=choices, actor=request.actor, **facts), form)
        if made:
            file = made.value
            words = f"Fichier de {counted(file.count, 'virement')} prêt, {euros(file.total)} : téléchargez-le."
            tell_done(request, words, undo=link("rent_ledger:refund_file_withdraw", file.pk))
            return redirect("rent_ledger:refund_file", file.pk)
    return render(
        request,
        "rent_ledger/credits/transfers.html",
        {
            "ready": ready,
            "waiting": [refund for refund in refunds if refund.file_id is None and refund.waits],
            "ticked": request.POST.getlist("choices") if request.method == "POST" else None,
            "form": form if ready or form.is_bound else None,
            "page": Paginator(RefundFile.objects.select_related("author"), PER_PAGE).get_page(request.GET.get("p")),
        },
        status=status_of(form),
    )


@require_GET
@allow(Write(Data.PAYMENT))
def refund_file(request: HouseRequest, pk: int) -> HttpResponse:
    """One file: its total, its digest, each transfer."""
    files = RefundFile.objects.select_related("author", "handed_by", "withdrawn_by", "bank_account")
    file = get_object_or_404(files, pk=pk)
    context = {"file": file, "transfers": file.transfers.select_related("choice")}
    return render(request, "rent_ledger/credits/transfer_file.html", context)


@require_GET
@allow(Write(Data.PAYMENT))
def refund_file_content(request: HouseRequest, pk: int) -> HttpResponse:
    """The file as the bank takes it; none once it is withdrawn."""
    file = get_object_or_404(RefundFile, pk=pk, withdrawn_at=None)
    return HttpResponse(
        file.content.encode(),
        content_type="application/xml",
        headers={
            "Content-Disposition": f'attachment; filename="{file.reference}.xml"',
            "Cache-Control": "private, no-store",
        },
    )


@require_POST
@allow(Write(Data.PAYMENT))
def refund_file_hand(request: HouseRequest, pk: int) -> HttpResponse:
    """« Remis à la banque »."""
    return _acted(request, pk, hand_refund_file, "Remis à la banque : placez ensuite les lignes du relevé.")


@require_POST
@allow(Write(Data.PAYMENT))
def refund_file_unhand(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler la remise »."""
    return _acted(request, pk, take_back_handing, "Remise annulée : le fichier attend de nouveau.")


@require_POST
@allow(Write(Data.PAYMENT))
def refund_file_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """« Écarter »."""
    return _acted(request, pk, withdraw_refund_file, "Fichier écarté : ses remboursements attendent un autre fichier.")


def _acted(request: HouseRequest, pk: int, act: Callable[..., RefundFile], words: str) -> HttpResponse:
    file = get_object_or_404(RefundFile, pk=pk)
    attempt(lambda: act(file=file, actor=request.actor)).tell(request, words)
    return redirect("rent_ledger:refund_file", pk)


@require_POST
@allow(Write(Data.PAYMENT))
def refund_refused(request: HouseRequest, pk: int) -> HttpResponse:
    """« Refusé par la banque »."""
    row = get_object_or_404(RefundTransfer.objects.select_related("file"), pk=pk)
    attempt(lambda: note_refused(transfer=row, actor=request.actor)).tell(
        request, "Refus noté : ce remboursement attend de nouveau."
    )
    return redirect("rent_ledger:refund_file", row.file_id)


@require_POST
@allow(Write(Data.PAYMENT))
def refund_unrefused(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler le refus »."""
    row = get_object_or_404(RefundTransfer.objects.select_related("file"), pk=pk)
    attempt(lambda: take_back_refused(transfer=row, actor=request.actor)).tell(request, "Refus annulé.")
    return redirect("rent_ledger:refund_file", row.file_id)
