"""The aid that the payer of a lease keeps while the dwelling is not decent."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from common import typography
from common.address import number_in
from common.answers import attempt, tell_done
from common.links import link
from office.access.matrix import Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from rent_ledger.benefits.forms import RetentionEndForm, RetentionForm
from rent_ledger.benefits.services.retention import (
    end_retention,
    extend_retention,
    note_retention,
    reopen_retention,
    shorten_retention,
    withdraw_retention,
)
from rent_ledger.benefits.views.benefits import lease_of, rights_page
from rent_ledger.rights.models import BenefitRetention


def _found(request: HouseRequest, lease_id: int, pk: int) -> BenefitRetention:
    return get_object_or_404(BenefitRetention, pk=pk, lease=lease_of(request, lease_id))


@require_POST
@allow(Write(Data.BENEFIT))
def retention_note(request: HouseRequest, lease_id: int) -> HttpResponse:
    """The payer keeps the aid from a month on."""
    lease, form = lease_of(request, lease_id), RetentionForm(request.POST, auto_id="retenue_%s")
    noted = attempt(lambda: note_retention(lease=lease, actor=request.actor, **form.cleaned_data), form)
    if noted:
        since = typography.month(form.cleaned_data["first"], "de")
        undo = link("rent_ledger:retention_withdraw", lease.pk, noted.value.pk)
        tell_done(request, f"Aide retenue à partir {since} : rien n’en est demandé au ménage.", undo=undo)
        return redirect("rent_ledger:benefit_rights", lease_id=lease.pk)
    return rights_page(request, lease, retention_form=form)


@require_POST
@allow(Write(Data.BENEFIT))
def retention_end(request: HouseRequest, lease_id: int, pk: int) -> HttpResponse:
    """The aid is paid again; what was kept is awaited, or lost."""
    row, form = _found(request, lease_id, pk), RetentionEndForm(request.POST, auto_id="fin_retenue_%s")
    ended = attempt(lambda: end_retention(retention=row, actor=request.actor, **form.cleaned_data), form)
    if ended:
        what = "l’aide retenue est passée en perte" if ended.value.loss_id else "le rappel est attendu de l’organisme"
        undo = link("rent_ledger:retention_reopen", lease_id, pk)
        tell_done(request, f"La retenue est finie : {what}.", undo=undo)
        return redirect("rent_ledger:benefit_rights", lease_id=lease_id)
    return rights_page(request, row.lease, retention_end_form=form)


def _act(
    request: HouseRequest, lease_id: int, pk: int, act: Callable[[BenefitRetention], BenefitRetention], told: str
) -> HttpResponse:
    row = _found(request, lease_id, pk)
    attempt(lambda: act(row)).tell(request, told)
    return redirect("rent_ledger:benefit_rights", lease_id=lease_id)


@require_POST
@allow(Write(Data.BENEFIT))
def retention_extend(request: HouseRequest, lease_id: int, pk: int) -> HttpResponse:
    """The payer keeps on: one extension more than the page showed (`fois`)."""
    times = number_in(request.POST.get("fois")) or 0
    return _act(
        request, lease_id, pk,
        lambda row: extend_retention(retention=row, extensions=times, actor=request.actor),
        "La retenue est prolongée.",
    )  # fmt: skip


@require_POST
@allow(Write(Data.BENEFIT))
def retention_shorten(request: HouseRequest, lease_id: int, pk: int) -> HttpResponse:
    """The last extension was noted by mistake: `fois` are left, one less than the page showed."""
    times = number_in(request.POST.get("fois")) or 0
    return _act(
        request, lease_id, pk,
        lambda row: shorten_retention(retention=row, extensions=times, actor=request.actor),
        "La dernière prolongation est annulée.",
    )  # fmt: skip


@require_POST
@allow(Write(Data.BENEFIT))
def retention_reopen(request: HouseRequest, lease_id: int, pk: int) -> HttpResponse:
    """It did not end so."""
    return _act(
        request,
        lease_id,
        pk,
        lambda row: reopen_retention(retention=row, actor=request.actor),
        "La retenue court de nouveau.",
    )


@require_POST
@allow(Write(Data.BENEFIT))
def retention_withdraw(request: HouseRequest, lease_id: int, pk: int) -> HttpResponse:
    """It was noted by mistake."""
    return _act(
        request, lease_id, pk, lambda row: withdraw_retention(retention=row, actor=request.actor),
        "La retenue est annulée : ses mois se soldent comme les autres.",
    )  # fmt: skip
