"""What pages, API and other layers read of the dwellings."""

from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from stock.agreements.queries import lines_on
from stock.dwellings.models import Dwelling, Unit


def stock_as_of(day: date) -> "QuerySet[Dwelling, Any]":
    """The dwellings that were in the stock on `day`, each with `lines_then` (its agreement lines of that day)."""
    return (
        Dwelling.objects.in_stock_on(day)
        .select_related("building")
        .prefetch_related(Prefetch("agreement_lines", queryset=lines_on(day), to_attr="lines_then"))
    )


def units_of(dwelling: Dwelling) -> list[Unit]:
    """The units of a dwelling: the whole first, then the rooms by name."""
    return sorted(dwelling.units.all(), key=lambda unit: (not unit.is_whole, unit.label))
