"""Money taken at the desk: the day's list, the receipt of one payment, and what it paid."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Exists, QuerySet, Sum
from django.db.models.expressions import RawSQL

from common.codes import with_codes
from common.money import ZERO
from common.periods import Month
from leases.models import Household
from office.access.actor import Actor
from rent_ledger.billing.codes import DemandState, ReceiptKind
from rent_ledger.books.codes import AllocationRule, EntryKind, PaymentMethod
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


@dataclass(frozen=True, slots=True)
class PaidMonth:
    """What a payment gave to one month (euros), what is left of that month, and its papers if there are any.

    `is_owed`: what is left of it is due. `quittance_id`: the one that stands.
    """

    month: Month
    amount: Decimal
    left: Decimal
    is_owed: bool
    demand_id: int | None
    quittance_id: int | None


_PAID = with_codes(
    """
WITH paid AS (
    SELECT coalesce(p.for_month, date_trunc('month', p.due_on)::date) AS month, sum(a.amount) AS amount
    FROM rent_ledger_posting c JOIN rent_ledger_allocation a ON a.credit_posting_id = c.id
    JOIN rent_ledger_posting p ON p.id = a.debit_posting_id
    WHERE c.entry_id = %(entry)s AND c.credit_id = %(account)s AND a.rule <> AllocationRule.REVERSAL
    GROUP BY 1 HAVING sum(a.amount) > 0
), owed AS (
    SELECT coalesce(o.for_month, date_trunc('month', o.due_on)::date) AS month, sum(o.remaining) AS amount,
        min(o.due_on) <= %(day)s AS is_owed
    FROM rent_ledger_openitem o WHERE o.account_id = %(account)s AND o.is_debit GROUP BY 1
)
SELECT paid.month, paid.amount, coalesce(owed.amount, 0), coalesce(owed.is_owed, false), d.id, r.id
FROM paid LEFT JOIN owed ON owed.month = paid.month
LEFT JOIN LATERAL (
    SELECT id FROM rent_ledger_rentdemand WHERE account_id = %(account)s AND month = paid.month
        AND state = DemandState.ISSUED ORDER BY id DESC LIMIT 1
) d ON true
LEFT JOIN rent_ledger_receipt r ON r.demand_id = d.id AND r.kind = ReceiptKind.FULL AND r.cancelled_at IS NULL
ORDER BY paid.month
""",
    AllocationRule,
    DemandState,
    ReceiptKind,
)


def months_paid(payment: Payment, *, day: date) -> list[PaidMonth]:
    """What the payment pays now, oldest month first; of one that was undone, nothing. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_PAID, {"entry": payment.entry_id, "account": payment.account_id, "day": day})
        return [PaidMonth(Month.of(first), *row) for first, *row in cursor.fetchall()]
