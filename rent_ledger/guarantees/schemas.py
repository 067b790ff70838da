"""What the API gives of the guarantees and of what was asked of guarantors."""

from datetime import date
from typing import Literal

from ninja import Schema

from leases.contracts.codes import GuaranteeCover, GuaranteeKind
from leases.contracts.natures import Nature
from office.api_base import Amount, Instant, PageQuery, Ref, Span
from rent_ledger.guarantees.codes import Answer, CallState, ClaimState, Refusal


class GuaranteeQuery(PageQuery):
    """`state`: where something is to do, is awaited of the guarantor, was paid by him."""

    state: Literal["to_do", "awaited", "paid"] | None = None


class CallShown(Schema):
    """What is to do about a guarantor today, and why. `most`: what may be asked; `since`: from when; `by`: the last day
    in time; `notice_by`: by when the household is put on notice, for a body."""

    state: CallState
    reason: str
    most: Amount
    since: date | None
    by: date | None
    notice_by: date | None


class GuaranteeListed(Schema):
    """A guarantee of a contract. `call`: null before the contract has an account. `ceiling`: the most that it pays in
    all, null where it has none, or says it in months of a rent that is not asked yet. `asked`, `paid`, `awaited`: of
    the claims that stand."""

    id: int
    lease_id: int
    lease_reference: str
    household: Ref
    kind: GuaranteeKind
    guarantor: str
    reference: str
    covers: GuaranteeCover
    period: Span
    ceiling: Amount | None
    call: CallShown | None
    asked: Amount
    paid: Amount
    awaited: Amount


class ClaimItemShown(Schema):
    """A debt that a claim names, and how much of it is asked."""

    posting_id: int
    nature: Nature
    due_on: date
    for_month: date | None
    amount: Amount


class GuarantorPaymentShown(Schema):
    """What the guarantor paid. Undone, its debts are owed to the association again. `reference`: null to who reads no
    case."""

    id: int
    amount: Amount
    paid_on: date
    reference: str | None
    undone_at: Instant | None


class ClaimShown(Schema):
    """What was asked of a guarantor. `due_on`: the last day in time, as known then. `accepted`: what he agreed to pay.
    `awaited`: what he may still pay of it; `to_give_back`: what he paid and the household did not owe."""

    id: int
    asked_on: date
    due_on: date | None
    is_late: bool
    amount: Amount
    reference: str
    state: ClaimState
    answer: Answer | None
    answered_on: date | None
    accepted: Amount | None
    refused_why: Refusal | None
    paid: Amount
    awaited: Amount
    to_give_back: Amount
    withdrawn_at: Instant | None
    items: list[ClaimItemShown]
    payments: list[GuarantorPaymentShown]


class GuaranteeShown(GuaranteeListed):
    """One, with its claims, the latest first. `owed_to_guarantors`: what the household owes to those who paid for it,
    null before the contract has an account."""

    owed_to_guarantors: Amount | None
    claims: list[ClaimShown]
