"""Reading who we are."""

from collections.abc import Collection

from office.house.models import Association, IbanChange


def this_association() -> Association | None:
    """Who runs this Ancrage, or None before it is set up. Nothing else knows: one database is one association."""
    return Association.objects.first()


def granted_refund_ibans(payee_ids: Collection[int]) -> set[tuple[int, str]]:
    """(account, IBAN) of the refunds of these accounts that a second person confirmed. One query."""
    rows = IbanChange.objects.filter(payee_id__in=payee_ids, is_granted=True)
    return {(account, iban) for account, iban in rows.values_list("payee_id", "iban") if account is not None}
