"""Reads of the benefit pages: bordereaux, their lines in four groups, the rights of a lease and what is expected."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from common.money import ZERO
from common.periods import last_day
from common.text import sort_key
from leases.models import Lease
from rent_ledger.benefits.codes import BenefitLineState
from rent_ledger.benefits.models import BenefitLine, BenefitStatement
from rent_ledger.billing.codes import DemandState
from rent_ledger.billing.models import RentDemand
from rent_ledger.books.codes import AccountKind
from rent_ledger.books.models import OpenItem
from rent_ledger.rights.models import BenefitRight


def statements_of_benefits() -> QuerySet[BenefitStatement]:
    """Bordereaux, newest first, with how many lines each has, how many wait."""
    return (
        BenefitStatement.objects.select_related("payer", "author", "bank_line")
        .annotate(
            count=Count("lines"),
            waiting=Count("lines", filter=~Q(lines__state=BenefitLineState.MATCHED)),
        )
        .order_by("-paid_on", "-id")
    )


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line, its household if known, and how it differs from the right."""

    line: BenefitLine
    household: str
    household_id: int | None
    lease_id: int | None
    difference: Decimal
    candidates: tuple[BenefitRight, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementView:
    """A bordereau in groups: as expected, changed, unknown; and rights without a line."""

    expected: list[ShownLine]
    changed: list[ShownLine]
    unknown: list[ShownLine]
    stopped: list[BenefitRight]


def statement_view(statement: BenefitStatement) -> StatementView:
    """The lines of a bordereau. A fixed number of queries."""
    expected: list[ShownLine] = []
    changed: list[ShownLine] = []
    unknown: list[ShownLine] = []
    lines = list(statement.lines.select_related("right__lease__household").order_by("rank"))
    candidates = _candidates(statement, [line for line in lines if line.right_id is None])
    for line in lines:
        if line.right is None:
            unknown.append(ShownLine(line, line.name, None, None, ZERO, tuple(candidates.get(line.pk, ()))))
            continue
        lease = line.right.lease
        shown = ShownLine(line, lease.household.name, lease.household_id, lease.pk, line.amount - line.right.amount)
        (changed if shown.difference else expected).append(shown)
    return StatementView(expected, changed, unknown, _without_line(statement, lines))


def _candidates(statement: BenefitStatement, lines: list[BenefitLine]) -> dict[int, list[BenefitRight]]:
    """Rights of the payer with the same amount and month and without a line in the bordereau: to offer first."""
    if not lines:
        return {}
    taken = statement.lines.filter(right__isnull=False).values("right_id")
    found: defaultdict[Decimal, list[BenefitRight]] = defaultdict(list)
    for right in (
        BenefitRight.objects.filter(payer=statement.payer_id, amount__in={line.amount for line in lines})
        .exclude(pk__in=taken)
        .select_related("lease__household")[:200]
    ):
        found[right.amount].append(right)
    return {line.pk: found[line.amount][:5] for line in lines}


def _without_line(statement: BenefitStatement, lines: list[BenefitLine]) -> list[BenefitRight]:
    """Direct rights of the bordereau's kinds, billed for its month, without a line in it."""
    months = [line.month for line in lines if line.right_id]
    if not months:
        return []
    month = max(set(months), key=lambda m: (months.count(m), m))
    kinds = {line.right.kind for line in lines if line.right and line.month == month}
    paid = {line.right.lease_id for line in lines if line.right and line.month == month}
    billed = RentDemand.objects.filter(month=month, state=DemandState.ISSUED, benefit__gt=0).values("lease_id")
    return list(
        BenefitRight.objects.filter(
            payer=statement.payer_id, is_direct=True, kind__in=kinds, period__contains=month, lease_id__in=billed
        )
        .exclude(lease_id__in=paid)
        .select_related("lease__household")
    )


def rights_for_payer(payer_id: int, query: str) -> QuerySet[BenefitRight]:
    """Rights of a payer whose household or number looks like `query`."""
    rights = BenefitRight.objects.filter(payer_id=payer_id).select_related("lease__household")
    for word in sort_key(query).split():
        rights = rights.filter(Q(lease__household__search_key__contains=word) | Q(beneficiary_number__icontains=word))
    return rights.order_by("lease__household__sort_key", "-period")


@dataclass(frozen=True, slots=True)
class ShownRight:
    """A right of a lease; `last`: its last day, None if it has no end."""

    right: BenefitRight
    last: date | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class MonthAwaited:
    """A month whose benefit is not settled. `amount` > 0: expected; < 0: received before the month's demand."""

    month: date
    amount: Decimal
    due_on: date


def rights_of(lease: Lease, *, day: date) -> list[ShownRight]:
    """The rights of a lease, newest first."""
    rows = BenefitRight.objects.filter(lease=lease).select_related("payer").order_by("-period")
    return [
        ShownRight(
            r, last_day(r.period), (r.period.lower or day) <= day and (r.period.upper is None or r.period.upper > day)
        )
        for r in rows
    ]


def awaited_months(lease: Lease) -> list[MonthAwaited]:
    """The months of the lease whose benefit is not settled, oldest first."""
    items = OpenItem.objects.filter(account__lease=lease, account__kind=AccountKind.BENEFIT, for_month__isnull=False)
    found: defaultdict[date, list[tuple[Decimal, date]]] = defaultdict(list)
    for month, is_debit, remaining, due_on in items.values_list("for_month", "is_debit", "remaining", "due_on"):
        if month is not None:
            found[month].append((remaining if is_debit else -remaining, due_on))
    return [
        MonthAwaited(month, sum((a for a, _ in rows), ZERO), min(d for _, d in rows))
        for month, rows in sorted(found.items())
    ]


def awaited_total(*, day: date) -> Decimal:
    """Benefit due by `day` and not received yet, in euros, for all leases."""
    total = OpenItem.objects.filter(account__kind=AccountKind.BENEFIT, is_debit=True, due_on__lte=day).aggregate(
        s=Sum("remaining")
    )["s"]
    return total or ZERO
