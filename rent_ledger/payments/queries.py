"""Money taken at the desk: the day's list, and the receipt of one payment."""

from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from common.money import ZERO
from leases.models import Household
from office.access.actor import Actor
from rent_ledger.books.codes import EntryKind, PaymentMethod
from rent_ledger.books.models import Entry
from rent_ledger.payments.models import Payment

_REVERSALS = Entry.objects.filter(reverses=OuterRef("entry"))
_CANCELLATIONS = _REVERSALS.exclude(kind=EntryKind.RETURN)
_RETURNS = _REVERSALS.filter(kind=EntryKind.RETURN)


def payments_for(*, actor: Actor) -> QuerySet[Payment]:
    """Payments of the households that the actor sees, newest first.

    With `is_cancelled` (typed by mistake) and `is_returned` (a cheque that the bank sent back).
    """
    return (
        Payment.objects.filter(account__household__in=Household.objects.visible_to(actor))
        .select_related("account__household", "account__lease", "author")
        .annotate(
            is_cancelled=Exists(_CANCELLATIONS),
            is_returned=Exists(_RETURNS.filter(reversed_by=None)),
        )
        .order_by("-id")
    )


def taken_on(day: date, *, actor: Actor) -> list[tuple[str, int, Decimal]]:
    """(method, how many, sum) of what was received on `day`, without the cancelled ones. A cheque that came back since
    was received."""
    rows = (
        payments_for(actor=actor)
        .filter(~Exists(_CANCELLATIONS), received_on=day)
        .order_by()
        .values_list("method")
        .annotate(n=Count("id"), total=Sum("amount"))
    )
    found = {method: (n, total) for method, n, total in rows}
    return [(m.label, *found.get(m, (0, ZERO))) for m in PaymentMethod]
