"""Reads of accounts for the apps above, which must not query the ledger's tables themselves."""

from rent_ledger.books.codes import AccountKind
from rent_ledger.books.models import Account


def tenant_account(lease_id: int) -> int | None:
    """Id of the tenant account of a lease; None while it is in preparation."""
    return Account.objects.filter(lease_id=lease_id, kind=AccountKind.TENANT).values_list("pk", flat=True).first()
