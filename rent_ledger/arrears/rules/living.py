"""What is left to live on beside a plan: an estimate, by what the household says of its month (row 138).

No text sets it. The usage of the commissions: resources less the charges of the month, less the term (rent and charges,
aid deducted) and the instalment, by person and by day, a month counted as 30 days. Rounded down to the cent: never more
than there is. From which amounts a plan is tight, or can't be held, are dated parameters of the house (law.md A1.2).
"""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from common.money import CENT, ZERO
from rent_ledger.arrears.codes import Living

DAYS = 30
"""A month, by usage."""


@dataclass(frozen=True, slots=True)
class LivingParams:
    """Euros by person and by day. `least`: under it a plan can't be held. `easy`: from it on it can; tight between."""

    least: Decimal
    easy: Decimal


@dataclass(frozen=True, slots=True)
class Budget:
    """Of a month, in euros. `resources`: all but the housing aid that is paid to us. `charges`: what is paid beside the
    rent. `term`: rent and charges, aid deducted. `persons`: who live on it, one at least."""

    persons: int
    resources: Decimal
    charges: Decimal
    term: Decimal


def left_to_live(budget: Budget, *, instalment: Decimal = ZERO) -> Decimal:
    """Euros by person and by day, once the term and `instalment` are paid; less than zero where they can't be."""
    return a_day(left_in_month(budget, instalment=instalment), budget.persons)


def left_in_month(budget: Budget, *, instalment: Decimal = ZERO) -> Decimal:
    """Euros of the month, once the term and `instalment` are paid; less than zero where they can't be."""
    return budget.resources - budget.charges - budget.term - instalment


def a_day(left: Decimal, parts: Decimal | int) -> Decimal:
    """What a month leaves, by day and by part: a person, or a consumption unit."""
    return (left / (DAYS * parts)).quantize(CENT, rounding=ROUND_FLOOR)


def verdict(left: Decimal, params: LivingParams) -> Living:
    """Whether a plan that leaves `left` (euros by person and by day) can be held."""
    if left < params.least:
        return Living.UNTENABLE
    return Living.EASY if left >= params.easy else Living.TIGHT
