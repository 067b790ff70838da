"""Figures that several subjects tell alike: the middle of several numbers, the share of a part."""

from collections.abc import Sequence
from decimal import Decimal
from statistics import median as middle


def median(numbers: Sequence[int]) -> Decimal | None:
    """The middle one; of two, half-way between them; None of none."""
    return middle(map(Decimal, numbers)) if numbers else None


def share(part: int, whole: int) -> int | None:
    """The whole per cent of a part, half up; None of nothing."""
    return None if whole == 0 else (200 * part + whole) // (2 * whole)
