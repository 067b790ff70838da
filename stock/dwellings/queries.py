"""What pages, API and other layers read of the dwellings."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from common.picking import Found
from common.text import search_words
from stock.dwellings.models import Building, Dwelling, Unit, VacancyTold

FOUND = 8
SAME, POSTCODE = 50, 5


def units_of(dwelling: Dwelling) -> list[Unit]:
    """The units of a dwelling: the whole first, then the rooms by name."""
    return sorted(dwelling.units.all(), key=lambda unit: (not unit.is_whole, unit.label))


def empty_since(left_on: date | None, entered: date | None) -> date | None:
    """Since when a dwelling that nobody holds is empty: its last exit, not before it entered its agreement."""
    return max((day for day in (left_on, entered) if day), default=None)


def reasons_told(dwelling_ids: Collection[int], day: date) -> dict[int, str]:
    """Why these dwellings are empty on `day`, by id, where somebody told it (`with_vacancy_reason`). One query, none
    for no dwelling."""
    if not dwelling_ids:
        return {}
    told = VacancyTold.objects.in_force_on(day).filter(dwelling__in=dwelling_ids)
    # The latest first: it is the one that stays.
    return dict(reversed(list(told.values_list("dwelling", "reason"))))


def building_said(building: Building) -> str:
    """What finds a building again: its address, and its name where it has one."""
    return f"{building.address} · {building.name}" if building.name else building.address


def find_buildings(text: str) -> list[Found]:
    """The buildings that answer to words of a name or an address (one query)."""
    rows = Building.objects.all()
    # A postcode finds nothing by itself: it is of thousands.
    words = [word for word in search_words(text) if not (word.isdecimal() and len(word) == POSTCODE)]
    for word in words:
        rows = rows.filter(sort_key__contains=word)
    found = [Found(building_said(row), row) for row in rows[:SAME]] if words else []
    return [one for one in found if one.text == text] or found[:FOUND]


def find_dwellings(text: str, *, among: QuerySet[Dwelling] | None = None) -> list[Found]:
    """The dwellings of that reference, else those that answer to words of an address (two queries). What is proposed
    is the reference, with the address for who reads it."""
    rows = (Dwelling.objects.all() if among is None else among).select_related("building").order_by("reference")
    reference = text.partition(" · ")[0].strip()
    found = list(rows.filter(reference__iexact=reference))
    if not found:
        words = search_words(text)
        for word in words:
            rows = rows.filter(Q(sort_key__contains=word) | Q(building__sort_key__contains=word))
        found = list(rows[:FOUND]) if words else []
    return [Found(f"{row.reference} · {row.building.address}", row) for row in found]
