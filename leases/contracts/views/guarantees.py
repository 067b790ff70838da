"""The guarantees of a contract: a new one; one of them, its deed, and what is corrected, ended or taken back."""

from typing import Any, BinaryIO
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import link
from leases.contracts.forms import DeedForm, GuaranteeForm, GuaranteeTermsForm
from leases.contracts.guarantees import Guarantee, GuaranteeDeed
from leases.contracts.models import Lease
from leases.contracts.services import guarantees as services
from leases.households.forms import LastDayForm
from leases.households.views import household_url
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.files.answers import keep_each, serve


@require_http_methods(["GET", "POST"])
@allow(Write(Data.LEASE))
def guarantee_new(request: HouseRequest, pk: int) -> HttpResponse:
    """Note who answers for the rent of a contract."""
    lease = get_object_or_404(Lease.objects.visible_to(request.actor).select_related("household"), pk=pk)
    form = GuaranteeForm(request.POST or None, lease=lease, initial={"from_day": lease.period.lower})
    if request.method == "POST":
        made = attempt(
            lambda: services.add_guarantee(lease=lease, actor=request.actor, answers=form.answers, **form.typed()), form
        )
        if made:
            row = made.value
            tell_done(request, f"Garantie notée : {row}.", undo=link("leases:guarantee_remove", row.pk))
            return redirect("leases:guarantee", row.pk)
    context = {"lease": lease, "form": form, "household_url": household_url(lease.household)}
    return render(request, "leases/contracts/guarantee_new.html", context, status=status_of(form))


@require_GET
@allow(Read(Data.LEASE))
def guarantee(request: HouseRequest, pk: int) -> HttpResponse:
    """One guarantee: who answers, for what, how far, until when; its deed."""
    return _page(request, _found(request, pk))


@require_POST
@allow(Write(Data.LEASE))
def guarantee_correct(request: HouseRequest, pk: int) -> HttpResponse:
    """Correct what was typed wrong."""
    found, form = _found(request, pk), GuaranteeTermsForm(request.POST)
    changed = attempt(
        lambda: services.correct_guarantee(guarantee=found, actor=request.actor, **form.cleaned_data), form
    )  # fmt: skip
    if not changed:
        return _page(request, _found(request, pk), terms_form=form)
    changed.tell(request, "Garantie corrigée.")
    return redirect("leases:guarantee", pk)


@require_POST
@allow(Write(Data.LEASE))
def guarantee_end(request: HouseRequest, pk: int) -> HttpResponse:
    """Its last day."""
    found, form = _found(request, pk), LastDayForm(request.POST)
    ended = attempt(lambda: services.end_guarantee(guarantee=found, actor=request.actor, **form.cleaned_data), form)
    if not ended:
        return _page(request, _found(request, pk), end_form=form)
    tell_done(request, "Fin de la garantie notée.", undo=link("leases:guarantee_resume", pk))
    return redirect("leases:guarantee", pk)


@require_POST
@allow(Write(Data.LEASE))
def guarantee_resume(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler » the end."""
    found = _found(request, pk)
    attempt(lambda: services.resume_guarantee(guarantee=found, actor=request.actor)).tell(
        request, "Fin annulée : la garantie court comme avant."
    )
    return redirect("leases:guarantee", pk)


@require_POST
@allow(Write(Data.LEASE))
def guarantee_remove(request: HouseRequest, pk: int) -> HttpResponse:
    """What was noted by mistake."""
    found = _found(request, pk)
    removed = attempt(lambda: services.remove_guarantee(guarantee=found, actor=request.actor))
    removed.tell(request, "Garantie retirée : rien n’en reste.")
    return redirect("leases:lease", found.lease_id) if removed else redirect("leases:guarantee", pk)


@require_POST
@allow(Write(Data.LEASE))
def guarantee_deeds_add(request: HouseRequest, pk: int) -> HttpResponse:
    """File deeds. Each good file is kept; of the others the page says what is wrong."""
    found = _found(request, pk)

    def keep(file: BinaryIO) -> GuaranteeDeed:
        return services.add_deed(guarantee=found, file=file, actor=request.actor)

    keep_each(request, "deeds", keep, limit=GuaranteeDeed.kind.per_owner, of="garantie", word="pièce")
    return redirect("leases:guarantee", pk)


@require_GET
@allow(Read(Data.LEASE))
def guarantee_deed(request: HouseRequest, pk: int, uuid: UUID) -> HttpResponse:
    """A deed of a guarantee."""
    rows = GuaranteeDeed.objects.select_related("blob")
    return serve(request, get_object_or_404(rows, guarantee=_found(request, pk), uuid=uuid))


@require_POST
@allow(Write(Data.LEASE))
def guarantee_deed_remove(request: HouseRequest, pk: int, uuid: UUID) -> HttpResponse:
    """Take a deed back."""
    found = _found(request, pk)
    attempt(lambda: services.remove_deed(guarantee=found, deed=uuid, actor=request.actor)).tell(
        request, "Acte retiré."
    )  # fmt: skip
    return redirect("leases:guarantee", pk)


def _found(request: HouseRequest, pk: int) -> Guarantee:
    rows = Guarantee.objects.filter(lease__in=Lease.objects.visible_to(request.actor))
    return get_object_or_404(rows.select_related("lease__household", "person", "body", "author"), pk=pk)


def _page(request: HouseRequest, found: Guarantee, **refused: Form) -> HttpResponse:
    """`refused`: what was typed and refused, by the name that the page gives it."""
    actor, day = request.actor, clock.today()
    context: dict[str, Any] = {
        "row": found,
        "lease": found.lease,
        "household_url": household_url(found.lease.household),
        "deeds": found.deeds.select_related("blob"),
        "runs": found.runs_on(day),
        "may_write": can(actor, Write(Data.LEASE)),
        "reads_claims": can(actor, Read(Data.LEDGER)),
        "terms_form": GuaranteeTermsForm.of(found),
        "end_form": LastDayForm(),
        "deed_form": DeedForm(),
        **refused,
    }
    return render(request, "leases/contracts/guarantee.html", context, status=status_of(*refused.values()))
