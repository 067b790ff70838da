"""What the bank tests share: statements written as a bank would, and who drops them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from office.access.actor import Actor
from office.models import BankAccount
from rent_ledger.bank.formats.write_camt053 import write_camt053
from rent_ledger.bank.formats.write_cfonb120 import write_cfonb120
from rent_ledger.bank.formats.written import WrittenEntry, WrittenStatement
from rent_ledger.bank.services.bank import ImportReport, import_bank_file
from rent_ledger.models import BankLine, Posting
from tests.factories import make_iban

NOV_4 = date(2026, 11, 4)
MANAGER = Actor.system()


def movement(
    amount: str,
    *,
    label: str = "VIREMENT",
    day: date = NOV_4,
    name: str = "",
    iban: str = "",
    reference: str = "",
    end_to_end: str = "",
    mandate: str = "",
    reason: str = "",
    bank_reference: str = "",
) -> WrittenEntry:
    return WrittenEntry(
        label=label, amount=Decimal(amount), booking_day=day, name=name, iban=iban, structured_reference=reference,
        end_to_end=end_to_end, mandate=mandate, return_reason=reason, bank_reference=bank_reference,
    )  # fmt: skip


def written(
    account: BankAccount | str,
    *entries: WrittenEntry,
    opening: str = "1000.00",
    opening_day: date = date(2026, 11, 3),
    closing_day: date = NOV_4,
    sequence: int = 1,
    currency: str = "EUR",
) -> WrittenStatement:
    return WrittenStatement(
        iban=account if isinstance(account, str) else account.iban, opening=Decimal(opening), opening_day=opening_day,
        closing_day=closing_day, entries=entries, sequence=sequence, currency=currency,
    )  # fmt: skip


def camt(*statements: WrittenStatement) -> bytes:
    return write_camt053(statements)


def cfonb(*statements: WrittenStatement) -> bytes:
    return write_cfonb120(statements)


def drop(data: bytes, *, name: str = "releve.xml", actor: Actor = MANAGER, **options: bool) -> ImportReport:
    return import_bank_file(data=data, name=name, actor=actor, **options)


def payer_iban(number: int) -> str:
    """The IBAN of somebody who pays."""
    return make_iban(number=90_000_000 + number)


def states() -> Sequence[tuple[str, Decimal]]:
    return list(BankLine.objects.order_by("id").values_list("state", "amount"))


def balance(account: int) -> Decimal:
    """What an account has been debited, less what it has been credited."""
    debit = Posting.objects.filter(debit_id=account).aggregate(s=Sum("amount"))["s"] or Decimal(0)
    credit = Posting.objects.filter(credit_id=account).aggregate(s=Sum("amount"))["s"] or Decimal(0)
    return Decimal(debit - credit)
