"""What households were asked, and what came for it in time."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from common.charts import COLUMNS, TrendPoint
from common.codes import with_codes
from common.links import link
from common.money import ZERO
from common.periods import Month, add_months
from common.reasons import Reason
from common.typography import euros, month
from desk.codes import FigureWhy
from desk.queries.figures import Bar, Figure, percent, rounded, span_before
from leases.contracts.natures import Nature
from rent_ledger.billing.codes import DemandState
from rent_ledger.books.services.kept import kept, kept_for_the_day

# What households were asked, and the money (not benefit) that came for it so many days after the due day. By the entry
# of the demand: what a settlement adds to the month was not asked, what a demand asks for other months was.
_RECOVERED = with_codes(
    """
WITH asked AS (
    SELECT d.entry_id, d.due_on, d.month, d.net FROM rent_ledger_rentdemand d
    WHERE d.state = DemandState.ISSUED AND d.month >= %(start)s AND d.month < %(end)s AND d.due_on <= %(last)s
)
SELECT month, due_on, NULL, sum(net) FROM asked GROUP BY month, due_on
UNION ALL
SELECT asked.month, asked.due_on, c.effective_on - asked.due_on, sum(a.amount)
FROM asked JOIN rent_ledger_posting p ON p.entry_id = asked.entry_id
JOIN rent_ledger_allocation a ON a.debit_posting_id = p.id
JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
WHERE c.nature = Nature.PAYMENT
GROUP BY 1, 2, 3
""",
    DemandState,
    Nature,
)
DELAYS = (30, 60, 90)


@dataclass(frozen=True, slots=True)
class Recovery:
    """Of the demands of the months `[start, end)`: asked of households, and paid within `days`."""

    days: int
    start: date
    end: date
    asked: Decimal
    paid: Decimal

    @property
    def share(self) -> Decimal | None:
        return self.paid * 100 / self.asked if self.asked else None

    @property
    def months(self) -> str:
        last = Month.of(self.end).plus(-1)
        first = Month.of(self.start)
        return month(first, "court") if first == last else f"{month(first, 'court')} à {month(last, 'court')}"


def recovery(start: date, end: date, day: date) -> list[Recovery]:
    """For each delay, of the demands of `[start, end)` that are old enough to be judged on `day` (one query).

    A longer delay can only be judged on older months: one month back per thirty days.
    """
    return _judged(_rows(start, end, day), start, end, day)


def judged_span(start: date, end: date, days: int) -> tuple[date, date]:
    """The months of demands that `days` judges for the period `[start, end)`."""
    return Month.of(start).plus(_back(days)).first, Month.of(end).plus(_back(days)).first


def _back(days: int) -> int:
    return 1 - days // 30


def _rows(start: date, end: date, day: date) -> list[Any]:
    """What `_judged` needs of `[start, end)` on `day`, and on each day before it."""
    params = {
        "start": Month.of(start).plus(_back(max(DELAYS))).first,
        "end": Month.of(end).plus(_back(min(DELAYS))).first,
        "last": day - timedelta(days=min(DELAYS)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECOVERED, params)
        return cursor.fetchall()


def _judged(rows: list[Any], start: date, end: date, day: date) -> list[Recovery]:
    found = []
    for days in DELAYS:
        first, after = judged_span(start, end, days)
        judged = [row for row in rows if first <= row[0] < after and row[1] <= day - timedelta(days=days)]
        asked = sum((amount for *_, late, amount in judged if late is None), ZERO)
        paid = sum((amount for *_, late, amount in judged if late is not None and late <= days), ZERO)
        found.append(Recovery(days, first, after, asked, min(paid, asked)))
    return found


def kept_recovery(span: str, day: date, before: date) -> tuple[list[Recovery], list[Recovery]]:
    """`recovery` of the span before `day`, and of the one before `before`, an earlier day; in one reading, kept: a year
    is a quarter of a million rows."""

    def read() -> list[list[list[Any]]]:
        spans = [(*span_before(on, span), on) for on in (day, before)]
        rows = _rows(spans[1][0], spans[0][1], day)
        return [
            [
                [row.days, row.start.isoformat(), row.end.isoformat(), str(row.asked), str(row.paid)]
                for row in _judged(rows, *asked)
            ]
            for asked in spans
        ]

    def rows_of(told: list[list[Any]]) -> list[Recovery]:
        return [
            Recovery(days, date.fromisoformat(first), date.fromisoformat(after), Decimal(asked), Decimal(paid))
            for days, first, after, asked, paid in told
        ]

    now, then = kept(f"recovery:both:{span}", day=day, read=read)
    return rows_of(now), rows_of(then)


def recovery_figure(row: Recovery) -> Figure:
    days = {"days": row.days}
    share: list[Reason] = []
    if row.share is not None:
        share = [Reason(FigureWhy.PAID_SHARE, detail=Reason(FigureWhy.PERCENT, {"percent": row.share}))]
    why = Reason(
        FigureWhy.RECOVERED,
        days,
        None,
        (
            Reason(FigureWhy.ASKED, {}, row.asked, detail=Reason(FigureWhy.AIDS_LEFT_OUT_OF, {"months": row.months})),
            Reason(FigureWhy.PAID_WITHIN, days, row.paid),
            *share,
        ),
        rule=Reason(FigureWhy.RECOVERED_RULE),
    )
    note = f"sur {euros(row.asked, 0)}" if row.asked else "échéances trop récentes"
    return Figure(f"Recouvrement à {row.days} j", percent(row.share, 1), note, why, rounded(row.share, 1))


def recovery_bar(row: Recovery, span: str) -> Bar:
    """It opens the lines of its delay."""
    url = f"{link('desk:recovery')}?periode={span}&delai={row.days}"
    return Bar(f"À {row.days} jours", percent(row.share, 1), row.share or ZERO, meaning=row.months, url=url)


@dataclass(frozen=True, slots=True)
class RecoveryYear:
    """What households paid within thirty days, month by month, the last one that can be judged at the end.

    `before`: in per cent, what was paid of last month's demands up to `before_on`, the same date of that month; None
    where it asked nothing.
    """

    points: list[TrendPoint]
    before: Decimal | None
    before_on: date

    @property
    def is_empty(self) -> bool:
        return all(point.share is None for point in self.points)


def _share(rows: list[Any], within: timedelta | None = None, by: date | None = None) -> Decimal | None:
    asked = sum((amount for *_, late, amount in rows if late is None), ZERO)
    paid = sum(
        (
            amount
            for _, due, late, amount in rows
            if late is not None
            and (within is None or late <= within.days)
            and (by is None or due + timedelta(days=late) <= by)
        ),
        ZERO,
    )
    return min(paid, asked) * 100 / asked if asked else None


def recovery_year(day: date) -> RecoveryYear:
    """Twelve months of recovery at thirty days, as known on `day`, counted once a day (one query)."""
    before_on = add_months(day, -1)

    def read() -> list[Any]:
        now, wait = Month.of(day), timedelta(days=DELAYS[0])
        params = {"start": now.plus(-COLUMNS - 1).first, "end": now.plus(1).first, "last": day}
        with connection.cursor() as cursor:
            cursor.execute(_RECOVERED, params)
            rows = cursor.fetchall()
        judged = [row for row in rows if row[1] <= day - wait]
        last = max((Month.of(row[0]) for row in judged), default=now.plus(-1))
        shares = [
            (month.first, _share([row for row in judged if row[0] == month.first], within=wait))
            for month in (last.plus(n + 1 - COLUMNS) for n in range(COLUMNS))
        ]
        before = _share([row for row in rows if row[0] == now.plus(-1).first], by=before_on)
        return [
            [[first.isoformat(), None if share is None else str(share)] for first, share in shares],
            None if before is None else str(before),
        ]

    points, before = kept_for_the_day("recovery:twelve", day=day, read=read)
    return RecoveryYear(
        [
            TrendPoint(Month.of(date.fromisoformat(first)), None if share is None else Decimal(share))
            for first, share in points
        ],
        None if before is None else Decimal(before),
        before_on,
    )
