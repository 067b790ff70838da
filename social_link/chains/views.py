"""The way of a household to its measure, and what became of all ways of a year."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from common import clock
from common.answers import attempt, status_of
from common.sheets import sheet
from office.access.matrix import OWN, TOTALS, Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.chains.forms import DaysForm
from social_link.chains.models import ChainDay
from social_link.chains.queries import chain_of, way_of
from social_link.chains.services import type_days
from social_link.funding.views import asked_year
from social_link.measures.queries import measures_for

HEAD = ("Étape", "Atteinte", "Datée", "Jours depuis la dernière étape datée (médiane)", "Arrêts")


@allow(Write(Data.MEASURE, OWN))
def measure_way(request: HouseRequest, pk: int) -> HttpResponse:
    """The days of the way that led to a measure."""
    row = get_object_or_404(measures_for(request.actor), pk=pk)
    lines = way_of(row)
    typed = dict(ChainDay.objects.filter(measure=row).values_list("link", "on"))
    form = DaysForm(request.POST or None, lines=lines, typed=typed)
    done = attempt(lambda: type_days(measure=row, days=form.asked(), actor=request.actor), form)
    if done:
        done.tell(request, "Le parcours est à jour.")
        return redirect("social_link:measure", pk=pk)
    context = {"form": form, "measure": row, "household": row.household, "lines": lines}
    return render(request, "social_link/chains/way.html", context, status=status_of(form))


@require_GET
@allow(Read(Data.MEASURE, TOTALS))
def chain(request: HouseRequest) -> HttpResponse:
    """Delays and stops of the ways that began in a year, without any name."""
    start, end, _ = asked_year(request.GET.get("annee", ""), clock.today())
    count, rows = chain_of(start, end)
    if request.GET.get("export"):
        lines = [(row.link.label, row.reached, row.dated, row.median_days, row.stopped) for row in rows]
        return sheet(f"parcours-{start.year}", HEAD, lines)
    context = {
        "count": count, "rows": rows, "year": start.year, "last_year": start.year - 1,
        "next_year": start.year + 1 if start.year < clock.today().year else None,
    }  # fmt: skip
    return render(request, "social_link/chains/chain.html", context)
