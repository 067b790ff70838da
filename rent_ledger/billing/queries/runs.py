"""What the pages of the rent runs show: the runs, their totals, what stands in the way of an undo. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from common import clock
from common.codes import with_codes
from common.money import ZERO
from common.periods import Month
from rent_ledger.billing.codes import DemandState, RunState
from rent_ledger.billing.models import RentRun
from rent_ledger.billing.queries.remembered import BOOKS, Remembered
from rent_ledger.billing.services.runs import obstacles
from rent_ledger.books.codes import AccountKind


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in the list: how many of its demands stand, what they ask, how many were sent."""

    run: RentRun
    issued: int
    asked: Decimal
    sent: int


_Sums = tuple[int, Decimal, int]
_SUMS = with_codes(
    """
SELECT run_id, count(*), sum(net), count(sent_at) FROM rent_ledger_rentdemand
WHERE run_id = ANY(%s) AND state = DemandState.ISSUED GROUP BY run_id
""",
    DemandState,
)
# By run and day of its last sending: the books tell the rest.
RUN_SUMS: Remembered[_Sums] = Remembered(BOOKS, size=200)


def runs_of(*, limit: int = 24) -> list[RunLine]:
    """The latest runs, newest first (three queries; one more where the books have changed since the last look)."""
    runs = list(RentRun.objects.select_related("author", "job").order_by("-month", "-id")[:limit])
    books, may_keep = RUN_SUMS.state()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT run, (SELECT max(sent_at) FROM rent_ledger_rentdemand d WHERE d.run_id = run) "
            "FROM unnest(%s::bigint[]) run",
            [[run.pk for run in runs]],
        )
        keys = {pk: (pk, sent_at) for pk, sent_at in cursor.fetchall()}
        found = {pk: RUN_SUMS.known(key, books) for pk, key in keys.items()}
        missing = [pk for pk, sums in found.items() if sums is None]
        if missing:
            cursor.execute(
                _SUMS,
                [missing],
            )
            read: dict[int, _Sums] = {pk: (count, net, sent) for pk, count, net, sent in cursor.fetchall()}
            for pk in missing:
                found[pk] = sums = read.get(pk, (0, ZERO, 0))
                if may_keep:
                    RUN_SUMS.keep(keys[pk], books, sums)
    return [RunLine(run, *(found[run.pk] or (0, ZERO, 0))) for run in runs]


# What stands in the way of an undo comes from the books, the receipts, the holds, the closed months; with names.
_IN_THE_WAY = ", ".join(
    [
        BOOKS,
        "(SELECT max(pgh_id) FROM leases_householdevent)",
        "(SELECT max(id) FROM rent_ledger_receipt)",
        "(SELECT sum(hash_record_extended(h, 0)) FROM rent_ledger_debthold h)",
        "(SELECT sum(hash_record_extended(m, 0)) FROM rent_ledger_ledgermonth m)",
    ]
)
Line = tuple[str, int | None, tuple[str, ...]]
OBSTACLES: Remembered[list[Line]] = Remembered(_IN_THE_WAY, size=50)


def obstacles_by_household(run: RentRun, *, sent_at: datetime | None) -> list[Line]:
    """Name, household and what stands in the way of an undo, one line per household. `sent_at`: its last sending.

    One query where nothing has changed since the last look.
    """
    state, may_keep = OBSTACLES.state()
    key = (run.pk, run.state, sent_at, clock.today())  # A hold ends with its day.
    found = OBSTACLES.known(key, state)
    if found is None:
        lines: dict[int | None, tuple[str, list[str]]] = {}
        for o in obstacles(run):
            lines.setdefault(o.household_id, (o.household_name, []))[1].append(o.what)
        found = [(name, pk, tuple(what)) for pk, (name, what) in lines.items()]
        if may_keep:
            OBSTACLES.keep(key, state, found)
    return found


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
