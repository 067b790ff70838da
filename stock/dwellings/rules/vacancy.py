"""What an empty dwelling costs: the rent owed to its owner, by the days of each month, as the practice of landlords is
and as the figure « Vacance » of the director's home counts it."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from common.money import ZERO
from common.periods import Month

CENT = Decimal("0.01")


def lost_between(rent: Decimal, start: date, end: date) -> Decimal:
    """Euros owed for the days of `[start, end)` at `rent` a month: a whole month costs its rent, a part its days over
    the month's, to the cent by month.

    >>> lost_between(Decimal("300.00"), date(2026, 10, 17), date(2026, 12, 1))
    Decimal('445.16')
    """
    total, first = ZERO, Month.of(start)
    while first.first < end:
        after = first.plus(1).first
        days = (min(end, after) - max(start, first.first)).days
        total += (rent * days / (after - first.first).days).quantize(CENT, ROUND_HALF_UP)
        first = first.plus(1)
    return total
