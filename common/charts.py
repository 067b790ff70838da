"""What the charts of a page draw, and where: `common/templatetags/charts.py` writes them.

A chart has no viewBox: it is placed in per cent across and in pixels down, so that its words have one size at every
width.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.money import ZERO
from common.periods import Month

COLUMNS = 12
TOP, FOOT = 18, 90
"""Pixels from the top: where the highest bar begins, where all of them stand."""
HIGH_BEYOND = Decimal("2.5")
"""A bar that is so many times the highest that was asked is cut there: one large payment leaves the others readable."""


@dataclass(frozen=True, slots=True)
class MoneyMonth:
    """A calendar month of a household's account, in euros.

    `asked`: what fell due in it, the aid deducted; `received`: what the household paid in it, for whatever term;
    `aid`: the benefit that came in it, apart; `rejected`: its payments that came back in it. `has_plan`: a plan held
    a debt in it.
    """

    month: Month
    asked: Decimal = ZERO
    received: Decimal = ZERO
    aid: Decimal = ZERO
    rejected: Decimal = ZERO
    has_plan: bool = False

    @property
    def is_short(self) -> bool:
        return self.received < self.asked


@dataclass(frozen=True, slots=True)
class _Bar:
    """A bar in pixels. `is_cut`: it goes on beyond the top."""

    top: str
    height: str
    is_cut: bool


@dataclass(frozen=True, slots=True)
class StripColumn:
    """A month of the strip: the left edges of its marks in per cent, and its bars, None where there is nothing."""

    of: MoneyMonth
    left: str
    middle: str
    aid_left: str
    asked: _Bar | None
    received: _Bar | None
    aid: _Bar | None


def strip_columns(months: Sequence[MoneyMonth]) -> list[StripColumn]:
    """The last twelve `months`, each in a twelfth of the width."""
    shown = months[-COLUMNS:]
    most_asked = max((row.asked for row in shown), default=ZERO)
    most = max((max(row.received, row.aid) for row in shown), default=ZERO)
    top = max(most_asked, min(most, most_asked * HIGH_BEYOND) if most_asked > 0 else most)

    def bar(amount: Decimal) -> _Bar | None:
        if amount <= 0:
            return None
        height = (FOOT - TOP) * min(amount, top) / top
        return _Bar(f"{FOOT - height:.1f}", f"{height:.1f}", amount > top)

    step = Decimal(100) / COLUMNS
    return [
        StripColumn(
            row,
            left=f"{step * n + Decimal('0.7'):.2f}",
            middle=f"{step * n + step / 2:.2f}",
            aid_left=f"{step * n + Decimal('6.1'):.2f}",
            asked=bar(row.asked),
            received=bar(row.received),
            aid=bar(row.aid),
        )
        for n, row in enumerate(shown)
    ]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A month of a line: `share` in per cent, None where there is nothing to judge."""

    month: Month
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class _Dot:
    """A month of a line: across in per cent, down in pixels; `y` is empty where nothing is known."""

    of: TrendPoint
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A line over months: a dot for each, the stretches between two known ones, and its scale in per cent.

    It goes from `low` to `high`, 100 or more. The page writes both, since the foot is seldom zero.
    """

    dots: list[_Dot]
    stretches: list[tuple[_Dot, _Dot]]
    low: int
    high: int

    @property
    def last(self) -> TrendPoint | None:
        """The last month of which something is known."""
        return next((dot.of for dot in reversed(self.dots) if dot.y), None)


def trend(points: Sequence[TrendPoint]) -> Trend:
    """Where a line of `points`, a month each and oldest first, is drawn; the last twelve of them."""
    points = points[-COLUMNS:]
    known = [point.share for point in points if point.share is not None]
    low = max(0, int(min(known, default=ZERO)) // 10 * 10 - 10)
    high = max(100, -(int(-max(known, default=ZERO)) // 10) * 10)
    step = Decimal(100) / COLUMNS
    dots = [
        _Dot(
            point,
            f"{step * n + step / 2:.2f}",
            "" if point.share is None else f"{FOOT - (FOOT - TOP) * (point.share - low) / (high - low):.1f}",
        )
        for n, point in enumerate(points)
    ]
    stretches = [(one, other) for one, other in itertools.pairwise(dots) if one.y and other.y]
    return Trend(dots, stretches, low, high)


ROW = 30
"""Pixels of each row of a road."""
FROM, STEP = 42, 13
"""Per cent across: where the lowest of five levels stands, and how far the next one is."""


@dataclass(frozen=True, slots=True)
class RoadRow:
    """A row of a road from 1 to 5: `levels` at each moment, the oldest first; None where nothing is known."""

    label: str
    levels: Sequence[int | None]

    @property
    def known(self) -> list[int]:
        return [level for level in self.levels if level is not None]

    @property
    def moved(self) -> int:
        """Levels from the first that is known to the last."""
        return self.known[-1] - self.known[0] if self.known else 0


@dataclass(frozen=True, slots=True)
class _RoadMark:
    """A row where it is drawn: down in pixels, across in per cent. `start` is empty where only one moment is known."""

    of: RoadRow
    y: int
    start: str
    now: str


def road(rows: Sequence[RoadRow]) -> list[_RoadMark]:
    """Where the first and the last known level of each row stand."""
    found = []
    for n, row in enumerate(rows):
        known = row.known
        at = [str(FROM + STEP * (level - 1)) for level in known]
        found.append(_RoadMark(row, ROW * (n + 1), at[0] if len(at) > 1 else "", at[-1] if at else ""))
    return found
