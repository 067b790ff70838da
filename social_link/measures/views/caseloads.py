"""Measures that run on a day, by site, town, landlord or referent."""

from datetime import date

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock
from common.forms import DayField
from common.sheets import sheet
from office.access.matrix import Data, Read
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.measures.caseloads import CaseloadBy, carried_with_others, caseloads
from social_link.measures.models import Measure


@require_GET
@allow(Read(Data.MEASURE))
def measure_caseloads(request: HouseRequest) -> HttpResponse:
    """Of the day that is asked, today elsewise."""
    day = _day(request.GET.get("jour", ""))
    asked = request.GET.get("par", "")
    by = CaseloadBy(asked) if asked in CaseloadBy.values else CaseloadBy.SITE
    rows = caseloads(by, day)
    if request.GET.get("export"):
        head = (by.label, "Mesures", "Ménages")
        return sheet(f"mesures-par-{by.value}-{day}", head, [(row.name, row.measures, row.households) for row in rows])
    running = Measure.objects.running_on(day).order_by()
    context = {
        "rows": rows, "by": by, "choices": CaseloadBy.choices, "day": day, "shared": carried_with_others(day),
        "measures": running.count(), "households": running.values("household").distinct().count(),
    }  # fmt: skip
    return render(request, "social_link/measures/caseloads.html", context)


def _day(text: str) -> date:
    try:
        found: date | None = DayField(required=False).clean(text)
    except forms.ValidationError:
        return clock.today()
    return found or clock.today()
