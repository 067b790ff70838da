"""What the API takes and gives of the measures."""

from datetime import date

from ninja import Schema

from office.api_base import Input, PageQuery, Ref, Span
from social_link.measures.codes import MeasureEnd, MeasureKind


class MeasureQuery(PageQuery):
    """`running`: in force today, or not."""

    household_id: int | None = None
    running: bool | None = None


class MeasureIn(Input):
    """A measure of support, within the bounds of its kind; `planned_end` is included."""

    household_id: int
    kind: MeasureKind
    start: date
    planned_end: date
    referent_id: int
    funder_id: int | None = None
    agreed_on: date | None = None
    signed_on: date | None = None
    is_lead: bool = True


class MeasureCloseIn(Input):
    """`on`: the last day of the measure."""

    reason: MeasureEnd
    on: date


class MeasureShown(Schema):
    id: int
    household: Ref
    kind: MeasureKind
    referent: Ref
    funder: Ref | None
    is_lead: bool
    agreed_on: date | None
    signed_on: date | None
    period: Span
    planned_end: date
    ended_on: date | None
    end_reason: str
