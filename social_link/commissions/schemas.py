"""What the API gives of the commissions."""

from datetime import date, time

from ninja import Schema

from office.api_base import Instant, PageQuery, Ref
from social_link.commissions.codes import Ask, CommissionKind, Condition, Opinion, Ruling
from social_link.contacts.schemas import HouseholdQuery
from social_link.measures.codes import MeasureEnd, MeasureKind


class CommissionQuery(PageQuery):
    """`open`: to prepare or under way, or closed."""

    kind: CommissionKind | None = None
    open: bool | None = None


class CommissionShown(Schema):
    """A meeting. `asked`: how many households are on its agenda, `waiting`: of how many it has not decided; for who
    prepares it alone."""

    id: int
    kind: CommissionKind
    held_on: date
    at_time: time | None
    place: str
    entries_until: date
    quorum: int | None
    closed_at: Instant | None
    asked: int | None
    waiting: int | None


class CommissionItemQuery(HouseholdQuery):
    commission_id: int | None = None
    waiting: bool | None = None


class CommissionItemShown(Schema):
    """What a commission is asked for a household, and what it decided. `kind`: the measure that is asked, of an opening
    or a change; `months`: asked, `granted`: decided. `day`: from when a yes counts, or the last day of what ends.
    `decision`: null while it waits."""

    id: int
    commission_id: int
    household: Ref
    ask: Ask
    kind: MeasureKind | None
    months: int | None
    measure_id: int | None
    renewal_id: int | None
    end_reason: MeasureEnd | None
    referent: Ref
    opinion: Opinion | None
    informs: Ref | None
    agreed_to_inform: bool
    decision: Ruling | None
    day: date | None
    granted: int | None
    conditions: list[Condition]
    decided_by: Ref | None
    decided_at: Instant | None
