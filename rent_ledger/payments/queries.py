"""Money taken at the desk: the day's list, and the receipt of one payment."""

from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, QuerySet, Sum
from django.db.models.expressions import RawSQL

from common.money import ZERO
from leases.models import Household
from office.access.actor import Actor
from rent_ledger.books.codes import EntryKind, PaymentMethod
from rent_ledger.books.models import Entry
from rent_ledger.books.queries.standing import ended_by
from rent_ledger.payments.models import Payment

_ENDS = Entry.objects.filter(pk=RawSQL(ended_by('"rent_ledger_payment"."entry_id"'), []))  # noqa: S611
_CANCELLATIONS = _ENDS.exclude(kind=EntryKind.RETURN)
_RETURNS = _ENDS.filter(kind=EntryKind.RETURN)


def payments_for(*, actor: Actor) -> QuerySet[Payment]:
    """Payments of the households that the actor sees, newest first.

    With `is_cancelled` (typed by mistake) and `is_returned` (a cheque that the bank sent back).
    """
    return (
        Payment.objects.filter(account__household__in=Household.objects.visible_to(actor))
        .select_related("account__household", "account__lease", "author")
        .annotate(
            is_cancelled=Exists(_CANCELLATIONS),
            is_returned=Exists(_RETURNS),
        )
        .order_by("-id")
    )


def cancellation_of(payment: Payment) -> Entry | None:
    """The entry by which it was cancelled, None where it stands or the bank sent it back. One query."""
    ends = Entry.objects.filter(pk=RawSQL(ended_by("%s"), [payment.entry_id]))  # noqa: S611
    return ends.exclude(kind=EntryKind.RETURN).first()


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
