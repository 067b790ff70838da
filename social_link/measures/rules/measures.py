"""How long a measure of support may last, by kind: rules as data, each bound a dated parameter.

Durations are those of one convention or text each (law.md A4), valued per département and association. A kind without a
bound (type 1, type 2, simple, reinforced) lasts as its contract says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from common.periods import add_months

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MeasureRule:
    """Months of one contract, and of all of the same kind together; None is no bound. `source` is the text."""

    kind: str
    label: str
    min_months: int | None
    max_months: int | None
    total_months: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Span:
    """A past contract: both days included."""

    start: date
    end: date

    @property
    def length(self) -> tuple[int, int]:
        """Whole months, and the days that are left."""
        after, months = self.end + DAY, 0
        while add_months(self.start, months + 1) <= after:
            months += 1
        return months, (after - add_months(self.start, months)).days


def last_day(rule: MeasureRule, start: date, earlier: Sequence[Span]) -> date | None:
    """The last day that the total allows for a contract from `start`, or None without a total."""
    if rule.total_months is None:
        return None
    months = sum(span.length[0] for span in earlier)
    days = sum(span.length[1] for span in earlier)
    return add_months(start, rule.total_months - months) - timedelta(days=days) - DAY


def refusals(rule: MeasureRule, *, start: date, end: date, earlier: Sequence[Span]) -> list[str]:
    """Why a contract from `start` to `end` (both included) can't be, in French; empty when it can."""
    if end < start:
        return ["La fin prévue suit le début."]
    because = f" ({rule.source})"
    found = []
    if rule.min_months is not None and end < add_months(start, rule.min_months) - DAY:
        found.append(
            f"{rule.label} : {rule.min_months} mois au moins, donc jusqu’au "
            f"{add_months(start, rule.min_months) - DAY:%d/%m/%Y} ou plus tard{because}."
        )
    if rule.max_months is not None and end > add_months(start, rule.max_months) - DAY:
        found.append(
            f"{rule.label} : {rule.max_months} mois au plus, donc jusqu’au "
            f"{add_months(start, rule.max_months) - DAY:%d/%m/%Y} au plus tard{because}."
        )
    limit = last_day(rule, start, earlier)
    if limit is not None and end > limit and not found:
        found.append(
            f"{rule.label} : {rule.total_months} mois au total. Avec ce qui est déjà fait, "
            + (f"cette mesure finit au plus tard le {limit:%d/%m/%Y}" if limit >= start else "le total est atteint")
            + f"{because}."
        )
    return found
