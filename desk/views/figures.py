"""The rows that a figure of the direction counts: the same query, with what each row is."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock
from common.columns import Column
from common.money import ZERO
from common.sheets import sheet
from desk.queries.figures import span_before, span_of
from desk.queries.stock_figures import EmptyDays, Vacancy, occupancy, vacancy_between
from office.access.matrix import Data, Read
from office.access.permissions import allow
from office.access.requests import HouseRequest
from stock.dwellings.codes import VacancyReason
from stock.models import Dwelling

PER_PAGE = 50
COLUMNS = [Column("Logement"), Column("Motif"), Column("Jours", num=True), Column("Loyer amont", num=True)]


@dataclass(slots=True)
class EmptyHome:
    """One dwelling that was empty in the period: its days by reason. `cost`: None where the rent is unknown."""

    dwelling: Any
    parts: list[EmptyDays]

    @property
    def days(self) -> int:
        return sum(part.days for part in self.parts)

    @property
    def cost(self) -> Decimal | None:
        known = [part.cost for part in self.parts if part.cost is not None]
        return sum(known, ZERO) if known else None


def _homes(found: Vacancy) -> list[EmptyHome]:
    """The dearest first; those whose rent is unknown after them, the longest first."""
    parts: dict[int, list[EmptyDays]] = {}
    for row in found.rows:
        parts.setdefault(row.dwelling, []).append(row)
    homes = [EmptyHome(pk, of) for pk, of in parts.items()]
    return sorted(homes, key=lambda home: (home.cost is None, -(home.cost or ZERO), -home.days, home.dwelling))


def _with_dwellings(homes: list[EmptyHome]) -> list[EmptyHome]:
    rows = Dwelling.objects.select_related("building").in_bulk([home.dwelling for home in homes])
    return [EmptyHome(rows[home.dwelling], home.parts) for home in homes]


@require_GET
@allow(Read(Data.AGREEMENT))
def vacancy(request: HouseRequest) -> HttpResponse:
    """The dwellings of the figure « Vacance », or of one of its reasons (`?motif=`)."""
    span = span_of(request.GET.get("periode"))
    start, end = span_before(clock.today(), span)
    dwellings, occupied = occupancy(clock.today())
    whole = vacancy_between(start, end, dwellings - occupied)
    asked = request.GET.get("motif")
    known = asked == "aucun" or asked in VacancyReason.values
    code = "" if asked == "aucun" else asked
    shown = Vacancy(whole.empty_now, [row for row in whole.rows if row.reason == code]) if known else whole
    if "export" in request.GET:
        head = ("Logement", "Adresse", "Commune", "Motif", "Jours", "Loyer amont des jours")
        homes = _with_dwellings(_homes(shown))
        rows = [
            (home.dwelling.reference, home.dwelling.building.street, home.dwelling.building.city, part.label,
             part.days, part.cost)
            for home in homes
            for part in home.parts
        ]  # fmt: skip
        return sheet(f"vacance-{start:%Y-%m-%d}", head, rows)
    page: Any = Paginator(_homes(shown), PER_PAGE).get_page(request.GET.get("p"))
    page.object_list = _with_dwellings(list(page.object_list))
    return render(
        request,
        "desk/figures/vacancy.html",
        {
            "page": page, "vacancy": shown, "whole": whole, "start": start, "end": end, "span": span,
            "columns": COLUMNS,
            "word": asked if known else "",
            "reason": shown.rows[0].label if known and shown.rows else "",
        },
    )  # fmt: skip
