"""The last twelve months of an account, from its statement: money by the calendar month in which it came."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from common.charts import COLUMNS, MoneyMonth
from common.money import ZERO
from common.periods import ONE_DAY, DateRange, Month, overlap, period
from rent_ledger.books.codes import EntryKind, LineTitle

if TYPE_CHECKING:
    from rent_ledger.books.queries.statement import StatementLine


def money_months(lines: Sequence["StatementLine"], day: date) -> list[MoneyMonth]:
    """The months up to that of `day`, the first one that moved first, twelve at most. `lines`: all, up to `day`.

    What was undone is left out with what undid it. A payment that came back was not received: it is rejected, in the
    month in which it came back. A debt taken over from before (`OPENING`) was asked in none of the months.
    """
    last = Month.of(day)
    first = last.plus(1 - COLUMNS)
    months = {first.plus(n): MoneyMonth(first.plus(n)) for n in range(COLUMNS)}
    moved = [line for line in lines if line.on >= first.first]
    for line in moved:
        of = Month.of(line.on)
        months[of] = _with(months[of], line)
    plans = [span for line in lines for span in line.plans]
    begun = min((Month.of(line.on) for line in moved), default=last)
    return [replace(row, has_plan=_runs_in(plans, row.month, day)) for month, row in months.items() if month >= begun]


def _with(row: MoneyMonth, line: "StatementLine") -> MoneyMonth:
    if line.kind == EntryKind.RETURN:
        # Of an unknown payment, which still counts as received.
        unknown = line.what.code != LineTitle.RETURN_OF
        received = row.received + (line.received if unknown else ZERO)
        return replace(row, received=received, rejected=row.rejected - line.received)
    if line.is_reversed or line.is_reversal:
        return row
    if line.kind == EntryKind.BENEFIT_RECEIVED:
        row = replace(row, aid=row.aid - line.aid)
    if line.kind != EntryKind.OPENING:
        row = replace(row, asked=row.asked + line.due)
    return replace(row, received=row.received + max(line.received, ZERO))


def _runs_in(plans: Iterable[DateRange], month: Month, day: date) -> bool:
    """Whether one of `plans` ran in `month`, up to `day`."""
    span = period(month.first, min(month.plus(1).first, day + ONE_DAY))
    return any(overlap(plan, span) for plan in plans)
