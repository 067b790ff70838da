"""Mois/mesures: how many months of support a line of a convention pays (law.md A4; S3-05, S3-09, S3-12, row 137).

Written without the statement that makes this sum for all measures at once (`social_link.funding.queries`). By the
rule of any day, a month of a measure is counted once: it goes whole to what pays for the last paid day of the measure
in it, so that a change of funder, of convention or of type within a month counts it once. By the rule of days, each day
is counted where it is paid. Funders who share a measure make 100 % of it together.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common.periods import Month

DAYS_OF_A_MONTH = Decimal("30.4")


@dataclass(frozen=True, slots=True)
class Run:
    """Days, both included."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Piece:
    """The days on which a line of a convention pays `share` per cent of a measure, by one rule or
    the other. What goes to
    another funder is a second piece of the main one's, below zero."""

    line: int
    days: Run
    share: int = 100
    by_days: bool = False


def both(a: Run, b: Run) -> Run | None:
    """The days that two runs have in common."""
    start, end = max(a.start, b.start), min(a.end, b.end)
    return Run(start, end) if start <= end else None


def months_by_line(pieces: Sequence[Piece], window: Run) -> Mapping[int, Decimal]:
    """Months of one measure that each line pays in `window`, not rounded. `pieces`: within the days of the measure."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for month in Month.of(window.start).until(Month.of(window.end)):
        days = both(window, Run(month.first, month.last))
        assert days is not None
        paid = [(piece, ran) for piece in pieces if (ran := both(piece.days, days))]
        last = max((ran.end for _, ran in paid), default=None)
        for piece, ran in paid:
            share = Decimal(piece.share) / 100
            if piece.by_days:
                found[piece.line] += share * ((ran.end - ran.start).days + 1) / DAYS_OF_A_MONTH
            elif ran.end == last:
                found[piece.line] += share
    return dict(found)
