"""Euros: exact decimals, one rounding point, splits that lose no cent."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import models

from common import typography
from common.errors import InvalidInput

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
MOST = Decimal("1000000.00")
"""No amount that a person types or sends for a household is larger: one more digit is a slip, and sums must hold it."""


def round_cents(value: Decimal) -> Decimal:
    """`value` rounded half-up to the cent: the only rounding of the domain."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def is_amount(value: Decimal, *, least: Decimal = ZERO) -> bool:
    """Whether `value` is euros and whole cents from `least` to `MOST`."""
    return value.is_finite() and least <= value <= MOST and value == round_cents(value)


def refuse_slip(value: Decimal, *, field: str = "amount") -> None:
    """`InvalidInput` for an amount beyond `MOST`, whatever its sign."""
    if not is_amount(abs(value)):
        raise InvalidInput(f"Vérifiez ce montant : il va de zéro à {typography.euros(MOST)}, au centime.", field=field)


def split(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """`total` (cents) in shares proportional to `weights`, by largest remainder.

    The shares add up to `total` exactly; equal remainders go to the first. Weights are ≥ 0 with a positive sum.
    """
    weight_sum = sum(weights, Decimal(0))
    if weight_sum <= 0 or any(w < 0 for w in weights):
        raise ValueError("split: weights must be >= 0 with a positive sum")
    sign = -1 if total < 0 else 1
    cents = int(abs(total) / CENT)
    exact = [cents * w / weight_sum for w in weights]
    shares = [int(e) for e in exact]
    by_remainder = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[: cents - sum(shares)]:
        shares[i] += 1
    return [sign * s * CENT for s in shares]


class EuroField(models.DecimalField):  # type: ignore[type-arg]
    """An amount in euros: `numeric(12,2)`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_digits", None)
        kwargs.pop("decimal_places", None)
        return name, path, args, kwargs
