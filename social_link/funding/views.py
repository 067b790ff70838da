"""What funders pay: lines of conventions with their places and months, and shares in a measure."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import link
from common.periods import YEARS
from common.sheets import sheet
from office.access.matrix import OWN, TOTALS, Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.funding import services
from social_link.funding.forms import LineForm, ShareForm
from social_link.funding.models import FundingLine
from social_link.funding.queries import (
    CONTACTS_HEAD,
    LASTED_HEAD,
    SHEET_HEAD,
    contact_rows,
    contacts_held,
    funded,
    lasted,
    sheet_rows,
    total_amount,
    total_months,
)
from social_link.measures.queries import measures_for


def asked_year(text: str, today: date) -> tuple[date, date, date]:
    """The year that was asked, as `[start, end)` until today at most, and the day of its places. This year elsewise."""
    year = int(text) if text.isdecimal() and int(text) in YEARS and int(text) <= today.year else today.year
    day = min(date(year, 12, 31), today)
    return date(year, 1, 1), day + timedelta(days=1), day


@require_GET
@allow(Read(Data.MEASURE, TOTALS))
def fundings(request: HouseRequest) -> HttpResponse:
    """Each line with its places and its months of the year, and how long each kind lasted, without any name."""
    start, end, day = asked_year(request.GET.get("annee", ""), clock.today())
    if request.GET.get("export") == "durees":
        lines = [(row.label, row.households, row.months, row.mean) for row in lasted(start, end)]
        return sheet(f"durees-{start.year}", LASTED_HEAD, lines)
    if request.GET.get("export") == "contacts":
        return sheet(f"contacts-{start.year}", CONTACTS_HEAD, contact_rows(contacts_held(start, end)))
    rows = funded(start, end, day=day)
    if request.GET.get("export"):
        return sheet(f"financeurs-{start.year}", SHEET_HEAD, sheet_rows(rows))
    context: dict[str, Any] = {
        "rows": rows, "total": total_months(rows), "amount": total_amount(rows), "lasted": lasted(start, end),
        "contacts": contacts_held(start, end),
        "year": start.year, "day": day,
        "last_year": start.year - 1,
        "next_year": start.year + 1 if start.year < clock.today().year else None,
        "may_write": can(request.actor, Write(Data.MEASURE)),
    }  # fmt: skip
    return render(request, "social_link/funding/list.html", context)


@allow(Write(Data.MEASURE))
def funding_new(request: HouseRequest) -> HttpResponse:
    """A line of a convention."""
    form = LineForm(request.POST or None)
    made = attempt(lambda: services.write_line(actor=request.actor, **form.cleaned_data), form)
    if made:
        undo = link("social_link:funding_withdraw", made.value.pk)
        tell_done(request, f"Convention enregistrée : {made.value}.", undo=undo)
        return redirect("social_link:fundings")
    context = {"form": form, "line": None}
    return render(request, "social_link/funding/form.html", context, status=status_of(form))


@allow(Write(Data.MEASURE))
def funding_edit(request: HouseRequest, pk: int) -> HttpResponse:
    """Another content of a line."""
    line = get_object_or_404(FundingLine, pk=pk)
    initial = {
        "funder": line.funder_id, "kind": line.kind, "reference": line.reference, "first": line.period.lower,
        "last": line.last_day, "places": line.places, "rate": line.rate, "counting": line.counting,
    }  # fmt: skip
    form = LineForm(request.POST or None, initial=initial)
    done = attempt(lambda: services.write_line(actor=request.actor, line=line, **form.cleaned_data), form)
    if done:
        done.tell(request, "La convention est à jour.")
        return redirect("social_link:fundings")
    context = {"form": form, "line": line}
    return render(request, "social_link/funding/form.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.MEASURE))
def funding_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """A line that was a mistake."""
    services.withdraw_line(line_id=pk, actor=request.actor)
    undo = link("social_link:funding_back", pk)
    tell_done(request, "Ligne retirée. Plus rien n’est compté pour elle.", undo=undo)
    return redirect("social_link:fundings")


@require_POST
@allow(Write(Data.MEASURE))
def funding_back(request: HouseRequest, pk: int) -> HttpResponse:
    """The line that was withdrawn is there again."""
    back = attempt(lambda: services.bring_back_line(line_id=pk, actor=request.actor))
    back.tell(request, "La ligne est de nouveau là.")
    return redirect("social_link:fundings")


@allow(Write(Data.MEASURE, OWN))
def share_new(request: HouseRequest, pk: int) -> HttpResponse:
    """Another funder of a measure, and his part."""
    row = get_object_or_404(measures_for(request.actor), pk=pk)
    form = ShareForm(request.POST or None, measure=row)
    done = attempt(lambda: services.add_share(measure=row, actor=request.actor, **form.cleaned_data), form)
    if done:
        undo = link("social_link:share_remove", pk, done.value[0].pk)
        share = sum(one.share for one in done.value)
        tell_done(request, f"{done.value[0].funder} finance {share} % de la mesure.", undo=undo)
        return redirect("social_link:measure", pk=pk)
    context = {"form": form, "household": row.household, "measure": row, "verb": "Partager le financement de"}
    return render(request, "social_link/measures/form.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.MEASURE, OWN))
def share_remove(request: HouseRequest, pk: int, share: int) -> HttpResponse:
    """The part of a funder goes back to the main one."""
    row = get_object_or_404(measures_for(request.actor), pk=pk)
    gone = attempt(lambda: services.remove_share(measure=row, share_id=share, actor=request.actor))
    gone.tell(request)
    if gone:
        undo = link("social_link:share_back", pk, share)
        tell_done(request, "Part retirée : elle revient au financeur de la mesure.", undo=undo)
    return redirect("social_link:measure", pk=pk)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def share_back(request: HouseRequest, pk: int, share: int) -> HttpResponse:
    """The part that was taken away is there again."""
    row = get_object_or_404(measures_for(request.actor), pk=pk)
    back = attempt(lambda: services.bring_back_share(measure=row, share_id=share, actor=request.actor))
    back.tell(request, "La part est de nouveau là.")
    return redirect("social_link:measure", pk=pk)
