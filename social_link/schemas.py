"""What the API of the social service takes and gives."""

from datetime import date, time
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from office.api_base import AmountIn, Input, Instant, PageQuery, Ref, Span
from rent_ledger.enums import CauseCode
from rent_ledger.schemas import AnswerShown, StateShown
from social_link.enums import AlertLevel, AlertRule, AlertState, ContactKind, MeasureEnd, MeasureKind, NoteLevel

# -- alerts ---------------------------------------------------------------------------------------------------------


class AlertQuery(PageQuery):
    state: Literal["open", "to_acknowledge", "to_answer", "escalated", "answered"] = "open"
    assignee_id: int | None = None


class AlertListed(Schema):
    """`ack_due_on`, `answer_due_on`: working days. `escalated_at`: the head of the service sees it."""

    id: int
    household: Ref
    rule: AlertRule
    level: AlertLevel
    state: AlertState
    assignee: Ref
    raised_at: Instant
    ack_due_on: date
    answer_due_on: date
    escalated_at: Instant | None


class FactShown(Schema):
    """What was known when it was found: French sentences, and the same as numbers."""

    rule: AlertRule
    facts: list[str]
    figures: dict[str, Any]
    recorded_at: Instant


class AlertDetail(AlertListed):
    """`now`: the account as it stands today, beside the facts as they were known."""

    case_id: int | None
    address: str
    phone: str
    facts: list[FactShown]
    now: StateShown | None
    acknowledged_at: Instant | None
    acknowledged_by: Ref | None
    answered_at: Instant | None
    answer: AnswerShown | None


class ReassignIn(Input):
    to_id: int
    reason: str = Field("", max_length=120)


class AnswerIn(Input):
    """What the debt file may know: contact, cause code, hold of the letters, plan asked, next step. No note."""

    contact_made: bool
    cause: CauseCode | None = None
    hold_until: date | None = None
    plan_asked: bool = False
    plan_amount: AmountIn | None = Field(None, gt=0)
    next_step: str = Field("", max_length=120)


# -- contacts -------------------------------------------------------------------------------------------------------


class ContactQuery(PageQuery):
    household_id: int | None = None
    kind: ContactKind | None = None
    planned: bool = False


class ContactIn(Input):
    """A contact that happened; `is_planned`: one to come. A note is private unless its level says else."""

    household_id: int
    kind: ContactKind
    day: date
    at: time | None = None
    is_planned: bool = False
    note: str = ""
    level: NoteLevel = NoteLevel.PRIVATE
    reader_ids: list[int] = Field(default_factory=list, max_length=20)


class ContactShown(Schema):
    """No note is in it: notes are read on the site, where each read is logged."""

    id: int
    household: Ref
    kind: ContactKind
    happened_on: date
    at_time: time | None
    is_planned: bool
    alert_id: int | None
    author: Ref


# -- measures -------------------------------------------------------------------------------------------------------


class MeasureQuery(PageQuery):
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
    signed_on: date | None
    period: Span
    planned_end: date
    ended_on: date | None
    end_reason: str
