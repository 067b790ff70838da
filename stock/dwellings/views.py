"""Dwellings: the list on a day, a dwelling, its form, its rooms."""

from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.columns import Column
from common.forms import attempt
from common.listing import page_of
from common.periods import contains
from common.prepared import Listed, Prepared, Slot
from office.access import Data, can
from office.permissions import allow
from stock.filters import DwellingFilter
from stock.forms import DwellingForm, RoomForm
from stock.models import AgreementDwelling, Dwelling
from stock.perms import READERS, WRITERS, can_call_repairs, can_read_agreements, can_write_stock
from stock.selectors import association_name, lines_on, standing_of, units_of
from stock.services.dwellings import add_room, create_building, create_dwelling, update_dwelling

SORTS = {
    "logement": ("reference",),
    "adresse": ("building__sort_key", "reference"),
    "type": ("rooms", "reference"),
    "surface": ("surface", "reference"),
    "vide": ("left_on", "reference"),
}
COLUMNS = [
    Column("Logement", "logement"),
    Column("Adresse", "adresse"),
    Column("Type", "type"),
    Column("Surface", "surface", num=True),
    Column("Convention"),
    Column("Situation", "vide"),
]


_ROWS = Prepared(
    lambda: (
        Dwelling.objects.filter(pk__in=Listed("ids"))
        .with_occupation(cast(date, Slot("day")))
        .select_related("building")
    )
)
_LINES = Prepared(lambda: lines_on(cast(date, Slot("day"))).filter(dwelling__in=Listed("ids")))


def _dressed(ids: list[int], day: date) -> list[Any]:
    """These dwellings with their building, whether they are occupied, the agreements that give them (`lines_then`).
    Two queries."""
    rows: dict[int, Any] = {row.pk: row for row in _ROWS(ids=ids, day=day)}
    for row in rows.values():
        row.lines_then = []
    for line in _LINES(ids=ids, day=day):
        rows[line.dwelling_id].lines_then.append(line)
    return list(rows.values())


@require_GET
@allow(*READERS)
def dwellings(request: HttpRequest) -> HttpResponse:
    """The stock as of a day: search, filters, sort, paging."""
    actor = request.actor  # type: ignore[attr-defined]
    with_agreements = can_read_agreements(actor)
    filters = DwellingFilter(
        request.GET, queryset=Dwelling.objects.visible_to(actor), request=request, agreements=with_agreements
    )
    page = page_of(
        request, filters.qs.with_occupation(filters.day), sorts=SORTS, default="logement",
        dress=lambda ids: _dressed(ids, filters.day),
    )  # fmt: skip
    return render(
        request,
        "stock/dwellings.html",
        {
            "filters": filters,
            "page": page,
            "columns": COLUMNS,
            "day": filters.day,
            "is_past": filters.day != clock.today(),
            "with_agreements": with_agreements,
            "may_write": can_write_stock(actor),
        },
    )


@require_GET
@allow(*READERS)
def dwelling(request: HttpRequest, pk: int) -> HttpResponse:
    """A dwelling: who owns, ordered and operates it, its units, its occupation over time (a slot of `leases`)."""
    actor = request.actor  # type: ignore[attr-defined]
    row = get_object_or_404(
        Dwelling.objects.visible_to(actor).with_occupation(clock.today()).select_related("building"), pk=pk
    )
    lines = list(
        AgreementDwelling.objects.filter(dwelling=row)
        .select_related("agreement__owner", "agreement__ordered_by", "agreement__operator")
        .order_by("-period", "-gives_title")
    )
    operator = association_name()
    today = clock.today()
    current = sorted((line for line in lines if contains(line.period, today)), key=lambda line: not line.gives_title)
    return render(
        request,
        "stock/dwelling.html",
        {
            "dwelling": row,
            "lines": lines,
            "standing": standing_of(current, association=operator),
            "association_name": operator,
            "units": units_of(row),
            "room_form": RoomForm(),
            "sees_agreements": can_read_agreements(actor),
            "sees_safety": can(actor, Data.SAFETY_NOTICE),
            "may_write": can_write_stock(actor),
            "may_call_repairs": can_call_repairs(actor),
        },
    )


@allow(*WRITERS)
def dwelling_new(request: HttpRequest) -> HttpResponse:
    """A new dwelling, with its building where it lacks."""
    actor = request.actor  # type: ignore[attr-defined]
    form = DwellingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def create() -> Dwelling:
            building = form.cleaned_data["building"] or create_building(actor=actor, **form.address())
            return create_dwelling(
                actor=actor, building=building, reference=form.cleaned_data["reference"], **form.facts()
            )

        made = attempt(form, create)
        if made:
            messages.success(request, f"Le logement {made.reference} est créé. Ajoutez-le à une convention.")
            return redirect("stock:dwelling", pk=made.pk)
    return render(
        request, "stock/dwelling_form.html", {"form": form}, status=422 if form.is_bound and form.errors else 200
    )


@allow(*WRITERS)
def dwelling_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a dwelling."""
    actor = request.actor  # type: ignore[attr-defined]
    row = get_object_or_404(Dwelling.objects.visible_to(actor), pk=pk)
    form = DwellingForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():

        def change() -> Dwelling:
            building = form.cleaned_data["building"] or create_building(actor=actor, **form.address())
            reference = form.cleaned_data["reference"] or form.initial["reference"]
            return update_dwelling(actor=actor, dwelling=row, building=building, reference=reference, **form.facts())

        changed = attempt(form, change)
        if changed:
            messages.success(request, f"Le logement {changed.reference} est à jour.")
            return redirect("stock:dwelling", pk=pk)
    return render(
        request,
        "stock/dwelling_form.html",
        {"form": form, "dwelling": get_object_or_404(Dwelling, pk=pk)},
        status=422 if form.is_bound and form.errors else 200,
    )


@require_POST
@allow(*WRITERS)
def room_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A room that can be let by itself."""
    actor = request.actor  # type: ignore[attr-defined]
    row = get_object_or_404(Dwelling.objects.visible_to(actor), pk=pk)
    form = RoomForm(request.POST)
    if form.is_valid():
        room = attempt(form, lambda: add_room(actor=actor, dwelling=row, **form.cleaned_data))
        if room:
            messages.success(request, format_html("<strong>{}</strong> peut être louée séparément.", room.label))
            return redirect("stock:dwelling", pk=pk)
    for error in (str(message) for found in form.errors.values() for message in found):
        messages.error(request, error)
    return redirect("stock:dwelling", pk=pk)
