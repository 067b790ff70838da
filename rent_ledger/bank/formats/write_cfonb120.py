"""Writer of CFONB 120 statements. For the demo's bank and for tests."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from rent_ledger.bank.formats.accounts import bban_account
from rent_ledger.bank.formats.cfonb120 import encode_amount
from rent_ledger.bank.formats.written import WrittenEntry, WrittenStatement

# What Latin-1 lacks; any other such character becomes "?".
_PLAIN = str.maketrans({"’": "'", "‘": "'", "œ": "oe", "Œ": "OE", "€": "EUR", "–": "-", "—": "-", "…": "..."})


def write_cfonb120(statements: Sequence[WrittenStatement], *, line_end: str = "\r\n") -> bytes:
    """A CFONB 120 file in Latin-1; `line_end` may be ''. Raises `ValueError` for an account that isn't French."""
    records = [record for statement in statements for record in _statement(statement)]
    return "".join(record + line_end for record in records).encode("latin-1", "replace")


def _statement(statement: WrittenStatement) -> list[str]:
    bban = bban_account(statement.iban)
    if bban is None:
        raise ValueError(f"not a French account: {statement.iban}")
    bank, branch, account = bban.split("-")
    currency = statement.currency
    records = [_balance("01", bank, branch, account, currency, statement.opening_day, statement.opening)]
    for number, entry in enumerate(statement.entries, 1):
        operation = _operation(entry)
        reason = entry.return_reason if len(entry.return_reason) == 2 else ""
        label = _text(entry.label, 140)
        records.append(
            f"04{bank}    {branch}{currency}2 {account}{operation}{entry.booking_day:%d%m%y}{reason:2}"
            f"{entry.value_day or entry.booking_day:%d%m%y}{label[:31]:31}  {number % 10**7:07d}00"
            f"{encode_amount(_cents(entry.amount))}{_text(entry.bank_reference, 16):16}"
        )
        prefix = f"05{bank}    {branch}{currency}2 {account}{operation}{entry.booking_day:%d%m%y}     "
        records += [f"{prefix}{qualifier}{text:70}  " for qualifier, text in _complements(entry, label)]
    records.append(_balance("07", bank, branch, account, currency, statement.closing_day, statement.closing))
    return records


def _balance(code: str, bank: str, branch: str, account: str, currency: str, day: date, amount: Decimal) -> str:
    return f"{code}{bank}    {branch}{currency}2 {account}  {day:%d%m%y}{'':50}{encode_amount(_cents(amount))}{'':16}"


def _complements(entry: WrittenEntry, label: str) -> list[tuple[str, str]]:
    """The records 05 of an entry: qualifier and up to 70 characters."""
    # A return keeps the parties of the payment that it undoes.
    from_payer = (entry.amount >= 0) != bool(entry.return_reason)
    found: list[tuple[str, str]] = []
    if entry.name:
        found.append(("NPY" if from_payer else "NBE", _text(entry.name, 70)))
    if entry.iban:
        found.append(("CPY" if from_payer else "CBE", _text(entry.iban, 34)))
    if len(label) > 31:
        found.append(("LCC", label[:70]))
        if len(label) > 70:
            found.append(("LC2", label[70:]))
    if entry.structured_reference:
        found.append(("LCS", _text(entry.structured_reference, 35)))
    if entry.end_to_end:
        found.append(("RCN", _text(entry.end_to_end, 35)))
    if entry.mandate:
        found.append(("RUM", f"{_text(entry.mandate, 35):35}RCUR"))
    if len(entry.return_reason) > 2:
        found.append(("LIB", f"MOTIF REJET {_text(entry.return_reason, 4)}"))
    return found


def _operation(entry: WrittenEntry) -> str:
    """Interbank code: 05 and 06 transfers in and out, A1 and B1 direct debits, B3 and 12 returns."""
    if entry.mandate:
        return "B3" if entry.return_reason else "A1" if entry.amount >= 0 else "B1"
    if entry.return_reason:
        return "12"
    return "05" if entry.amount >= 0 else "06"


def _cents(amount: Decimal) -> int:
    cents = amount.scaleb(2)
    if cents != cents.to_integral_value():
        raise ValueError(f"more than two decimals: {amount}")
    return int(cents)


def _text(text: str, length: int) -> str:
    plain = " ".join(text.translate(_PLAIN).split())
    printable = "".join(char if char.isprintable() else " " for char in plain)
    return printable[:length].rstrip()
