"""What the pages of the rent runs show: the runs, their totals, what stands in the way of an undo. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from common import clock
from common.codes import with_codes
from common.money import ZERO
from common.periods import Month
from rent_ledger.billing.codes import DemandState, RunState
from rent_ledger.billing.models import RentRun
from rent_ledger.billing.services.runs import Obstacle, obstacles
from rent_ledger.books.codes import AccountKind
from rent_ledger.books.services.kept import kept


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in the list: how many of its demands stand, what they ask, how many were sent."""

    run: RentRun
    issued: int
    asked: Decimal
    sent: int

    @property
    def to_send(self) -> int:
        return self.issued - self.sent


@dataclass(frozen=True, slots=True)
class MonthMade:
    """The runs of a month, newest first, and what stands of them together (euros)."""

    month: Month
    lines: list[RunLine]

    @property
    def issued(self) -> int:
        return sum(line.issued for line in self.lines)

    @property
    def to_send(self) -> int:
        return sum(line.to_send for line in self.lines)

    @property
    def asked(self) -> Decimal:
        return sum((line.asked for line in self.lines), ZERO)

    @property
    def sent(self) -> int:
        return sum(line.sent for line in self.lines)

    @property
    def unsent(self) -> list[RunLine]:
        return [line for line in self.lines if line.to_send]


_SUMS = with_codes(
    """
SELECT run_id, count(*), sum(net), count(sent_at) FROM rent_ledger_rentdemand
WHERE run_id = ANY(%s) AND state = DemandState.ISSUED GROUP BY run_id
""",
    DemandState,
)


def runs_of(*, limit: int = 24, month: Month | None = None) -> list[RunLine]:
    """The latest runs and all those of `month`, newest first (two queries; two more where the books have changed since
    the last look: the sums come from an index alone, and are of all demands of a year)."""
    newest = RentRun.objects.order_by("-month", "-id")
    latest = newest.filter(Q(pk__in=newest.values("pk")[:limit]) | Q(month=month.first if month else None))
    key = f"{limit}:{month or ''}"
    # Before the runs themselves: one that began in between would be kept without its sums.
    found = kept(f"run_sums:{key}", day=clock.today(), read=lambda: _sums(latest))
    sums = {pk: (count, Decimal(net), sent) for pk, count, net, sent in found}
    return [RunLine(run, *sums.get(run.pk, (0, ZERO, 0))) for run in latest.select_related("author", "job")]


def _sums(runs: "QuerySet[RentRun]") -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [list(runs.values_list("pk", flat=True))])
        return [[pk, count, str(net), sent] for pk, count, net, sent in cursor.fetchall()]


def by_month(lines: Sequence[RunLine]) -> list[MonthMade]:
    """Of `runs_of`, by the month that they bill."""
    found: dict[date, list[RunLine]] = {}
    for line in lines:
        found.setdefault(line.run.month, []).append(line)
    return [MonthMade(Month.of(first), runs) for first, runs in found.items()]


def made_of(lines: Sequence[RunLine], *, month: Month) -> MonthMade:
    """Of `runs_of(month=month)`: the runs that have demands."""
    return MonthMade(month, [line for line in lines if line.run.month == month.first and line.issued])


@dataclass(frozen=True, slots=True)
class InTheWayOf:
    """What stands in the way of an undo: by household, its name, its id and what; how many more households."""

    lines: list[tuple[str, int | None, tuple[str, ...]]]
    more: int


_FIRST_SENT = with_codes(
    """
SELECT h.id, count(*) OVER () FROM leases_household h
WHERE h.id IN (SELECT ac.household_id FROM rent_ledger_rentdemand d JOIN rent_ledger_account ac ON ac.id = d.account_id
               WHERE d.run_id = %s AND d.state = DemandState.ISSUED)
ORDER BY h.sort_key, h.id LIMIT %s
""",
    DemandState,
)


def obstacles_by_household(run: RentRun, *, is_sent: bool, limit: int) -> InTheWayOf:
    """What stands in the way of an undo for the first `limit` households by surname. `is_sent`: every demand was.

    All the others of a run that was sent are in the way too: only these are read. Else it is kept (one query where the
    books have not changed since the last look).
    """
    if is_sent:
        with connection.cursor() as cursor:
            cursor.execute(_FIRST_SENT, [run.pk, limit])
            first = cursor.fetchall()
        return _shown(obstacles(run, households=[pk for pk, _ in first]), limit, known=first[0][1] if first else 0)
    day = clock.today()  # A hold ends with its day.
    lines, more = kept(f"obstacles:{run.pk}", day=day, read=lambda: _plain(_shown(obstacles(run), limit)))
    return InTheWayOf([(name, pk, tuple(what)) for name, pk, what in lines], more)


def _shown(found: list[Obstacle], limit: int, known: int = 0) -> InTheWayOf:
    by_household: dict[int | None, tuple[str, list[str]]] = {}
    for o in found:
        by_household.setdefault(o.household_id, (o.household_name, []))[1].append(o.what)
    lines = [(name, pk, tuple(what)) for pk, (name, what) in by_household.items()]
    # A closed month is in the way too, and of no household.
    total = max(len(lines), known + (None in by_household))
    return InTheWayOf(lines[:limit], total - len(lines[:limit]))


def _plain(found: InTheWayOf) -> list[Any]:
    return [[[name, pk, list(what)] for name, pk, what in found.lines], found.more]


@dataclass(frozen=True, slots=True)
class RunTotals:
    """The demands of a run that stand, and those that were cancelled."""

    issued: int
    gross: Decimal
    benefit: Decimal
    net: Decimal
    sent: int
    sent_at: datetime | None
    cancelled: int


_TOTALS = with_codes(
    """
SELECT count(*) FILTER (WHERE state = DemandState.ISSUED),
    coalesce(sum(gross) FILTER (WHERE state = DemandState.ISSUED), 0),
    coalesce(sum(benefit) FILTER (WHERE state = DemandState.ISSUED), 0),
    coalesce(sum(net) FILTER (WHERE state = DemandState.ISSUED), 0),
    count(sent_at) FILTER (WHERE state = DemandState.ISSUED), max(sent_at),
    count(*) FILTER (WHERE state <> DemandState.ISSUED)
FROM rent_ledger_rentdemand WHERE run_id = %s
""",
    DemandState,
)


def run_totals(run: RentRun) -> RunTotals:
    """One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _TOTALS,
            [run.pk],
        )
        row = cursor.fetchone()
    assert row is not None
    return RunTotals(*row)


_AWAITED = with_codes(
    """
SELECT count(DISTINCT o.account_id), coalesce(sum(o.remaining), 0)
FROM rent_ledger_openitem o JOIN rent_ledger_account a ON a.id = o.account_id
WHERE a.kind = AccountKind.BENEFIT AND o.is_debit AND o.for_month = %s
""",
    AccountKind,
)


def awaited_aid(month: Month) -> tuple[int, Decimal]:
    """(households, euros): the benefit of a month that was not received yet. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _AWAITED,
            [month.first],
        )
        row = cursor.fetchone()
    assert row is not None
    return row[0], row[1]


def month_to_run(*, today: date) -> Month:
    """The month that a manager comes to bill: the one after the last billed, never later than next month."""
    last = RentRun.objects.exclude(state=RunState.UNDONE).order_by("-month").values_list("month", flat=True).first()
    if last is None:
        return Month.of(today)
    return min(Month.of(last).plus(1), Month.of(today).plus(1))
