"""Amounts, days and counts in the sentences of an alert. Pure: they are frozen when the alert is raised."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

NBSP = "\u00a0"
_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
_SMALL = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")


def amount(value: Decimal) -> str:
    """`1 204,70 €`."""
    exact = value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"{exact:,.2f}".replace(",", NBSP).replace(".", ",") + f"{NBSP}€"


def day(value: date) -> str:
    """`1er octobre 2026`; a fact is read years later, so the year is always written."""
    number = "1er" if value.day == 1 else str(value.day)
    return f"{number}{NBSP}{_MONTHS[value.month - 1]}{NBSP}{value.year}"


def month(value: date) -> str:
    """`octobre 2026`."""
    return f"{_MONTHS[value.month - 1]}{NBSP}{value.year}"


def of_month(value: date) -> str:
    """`d’octobre 2026`, `de mars 2026`."""
    name = month(value)
    return f"d’{name}" if name[0] in "ao" else f"de {name}"


def count(value: int) -> str:
    """`deux`, and `12` above ten."""
    return _SMALL[value] if value < len(_SMALL) else str(value)


def days(values: Sequence[date]) -> str:
    """`les 21 octobre 2026 et 5 novembre 2026`."""
    return "les " + " et ".join(day(value) for value in values)
