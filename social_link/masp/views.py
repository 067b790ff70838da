"""The contract of a MASP 2 on screen."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from common import clock
from common.answers import attempt, paper, status_of
from common.periods import ONE_DAY, add_months
from office.access.matrix import OWN, Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.masp import services
from social_link.masp.forms import EvolutionForm, MaspForm
from social_link.masp.models import MaspContract
from social_link.measures.codes import MeasureKind
from social_link.measures.queries import measures_for


@allow(Write(Data.MEASURE, OWN))
def masp(request: HouseRequest, pk: int) -> HttpResponse:
    """What it works on, which benefits are managed, and the three signatures."""
    row = get_object_or_404(measures_for(request.actor), pk=pk)
    if row.kind != MeasureKind.MASP2:
        raise Http404
    contract = MaspContract.objects.filter(measure=row).first()
    form = MaspForm.of(contract, request.POST)
    done = attempt(lambda: services.write_masp(measure=row, actor=request.actor, **form.cleaned_data), form)
    if done:
        done.tell(request, "Le contrat de MASP 2 est à jour.")
        return redirect("social_link:measure", pk=pk)
    context = {
        "form": form, "household": row.household, "measure": row, "verb": "Contrat de",
        "button": "Enregistrer le contrat",
    }  # fmt: skip
    return render(request, "social_link/measures/form.html", context, status=status_of(form))


@allow(Read(Data.MEASURE, OWN))
def masp_report(request: HouseRequest, pk: int) -> HttpResponse:
    """How it evolved over some days: those of the last year, unless others are asked."""
    row = get_object_or_404(measures_for(request.actor), pk=pk)
    if row.kind != MeasureKind.MASP2:
        raise Http404
    today, begun = clock.today(), row.period.lower
    last = min(today, row.ended_on or today)
    initial = {"first": max(begun, add_months(last, -12) + ONE_DAY), "last": last}
    form = EvolutionForm(request.POST or None, initial=initial)
    made = attempt(lambda: services.print_evolution(measure=row, actor=request.actor, **form.cleaned_data), form)
    if made:
        return paper(*made.value)
    context = {"form": form, "household": row.household, "measure": row}
    return render(request, "social_link/masp/report.html", context, status=status_of(form))
