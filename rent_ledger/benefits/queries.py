"""Reads of the benefit pages: bordereaux, their lines in four groups, the rights of a lease and what is expected."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from common.money import ZERO
from common.periods import ONE_DAY, Month, contains, last_day
from common.text import search_words
from leases.contracts.codes import EndReason
from leases.contracts.natures import Nature
from leases.models import Lease
from rent_ledger.benefits.codes import BenefitLineState
from rent_ledger.benefits.models import BenefitLine, BenefitStatement
from rent_ledger.billing.codes import DemandState
from rent_ledger.billing.models import DemandLine, RentDemand
from rent_ledger.books.codes import AccountKind
from rent_ledger.books.models import OpenItem
from rent_ledger.rights.codes import HOUSING_ALLOWANCES
from rent_ledger.rights.models import BenefitRetention, BenefitRight
from rent_ledger.rights.parameters import retention_params
from rent_ledger.rights.queries import has_left, leaves_on, month_of_departure, with_departure
from rent_ledger.rights.rules.retention import ends_on


def statements_of_benefits() -> QuerySet[BenefitStatement]:
    """Bordereaux, newest first, with how many lines each has, how many wait."""
    return (
        BenefitStatement.objects.select_related("payer", "author", "bank_line", "withdrawn_by")
        .annotate(
            count=Count("lines"),
            waiting=Count("lines", filter=Q(lines__state__in=[BenefitLineState.UNKNOWN, BenefitLineState.NO_RIGHT])),
        )
        .order_by("-paid_on", "-id")
    )


@dataclass(frozen=True, slots=True)
class PaidMonth:
    """What a bordereau pays for a month of a lease, beside what was awaited.

    `paid`: the sum of its lines. `before`: what earlier bordereaux paid, None where none did. `awaited`: what the
    demands of the month await, or what the right says where none is made (`is_billed` false).
    """

    paid: Decimal
    before: Decimal | None
    awaited: Decimal
    is_billed: bool

    @property
    def difference(self) -> Decimal:
        """What goes to the account of the household, up or down, once the month is billed. An earlier bordereau settled
        the month: all that comes after it goes there."""
        return self.paid - self.awaited if self.before is None else self.paid


def paid_months(
    lines: Iterable[tuple[BenefitRight, date, Decimal]], *, payer_id: int, earlier_than: int | None = None
) -> dict[tuple[int, date], PaidMonth]:
    """By lease and month, what `lines` (right, month, amount) of one bordereau pay. `earlier_than`: the id of the
    bordereau, where it is in the books. Three queries."""
    paid: defaultdict[tuple[int, date], Decimal] = defaultdict(lambda: ZERO)
    by_right: dict[tuple[int, date], Decimal] = {}
    for right, month, amount in lines:
        paid[right.lease_id, month] += amount
        if contains(right.period, month):
            by_right[right.lease_id, month] = right.amount
    if not paid:
        return {}
    leases, months = {lease for lease, _ in paid}, {month for _, month in paid}
    others = BenefitLine.objects.filter(
        ~Q(state=BenefitLineState.WITHDRAWN), statement__payer=payer_id, right__lease__in=leases, month__in=months
    )
    if earlier_than is not None:
        others = others.filter(statement__lt=earlier_than)
    before = {
        (lease, month): came
        for lease, month, came in others.order_by().values_list("right__lease", "month").annotate(Sum("amount"))
    }
    of_leases = RentDemand.objects.filter(lease__in=leases, state=DemandState.ISSUED)
    billed = set(of_leases.filter(month__in=months).values_list("lease", "month"))
    aids = DemandLine.objects.filter(demand__in=of_leases, nature=Nature.BENEFIT, for_month__in=months)
    awaited = {
        (lease, month): -amount
        for lease, month, amount in aids.order_by().values_list("demand__lease", "for_month").annotate(Sum("amount"))
    }
    found = {}
    for key, amount in paid.items():
        is_billed = key in billed or key in awaited
        expected = awaited.get(key, ZERO) if is_billed else by_right.get(key, ZERO)
        found[key] = PaidMonth(amount, before.get(key), expected, is_billed)
    return found


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line without a household, and those whom it may be about."""

    line: BenefitLine
    candidates: tuple[BenefitRight, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownMonth:
    """A household's month, with the lines that pay it and the right of the first. `may_follow`: its sum may be awaited
    from the next month on, as nothing of the month came before or was withheld."""

    lines: tuple[BenefitLine, ...]
    right: BenefitRight
    paid: PaidMonth

    @property
    def line(self) -> BenefitLine:
        return self.lines[0]

    @property
    def may_follow(self) -> bool:
        is_whole = self.paid.before is None and all(line.amount > 0 for line in self.lines)
        return is_whole and self.right.period.upper is None and self.paid.paid != self.right.amount


@dataclass(frozen=True, slots=True)
class StatementView:
    """A bordereau in groups: months as expected, months changed, lines unknown; and rights without a line."""

    expected: list[ShownMonth]
    changed: list[ShownMonth]
    unknown: list[ShownLine]
    stopped: list[BenefitRight]


def statement_view(statement: BenefitStatement) -> StatementView:
    """The lines of a bordereau. A fixed number of queries."""
    lines = list(statement.lines.select_related("right__lease__household").order_by("rank"))
    left = [line for line in lines if line.right_id is None]
    candidates = _candidates(statement, left)
    unknown = [ShownLine(line, tuple(candidates.get(line.pk, ()))) for line in left]
    known = [(line.right, line) for line in lines if line.right is not None]
    paid = paid_months(
        ((right, line.month, line.amount) for right, line in known),
        payer_id=statement.payer_id, earlier_than=statement.pk,
    )  # fmt: skip
    by_month: defaultdict[tuple[int, date], list[tuple[BenefitRight, BenefitLine]]] = defaultdict(list)
    for right, line in known:
        by_month[right.lease_id, line.month].append((right, line))
    expected: list[ShownMonth] = []
    changed: list[ShownMonth] = []
    for key, rows in by_month.items():
        shown = ShownMonth(tuple(line for _, line in rows), rows[0][0], paid[key])
        (changed if shown.paid.difference else expected).append(shown)
    months = [(right, line.month) for right, line in known]
    return StatementView(expected, changed, unknown, awaited_without_line(months, payer_id=statement.payer_id))


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


def awaited_without_line(months: Sequence[tuple[BenefitRight, date]], *, payer_id: int) -> list[BenefitRight]:
    """Direct rights of the kinds of a bordereau, whose benefit of its month (that of most of its lines) is awaited
    still and that have no line in it; each with what is `awaited`. `months`: right and month of its lines. One query.
    """
    if not months:
        return []
    counts = Counter(month for _, month in months)
    month = max(counts, key=lambda m: (counts[m], m))
    of_month = [right for right, own in months if own == month]
    items = OpenItem.objects.filter(
        account__kind=AccountKind.BENEFIT,
        account__organisation=payer_id,
        account__lease=OuterRef("lease"),
        for_month=month,
        is_debit=True,
    )
    left = items.order_by().values("account").annotate(left=Sum("remaining")).values("left")
    rights = BenefitRight.objects.filter(
        payer=payer_id, is_direct=True, kind__in={right.kind for right in of_month}, period__contains=month
    )
    return list(
        rights.exclude(lease__in={right.lease_id for right in of_month})
        .annotate(awaited=Subquery(left))
        .filter(awaited__gt=0)
        .select_related("lease__household")
    )


def month_total(line: BenefitLine) -> Decimal:
    """All that the payer of `line` paid for its household and month."""
    if line.right is None:
        return line.amount
    lines = BenefitLine.objects.filter(
        ~Q(state=BenefitLineState.WITHDRAWN),
        statement__payer=line.right.payer_id,
        right__lease=line.right.lease_id,
        month=line.month,
    )
    return lines.aggregate(s=Sum("amount"))["s"] or ZERO


def rights_for_payer(payer_id: int, query: str) -> QuerySet[BenefitRight]:
    """Rights of a payer whose household or number looks like `query`."""
    rights = BenefitRight.objects.filter(payer_id=payer_id).select_related("lease__household")
    for word in search_words(query):
        rights = rights.filter(Q(lease__household__search_key__contains=word) | Q(beneficiary_number__icontains=word))
    return rights.order_by("lease__household__sort_key", "-period")


@dataclass(frozen=True, slots=True)
class ShownRight:
    """A right of a lease; `last`: its last day, None if it has no end. `departure`: the month in which the household
    left, which is due only where another aided dwelling follows; None where it hasn't left, stayed to its last day, or
    this right is not of that month."""

    right: BenefitRight
    last: date | None
    is_current: bool
    departure: Month | None = None


@dataclass(frozen=True, slots=True)
class MonthAwaited:
    """A month whose benefit is not settled. `amount` > 0: expected; < 0: received before the month's demand."""

    month: date
    amount: Decimal
    due_on: date


def rights_of(lease: Lease, *, day: date) -> list[ShownRight]:
    """The rights of a lease, newest first."""
    rows = with_departure(BenefitRight.objects.filter(lease=lease)).select_related("payer", "lease").order_by("-period")
    return [
        ShownRight(
            r, last_day(r.period), (r.period.lower or day) <= day and (r.period.upper is None or r.period.upper > day),
            _departure(r),
        )
        for r in rows
    ]  # fmt: skip


def _departure(right: BenefitRight) -> Month | None:
    month = month_of_departure(right) if has_left(right) else None
    if month is None or leaves_on(right) == month.plus(1).first:
        return None
    if not right.is_direct or right.lease.end_reason == EndReason.DEATH:
        return None
    lower, upper = right.period.lower, right.period.upper
    reaches = (lower is None or lower <= month.first) and (upper is None or upper >= month.first)
    return month if reaches else None


def has_allowance(rights: Iterable[ShownRight]) -> bool:
    """Whether one of these rights may be kept: an allowance that is paid to us."""
    return any(one.right.is_direct and one.right.kind in HOUSING_ALLOWANCES for one in rights)


@dataclass(frozen=True, slots=True)
class ShownRetention:
    """A retention of aid. `last`: the last month that was kept, of one that has ended. `lapses_on`: the last day on
    which what is kept can still be had. `kept`: what is awaited of its months (euros). `may_extend`: once more."""

    row: BenefitRetention
    last: Month | None
    lapses_on: date
    kept: Decimal
    may_extend: bool

    @property
    def is_running(self) -> bool:
        return not self.row.outcome

    @property
    def next_extension(self) -> int:
        return self.row.extensions + 1

    @property
    def without_last(self) -> int:
        return max(self.row.extensions - 1, 0)


def retentions_of(lease: Lease, *, day: date) -> list[ShownRetention]:
    """The retentions of a lease that stand, newest first. Two queries."""
    rows = list(BenefitRetention.objects.standing().filter(lease=lease))
    if not rows:
        return []
    params, months = retention_params(day), awaited_months(lease)
    return [
        ShownRetention(
            row=row,
            last=Month.of(row.period.upper).plus(-1) if row.period.upper else None,
            lapses_on=ends_on(row.period.lower, row.extensions, params) - ONE_DAY,
            kept=sum((one.amount for one in months if contains(row.period, one.month)), ZERO),
            may_extend=not row.outcome and row.extensions < params.times,
        )
        for row in rows
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


# Benefit received on a lease for the last month that its payer reported, and for the month before, by kind of benefit
# (APL and AL are paid on different days). No row while a line is unplaced: it may be for this lease. Nor where the
# payer keeps the aid: it did not fall.
_FALLS = """
WITH lines AS (
    SELECT l.id, l.right_id, l.month, l.amount, l.beneficiary_number, s.payer_id
    FROM rent_ledger_benefitline l JOIN rent_ledger_benefitstatement s ON s.id = l.statement_id
    WHERE s.paid_on <= %(day)s AND s.paid_on > %(since)s AND s.withdrawn_at IS NULL
), placed AS (
    SELECT x.payer_id, r.kind, r.lease_id, x.month, sum(x.amount) AS amount
    FROM lines x JOIN rent_ledger_benefitright r ON r.id = x.right_id GROUP BY 1, 2, 3, 4
), unplaced AS (
    SELECT DISTINCT r.lease_id, w.month FROM lines w
    JOIN rent_ledger_benefitright r ON r.beneficiary_number = w.beneficiary_number
    WHERE w.right_id IS NULL AND w.amount > 0
), latest AS (
    SELECT payer_id, kind, max(month) AS month FROM placed WHERE amount > 0 GROUP BY 1, 2
), pairs AS (
    -- Grouped, not joined to itself: PostgreSQL takes a list made in the query for a few rows, and compares each pair.
    SELECT p.lease_id, t.month,
        coalesce(sum(p.amount) FILTER (WHERE p.month < t.month), 0) AS before,
        coalesce(sum(p.amount) FILTER (WHERE p.month = t.month), 0) AS now
    FROM placed p JOIN latest t ON t.payer_id = p.payer_id AND t.kind = p.kind
        AND p.month IN (t.month, (t.month - interval '1 month')::date)
    GROUP BY p.payer_id, p.kind, p.lease_id, t.month
)
SELECT le.household_id, b.lease_id, b.month, b.before, b.now
FROM pairs b JOIN leases_lease le ON le.id = b.lease_id
WHERE b.before > 0 AND b.now * 100 < b.before * %(percent)s
  AND (upper_inf(le.period) OR upper(le.period) > (b.month + interval '1 month')::date)
  AND NOT EXISTS (SELECT 1 FROM unplaced u WHERE u.lease_id = b.lease_id AND u.month = b.month)
  AND NOT EXISTS (SELECT 1 FROM rent_ledger_benefitretention k
                  WHERE k.lease_id = b.lease_id AND k.withdrawn_at IS NULL AND k.period @> b.month)
ORDER BY 1, 2
"""
FALL_DAYS = 70
"""How far back bordereaux are read: older ones are no longer news."""


@dataclass(frozen=True, slots=True)
class BenefitFall:
    """Benefit received on a lease for a month (`now`) and for the month before, in euros; both have a bordereau."""

    household_id: int
    lease_id: int
    month: date
    before: Decimal
    now: Decimal


def benefit_falls(day: date, *, percent: int) -> list[BenefitFall]:
    """The leases whose benefit is under `percent` of that of the month before, by the bordereaux of `day`. One
    query."""
    with connection.cursor() as cursor:
        cursor.execute(_FALLS, {"day": day, "since": day - timedelta(days=FALL_DAYS), "percent": percent})
        return [BenefitFall(*row) for row in cursor.fetchall()]
