"""The accounts in arrears by the age of their debt: one slice, and the sums of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from common.money import ZERO
from rent_ledger.arrears.rules.ages import NEVER_DUE, NOTHING_LATE, AgeSlice
from rent_ledger.books.models import AccountState


@dataclass(frozen=True, slots=True)
class AgeTotal:
    """The accounts of a slice, and what they owe in euros. `slice` is None for those of which nothing is late."""

    slice: AgeSlice | None
    count: int
    amount: Decimal

    @property
    def number(self) -> int:
        return self.slice.number if self.slice else NEVER_DUE

    @property
    def label(self) -> str:
        return self.slice.label if self.slice else NOTHING_LATE


def of_age(
    rows: QuerySet[AccountState], number: int, *, slices: Sequence[AgeSlice], day: date
) -> QuerySet[AccountState]:
    """Those of `rows` whose debt is in the slice `number` on `day`; none where there is no such slice."""
    if number == NEVER_DUE:
        return rows.filter(_nothing_late(day))
    found = next((one for one in slices if one.number == number), None)
    return rows.filter(_in_slice(found, day)) if found else rows.none()


def age_totals(rows: QuerySet[AccountState], *, slices: Sequence[AgeSlice], day: date) -> list[AgeTotal]:
    """Of every slice on `day`, empty ones included; of what is not late, where there is some. They add up to `rows`.
    One query."""
    asked = {NEVER_DUE: _nothing_late(day), **{one.number: _in_slice(one, day) for one in slices}}
    counts = {f"n{number}": Count("pk", filter=q) for number, q in asked.items()}
    sums = {f"amount{number}": Sum("debt", filter=q) for number, q in asked.items()}
    found = rows.order_by().aggregate(**counts, **sums)
    totals = [AgeTotal(one, found[f"n{one.number}"], found[f"amount{one.number}"] or ZERO) for one in slices]
    if found[f"n{NEVER_DUE}"]:
        totals.append(AgeTotal(None, found[f"n{NEVER_DUE}"], found[f"amount{NEVER_DUE}"] or ZERO))
    return totals


def _in_slice(one: AgeSlice, day: date) -> Q:
    first, last = one.due_days(day)
    return Q(oldest_due__lte=last) & (Q(oldest_due__gte=first) if first else Q())


def _nothing_late(day: date) -> Q:
    return Q(oldest_due=None) | Q(oldest_due__gt=day)
