"""The contracts of support on screen."""

from typing import BinaryIO
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from common.answers import attempt, paper, status_of
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.files.answers import keep_each, serve
from social_link.agreements import services
from social_link.agreements.forms import ScanForm, SignForm, TextForm
from social_link.agreements.models import Agreement, AgreementScan, AgreementSignature, AgreementText
from social_link.agreements.queries import signers, text_in_use
from social_link.agreements.rules.stroke import HEIGHT, WIDTH
from social_link.measures.models import Renewal
from social_link.measures.queries import measures_for


def _agreement(pk: int, actor: Actor) -> Agreement:
    rows = Agreement.objects.filter(measure__in=measures_for(actor)).prefetch_related("signatures__recorded_by")
    return get_object_or_404(rows.select_related("measure__household", "renewal"), pk=pk)


def _page(measure_id: int) -> HttpResponse:
    return redirect(f"{reverse('social_link:measure', args=[measure_id])}#t-accord")


@require_POST
@allow(Write(Data.MEASURE, OWN))
def agreement_draw(request: HouseRequest, pk: int) -> HttpResponse:
    """Draw up the contract of a measure, or the amendment of its `renouvellement`."""
    row = get_object_or_404(measures_for(request.actor).prefetch_related("renewals"), pk=pk)
    asked = request.POST.get("renouvellement", "")
    renewal = get_object_or_404(Renewal, pk=asked, measure=row) if asked.isdecimal() and len(asked) < 10 else None
    drawn = attempt(lambda: services.draw_up(measure=row, renewal=renewal, actor=request.actor))
    drawn.tell(request, "Le contrat est prêt : imprimez-le, puis notez qui l’a signé.")
    return redirect("social_link:agreement", drawn.value.pk) if drawn else _page(pk)


@allow(Write(Data.MEASURE, OWN))
def agreement(request: HouseRequest, pk: int) -> HttpResponse:
    """A contract: its parties, and who signs."""
    row = _agreement(pk, request.actor)
    form = SignForm(request.POST or None, agreement=row)
    done = attempt(lambda: services.sign(agreement=row, actor=request.actor, **form.cleaned_data), form)
    if done:
        done.tell(request, lambda one: f"Signature notée : {one.get_party_display()}.")
        return redirect("social_link:agreement", pk)
    signing = signers(row)
    context = {
        "form": form, "agreement": row, "measure": row.measure, "household": row.measure.household,
        "signers": signing, "is_whole": all(one.signature for one in signing),
        "is_begun": any(one.signature for one in signing), "scans": row.scans.all(), "scan_form": ScanForm(),
        "width": WIDTH, "height": HEIGHT,
        "may_write_text": can(request.actor, Write(Data.MEASURE)),
    }  # fmt: skip
    return render(request, "social_link/agreements/agreement.html", context, status=status_of(form))


@require_GET
@allow(Read(Data.MEASURE, OWN))
def agreement_paper(request: HouseRequest, pk: int) -> HttpResponse:
    """The contract for the printer."""
    return paper(*services.printed(_agreement(pk, request.actor)), is_saved=False)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def agreement_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """A contract that nobody has signed."""
    row = _agreement(pk, request.actor)
    gone = attempt(lambda: services.withdraw_agreement(agreement_id=pk, actor=request.actor))
    gone.tell(request, "Contrat retiré. « Préparer le contrat » le refait.")
    return _page(row.measure_id)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def agreement_scans_add(request: HouseRequest, pk: int) -> HttpResponse:
    """Pages of the signed contract. Each good file is kept; of the others the page says what is wrong."""
    row = _agreement(pk, request.actor)

    def keep(file: BinaryIO) -> AgreementScan:
        return services.add_scan(agreement=row, file=file, actor=request.actor)

    keep_each(request, "proofs", keep, limit=AgreementScan.kind.per_owner, of="contrat", word="pièce")
    return redirect("social_link:agreement", pk)


@require_GET
@allow(Read(Data.MEASURE, OWN))
def agreement_scan(request: HouseRequest, pk: int, uuid: UUID) -> HttpResponse:
    """A page of the signed contract."""
    row = _agreement(pk, request.actor)
    return serve(request, get_object_or_404(row.scans.select_related("blob"), uuid=uuid))


@require_POST
@allow(Write(Data.MEASURE, OWN))
def agreement_scan_remove(request: HouseRequest, pk: int, uuid: UUID) -> HttpResponse:
    """Take a page back."""
    row = _agreement(pk, request.actor)
    gone = attempt(lambda: services.remove_scan(agreement=row, scan=uuid, actor=request.actor))
    gone.tell(request, "Pièce retirée.")
    return redirect("social_link:agreement", pk)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def signature_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """A signature that was noted by mistake."""
    found = get_object_or_404(AgreementSignature, pk=pk, agreement__measure__in=measures_for(request.actor))
    gone = attempt(lambda: services.unsign(signature_id=pk, actor=request.actor))
    gone.tell(request, "Signature retirée. Notez-la de nouveau si besoin.")
    return redirect("social_link:agreement", found.agreement_id)


@allow(Write(Data.MEASURE))
def agreement_text(request: HouseRequest) -> HttpResponse:
    """The words of the association in its contracts, by version."""
    aim, rights, version = text_in_use()
    form = TextForm(request.POST or None, initial={"aim": aim, "rights": rights, "seen_version": version})
    done = attempt(lambda: services.write_text(actor=request.actor, **form.cleaned_data), form)
    if done:
        done.tell(request, "Texte enregistré. Les prochains contrats le diront ainsi.")
        return redirect("social_link:agreement_text")
    context = {"form": form, "versions": AgreementText.objects.select_related("author")}
    return render(request, "social_link/agreements/text.html", context, status=status_of(form))
