"""What the writers take: a statement of one French account, with its entries in order."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenEntry:
    """`amount` is signed, in cents' precision. `label` ≤ 140 characters, references ≤ 35, `bank_reference` ≤ 16.

    `mandate` makes it a direct debit, `return_reason` (ISO code such as AM04, or a CFONB two-digit code) its return.
    """

    label: str
    amount: Decimal
    booking_day: date
    value_day: date | None = None
    name: str = ""
    iban: str = ""
    end_to_end: str = ""
    structured_reference: str = ""
    mandate: str = ""
    return_reason: str = ""
    bank_reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenStatement:
    """`iban` is ours; `closing` follows from the entries. `opening_day` is the day of the balance before the first."""

    iban: str
    opening: Decimal
    opening_day: date
    closing_day: date
    entries: tuple[WrittenEntry, ...] = ()
    sequence: int = 1
    currency: str = "EUR"
    owner_name: str = ""

    @property
    def closing(self) -> Decimal:
        return sum((e.amount for e in self.entries), self.opening)

    @property
    def id(self) -> str:
        return f"{self.iban[-14:]}-{self.closing_day:%Y%m%d}-{self.sequence}"
