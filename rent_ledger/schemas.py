"""What the API of accounts, runs, bank and arrears takes and gives."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, model_validator

from leases.enums import LeaseKind
from office.api_base import Amount, AmountIn, Input, Instant, Number, Page, PageQuery, Ref, Span
from office.schemas import JobListed
from rent_ledger.enums import (
    AccountKind,
    Action,
    BenefitKind,
    CauseCode,
    Decision,
    Lane,
    LetterHoldSource,
    LineState,
    PaymentMethod,
    Regime,
    RunState,
    StatementState,
)

MonthText = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-12"])]


class ExplanationShown(Schema):
    """What an amount is made of: parts that add up to it, with the rule or text that decided."""

    label: str
    amount: Amount | None
    on: date | None
    detail: str
    rule: str
    children: list["ExplanationShown"]


# -- benefits -------------------------------------------------------------------------------------------------------


class BenefitRightIn(Input):
    """A monthly benefit from `start` on. `end`: the first day without it. A change is a new right."""

    payer_id: int
    kind: BenefitKind
    beneficiary_number: str = Field(min_length=1, max_length=15)
    amount: AmountIn = Field(ge=0)
    start: date
    end: date | None = None
    is_direct: bool = True
    reason: str = Field("", max_length=120)


class BenefitEndIn(Input):
    """`on`: the first day without it."""

    on: date
    reason: str = Field("", max_length=120)


class BenefitRightShown(Schema):
    id: int
    payer: Ref
    kind: BenefitKind
    beneficiary_number: str
    amount: Amount
    is_direct: bool
    period: Span
    reason: str


# -- runs -----------------------------------------------------------------------------------------------------------


class RunIn(Input):
    """`lease_ids`: some leases only (those of the month that came late)."""

    month: MonthText
    lease_ids: list[int] | None = Field(None, min_length=1, max_length=10_000)


class PreviewQuery(PageQuery):
    """`show`: the leases whose amount differs from last month, the same ones, all."""

    month: MonthText
    show: Literal["changed", "same", "all"] = "changed"
    q: str = ""


class DifferenceShown(Schema):
    code: str
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


class DemandShown(Schema):
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


# -- bank -----------------------------------------------------------------------------------------------------------


class BankFileOptions(Schema):
    """`dry_run`: say what the import would do, write nothing. `accept_gap`: take a statement whose balances differ."""

    dry_run: bool = False
    accept_gap: bool = False


class StatementReportShown(Schema):
    """What became of one statement of the file. `gap` is null where a balance lacks."""

    id: int | None
    account: str
    first_day: date | None
    last_day: date | None
    opening: Amount | None
    closing: Amount | None
    entries: int
    new: int
    known: int
    not_booked: int
    gap: Amount | None
    state: str
    warnings: list[str]


class ImportShown(Schema):
    """What an import did, or would do where `is_written` is false. Counts are of new lines."""

    file_id: int | None
    format: str
    is_written: bool
    new: int
    known: int
    sure: int
    proposed: int
    to_place: int
    other: int
    statements: list[StatementReportShown]


class StatementQuery(PageQuery):
    state: StatementState | None = None


class StatementListed(Schema):
    id: int
    bank_account: Ref
    file: str
    first_day: date | None
    last_day: date | None
    opening: Amount | None
    closing: Amount | None
    entries: int
    gap: Amount
    state: StatementState


class BankLineQuery(PageQuery):
    state: LineState | None = None
    statement_id: int | None = None


class Reason(Schema):
    """A fact for or against a match."""

    text: str
    ok: bool


class MatchShown(Schema):
    """A line laid on an account, or proposed to be, with its facts."""

    id: int
    account_id: int
    account: str
    amount: Amount
    rule: str
    reasons: list[Reason]
    is_accepted: bool


class BankLineShown(Schema):
    """A booked movement; `amount` is signed."""

    id: int
    statement_id: int
    booking_day: date
    value_day: date | None
    amount: Amount
    label: str
    counterparty_name: str
    structured_reference: str
    is_return: bool
    state: LineState
    reasons: list[Reason]
    matches: list[MatchShown]


class AcceptIn(Input):
    """The proposal that was seen."""

    match_id: int


class _Place(Input):
    """An account, or a lease (its account is made where it was never billed)."""

    account_id: int | None = None
    lease_id: int | None = None

    @model_validator(mode="after")
    def one_place(self) -> Any:
        if (self.account_id is None) == (self.lease_id is None):
            raise ValueError("account_id or lease_id")
        return self


class ShareIn(_Place):
    amount: AmountIn = Field(gt=0)


class PlaceIn(Input):
    """Where the money goes. The shares add up to the line."""

    shares: list[ShareIn] = Field(min_length=1, max_length=50)


class LeaveIn(Input):
    reason: str = Field("", max_length=200)


# -- payments -------------------------------------------------------------------------------------------------------


class PaymentIn(_Place):
    """Money taken at the desk, today or before."""

    method: PaymentMethod
    amount: AmountIn = Field(gt=0)
    received_on: date
    payer: str = Field("", max_length=120)
    note: str = Field("", max_length=140)


class PaymentShown(Schema):
    """`number`: of its receipt."""

    id: int
    number: int
    account_id: int
    method: PaymentMethod
    amount: Amount
    received_on: date
    payer: str


# -- accounts -------------------------------------------------------------------------------------------------------


class AccountQuery(PageQuery):
    lease_id: int | None = None
    household_id: int | None = None


class StateShown(Schema):
    """What an account owes as of a day. `arrears`: past due and not held; `aid_pending` is never arrears."""

    as_of: date
    debt: Amount
    arrears: Amount
    held: Amount
    credit: Amount
    upcoming: Amount
    aid_pending: Amount
    terms: Number
    oldest_due: date | None
    in_debt_since: date | None
    last_payment_on: date | None
    last_payment: Amount | None
    lane: Lane


class AccountShown(Schema):
    id: int
    kind: AccountKind
    label: str
    household: Ref | None
    lease_id: int | None
    state: StateShown | None


class StatementLineShown(Schema):
    """`remaining`: what the household owes after this line, below zero in advance."""

    entry_id: int
    on: date
    title: str
    detail: str
    due: Amount
    received: Amount
    aid: Amount
    remaining: Amount
    is_reversed: bool


class AccountStatementShown(Schema):
    """The lines, oldest first. `before`: what was owed before the first of them."""

    account_id: int
    day: date
    year: int | None
    before: Amount
    due: Amount
    received: Amount
    remaining: Amount
    lines: list[StatementLineShown]


# -- arrears --------------------------------------------------------------------------------------------------------


class ArrearsQuery(PageQuery):
    lane: Lane | None = None
    to_decide: bool = False
    lease_kind: LeaseKind | None = None
    q: str | None = None
    sort: Literal["since", "debt", "terms", "last_payment", "household"] = "since"
    descending: bool = False


class BankKnownShown(Schema):
    """Up to which day the statements of one of our accounts are known."""

    bank_account_id: int
    label: str
    until: date | None


class ArrearsLine(Schema):
    """One account in arrears, with the one proposed action and its reason. `case_id` is null until a case is open."""

    account_id: int
    case_id: int | None
    household: Ref
    lease_reference: str | None
    debt: Amount
    arrears: Amount
    aid_pending: Amount
    terms: Number
    oldest_due: date | None
    last_payment_on: date | None
    lane: Lane
    action: Action | None
    reason: str


class ArrearsPage(Page[ArrearsLine]):
    banks: list[BankKnownShown]


class LaneTotalShown(Schema):
    lane: Lane
    count: int
    amount: Amount
    to_decide: int


class ArrearsTotals(Schema):
    """Every lane, without names."""

    lanes: list[LaneTotalShown]
    banks: list[BankKnownShown]


class LegalShown(Schema):
    """The legal definition of impayé applied to the account under its regime."""

    regime: Regime
    base: Amount | None
    debt: Amount
    first_default_on: date | None
    threshold_on: date | None
    report_due_on: date | None
    explanation: ExplanationShown


class HoldShown(Schema):
    """A pause of the letters, `until` included."""

    id: int
    source: LetterHoldSource
    from_day: date
    until: date
    lifted_at: Instant | None


class DecisionShown(Schema):
    id: int
    proposed: Action
    decision: Decision
    action: str
    reason: str
    decided_at: Instant
    author: Ref | None


class AnswerShown(Schema):
    """What the social service lets the debt file know, and nothing else."""

    id: int
    contact_made: bool
    cause: CauseCode
    hold_until: date | None
    plan_asked: bool
    plan_amount: Amount | None
    next_step: str
    answered_at: Instant


class HelpRequestShown(Schema):
    id: int
    case_id: int
    requested_at: Instant


class CaseDetail(Schema):
    """An arrears case. `answers` is null for who does not read them."""

    id: int
    account_id: int
    household: Ref
    lease_id: int | None
    opened_on: date
    first_default_on: date
    opening_debt: Amount
    regime: Regime
    constituted_on: date | None
    report_due_on: date | None
    reported_on: date | None
    closed_on: date | None
    state: StateShown | None
    action: Action | None
    reason: str
    trace: list[str]
    legal: LegalShown | None
    bank_known_until: date | None
    holds: list[HoldShown]
    decisions: list[DecisionShown]
    answers: list[AnswerShown] | None
    open_request: HelpRequestShown | None


class DecisionIn(Input):
    """`expected`: the action that the person saw; refused where another is proposed by now."""

    decision: Decision
    action: Action | None = None
    reason: str = Field("", max_length=200)
    pause_until: date | None = None
    expected: Action | None = None
