"""What the API takes and gives of the arrears."""

from datetime import date
from typing import Literal

from ninja import Schema
from pydantic import Field

from leases.contracts.codes import LeaseKind
from leases.contracts.natures import Nature
from office.api_base import Amount, Input, Instant, Number, Page, PageQuery, Ref
from rent_ledger.arrears.codes import (
    CauseCode,
    Decision,
    LetterHoldSource,
    NextStep,
    PayerRoute,
    Regime,
    ReportKind,
    SentBy,
    SignKind,
)
from rent_ledger.books.codes import Action, Lane, PlanEnd
from rent_ledger.books.schemas import ExplanationShown, StateShown


class ArrearsQuery(PageQuery):
    """`age`: the number of a slice of age, as in the totals."""

    lane: Lane | None = None
    age: int | None = Field(None, ge=0, le=4)
    to_decide: bool = False
    mine: bool = False
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
    """One account in arrears, with the one proposed action and its reason. `case_id` is null until a case is open.
    `total` = `debt` (due today) + `upcoming` (due later) + `spread` (what a signed plan asks later) − `credit` (paid in
    advance). `days_late`: since the oldest due day of what is neither paid nor held; `age`: the number of its slice, 0
    where nothing is late."""

    account_id: int
    case_id: int | None
    household: Ref
    lease_reference: str | None
    debt: Amount
    upcoming: Amount
    spread: Amount
    credit: Amount
    total: Amount
    arrears: Amount
    aid_pending: Amount
    terms: Number
    oldest_due: date | None
    days_late: int | None
    age: int
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


class AgeTotalShown(Schema):
    """The accounts whose debt is `least_days` to `most_days` late (null: no end). `age` 0: nothing of it is late."""

    age: int
    least_days: int | None
    most_days: int | None
    count: int
    amount: Amount


class ArrearsTotals(Schema):
    """Every lane, and every slice of age, without names: two ways to part the same accounts."""

    lanes: list[LaneTotalShown]
    ages: list[AgeTotalShown]
    banks: list[BankKnownShown]


class LegalShown(Schema):
    """The legal definition of impayé applied to the account under its regime. `counts_from`: the day from which the
    oldest debt that counts is a default for the law, later than the case's first default after a return."""

    regime: Regime
    base: Amount | None
    debt: Amount
    counts_from: date | None
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
    """`undone_at`: it was taken back then, and counts no more."""

    id: int
    proposed: Action
    decision: Decision
    action: str
    reason: str
    decided_at: Instant
    author: Ref | None
    undone_at: Instant | None


class AnswerShown(Schema):
    """What the social service lets the debt file know, and nothing else."""

    id: int
    contact_made: bool
    cause: CauseCode
    hold_until: date | None
    plan_asked: bool
    plan_amount: Amount | None
    next_step: NextStep | Literal[""]
    next_step_on: date | None
    answered_at: Instant


class HelpRequestShown(Schema):
    id: int
    case_id: int
    requested_at: Instant
    withdrawn_at: Instant | None


class NatureDebtShown(Schema):
    """What is due of one nature; `held` of it is in a plan, frozen or disputed. Whether it counts for the threshold of
    the housing benefits, and for the CCAPEX."""

    nature: Nature
    amount: Amount
    held: Amount
    counts_for_benefit: bool
    counts_for_ccapex: bool


class CaseDetail(Schema):
    """An arrears case. `first_default_on`: the day after the oldest due day that was unpaid when it opened; it never
    moves. `days_late` and `age` as in the list; `natures` add up to `state.debt` + `state.spread`. `answers` is null
    for who does not read them."""

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
    ccapex_on: date | None
    closed_on: date | None
    state: StateShown | None
    days_late: int | None
    age: int
    natures: list[NatureDebtShown]
    action: Action | None
    reason: str
    trace: list[str]
    legal: LegalShown | None
    bank_known_until: date | None
    holds: list[HoldShown]
    decisions: list[DecisionShown]
    answers: list[AnswerShown] | None
    open_request: HelpRequestShown | None


class ReportAidShown(Schema):
    kind: str
    number: str
    amount: Amount


class ReportMonthShown(Schema):
    """What was left to pay of a month (`2026-11`)."""

    month: str
    left: Amount


class ReportStepShown(Schema):
    on: date
    what: str


class ReportFactsShown(Schema):
    """What a report tells, as of its day: the letter, as data. `home`: lines of the address, empty where it is
    protected. `steps`: what was done to be paid."""

    household: str
    home: list[str]
    lease: str
    contract: str
    start: date
    aid: ReportAidShown | None
    threshold: Amount | None
    months: list[ReportMonthShown]
    total: Amount
    steps: list[ReportStepShown]


class PayerReportShown(Schema):
    """A report of a case to the payer or to the CCAPEX. `step`: what is waited for once it has left, until
    `step_due_on`; empty before, and of a signal."""

    id: int
    kind: ReportKind
    payer: Ref | None
    since_on: date
    due_on: date | None
    drawn_on: date
    sent_on: date | None
    sent_by: SentBy | None
    route: PayerRoute | None
    answered_on: date | None
    step: str
    step_due_on: date | None
    facts: ReportFactsShown


class DeadlineQuery(PageQuery):
    """`prepared`: a report is ready to be sent, or not."""

    prepared: bool | None = None


class DeadlineShown(Schema):
    """What is to tell a payer by `due_on`: of a case since it was constituted, or of a departure (`lease_id`). `left`:
    days until then, less than 0 once it is past. `prepared_id`: its report, not sent yet."""

    due_on: date
    left: int
    household: Ref
    since_on: date
    case_id: int | None
    lease_id: int | None
    prepared_id: int | None


class OpenReportShown(Schema):
    """A report that left, of an impayé whose case is open. `step`: what is waited for, until `step_due_on`."""

    id: int
    household: Ref
    case_id: int
    payer: Ref | None
    since_on: date
    sent_on: date
    route: PayerRoute | None
    answered_on: date | None
    step: str
    step_due_on: date | None


class SignShown(Schema):
    """What an account showed before a debt stood: its facts, when it began and when it was known."""

    id: int
    kind: SignKind
    since: date
    known_on: date
    reason: str


class WatchedShown(Schema):
    """An account with early signs and nothing to decide."""

    account_id: int
    household: Ref | None
    lease_reference: str | None
    signs: list[SignShown]


class PlanInstalmentShown(Schema):
    """`left`: what is not paid of it, null in a plan that is over."""

    due_on: date
    amount: Amount
    left: Amount | None
    is_late: bool


class PlanShown(Schema):
    """A plan: a draft until it is signed. `total`: what it covers and still stands, `left`: what is left of it; both
    null once it is over. `broken_due_on`, `broken_missing`: of a broken one, the due day of what was unpaid, and what
    was missing then."""

    id: int
    replaces_id: int | None
    signed_on: date | None
    ended_on: date | None
    end: PlanEnd | None
    broken_due_on: date | None
    broken_missing: Amount | None
    total: Amount | None
    left: Amount | None
    instalments: list[PlanInstalmentShown]


class DecisionIn(Input):
    """`expected`: the action that the person saw; refused where another is proposed by now. `plan_until`: the last day
    of a plan that was asked, and is accepted. `is_reread`: a reason that touches health, offences or opinions, or
    judges, is refused (`caution`) until it comes with this."""

    decision: Decision
    action: Action | None = None
    reason: str = Field("", max_length=200)
    pause_until: date | None = None
    plan_until: date | None = None
    expected: Action | None = None
    is_reread: bool = False
