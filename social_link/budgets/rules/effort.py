"""Effort rate: what housing weighs on the resources of a month (S1-02; docs/law.md A4b).

Net: rent and charges, less the housing aid, by the resources without that aid. Gross: rent and charges by the same
resources. The usage of commissions and INSEE's definition; no text of ours sets a limit. In per cent, to one decimal.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from common.money import ZERO

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Effort:
    """Per cent; above 100 where housing costs more than there is."""

    gross: Decimal
    net: Decimal


def effort_rate(*, rent: Decimal, aid: Decimal, resources: Decimal) -> Effort | None:
    """Of a month, in euros; `resources` without the aid. None without resources: nothing can be divided by them. An aid
    above the rent leaves nothing to pay, never less."""
    if resources <= ZERO:
        return None
    return Effort(_rate(rent, resources), _rate(max(rent - aid, ZERO), resources))


def _rate(part: Decimal, whole: Decimal) -> Decimal:
    return (part * 100 / whole).quantize(TENTH, ROUND_HALF_UP)
