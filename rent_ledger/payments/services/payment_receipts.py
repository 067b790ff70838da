"""The paper given at the desk for a payment: made once, the same bytes ever after. Cancelled, its copies say so."""

from django.db import transaction
from django.db.models import Q, Sum

from common import clock
from common.money import ZERO
from leases.contracts.natures import Nature
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.documents.services import make_document
from office.models import Document
from rent_ledger.books.models import Posting
from rent_ledger.payments.models import Payment
from rent_ledger.payments.queries import cancellation_of

KIND = "payment_receipt"


@needs(Write(Data.PAYMENT))
@transaction.atomic
def payment_receipt(*, payment: Payment, actor: Actor) -> Document:
    """The receipt of a payment, numbered as the payment. The debt it prints is that of the moment at which the payment
    was recorded: what was due by then, less all that was known to be received, this payment last."""
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
            "made_on": day.isoformat(),
        },
        actor=actor,
    )
    undone = cancellation_of(payment)
    if undone is not None and document.cancelled_at is None:
        document.cancelled_at = undone.recorded_at
        document.save(update_fields=["cancelled_at"])
    return document


def say_cancelled(payment: Payment) -> None:
    """The receipt, if it was made, is one of a payment that was undone."""
    papers = Document.objects.filter(kind=KIND, number=f"{payment.number:06d}")
    papers.update(cancelled_at=clock.now())
