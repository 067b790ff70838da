"""The input of matching (a line, accounts, demands, payments, payers) and its result, a verdict (row 27)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from common.codes import Code
from common.money import ZERO
from common.reasons import Reason
from rent_ledger.matching.rules.names import PersonName


class Verdict(Code):
    SURE = "SURE"
    PROPOSED = "PROPOSED"
    TO_PLACE = "TO_PLACE"
    RETURN = "RETURN"
    BENEFIT = "BENEFIT"
    OTHER = "OTHER"


class Rule(Code):
    """Which rule decided (stored with the match)."""

    REFERENCE = "REFERENCE"
    DEMAND = "DEMAND"
    IBAN = "IBAN"
    NAME = "NAME"
    RETURN = "RETURN"
    BENEFIT = "BENEFIT"
    CHEQUES = "CHEQUES"
    FEES = "FEES"
    OUTGOING = "OUTGOING"
    PERSON = "PERSON"
    NONE = ""


class LineFacts(NamedTuple):
    """What a line says. `amount` is signed. IBAN without spaces."""

    amount: Decimal
    booking_day: date
    label: str = ""
    name: str = ""
    iban: str = ""
    end_to_end: str = ""
    structured_reference: str = ""
    mandate: str = ""
    operation_code: str = ""
    is_return: bool = False

    @property
    def text(self) -> str:
        """Everything that the payer may have written. References are searched in it."""
        return f"{self.structured_reference} {self.end_to_end} {self.label}"


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account that a household pays. `dues`: amounts that one payment may settle (total due, each open term…).

    `owed` is everything not paid, due or not. `net_term` is None before the first demand. `is_current`: still housed.
    """

    id: int
    household_id: int
    household: str
    people: tuple[PersonName, ...]
    payment_reference: str = ""
    net_term: Decimal | None = None
    owed: Decimal = ZERO
    dues: frozenset[Decimal] = frozenset()
    is_current: bool = True


@dataclass(frozen=True, slots=True)
class DemandFacts:
    """An avis that was sent: its account and what it asks."""

    account_id: int
    net: Decimal
    month: date | None = None


@dataclass(frozen=True, slots=True)
class PaidFacts:
    """A payment already in, that a return may undo. `account_id`: None if it is in suspense or on several accounts."""

    line_id: int
    account_id: int | None
    amount: Decimal
    booking_day: date
    iban: str = ""
    end_to_end: str = ""
    structured_reference: str = ""
    mandate: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class PayerFacts:
    """A benefit payer (CAF, MSA). `name` is a sort key. `awaited`: total → ids of bordereaux without bank credit."""

    id: int
    label: str
    name: str
    iban: str = ""
    awaited: Mapping[Decimal, tuple[int, ...]] = field(default_factory=dict)


class MatchResult(NamedTuple):
    """The verdict. `account_id` where there is one account, `paid_line_id` for a return, `statement_id` for aid.
    `reasons` speak for it, `doubts` against it."""

    verdict: Verdict
    rule: Rule = Rule.NONE
    account_id: int | None = None
    reasons: tuple[Reason, ...] = ()
    doubts: tuple[Reason, ...] = ()
    paid_line_id: int | None = None
    payer_id: int | None = None
    statement_id: int | None = None
