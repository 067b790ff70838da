"""API of buildings and dwellings, with their units."""

from typing import Any

from django.db.models import QuerySet
from ninja import Query

from common import clock
from common.text import search_words
from office.access.actor import Actor
from office.access.codes import TokenScope
from office.access.matrix import SHORT, Data, Read, Write, can
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, filtered, found, paged, referred
from stock.dwellings import services as dwellings
from stock.dwellings.filters import DwellingFilter
from stock.dwellings.models import Building, Dwelling, VacancyTold
from stock.dwellings.queries import units_of
from stock.dwellings.schemas import (
    BuildingIn,
    BuildingQuery,
    BuildingShown,
    DwellingDetail,
    DwellingIn,
    DwellingListed,
    DwellingQuery,
    RoomIn,
    UnitShown,
    VacancyReasonIn,
    VacancyReasonShown,
)

router = HouseRouter(tag="stock", read=TokenScope.STOCK_READ, write=TokenScope.STOCK_WRITE)

OCCUPANCY = {"occupied": "occupe", "vacant": "vide", "in_stock": "tous", "not_in_stock": "sortis"}

# -- buildings ------------------------------------------------------------------------------------------------------


@router.reads("/buildings", response=Page[BuildingShown], needs=Read(Data.STOCK))
def list_buildings(request: HouseRequest, query: Query[BuildingQuery]) -> Any:
    """Addresses that hold dwellings."""
    rows = Building.objects.order_by("sort_key", "id")
    for word in search_words(query.q or ""):
        rows = rows.filter(sort_key__contains=word)
    return paged(rows, query, list)


@router.writes("/buildings", response=BuildingShown, needs=Write(Data.STOCK), status=201)
def create_building(request: HouseRequest, data: BuildingIn) -> Any:
    """A new building."""
    return dwellings.create_building(actor=request.actor, **data.dict())


# -- dwellings ------------------------------------------------------------------------------------------------------


def _dwellings(actor: Actor) -> "QuerySet[Dwelling, Dwelling]":
    return Dwelling.objects.visible_to(actor).select_related("building")


def _listed(row: Dwelling) -> dict[str, Any]:
    return {
        "id": row.pk,
        "reference": row.reference,
        "address": row.address,
        "city": row.building.city,
        "typology": row.typology,
        "surface": row.surface,
    }


_FACTS = (
    "rooms", "stock_type", "construction", "floor", "door", "stairwell", "built_year", "rpls_id", "fiscal_id",
    "dpe_number", "energy_class", "climate_class", "financing", "is_qpv", "access_notes", "safety_notice",
)  # fmt: skip


def _dwelling(row: Dwelling, actor: Actor) -> dict[str, Any]:
    facts = {name: getattr(row, name) for name in _FACTS}
    if not can(actor, Read(Data.SAFETY_NOTICE, SHORT)):
        facts["safety_notice"] = ""
    if not can(actor, Read(Data.ACCESS_NOTES)):
        facts["access_notes"] = ""
    told = VacancyTold.objects.in_force_on(clock.today()).filter(dwelling=row).first()
    vacancy = {"vacancy_reason": told and told.reason, "vacancy_since": told and told.since}
    return _listed(row) | facts | vacancy | {"building": row.building, "units": units_of(row)}


@router.reads("/dwellings", response=Page[DwellingListed], needs=Read(Data.STOCK))
def list_dwellings(request: HouseRequest, query: Query[DwellingQuery]) -> Any:
    """Dwellings, with the filters of the page. Nothing of who lives there."""
    rows = filtered(
        DwellingFilter,
        _dwellings(request.actor),
        request,
        q=query.q,
        commune=query.city,
        convention=query.agreement_id,
        type=query.typology,
        etat=OCCUPANCY[query.occupancy],
        motif=query.vacancy_reason,
        au=None if query.on is None else query.on.isoformat(),
    )
    return paged(rows.order_by("reference"), query, lambda page: [_listed(row) for row in page])


@router.writes("/dwellings", response=DwellingDetail, needs=Write(Data.STOCK), status=201)
def create_dwelling(request: HouseRequest, data: DwellingIn) -> Any:
    """A new dwelling with its whole unit."""
    facts = data.dict(exclude={"building_id"})
    facts["energy_class"] = facts["energy_class"] or ""
    facts["climate_class"] = facts["climate_class"] or ""
    building = referred(Building.objects.all(), data.building_id, field="building_id")
    actor = request.actor
    return _dwelling(dwellings.create_dwelling(actor=actor, building=building, **facts), actor)


@router.reads("/dwellings/{dwelling_id}", response=DwellingDetail, needs=Read(Data.STOCK))
def read_dwelling(request: HouseRequest, dwelling_id: int) -> Any:
    """One dwelling with its units. The safety notice and the access are empty for who may not read them."""
    actor = request.actor
    return _dwelling(found(_dwellings(actor), dwelling_id), actor)


@router.writes("/dwellings/{dwelling_id}/rooms", response=UnitShown, needs=Write(Data.STOCK), status=201)
def add_room(request: HouseRequest, dwelling_id: int, data: RoomIn) -> Any:
    """A room of a dwelling that can be let by itself."""
    actor = request.actor
    return dwellings.add_room(actor=actor, dwelling=found(_dwellings(actor), dwelling_id), **data.dict())


# -- why it is empty ------------------------------------------------------------------------------------------------


@router.writes(
    "/dwellings/{dwelling_id}/vacancy-reasons", response=VacancyReasonShown, needs=Write(Data.STOCK), status=201
)
def tell_vacancy_reason(request: HouseRequest, dwelling_id: int, data: VacancyReasonIn) -> Any:
    """Why a dwelling is empty, until another reason is told or somebody has the keys."""
    actor = request.actor
    row = found(_dwellings(actor), dwelling_id)
    return dwellings.tell_vacancy_reason(actor=actor, dwelling=row, **data.dict())


@router.writes("/vacancy-reasons/{told_id}/withdraw", response=VacancyReasonShown, needs=Write(Data.STOCK))
def withdraw_vacancy_reason(request: HouseRequest, told_id: int) -> Any:
    """Take back a reason that was a slip."""
    return dwellings.withdraw_vacancy_reason(actor=request.actor, told=found(VacancyTold.objects.all(), told_id))
