"""A repayment plan: its schedule, what it asks by a day, and whether it is kept, from the money alone.

A plan covers named debts and asks for them in monthly instalments. While it runs, what it covers is out of the queue of
the allocation, except for the instalments, which enter it on the 1st of their month, after what is due of the current
terms (docs/architecture.md, decision 5). What was paid on it is what is left no more of the debts that it covers, so a
payment that comes back is owed by the plan again.

Sources, in docs/law.md: CCH R. 824-8 (by default 1/36 of the debt a month, over 36 months), R. 824-9 and R. 824-16 (a
plan fails where the current expense or an instalment is missed). How many days late break it is a dated parameter of
the house (reading 6).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal
from typing import NamedTuple

from common.money import CENT, ZERO
from common.periods import Month, add_months
from rent_ledger.books.codes import PlanStanding


class Instalment(NamedTuple):
    """`amount`: euros, above zero."""

    due_on: date
    amount: Decimal


def schedule(total: Decimal, *, first_on: date, months: int) -> list[Instalment]:
    """`total` (euros) in `months` instalments, the first one on `first_on`. The last one has what the division leaves.

    Each falls on the day number of the first; on the last day of a month that has no such day. `ValueError` where an
    instalment would be under a cent.
    """
    amount = (total / months).quantize(CENT, rounding=ROUND_DOWN)
    if amount <= ZERO:
        raise ValueError("less than a cent a month")
    last = total - amount * (months - 1)
    return [
        Instalment(add_months(first_on, number), last if number == months - 1 else amount) for number in range(months)
    ]


def months_for(total: Decimal, monthly: Decimal) -> int:
    """In how many months `monthly` (euros, above zero) pays `total`."""
    return int((total / monthly).to_integral_value(rounding=ROUND_CEILING))


def shortened(instalments: Sequence[Instalment], off: Decimal) -> list[Instalment]:
    """What a plan asks once `off` (euros) of its debts is cancelled: the last instalments fall, wholly or in part."""
    left = sum((due.amount for due in instalments), ZERO) - off
    kept = []
    for due in instalments:
        if left <= ZERO:
            break
        kept.append(Instalment(due.due_on, min(due.amount, left)))
        left -= due.amount
    return kept


def left_of(instalments: Sequence[Instalment], paid: Decimal) -> list[Decimal]:
    """What is left of each instalment, once `paid` has gone to them in order."""
    left = []
    for instalment in instalments:
        share = min(instalment.amount, max(paid, ZERO))
        paid -= share
        left.append(instalment.amount - share)
    return left


def entered(instalments: Sequence[Instalment], paid: Decimal, *, day: date) -> list[Instalment]:
    """What the instalments that have entered the queue by `day` still ask: those of its month and before."""
    left = zip(instalments, left_of(instalments, paid), strict=True)
    return [Instalment(due.due_on, rest) for due, rest in left if rest > ZERO and Month.of(due.due_on) <= Month.of(day)]


def spread(instalments: Sequence[Instalment], paid: Decimal, *, day: date) -> Decimal:
    """What the instalments after `day` still ask (euros): it is not due yet."""
    left = zip(instalments, left_of(instalments, paid), strict=True)
    return sum((rest for due, rest in left if due.due_on > day), ZERO)


@dataclass(frozen=True, slots=True)
class PlanParams:
    """`late_days`: a plan breaks when more than so many days have passed since the day of what is unpaid. `tolerance`:
    euros that may be missing of an instalment without a break."""

    late_days: int
    tolerance: Decimal


class Judged(NamedTuple):
    """`due_on`: the due day of the oldest thing unpaid, an instalment or (`is_term`) a term; None of a plan that is
    kept to its end. `missing`: what past instalments leave unpaid (euros)."""

    standing: PlanStanding
    due_on: date | None = None
    is_term: bool = False
    missing: Decimal = ZERO


def judge(
    instalments: Sequence[Instalment],
    *,
    paid: Decimal,
    oldest_term: date | None,
    day: date,
    known_until: date | None,
    params: PlanParams,
) -> Judged:
    """How a plan stands on `day`. `oldest_term`: due day of the oldest unpaid term that the plan does not cover and
    that fell due since it was signed. `known_until`: the last day of the bank that is known; no plan breaks beyond it.
    """
    left = list(zip(instalments, left_of(instalments, paid), strict=True))
    if sum((rest for _, rest in left), ZERO) <= ZERO:
        return Judged(PlanStanding.KEPT)
    missing = sum((rest for due, rest in left if due.due_on < day), ZERO)
    unpaid = _oldest_unpaid(left, params.tolerance)
    is_term = oldest_term is not None and (unpaid is None or oldest_term < unpaid)
    due_on = oldest_term if is_term else unpaid
    if due_on is None or due_on >= day:
        return Judged(PlanStanding.ON_TIME, due_on, is_term, missing)
    last = due_on + timedelta(days=params.late_days)
    is_broken = day > last and known_until is not None and known_until >= last
    return Judged(PlanStanding.BROKEN if is_broken else PlanStanding.LATE, due_on, is_term, missing)


def _oldest_unpaid(left: Sequence[tuple[Instalment, Decimal]], tolerance: Decimal) -> date | None:
    """The due day from which more than the tolerance is missing. The tolerance ends with the last instalment."""
    missing = ZERO
    for number, (due, rest) in enumerate(left, start=1):
        missing += rest
        if missing > tolerance or (number == len(left) and missing > ZERO):
            return due.due_on
    return None
