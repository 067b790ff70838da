"""Dwellings: the list on a day, a dwelling, its form, its rooms."""

from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import attempt, part, status_of, tell_done
from common.columns import Column
from common.links import link, way_back
from common.listing import page_of
from common.periods import contains
from common.typography import short_day
from office.access.matrix import ASK, SHORT, Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.devices.keeping import has_phone_shell
from office.parameters.queries import params_on
from stock.agreements.models import AgreementDwelling
from stock.agreements.queries import association_name, lines_on, standing_of
from stock.dwellings.codes import VacancyReason
from stock.dwellings.filters import DwellingFilter
from stock.dwellings.forms import DwellingForm, RoomForm, VacancyForm
from stock.dwellings.models import Dwelling, VacancyTold
from stock.dwellings.parameters import energy_params
from stock.dwellings.queries import empty_since, find_buildings, find_dwellings, reasons_told, units_of
from stock.dwellings.rules.energy import frozen_rent
from stock.dwellings.rules.vacancy import lost_between
from stock.dwellings.services import (
    add_room,
    create_building,
    create_dwelling,
    tell_vacancy_reason,
    update_dwelling,
    withdraw_vacancy_reason,
)

SORTS = {
    "logement": ("reference",),
    "adresse": ("building__sort_key", "reference"),
    "type": ("rooms", "reference"),
    "surface": ("surface", "reference"),
    # Empty ones first, the longest first: that is what a list of dwellings is opened for.
    "vide": ("is_occupied", "left_on", "building__sort_key", "reference"),
}
COLUMNS = [
    Column("Adresse", "adresse"),
    Column("Logement", "logement"),
    Column("Type", "type"),
    Column("Surface", "surface", num=True),
    Column("Convention"),
    Column("Situation", "vide"),
]


def _dressed(ids: list[int], day: date) -> list[Any]:
    """Load these dwellings with their building, `is_occupied`, their agreement lines (`lines_then`) and why they are
    empty (`told_reason`, `told`). Two queries, three where one is empty."""
    found = Dwelling.objects.filter(pk__in=ids).with_occupation(day).select_related("building")
    rows: dict[int, Any] = {row.pk: row for row in found}
    empty = [row.pk for row in rows.values() if not row.is_occupied]
    told = reasons_told(empty, day)
    for row in rows.values():
        row.lines_then, row.told_reason = [], told.get(row.pk)
        row.told = VacancyReason(row.told_reason).label if row.told_reason else ""
    for line in lines_on(day).filter(dwelling__in=ids):
        rows[line.dwelling_id].lines_then.append(line)
    return list(rows.values())


def _tell_vacancy(row: Any, day: date, *, with_cost: bool) -> None:
    """`empty_days` on `day` since the last exit, else since the agreement began; `lost`, the rent owed for them, where
    the agreement says it and the actor reads agreements."""
    row.empty_days = row.lost = None
    line = next((line for line in row.lines_then if line.gives_title), None)
    since = empty_since(row.left_on, line.period.lower if line else None)
    if row.is_occupied or since is None:
        return
    row.empty_days = (day - since).days
    if with_cost and line and line.upstream_rent is not None:
        row.lost = lost_between(line.upstream_rent, since, day)


@require_GET
@allow(Read(Data.STOCK))
def dwellings(request: HouseRequest) -> HttpResponse:
    """The stock as of a day: search, filters, sort, paging."""
    actor = request.actor
    if has_phone_shell(actor):
        return _on_the_phone(request)
    with_agreements = can(actor, Read(Data.AGREEMENT))
    filters = DwellingFilter(
        request.GET, queryset=Dwelling.objects.visible_to(actor), request=request, agreements=with_agreements
    )
    page = page_of(
        request, filters.qs.with_occupation(filters.day), sorts=SORTS, default="vide",
        dress=lambda ids: _dressed(ids, filters.day),
    )  # fmt: skip
    for row in page:
        _tell_vacancy(row, filters.day, with_cost=with_agreements)
    return render(
        request,
        "stock/dwellings/list.html",
        {
            "filters": filters,
            "page": page,
            "columns": COLUMNS,
            "day": filters.day,
            "is_past": filters.day != clock.today(),
            "with_agreements": with_agreements,
            "may_write": can(actor, Write(Data.STOCK)),
            "may_tell": can(actor, Write(Data.STOCK)) and filters.day == clock.today(),
            "reasons": VacancyReason,
        },
    )


def _on_the_phone(request: HouseRequest) -> HttpResponse:
    """A street first: nobody scrolls through a whole stock with a thumb."""
    text, day = request.GET.get("q", "").strip(), clock.today()
    filters = DwellingFilter(
        {"q": text}, queryset=Dwelling.objects.visible_to(request.actor), request=request, agreements=False
    )
    rows = filters.qs.with_occupation(day) if text else Dwelling.objects.none().with_occupation(day)
    page = page_of(request, rows, sorts=SORTS, default="adresse", per_page=20, dress=lambda ids: _dressed(ids, day))
    return render(request, "stock/dwellings/phone.html", {"page": page, "text": text})


@require_GET
@allow(Read(Data.STOCK))
def places(request: HouseRequest) -> HttpResponse:
    """What answers to the words of a field that names a dwelling; `immeubles`: a building."""
    text, visible = request.GET.get("q", "")[:80], Dwelling.objects.visible_to(request.actor)
    if "immeubles" in request.GET:
        found = find_buildings(text)
    else:
        found = find_dwellings(text, among=visible)
    back = ("Logements", link("stock:dwellings"))
    return part(request, "common/includes/found.html", {"found": found}, title="Logements trouvés", back=back)


@require_GET
@allow(Read(Data.STOCK))
def dwelling(request: HouseRequest, pk: int) -> HttpResponse:
    """A dwelling: who owns, ordered and operates it, its units, its occupation over time (a slot of `leases`)."""
    actor = request.actor
    row: Any = get_object_or_404(
        Dwelling.objects.visible_to(actor)
        .with_occupation(clock.today())
        .with_vacancy_reason(clock.today())
        .select_related("building"),
        pk=pk,
    )
    row.told = VacancyReason(row.told_reason).label if row.told_reason else ""
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
        "stock/dwellings/dwelling.html",
        {
            "dwelling": row,
            "lines": lines,
            "standing": standing_of(current, association=operator),
            "association_name": operator,
            "units": units_of(row),
            "frozen_rent": frozen_rent(
                energy_class=row.energy_class,
                commune=row.building.commune,
                day=today,
                params=energy_params(params_on(today)),
            ),
            "room_form": RoomForm(),
            "sees_agreements": can(actor, Read(Data.AGREEMENT)),
            "sees_access": can(actor, Read(Data.ACCESS_NOTES)),
            "sees_safety": can(actor, Read(Data.SAFETY_NOTICE, SHORT)),
            "may_write": can(actor, Write(Data.STOCK)),
            "reasons": VacancyReason,
            "vacancy_form": VacancyForm(),
            "may_call_repairs": can(actor, Write(Data.TICKET, ASK)),
            "shell_page": f"common/{'phone' if has_phone_shell(actor) else 'base'}.html",
        },
    )


@allow(Write(Data.STOCK))
def dwelling_new(request: HouseRequest) -> HttpResponse:
    """A new dwelling, with its building if it doesn't exist yet."""
    actor = request.actor
    form = DwellingForm(request.POST or None)

    @transaction.atomic
    def create() -> Dwelling:
        building = form.cleaned_data["building"] or create_building(actor=actor, **form.address())
        return create_dwelling(actor=actor, building=building, reference=form.cleaned_data["reference"], **form.facts())

    made = attempt(create, form)
    if made:
        made.tell(request, lambda row: f"Le logement {row.reference} est créé. Ajoutez-le à une convention.")
        return redirect("stock:dwelling", pk=made.value.pk)
    return render(request, "stock/dwellings/form.html", {"form": form}, status=status_of(form))


@allow(Write(Data.STOCK))
def dwelling_edit(request: HouseRequest, pk: int) -> HttpResponse:
    """Change a dwelling."""
    actor = request.actor
    row = get_object_or_404(Dwelling.objects.visible_to(actor), pk=pk)
    form = DwellingForm(request.POST or None, instance=row)

    @transaction.atomic
    def change() -> Dwelling:
        building = form.cleaned_data["building"] or create_building(actor=actor, **form.address())
        reference = form.cleaned_data["reference"] or form.initial["reference"]
        return update_dwelling(actor=actor, dwelling=row, building=building, reference=reference, **form.facts())

    changed = attempt(change, form)
    if changed:
        changed.tell(request, lambda dwelling: f"Le logement {dwelling.reference} est à jour.")
        return redirect("stock:dwelling", pk=pk)
    return render(
        request,
        "stock/dwellings/form.html",
        {"form": form, "dwelling": get_object_or_404(Dwelling, pk=pk)},
        status=status_of(form),
    )


@require_POST
@allow(Write(Data.STOCK))
def room_new(request: HouseRequest, pk: int) -> HttpResponse:
    """A room that can be let by itself."""
    actor = request.actor
    row = get_object_or_404(Dwelling.objects.visible_to(actor), pk=pk)
    form = RoomForm(request.POST)
    attempt(lambda: add_room(actor=actor, dwelling=row, **form.cleaned_data), form).tell(
        request, lambda room: format_html("<strong>{}</strong> peut être louée séparément.", room.label)
    )
    return redirect("stock:dwelling", pk=pk)


@require_POST
@allow(Write(Data.STOCK))
def vacancy_reason(request: HouseRequest, pk: int) -> HttpResponse:
    """Why the dwelling is empty: one tap on a reason, with another day where one was typed."""
    actor, form = request.actor, VacancyForm(request.POST)
    row: Any = get_object_or_404(Dwelling.objects.visible_to(actor).with_vacancy_reason(clock.today()), pk=pk)
    told = attempt(lambda: tell_vacancy_reason(actor=actor, dwelling=row, **form.cleaned_data), form)
    if told and told.value.pk != row.told_id:
        since = short_day(told.value.since, today=clock.today())
        said = f"{row.reference} : {told.value.get_reason_display()}, depuis le {since}."
        tell_done(request, said, undo=link("stock:vacancy_withdraw", told.value.pk))
    else:
        told.tell(request, "C’est déjà noté.")
    return redirect(way_back(request, "stock:dwellings"))


@require_POST
@allow(Write(Data.STOCK))
def vacancy_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """A reason was a slip."""
    told = get_object_or_404(VacancyTold, pk=pk)
    attempt(lambda: withdraw_vacancy_reason(actor=request.actor, told=told)).tell(request, "Motif retiré.")
    return redirect(way_back(request, "stock:dwellings"))
