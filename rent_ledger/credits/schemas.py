"""What the API gives of the credits of households."""

from datetime import date

from ninja import Schema

from office.api_base import Amount, Instant, PageQuery, Ref
from rent_ledger.credits.codes import CreditStanding, CreditUse


class CreditQuery(PageQuery):
    standing: CreditStanding | None = None


class CreditShown(Schema):
    """What an account has free, by where it comes from: `amount` = `paid` + `aid` (beyond the rent) + `corrected`.
    `since`: the day of the oldest part. `is_gone`: the contract is over. `choice_id`, `until`, `asked`: what was
    decided of it and holds; `refunded`: what the bank has shown of a refund."""

    account_id: int
    household: Ref | None
    lease_reference: str | None
    amount: Amount
    since: date
    paid: Amount
    aid: Amount
    corrected: Amount
    is_gone: bool
    standing: CreditStanding
    choice_id: int | None
    until: date | None
    asked: Amount | None
    refunded: Amount | None


class CreditChoiceShown(Schema):
    """What was decided of a credit. `until`: to look again after this day; `amount`: of a refund. `iban_end`: the last
    four characters of where it is paid, for who may pay it. `replaced_at`: by the next one."""

    id: int
    use: CreditUse
    until: date | None
    amount: Amount | None
    iban_end: str | None
    recorded_at: Instant
    author: Ref | None
    replaced_at: Instant | None
    undone_at: Instant | None
    undone_by: Ref | None


class CreditDetail(Schema):
    """`credit`: null once nothing is free. `choices`: all that was decided, the latest first."""

    account_id: int
    credit: CreditShown | None
    choices: list[CreditChoiceShown]


class RefundTransferShown(Schema):
    """A refund in a file. `is_live`: its file is not withdrawn, and the bank has not refused it."""

    id: int
    choice_id: int
    account_id: int
    name: str
    iban_end: str
    amount: Amount
    is_live: bool


class RefundFileShown(Schema):
    """A file of transfers for the bank. `handed_at`: it was given to the bank; `withdrawn_at`: it never will be.
    `sha256`: of the file."""

    id: int
    reference: str
    bank_account: Ref
    execute_on: date
    count: int
    total: Amount
    sha256: str
    made_at: Instant
    handed_at: Instant | None
    withdrawn_at: Instant | None
    transfers: list[RefundTransferShown]
