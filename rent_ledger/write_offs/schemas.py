"""What the API gives of write-offs and remissions."""

from datetime import date

from ninja import Schema

from leases.contracts.natures import Nature
from office.api_base import Amount, Instant, PageQuery, Ref
from rent_ledger.write_offs.codes import WriteOffKind, WriteOffState, WriteOffWhy


class WriteOffQuery(PageQuery):
    state: WriteOffState | None = None
    account_id: int | None = None


class WriteOffListed(Schema):
    """What is given up on an account, a loss or a remission. `of_two`: above the ceiling, two people decide.
    `recovered`: what came back of a loss; `lessened`: what was not owed after all, as demands that were corrected since
    say; `left` = `amount` − `lessened` − `recovered`, null unless it stands."""

    id: int
    account_id: int
    household: Ref | None
    lease_reference: str | None
    kind: WriteOffKind
    why: WriteOffWhy
    note: str
    amount: Amount
    lessened: Amount
    recovered: Amount
    left: Amount | None
    of_two: bool
    state: WriteOffState
    asked_by: Ref
    asked_at: Instant
    first_by: Ref | None
    first_at: Instant | None
    decided_by: Ref | None
    decided_at: Instant | None
    answer: str
    undone_at: Instant | None
    undone_why: str


class WriteOffItemShown(Schema):
    """A debt, and how much of it is given up."""

    posting_id: int
    nature: Nature
    due_on: date
    for_month: date | None
    amount: Amount


class RecoveryShown(Schema):
    """Money that came after a loss. Undone, it is free credit again."""

    id: int
    amount: Amount
    recorded_at: Instant
    undone_at: Instant | None


class WriteOffShown(WriteOffListed):
    """One, with its debts and what came back."""

    items: list[WriteOffItemShown]
    recoveries: list[RecoveryShown]
