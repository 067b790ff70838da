"""The contract of a MASP 2 on screen."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from common.answers import attempt, status_of
from office.access.matrix import OWN, Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.masp import services
from social_link.masp.forms import MaspForm
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
    context = {"form": form, "household": row.household, "measure": row, "verb": "Contrat de"}
    return render(request, "social_link/measures/form.html", context, status=status_of(form))
