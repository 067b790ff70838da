"""API of the agreements."""

from typing import Any

from django.db.models import QuerySet
from ninja import Query

from office.access.actor import Actor
from office.access.codes import TokenScope
from office.access.matrix import Data, Read, Write
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, filtered, found, paged, ref, referred, span_of
from office.models import Organisation
from stock.agreements import services as agreements
from stock.agreements.filters import AgreementFilter
from stock.agreements.models import AgreementDwelling, HeadAgreement
from stock.agreements.schemas import (
    AgreementDetail,
    AgreementDwellingIn,
    AgreementIn,
    AgreementLine,
    AgreementListed,
    AgreementQuery,
)
from stock.dwellings.models import Dwelling

router = HouseRouter(tag="stock", read=TokenScope.STOCK_READ, write=TokenScope.STOCK_WRITE)

IN_FORCE = {"in_force": "en_cours", "ending": "bientot", "ended": "finies", "all": "toutes"}


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
        "is_conventioned": row.is_conventioned,
        "notice_months": row.notice_months,
        "fee_percent": row.fee_percent,
        "dwellings": [
            _line(line) for line in row.lines.select_related("dwelling").order_by("dwelling__reference", "id")
        ],
    }


@router.reads("/agreements", response=Page[AgreementListed], needs=Read(Data.AGREEMENT))
def list_agreements(request: HouseRequest, query: Query[AgreementQuery]) -> Any:
    """Agreements with owners, ordering bodies and mandants."""
    rows = filtered(
        AgreementFilter, _agreements(request.actor), request,
        q=query.q, genre=query.kind, etat=IN_FORCE[query.state],
    )  # fmt: skip
    return paged(rows.order_by("reference"), query, lambda page: [_agreement_listed(row) for row in page])


def _body(pk: int | None, field: str) -> Organisation | None:
    return None if pk is None else referred(Organisation.objects.all(), pk, field=field)


@router.writes("/agreements", response=AgreementDetail, needs=Write(Data.AGREEMENT), status=201)
def create_agreement(request: HouseRequest, data: AgreementIn) -> Any:
    """A new agreement, without dwellings yet."""
    facts = data.dict(exclude={"owner_id", "ordered_by_id", "operator_id", "rent_collected_for"})
    made = agreements.create_agreement(
        actor=request.actor,
        owner=referred(Organisation.objects.all(), data.owner_id, field="owner_id"),
        ordered_by=_body(data.ordered_by_id, "ordered_by_id"),
        operator=_body(data.operator_id, "operator_id"),
        rent_collected_for=data.rent_collected_for or "",
        **facts,
    )
    return _agreement(made)


@router.reads("/agreements/{agreement_id}", response=AgreementDetail, needs=Read(Data.AGREEMENT))
def read_agreement(request: HouseRequest, agreement_id: int) -> Any:
    """One agreement with its dwellings."""
    return _agreement(found(_agreements(request.actor), agreement_id))


@router.writes("/agreements/{agreement_id}/dwellings", response=AgreementLine, needs=Write(Data.AGREEMENT), status=201)
def add_agreement_dwelling(request: HouseRequest, agreement_id: int, data: AgreementDwellingIn) -> Any:
    """Put a dwelling in an agreement. Refused where another agreement gives it to let on these days."""
    actor = request.actor
    line = agreements.add_dwelling(
        actor=actor,
        agreement=found(_agreements(actor), agreement_id),
        dwelling=referred(Dwelling.objects.visible_to(actor), data.dwelling_id, field="dwelling_id"),
        **data.dict(exclude={"dwelling_id"}),
    )
    return _line(line)
