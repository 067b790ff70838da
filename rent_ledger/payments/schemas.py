"""What the API takes and gives of the payments."""

from datetime import date

from ninja import Schema
from pydantic import Field

from office.api_base import Amount, AmountIn
from rent_ledger.books.codes import PaymentMethod
from rent_ledger.books.schemas import Place


class PaymentIn(Place):
    """Money taken at the desk, today or before. `confirmed`: more than is owed, or much cash, was received indeed."""

    method: PaymentMethod
    amount: AmountIn = Field(gt=0)
    received_on: date
    payer: str = Field("", max_length=120)
    note: str = Field("", max_length=140)
    confirmed: bool = False


class PaymentShown(Schema):
    """`number`: of its receipt."""

    id: int
    number: int
    account_id: int
    method: PaymentMethod
    amount: Amount
    received_on: date
    payer: str
