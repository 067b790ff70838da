"""What the API takes and gives of the payments."""

from datetime import date

from ninja import Schema
from pydantic import Field

from office.api_base import Amount, AmountIn, Reasons
from rent_ledger.books.codes import PaymentMethod
from rent_ledger.books.schemas import Place


class PaymentIn(Place):
    """Money taken at the desk, today or before. `answers`: why it is right, by question that was asked."""

    method: PaymentMethod
    amount: AmountIn = Field(gt=0)
    received_on: date
    payer: str = Field("", max_length=120)
    note: str = Field("", max_length=140)
    answers: Reasons = Field(default_factory=dict)


class PaymentShown(Schema):
    """`number`: of its receipt."""

    id: int
    number: int
    account_id: int
    method: PaymentMethod
    amount: Amount
    received_on: date
    payer: str
