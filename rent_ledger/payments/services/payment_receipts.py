"""The paper given at the desk for a payment: made once, the same bytes ever after. Cancelled, its copies say so."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce, TruncMonth

from common import clock
from common.money import ZERO
from leases.contracts.natures import Nature
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.documents.services import make_document
from office.models import Document
from rent_ledger.books.codes import AllocationRule
from rent_ledger.books.models import Allocation, Posting
from rent_ledger.payments.models import Payment
from rent_ledger.payments.queries import cancellation_of

KIND = "payment_receipt"


@needs(Write(Data.PAYMENT))
@transaction.atomic
def payment_receipt(*, payment: Payment, actor: Actor) -> Document:
    """The receipt of a payment, numbered as the payment. The debt it prints is that of the moment at which the payment
    was recorded: what was due by then, less all that was known to be received, this payment last. It names the terms
    that it pays while they add up to that: not after other money took their place."""
    # The payment before its document, as a cancellation does.
    Payment.objects.select_for_update(no_key=True).get(pk=payment.pk)
    account, day = payment.account_id, payment.recorded_at.astimezone(clock.PARIS).date()
    own = Posting.objects.get(entry_id=payment.entry_id, credit_id=account)
    owed = Posting.objects.filter(debit_id=account, due_on__lte=day, id__lt=own.pk)
    # Of a term to come, neither what it asks nor the aid that it expects.
    paid = Posting.objects.filter(Q(nature=Nature.PAYMENT) | Q(due_on__lte=day), credit_id=account, id__lt=own.pk)
    before = (owed.aggregate(s=Sum("amount"))["s"] or ZERO) - (paid.aggregate(s=Sum("amount"))["s"] or ZERO)
    # What pays no debt that is due: the next terms, or a credit.
    ahead = payment.amount - max(min(before, payment.amount), ZERO)
    terms = _terms(own, day)
    if sum((amount for _, amount in terms), ZERO) != payment.amount - max(ahead, ZERO):
        terms = []
    lease = payment.account.lease
    document = make_document(
        kind=KIND,
        number=f"{payment.number:06d}",
        title=f"Reçu n° {payment.number}",
        data={
            "amount": str(payment.amount),
            "method": payment.get_method_display(),
            "received_on": payment.received_on.isoformat(),
            "household": str(payment.account.household),
            "lease": lease.reference if lease else "Dette antérieure",
            "taken_by": str(payment.author) if payment.author else "",
            "payer": payment.payer,
            "note": payment.note,
            "debt_before": str(max(before, ZERO)),
            "debt_after": str(max(before - payment.amount, ZERO)),
            "ahead": str(ahead) if ahead > ZERO else None,
            "terms": [{"month": f"{first:%Y-%m}", "amount": str(amount)} for first, amount in terms],
            "made_on": day.isoformat(),
        },
        actor=actor,
    )
    undone = cancellation_of(payment)
    if undone is not None and document.cancelled_at is None:
        document.cancelled_at = undone.recorded_at
        document.save(update_fields=["cancelled_at"])
    return document


def _terms(own: Posting, day: date) -> list[tuple[date, Decimal]]:
    """(first day of a month, euros): what a payment pays of the debts due by `day` that were known before it."""
    month = Coalesce("debit_posting__for_month", TruncMonth("debit_posting__due_on"))
    rows = (
        Allocation.objects.filter(credit_posting=own, debit_posting__lt=own.pk, debit_posting__due_on__lte=day)
        .exclude(rule=AllocationRule.REVERSAL)
        .order_by()
        .values_list(month)
        .annotate(paid=Sum("amount"))
    )
    return sorted((first, paid) for first, paid in rows if paid > ZERO)


def say_cancelled(payment: Payment) -> None:
    """The receipt, if it was made, is one of a payment that was undone."""
    papers = Document.objects.filter(kind=KIND, number=f"{payment.number:06d}")
    papers.update(cancelled_at=clock.now())
