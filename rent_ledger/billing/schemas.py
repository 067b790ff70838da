"""What the API takes and gives of the rent runs and demands."""

from datetime import date
from typing import Literal

from ninja import Schema
from pydantic import Field

from leases.contracts.natures import Nature
from office.api_base import Amount, Input, Instant, Page, PageQuery, Reasons, Ref
from office.jobs.schemas import JobListed
from office.messages.codes import Channel
from rent_ledger.billing.codes import Gap, LineSource, RunState
from rent_ledger.books.schemas import MonthText


class RunIn(Input):
    """`lease_ids`: some leases only (those of the month that came late). `answers`: why it
    is right, by question that was asked."""

    month: MonthText
    lease_ids: list[int] | None = Field(None, min_length=1, max_length=10_000)
    answers: Reasons = Field(default_factory=dict)


class PreviewQuery(PageQuery):
    """`show`: the leases whose amount differs from last month, the same ones, all."""

    month: MonthText
    show: Literal["changed", "same", "all"] = "changed"
    q: str = ""


class DifferenceShown(Schema):
    code: Gap
    label: str
    detail: str
    amount: Amount


class PreviewLine(Schema):
    """A lease this month beside last month; null where nothing was or is asked. The reasons add up to `gap`."""

    lease_id: int
    lease_reference: str
    household_id: int
    household_name: str
    before: Amount | None
    now: Amount | None
    gap: Amount
    is_made: bool
    reasons: list[DifferenceShown]


class HeldLine(Schema):
    """A lease that the run leaves out, why, and what to do."""

    lease_id: int
    lease_reference: str
    household_id: int
    household_name: str
    reason: str
    cure: str


class RunPreviewShown(Page[PreviewLine]):
    """What a run would do. `to_make`: demands that it would issue, for `to_ask` euros; `made`: those that exist."""

    month: str
    to_make: int
    to_ask: Amount
    made: int
    held: list[HeldLine]


class RunListed(Schema):
    id: int
    month: str
    state: RunState
    launched_at: Instant
    author: Ref | None


class RunDetail(RunListed):
    """The run, its job while it goes and after, and its demands that stand."""

    job: JobListed | None
    issued: int
    cancelled: int
    sent: int
    gross: Amount
    benefit: Amount
    net: Amount


class ObstacleShown(Schema):
    """What stands in the way of an undo, by name."""

    household_id: int | None
    household_name: str
    what: str


class DemandLineShown(Schema):
    """What a demand asks, or leaves out (below zero: an aid, a credit). `month`: the month that it is about."""

    source: LineSource
    nature: Nature
    label: str
    amount: Amount
    month: MonthText


class DemandShown(Schema):
    """`sent_by`: by which way it left; null where it has not, or was handed over."""

    id: int
    reference: str
    lease_id: int
    household: Ref
    state: str
    kind: str
    due_on: date
    gross: Amount
    benefit: Amount
    net: Amount
    sent_at: Instant | None
    sent_by: Channel | None


class DemandDetail(DemandShown):
    """The lines add up to `net`."""

    run_id: int
    lines: list[DemandLineShown]
