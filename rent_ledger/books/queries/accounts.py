"""Reads of accounts for the apps above, which must not query the ledger's tables themselves."""

from datetime import date

from rent_ledger.books.codes import AccountKind
from rent_ledger.books.models import Account, OpenItem


def tenant_account(lease_id: int) -> int | None:
    """Id of the tenant account of a lease; None while it is in preparation."""
    return Account.objects.filter(lease_id=lease_id, kind=AccountKind.TENANT).values_list("pk", flat=True).first()


def overdue_debts(account_id: int, *, day: date) -> list[int]:
    """Ids of the debts of an account due before `day` with something left, oldest first."""
    items = OpenItem.objects.filter(account_id=account_id, is_debit=True, due_on__lt=day).order_by("due_on")
    return list(items.values_list("posting_id", flat=True))
