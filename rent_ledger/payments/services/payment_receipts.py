"""The paper given at the desk for a payment: made once, the same bytes ever after."""

from django.db import transaction
from django.db.models import Sum

from common.money import ZERO
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.documents.services import make_document
from office.models import Document
from rent_ledger.books.models import Posting
from rent_ledger.payments.models import Payment

KIND = "payment_receipt"


@needs(Write(Data.PAYMENT))
@transaction.atomic
def payment_receipt(*, payment: Payment, actor: Actor) -> Document:
    """The receipt of a payment, numbered as the payment. The debt it prints is that of the payment's day: what was due
    by then, less what had been received by then, this payment last."""
    account, day = payment.account_id, payment.received_on
    own = Posting.objects.get(entry_id=payment.entry_id, credit_id=account)
    owed = Posting.objects.filter(debit_id=account, due_on__lte=day, entry__recorded_at__lte=payment.recorded_at)
    paid = Posting.objects.filter(credit_id=account, effective_on__lte=day, id__lt=own.pk)
    before = (owed.aggregate(s=Sum("amount"))["s"] or ZERO) - (paid.aggregate(s=Sum("amount"))["s"] or ZERO)
    lease = payment.account.lease
    return make_document(
        kind=KIND,
        number=f"{payment.number:06d}",
        title=f"Reçu n° {payment.number}",
        data={
            "amount": str(payment.amount),
            "method": payment.get_method_display(),
            "received_on": day.isoformat(),
            "household": str(payment.account.household),
            "lease": lease.reference if lease else "Dette antérieure",
            "taken_by": str(payment.author) if payment.author else "",
            "payer": payment.payer,
            "note": payment.note,
            "debt_before": str(max(before, ZERO)),
            "debt_after": str(max(before - payment.amount, ZERO)),
            "made_on": day.isoformat(),
        },
        actor=actor,
    )
