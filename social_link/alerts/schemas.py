"""What the API takes and gives of the alerts."""

from datetime import date
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from office.api_base import AmountIn, Day, Input, Instant, PageQuery, Ref
from rent_ledger.arrears.codes import CauseCode, NextStep
from rent_ledger.arrears.schemas import AnswerShown
from rent_ledger.books.schemas import StateShown
from social_link.alerts.codes import AlertLevel, AlertRule, AlertState, SignalOutcome


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


class ReasonSaid(Schema):
    """A code, its French sentence, and its figures (decimal strings, ISO days)."""

    code: str
    text: str
    figures: dict[str, Any]


class FactShown(Schema):
    """What was known when it was found: French sentences, and the same as codes and figures."""

    rule: AlertRule
    facts: list[str]
    reasons: list[ReasonSaid]
    recorded_at: Instant


class OutcomeShown(Schema):
    """What came of the signals of an alert, each gesture once. `back_on` goes with `NOT_SEEN`."""

    outcome: SignalOutcome
    back_on: date | None
    said_at: Instant
    said_by: Ref


class AlertDetail(AlertListed):
    """`now`: the account as it stands today, beside the facts as they were known. `signal_waits`: a technician's signal
    waits for what came of it."""

    case_id: int | None
    address: str
    phone: str
    facts: list[FactShown]
    now: StateShown | None
    acknowledged_at: Instant | None
    acknowledged_by: Ref | None
    answered_at: Instant | None
    answer: AnswerShown | None
    signal_waits: bool
    outcomes: list[OutcomeShown]


class ReassignIn(Input):
    to_id: int
    reason: str = Field("", max_length=120)


class AnswerIn(Input):
    """What the debt file may know: contact, cause code, hold of the letters, plan asked, code and day of the next step.
    No text."""

    contact_made: bool
    cause: CauseCode | None = None
    hold_until: date | None = None
    plan_asked: bool = False
    plan_amount: AmountIn | None = Field(None, gt=0)
    next_step: NextStep | None = None
    next_step_on: date | None = None


class OutcomeIn(Input):
    """`back_on`: the day of the next visit, with `NOT_SEEN` and only then."""

    outcome: SignalOutcome
    back_on: date | None = None


class StandInShown(Schema):
    household: Ref
    user: Ref


class AbsenceShown(Schema):
    """`first` and `last` are included. `stand_in` has every household but those of `named`."""

    id: int
    user: Ref
    stand_in: Ref
    first: date
    last: date
    named: list[StandInShown]


class AbsenceQuery(Schema):
    """Somebody of the social service, and the days of an absence, both included."""

    user_id: int
    first: Day
    last: Day


class VisitCarried(Schema):
    id: int
    household: Ref
    on: date


class CarriedShown(Schema):
    """`households`: accompanied on the first day. `open_alerts`: as of now. `visits`: planned for these days;
    `kept_visits`: planned for others, which stay with who is away."""

    households: list[Ref]
    open_alerts: int
    visits: list[VisitCarried]
    kept_visits: int
