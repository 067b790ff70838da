"""What the API takes and gives of the accounts and their statement."""

from datetime import date
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, model_validator

from common import reasons
from office.api_base import Amount, Input, Number, PageQuery, Ref
from rent_ledger.books.codes import AccountKind, Lane

MonthText = Annotated[str, Field(pattern=r"^(19|2[01])\d{2}-(0[1-9]|1[0-2])$", examples=["2026-12"])]


class ExplanationShown(Schema):
    """What an amount is made of: parts that add up to it, with the rule or text that decided."""

    label: str
    amount: Amount | None
    on: date | None
    detail: str
    rule: str
    children: list["ExplanationShown"]

    @classmethod
    def of(cls, reason: reasons.Reason) -> dict[str, Any]:
        """A reason in French, with the year of each day."""
        return {
            "label": reason.text(),
            "amount": reason.amount,
            "on": reason.on,
            "detail": reason.detail.text() if reason.detail else "",
            "rule": reason.rule.text() if reason.rule else "",
            "children": [cls.of(part) for part in reason.parts],
        }


class Place(Input):
    """An account, or a lease (its account is made where it was never billed)."""

    account_id: int | None = None
    lease_id: int | None = None

    @model_validator(mode="after")
    def one_place(self) -> Any:
        if (self.account_id is None) == (self.lease_id is None):
            raise ValueError("account_id or lease_id")
        return self


class AccountQuery(PageQuery):
    lease_id: int | None = None
    household_id: int | None = None


class StateShown(Schema):
    """What an account owes as of a day. `debt`: due by then; `upcoming`: asked already, due later; `credit`: paid in
    advance; `spread`: what a signed plan asks by instalments of later days; `total` = `debt` + `upcoming` + `spread` −
    `credit`. `arrears`: past due and not held; `aid_pending` is never
    arrears."""

    as_of: date
    debt: Amount
    arrears: Amount
    held: Amount
    credit: Amount
    upcoming: Amount
    spread: Amount
    total: Amount
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
    """The lines, oldest first. `before`: what was owed before the first of them. `coming`: what was asked already and
    falls due after `day`, `upcoming` its sum; `due`, `received` and `remaining` don't count it."""

    account_id: int
    day: date
    year: int | None
    before: Amount
    due: Amount
    received: Amount
    remaining: Amount
    lines: list[StatementLineShown]
    upcoming: Amount
    coming: list[StatementLineShown]
