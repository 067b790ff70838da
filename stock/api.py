"""API of the stock: buildings, dwellings with their units, agreements."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query

from common.text import sort_key
from office.access import Data, can
from office.actor import Actor, actor_on
from office.api_base import HouseRouter, Page, filtered, found, page_of, ref, referred, span_of
from office.enums import TokenScope
from office.models import Organisation
from stock.filters import AgreementFilter, DwellingFilter
from stock.models import AgreementDwelling, Building, Dwelling, HeadAgreement
from stock.perms import AGREEMENT_READERS, READERS, WRITERS
from stock.schemas import (
    AgreementDetail,
    AgreementDwellingIn,
    AgreementIn,
    AgreementLine,
    AgreementListed,
    AgreementQuery,
    BuildingIn,
    BuildingQuery,
    BuildingShown,
    DwellingDetail,
    DwellingIn,
    DwellingListed,
    DwellingQuery,
    RoomIn,
    UnitShown,
)
from stock.selectors import units_of
from stock.services import agreements, dwellings

router = HouseRouter(tag="stock", read=TokenScope.STOCK_READ, write=TokenScope.STOCK_WRITE)

OCCUPANCY = {"occupied": "occupe", "vacant": "vide", "in_stock": "tous", "not_in_stock": "sortis"}
IN_FORCE = {"in_force": "en_cours", "ending": "bientot", "ended": "finies", "all": "toutes"}

# -- buildings ------------------------------------------------------------------------------------------------------


@router.reads("/buildings", response=Page[BuildingShown], roles=READERS)
def list_buildings(request: HttpRequest, query: Query[BuildingQuery]) -> Any:
    """Addresses that hold dwellings."""
    rows = Building.objects.order_by("sort_key", "id")
    for word in sort_key(query.q or "").split():
        rows = rows.filter(sort_key__contains=word)
    return page_of(rows, query, list)


@router.writes("/buildings", response=BuildingShown, roles=WRITERS, status=201)
def create_building(request: HttpRequest, data: BuildingIn) -> Any:
    """A new building."""
    return dwellings.create_building(actor=actor_on(request), **data.dict())


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
    if not can(actor, Data.SAFETY_NOTICE):
        facts["safety_notice"] = ""
    return _listed(row) | facts | {"building": row.building, "units": units_of(row)}


@router.reads("/dwellings", response=Page[DwellingListed], roles=READERS)
def list_dwellings(request: HttpRequest, query: Query[DwellingQuery]) -> Any:
    """Dwellings, with the filters of the page. Nothing of who lives there."""
    rows = filtered(
        DwellingFilter,
        _dwellings(actor_on(request)),
        request,
        q=query.q,
        commune=query.city,
        convention=query.agreement_id,
        type=query.typology,
        etat=OCCUPANCY[query.occupancy],
        au=None if query.on is None else query.on.isoformat(),
    )
    return page_of(rows.order_by("reference"), query, lambda page: [_listed(row) for row in page])


@router.writes("/dwellings", response=DwellingDetail, roles=WRITERS, status=201)
def create_dwelling(request: HttpRequest, data: DwellingIn) -> Any:
    """A new dwelling with its whole unit."""
    facts = data.dict(exclude={"building_id"})
    facts["energy_class"] = facts["energy_class"] or ""
    facts["climate_class"] = facts["climate_class"] or ""
    building = referred(Building.objects.all(), data.building_id, field="building_id")
    actor = actor_on(request)
    return _dwelling(dwellings.create_dwelling(actor=actor, building=building, **facts), actor)


@router.reads("/dwellings/{dwelling_id}", response=DwellingDetail, roles=READERS)
def read_dwelling(request: HttpRequest, dwelling_id: int) -> Any:
    """One dwelling with its units. The safety notice is empty for who may not read it."""
    actor = actor_on(request)
    return _dwelling(found(_dwellings(actor), dwelling_id), actor)


@router.writes("/dwellings/{dwelling_id}/rooms", response=UnitShown, roles=WRITERS, status=201)
def add_room(request: HttpRequest, dwelling_id: int, data: RoomIn) -> Any:
    """A room of a dwelling that can be let by itself."""
    actor = actor_on(request)
    return dwellings.add_room(actor=actor, dwelling=found(_dwellings(actor), dwelling_id), **data.dict())


# -- agreements -----------------------------------------------------------------------------------------------------


def _agreements(actor: Actor) -> "QuerySet[HeadAgreement, HeadAgreement]":
    return HeadAgreement.objects.visible_to(actor).select_related("owner", "ordered_by", "operator")


def _line(row: AgreementDwelling) -> dict[str, Any]:
    return {
        "id": row.pk,
        "dwelling": ref(row.dwelling),
        "gives_title": row.gives_title,
        "period": span_of(row.period),
        "upstream_rent": row.upstream_rent,
    }


def _agreement_listed(row: HeadAgreement) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "reference": row.reference,
        "title": row.title,
        "owner": ref(row.owner),
        "period": span_of(row.period),
    }


def _agreement(row: HeadAgreement) -> dict[str, Any]:
    return _agreement_listed(row) | {
        "ordered_by": ref(row.ordered_by),
        "operator": ref(row.operator),
        "rent_collected_for": row.rent_collected_for,
        "notice_months": row.notice_months,
        "fee_percent": row.fee_percent,
        "dwellings": [
            _line(line) for line in row.lines.select_related("dwelling").order_by("dwelling__reference", "id")
        ],
    }


@router.reads("/agreements", response=Page[AgreementListed], roles=AGREEMENT_READERS)
def list_agreements(request: HttpRequest, query: Query[AgreementQuery]) -> Any:
    """Agreements with owners, ordering bodies and mandants."""
    rows = filtered(
        AgreementFilter, _agreements(actor_on(request)), request,
        q=query.q, genre=query.kind, etat=IN_FORCE[query.state],
    )  # fmt: skip
    return page_of(rows.order_by("reference"), query, lambda page: [_agreement_listed(row) for row in page])


def _body(pk: int | None, field: str) -> Organisation | None:
    return None if pk is None else referred(Organisation.objects.all(), pk, field=field)


@router.writes("/agreements", response=AgreementDetail, roles=WRITERS, status=201)
def create_agreement(request: HttpRequest, data: AgreementIn) -> Any:
    """A new agreement, without dwellings yet."""
    facts = data.dict(exclude={"owner_id", "ordered_by_id", "operator_id", "rent_collected_for"})
    made = agreements.create_agreement(
        actor=actor_on(request),
        owner=referred(Organisation.objects.all(), data.owner_id, field="owner_id"),
        ordered_by=_body(data.ordered_by_id, "ordered_by_id"),
        operator=_body(data.operator_id, "operator_id"),
        rent_collected_for=data.rent_collected_for or "",
        **facts,
    )
    return _agreement(made)


@router.reads("/agreements/{agreement_id}", response=AgreementDetail, roles=AGREEMENT_READERS)
def read_agreement(request: HttpRequest, agreement_id: int) -> Any:
    """One agreement with its dwellings."""
    return _agreement(found(_agreements(actor_on(request)), agreement_id))


@router.writes("/agreements/{agreement_id}/dwellings", response=AgreementLine, roles=WRITERS, status=201)
def add_agreement_dwelling(request: HttpRequest, agreement_id: int, data: AgreementDwellingIn) -> Any:
    """Put a dwelling in an agreement. Refused where another agreement gives it to let on these days."""
    actor = actor_on(request)
    line = agreements.add_dwelling(
        actor=actor,
        agreement=found(_agreements(actor), agreement_id),
        dwelling=referred(_dwellings(actor), data.dwelling_id, field="dwelling_id"),
        **data.dict(exclude={"dwelling_id"}),
    )
    return _line(line)
