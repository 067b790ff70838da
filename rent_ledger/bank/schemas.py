"""What the API takes and gives of the bank."""

from datetime import date
from typing import Literal

from ninja import Schema
from pydantic import Field

from office.api_base import Amount, AmountIn, Input, PageQuery, Ref
from rent_ledger.bank.codes import LineState, Outgoing, StatementState
from rent_ledger.books.schemas import Place


class BankFileOptions(Schema):
    """`dry_run`: say what the import would do, write nothing. `accept_gap`: take a statement whose balances differ.
    `leave_unknown`: leave out the statements of accounts that are not the association's."""

    dry_run: bool = False
    accept_gap: bool = False
    leave_unknown: bool = False


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
    withdrawn_why: str


class WithdrawIn(Input):
    """What was wrong with the statement."""

    reason: str = Field(min_length=1, max_length=200)


class BankLineQuery(PageQuery):
    state: LineState | None = None
    statement_id: int | None = None


class Reason(Schema):
    """A fact for or against a match: its code, and the same in French."""

    code: str
    text: str
    ok: bool


class MatchShown(Schema):
    """A line placed on an account, or proposed for it, with its facts."""

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
    ultimate_name: str
    structured_reference: str
    is_return: bool
    state: LineState
    reasons: list[Reason]
    matches: list[MatchShown]


class AcceptIn(Input):
    """The proposal that was seen."""

    match_id: int


class ShareIn(Place):
    amount: AmountIn = Field(gt=0)


class PlaceIn(Input):
    """Where the money goes. The shares add up to the line. `outgoing`: of a debit, whether a payment comes back or the
    household is refunded; what could be either is refused (`return_or_refund`) until it is said."""

    shares: list[ShareIn] = Field(min_length=1, max_length=50)
    outgoing: Outgoing | Literal[""] = ""


class TieIn(Input):
    """The bordereau whose credit the line is."""

    benefit_statement_id: int


class LeaveIn(Input):
    reason: str = Field("", max_length=200)
