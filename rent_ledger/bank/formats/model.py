"""What a bank file says, whatever its format: statements of accounts, their entries and their balances."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple

from common.errors import UnreadableFile
from common.typography import counted

ZERO = Decimal(0)
MAX_BYTES = 50_000_000
"""A bigger file is refused before anything of it is looked at."""
MAX_ERRORS = 50
"""Beyond that many lines, a list of errors helps nobody."""


@dataclass(frozen=True, slots=True)
class ReadDetail:
    """One transaction of a batch. `amount` is None where the bank gives only the total; `credit` as for entries."""

    amount: Decimal | None
    credit: bool
    currency: str = ""
    end_to_end: str = ""
    structured_reference: str = ""
    mandate: str = ""
    bank_reference: str = ""
    remittance: str = ""
    counterparty_name: str = ""
    counterparty_iban: str = ""
    return_reason: str = ""
    ultimate_name: str = ""
    counterparty_address: str = ""


class ReadEntry(NamedTuple):
    """One line of a statement. Absent texts are ''.

    `amount` is ≥ 0 and `credit` gives its sign. `booking_day` is the entry's own, else its value day, else the
    statement's closing day (some banks date only the statement). `label` joins all that the bank prints;
    `remittance` is only what the payer wrote. `bank_reference` is the servicer's own (AcctSvcrRef), which alone
    identifies a line; `entry_reference` (NtryRef, CFONB reference zone) may repeat. `details` is filled for batches
    (two transactions or more); with one transaction its data are the entry's own. `transactions` counts them.
    `ultimate_name`: for whom the counterparty paid (or received), where the bank names somebody else.
    """

    booked: bool
    status: str
    credit: bool
    amount: Decimal
    currency: str
    booking_day: date
    value_day: date | None = None
    label: str = ""
    remittance: str = ""
    bank_reference: str = ""
    entry_reference: str = ""
    end_to_end: str = ""
    structured_reference: str = ""
    mandate: str = ""
    counterparty_name: str = ""
    counterparty_iban: str = ""
    operation_code: str = ""
    return_reason: str = ""
    is_return: bool = False
    reversal: bool = False
    transactions: int = 0
    details: tuple[ReadDetail, ...] = ()
    line: int = 0
    ultimate_name: str = ""
    counterparty_address: str = ""

    @property
    def signed_amount(self) -> Decimal:
        return self.amount if self.credit else -self.amount

    @property
    def content_key(self) -> str:
        """Hash of what the line says, the same in every file that shows it (its place in the file isn't in it)."""
        parts = (
            self.booking_day.isoformat(),
            self.value_day.isoformat() if self.value_day else "",
            "C" if self.credit else "D",
            f"{self.amount.normalize():f}",
            self.currency,
            self.label,
            self.bank_reference,
            self.entry_reference,
            self.end_to_end,
            self.structured_reference,
            self.mandate,
            self.counterparty_name,
            self.counterparty_iban,
            self.operation_code,
            self.return_reason,
        )
        return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class ReadBalance:
    """A balance as the bank gives it: `kind` is its ISO code (OPBD, CLBD…), `amount` signed."""

    kind: str
    amount: Decimal
    currency: str
    day: date | None


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """A statement (Stmt), report (Rpt), notification (Ntfctn) or CFONB 120 statement of one account.

    `account` is the IBAN, another number, or for CFONB `bank-branch-account`; `iban` only where it is one.
    `currency` is the declared one (`declared_currency`), else that of the balances, else of the first entry.
    Figures are over booked entries only.
    """

    kind: str
    account: str
    iban: str | None
    currency: str
    declared_currency: str | None = None
    id: str = ""
    sequence: str = ""
    opening: Decimal | None = None
    closing: Decimal | None = None
    opening_day: date | None = None
    closing_day: date | None = None
    entries: tuple[ReadEntry, ...] = ()
    balances: tuple[ReadBalance, ...] = ()
    owner_name: str = ""

    @property
    def credits(self) -> int:
        return sum(1 for e in self.entries if e.booked and e.credit)

    @property
    def debits(self) -> int:
        return sum(1 for e in self.entries if e.booked and not e.credit)

    @property
    def sum_credits(self) -> Decimal:
        return sum((e.amount for e in self.entries if e.booked and e.credit), ZERO)

    @property
    def sum_debits(self) -> Decimal:
        return sum((e.amount for e in self.entries if e.booked and not e.credit), ZERO)

    @property
    def not_booked(self) -> int:
        return sum(1 for e in self.entries if not e.booked)

    @property
    def gap(self) -> Decimal | None:
        """Closing − (opening + credits − debits), in the account's currency; None when a balance is missing."""
        if self.opening is None or self.closing is None:
            return None
        return self.closing - (self.opening + self.sum_credits - self.sum_debits)

    @property
    def adds_up(self) -> bool | None:
        gap = self.gap
        return None if gap is None else gap == 0

    @property
    def currencies(self) -> frozenset[str]:
        """Currencies of the account, its two balances and its booked entries. With several, the file is refused."""
        found = {self.currency} | {e.currency for e in self.entries if e.booked}
        found |= {b.currency for b in self.balances if b.kind in ("OPBD", "PRCD", "CLBD")}
        return frozenset(found - {""})


@dataclass(frozen=True, slots=True)
class BankFileContent:
    """A file read whole. `format` is `camt.053.001.02`, `CFONB120`… (`camt.053` where the version isn't written)."""

    format: str
    statements: tuple[ReadStatement, ...]
    errors: tuple[str, ...] = field(default=())


def unreadable(errors: list[str], *, filename: str = "", code: str = "unreadable_file") -> UnreadableFile:
    """The refusal of a file for `errors` (at least one), cut to what a person can read."""
    lines = errors[:MAX_ERRORS]
    if len(errors) > MAX_ERRORS:
        lines.append(f"… et {_others(len(errors) - MAX_ERRORS)} du même fichier.")
    name = f"« {filename} » : " if filename else ""
    more = f" (et {_others(len(errors) - 1)})" if len(errors) > 1 else ""
    return UnreadableFile(f"{name}{lines[0]}{more}", errors=lines, code=code)


def _others(count: int) -> str:
    return counted(count, "autre erreur,autres erreurs")


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def to_json(content: BankFileContent) -> dict[str, object]:
    """The content as `import_bank_statement --json` prints it: amounts as decimal strings, null when missing."""
    return {
        "format": content.format,
        "statements": [
            {
                "account": s.account,
                "currency": s.declared_currency,
                "opening": _text(s.opening),
                "closing": _text(s.closing),
                "entries": len(s.entries),
                "credits": s.credits,
                "debits": s.debits,
                "sum_credits": _text(s.sum_credits),
                "sum_debits": _text(s.sum_debits),
                "not_booked": s.not_booked,
                "adds_up": s.adds_up,
            }
            for s in content.statements
        ],
        "errors": list(content.errors),
    }


def unreadable_to_json(error: UnreadableFile) -> dict[str, object]:
    """The same shape for a file that can't be read."""
    return {"format": None, "statements": [], "errors": list(error.errors)}
