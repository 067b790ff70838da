"""The versions of the social evaluation of a household."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from common.answers import attempt, status_of, tell_done
from common.links import link
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.contacts.perms import followed_by
from social_link.diagnoses import services
from social_link.diagnoses.forms import DiagnosisForm
from social_link.diagnoses.models import Diagnosis
from social_link.diagnoses.queries import diagnoses_for
from social_link.diagnoses.rules.versions import moves


@allow(Write(Data.MEASURE, OWN))
def diagnoses(request: HouseRequest, pk: int) -> HttpResponse:
    """What stands, beside the version before, and a new version."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    form = DiagnosisForm(request.POST or None)
    made = attempt(lambda: services.diagnose(household=household, actor=request.actor, **form.asked()), form)
    if made:
        undo = link("social_link:diagnosis_withdraw", made.value.pk)
        tell_done(request, f"Diagnostic noté pour {household}.", undo=undo)
        return redirect("social_link:diagnoses", pk=pk)
    rows = list(
        Diagnosis.objects.filter(household=household, withdrawn_at=None)
        .select_related("author")
        .prefetch_related("lines")
    )
    told = [{line.theme: line.standing for line in row.lines.all()} for row in rows]
    context = {
        "form": form, "household": household, "rows": rows,
        "moves": moves(told[0], told[1] if len(told) > 1 else None) if told else [],
    }  # fmt: skip
    return render(request, "social_link/diagnoses/list.html", context, status=status_of(form))


def _diagnosis(pk: int, actor: Actor) -> Diagnosis:
    return get_object_or_404(diagnoses_for(actor), pk=pk)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def diagnosis_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """A version that was a mistake."""
    row = _diagnosis(pk, request.actor)
    gone = attempt(lambda: services.withdraw_diagnosis(diagnosis=row, actor=request.actor))
    gone.tell(request)
    if gone:
        tell_done(request, "Diagnostic retiré.", undo=link("social_link:diagnosis_back", pk))
    return redirect("social_link:diagnoses", pk=row.household_id)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def diagnosis_back(request: HouseRequest, pk: int) -> HttpResponse:
    """The version that was withdrawn is there again."""
    row = _diagnosis(pk, request.actor)
    back = attempt(lambda: services.bring_back_diagnosis(diagnosis=row, actor=request.actor))
    back.tell(request, "Le diagnostic est de nouveau là.")
    return redirect("social_link:diagnoses", pk=row.household_id)
