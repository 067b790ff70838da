"""Measures of support over a period, by kind: totals without any name, of all funders or of some."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from common.periods import ONE_DAY, contains, period
from social_link.measures.codes import MeasureKind
from social_link.models import Measure


@dataclass(slots=True)
class MeasureFlow:
    """Measures of one kind over `[start, end)`: in force the day before, opened, ended, in force on the last day.

    `before` + `opened` - `ended` is `after`: one that ends on the last day is in force on it, and ends in the next
    period.
    """

    label: str
    before: int = 0
    opened: int = 0
    ended: int = 0
    after: int = 0


def measure_flow(start: date, end: date, funders: Collection[int] | None = None) -> list[MeasureFlow]:
    """By kind, in the order of the kinds; those without any measure are left out (one query). `funders`: ids of
    organisations, None for every measure, with or without a funder."""
    eve, last = start - ONE_DAY, end - ONE_DAY
    rows = Measure.objects.filter(period__overlap=period(eve, end))
    if funders is not None:
        rows = rows.filter(funder__in=funders)
    found: dict[str, MeasureFlow] = {}
    for kind, span, ended_on in rows.order_by().values_list("kind", "period", "ended_on"):
        flow = found.setdefault(kind, MeasureFlow(str(MeasureKind(kind).label)))
        runs = [contains(span, day) and (ended_on is None or ended_on >= day) for day in (eve, last)]
        is_new = start <= span.lower < end
        flow.before += runs[0]
        flow.after += runs[1]
        flow.opened += is_new
        flow.ended += (runs[0] or is_new) and not runs[1]
    return [found[kind] for kind in MeasureKind if kind in found and found[kind] != MeasureFlow(found[kind].label)]
