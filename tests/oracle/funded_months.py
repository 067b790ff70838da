"""Mois/mesures: how many months of support a line of a convention pays (law.md A4; S3-05, S3-09, S3-12, row 137).

Written without the statement that makes this sum for all measures at once (`social_link.funding.queries`). By the
rule of any day, a month of a measure is counted once: it goes whole to what pays for the last paid day of the measure
in it, so that a change of funder, of convention or of type within a month counts it once. By the rule of days, each day
is counted where it is paid. Funders who share a measure make 100 % of it together.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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
    """The days on which a line of a convention pays `share` per cent of a measure, by one rule or the other. What goes
    to another funder is a second piece of the main one's, below zero."""

    line: int
    days: Run
    share: int = 100
    by_days: bool = False


def both(a: Run, b: Run) -> Run | None:
    """The days that two runs have in common."""
    start, end = max(a.start, b.start), min(a.end, b.end)
    return Run(start, end) if start <= end else None


def months_by_line(pieces: Sequence[Piece], window: Run) -> Mapping[int, Decimal]:
    """Months of one measure that each line pays in `window`, not rounded, reckoned day by day. `pieces`: within the
    days of the measure."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    day, last_paid = window.start, dict[Month, Mapping[int, Decimal]]()
    while day <= window.end:
        paid = _paid_on(day, pieces)
        for line, share in paid.items():
            if any(piece.by_days for piece in pieces if piece.line == line):
                found[line] += share / DAYS_OF_A_MONTH
        if paid:
            last_paid[Month.of(day)] = paid
        day += timedelta(days=1)
    for paid in last_paid.values():
        for line, share in paid.items():
            if not any(piece.by_days for piece in pieces if piece.line == line):
                found[line] += share
    return dict(found)


def _paid_on(day: date, pieces: Sequence[Piece]) -> Mapping[int, Decimal]:
    """What part of the measure each line pays on a day; those that pay nothing of it are not there."""
    shares: dict[int, int] = defaultdict(int)
    for piece in pieces:
        if piece.days.start <= day <= piece.days.end:
            shares[piece.line] += piece.share
    return {line: Decimal(share) / 100 for line, share in shares.items() if share}
