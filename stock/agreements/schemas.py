"""What the API takes and gives of the agreements."""

from datetime import date
from typing import Literal

from ninja import Schema
from pydantic import Field

from office.api_base import Amount, AmountIn, Input, Number, PageQuery, Ref, Span
from office.house.codes import HeldFor
from stock.agreements.codes import HeadAgreementKind


class AgreementQuery(PageQuery):
    q: str | None = None
    kind: HeadAgreementKind | None = None
    state: Literal["in_force", "ending", "ended", "all"] = "all"


class AgreementIn(Input):
    """By what title dwellings are ours to run. `last_day` is included; the operator is the association by default."""

    kind: HeadAgreementKind
    reference: str = Field(min_length=1, max_length=40)
    title: str = Field(min_length=1, max_length=160)
    owner_id: int
    from_day: date
    last_day: date | None = None
    ordered_by_id: int | None = None
    operator_id: int | None = None
    rent_collected_for: HeldFor | None = None
    is_conventioned: bool = False
    notice_months: int = Field(3, ge=0, le=120)
    fee_percent: AmountIn | None = None


class AgreementDwellingIn(Input):
    """A dwelling in the agreement, from its start to its end unless days are given."""

    dwelling_id: int
    from_day: date | None = None
    last_day: date | None = None
    gives_title: bool | None = None
    upstream_rent: AmountIn | None = None


class AgreementLine(Schema):
    id: int
    dwelling: Ref
    gives_title: bool
    period: Span
    upstream_rent: Amount | None


class AgreementListed(Schema):
    id: int
    kind: HeadAgreementKind
    reference: str
    title: str
    owner: Ref
    period: Span


class AgreementDetail(AgreementListed):
    ordered_by: Ref | None
    operator: Ref | None
    rent_collected_for: HeldFor
    is_conventioned: bool
    notice_months: int
    fee_percent: Number | None
    dwellings: list[AgreementLine]
