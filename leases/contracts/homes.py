"""The homes that a contract can be prepared for: found by street, town, building or reference."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from common.text import search_words
from leases.contracts.models import Occupancy
from stock.dwellings.codes import UnitKind
from stock.models import Dwelling, Unit


def free_units(day: date, text: str = "") -> "QuerySet[Unit]":
    """Units of the stock where nobody has the keys on `day`, with every word of `text`, by address.

    A room is taken with the whole dwelling, the whole with any of its rooms.
    """
    here = Occupancy.objects.filter(dwelling=OuterRef("dwelling"), period__contains=day)
    taken = Exists(here.filter(unit=OuterRef("pk")))
    taken_whole = Q(kind=UnitKind.ROOM) & Exists(here.filter(is_whole=True))
    taken_in_part = Q(kind=UnitKind.WHOLE) & Exists(here.filter(is_whole=False))
    rows = Unit.objects.filter(dwelling__in=Dwelling.objects.in_stock_on(day))
    return matching(rows, text).exclude(taken).exclude(taken_whole).exclude(taken_in_part)


def matching(rows: "QuerySet[Unit]", text: str) -> "QuerySet[Unit]":
    """Those whose dwelling or building has every word of `text`."""
    for word in search_words(text):
        rows = rows.filter(Q(dwelling__sort_key__contains=word) | Q(dwelling__building__sort_key__contains=word))
    return rows.select_related("dwelling__building").order_by(
        "dwelling__building__sort_key", "dwelling__reference", "kind", "label"
    )


def typed(unit: Unit) -> str:
    """How a unit is written in a form: `L00042`, or `L00042, Chambre 1`."""
    return f"{unit.dwelling.reference}, {unit.label}" if unit.label else unit.dwelling.reference
