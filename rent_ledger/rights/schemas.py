"""What the API takes and gives of the rights to benefit."""

from datetime import date
from typing import Literal

from ninja import Schema
from pydantic import Field

from office.api_base import Amount, AmountIn, Input, Ref, Span
from rent_ledger.rights.codes import BenefitKind, Follows


class BenefitRightIn(Input):
    """A monthly benefit from `start` on. `end`: the first day without it. A change is a new right. `follows`: why it is
    due for the month of entry too, if it is."""

    payer_id: int
    kind: BenefitKind
    beneficiary_number: str = Field(min_length=1, max_length=15)
    amount: AmountIn = Field(ge=0)
    start: date
    end: date | None = None
    is_direct: bool = True
    reason: str = Field("", max_length=120)
    follows: Follows | Literal[""] = ""


class BenefitEndIn(Input):
    """`on`: the first day without it."""

    on: date
    reason: str = Field("", max_length=120)


class BenefitRightShown(Schema):
    id: int
    payer: Ref
    kind: BenefitKind
    beneficiary_number: str
    amount: Amount
    is_direct: bool
    period: Span
    reason: str
    follows: str
    is_followed: bool
