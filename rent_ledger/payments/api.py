"""API of the payments."""

from typing import Any

from django.db import transaction

from office.access.codes import TokenScope
from office.access.matrix import Data, Write
from office.access.requests import HouseRequest
from office.api_base import (
    HouseRouter,
    IdempotencyKey,
    asked,
    found,
)
from rent_ledger.books.api import account_meant
from rent_ledger.books.models import Account
from rent_ledger.payments.codes import PaymentQuestion
from rent_ledger.payments.models import Payment
from rent_ledger.payments.schemas import PaymentIn, PaymentShown
from rent_ledger.payments.services import payments

router = HouseRouter(tag="rent_ledger", read=TokenScope.LEDGER_READ, write=TokenScope.LEDGER_WRITE)


@router.writes(
    "/payments", response=PaymentShown, needs=Write(Data.PAYMENT), status=201, errors={409: asked(*PaymentQuestion)}
)
def take_payment(request: HouseRequest, idempotency_key: IdempotencyKey, data: PaymentIn) -> Any:
    """Money taken at the desk, allocated to the account's debts. The same key again gives the first payment.

    More than the account owes, what is to come included, or much cash, is asked about: the refusal names the question,
    and the same payment with a reason for it in `answers` is taken.
    """
    actor = request.actor
    with transaction.atomic():
        account = Account.objects.get(pk=account_meant(actor, account_id=data.account_id, lease_id=data.lease_id))
        return payments.take_payment(
            account=account, request_key=idempotency_key, actor=actor,
            **data.dict(exclude={"account_id", "lease_id"}),
        )  # fmt: skip


@router.writes("/payments/{payment_id}/cancel", response=PaymentShown, needs=Write(Data.PAYMENT))
def cancel_payment(request: HouseRequest, payment_id: int) -> Any:
    """Reverse a payment typed by mistake: its debts are open again, its number is not reused."""
    row = found(Payment.objects.all(), payment_id)
    payments.cancel_payment(payment_id=row.pk, actor=request.actor)
    return row
