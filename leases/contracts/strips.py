"""Geometry of the occupancy strip of a dwelling: takes days, returns rectangles of an SVG drawing (S0-02)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

BarKind = Literal["agreement", "household", "current", "indemnity", "gap"]

LEFT = 108
WIDTH = 868
ROW = 34
# Under this width a text does not fit in its bar.
CHARACTER = 7


@dataclass(frozen=True, slots=True)
class Stay:
    """What to draw: `[lower, upper)`, its words, a short form for a narrow bar."""

    lower: date
    upper: date | None
    text: str
    kind: Literal["agreement", "household", "indemnity"]


@dataclass(frozen=True, slots=True)
class Row:
    """The stays in one unit. `others`: stays elsewhere in the dwelling; this unit isn't vacant during them."""

    label: str
    stays: tuple[Stay, ...]
    others: tuple[Stay, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle: its place in drawing units, what is written in it (empty where it would not fit), its kind.

    `days` is the length of a vacancy.
    """

    x: int
    width: int
    y: int
    text: str
    kind: BarKind
    days: int = 0

    @property
    def text_x(self) -> int:
        return self.x + 7

    @property
    def middle(self) -> int:
        return self.x + self.width // 2

    @property
    def text_y(self) -> int:
        return self.y + 16


@dataclass(frozen=True, slots=True)
class Strip:
    """The drawing: rows of bars with their label, years on the axis, today's line."""

    rows: tuple[tuple[str, int, tuple[Bar, ...]], ...]
    years: tuple[tuple[int, int], ...]
    today_x: int
    height: int
    vacant_days: int

    @property
    def width(self) -> int:
        return LEFT + WIDTH

    @property
    def axis_y(self) -> int:
        return self.height - 6

    @property
    def grid_y(self) -> int:
        return self.height - 24


def draw(
    *, agreements: Sequence[Stay], units: Sequence[Row], today: date, known_since: date | None = None
) -> Strip | None:
    """The strip of a dwelling: a row of agreements, a row per unit. None where there is nothing to draw.

    Vacancies are drawn between stays and up to today, on the days when an agreement gave the dwelling; a dwelling let
    by rooms has them per room. `vacant_days` counts the first row of units only.

    `known_since`: the day since when stays are written down. Nothing is said of the days before it and before the first
    stay that is known: somebody may have lived there.
    """
    stays = [stay for row in units for stay in row.stays]
    if not agreements and not stays:
        return None
    first = min(stay.lower for stay in (*agreements, *stays))
    ends = [stay.upper for stay in (*agreements, *stays) if stay.upper]
    last = min(max([today + timedelta(days=120), *ends]), date(today.year + 3, 1, 1))
    span = max((last - first).days, 1)

    def x(day: date) -> int:
        return LEFT + round(WIDTH * (min(max(day, first), last) - first).days / span)

    def bar(stay: Stay, y: int, kind: BarKind) -> Bar:
        left, right = x(stay.lower), x(stay.upper or last)
        if kind != "agreement" and stay.upper is None:
            right = x(today)
        width = max(right - left, 3)
        text = stay.text if len(stay.text) * CHARACTER <= width else ""
        return Bar(left, width, y, text, kind)

    y = 6
    rows: list[tuple[str, int, tuple[Bar, ...]]] = []
    if agreements:
        rows.append(("Convention", y + 16, tuple(bar(stay, y, "agreement") for stay in agreements)))
        y += ROW
    since = first if known_since is None else min([known_since, *(stay.lower for stay in stays)])
    vacant = 0
    for index, row in enumerate(units):
        written = ((max(start, since), end) for start, end in _gaps(agreements, [*row.stays, *row.others], today))
        gaps = [(start, end) for start, end in written if start < end]
        if index == 0:
            vacant = sum((end - start).days for start, end in gaps)
        bars = [bar(stay, y, _kind(stay, today)) for stay in row.stays]
        bars += [Bar(x(start), max(x(end) - x(start), 2), y, "", "gap", (end - start).days) for start, end in gaps]
        rows.append((row.label, y + 16, tuple(sorted(bars, key=lambda b: b.x))))
        y += ROW + 8
    years = tuple((year, x(date(year, 1, 1))) for year in range(first.year + 1, last.year + 1))
    return Strip(tuple(rows), years, x(today), y + 20, vacant)


def _kind(stay: Stay, today: date) -> Literal["household", "current", "indemnity"]:
    if stay.kind == "indemnity":
        return "indemnity"
    return "current" if stay.lower <= today and (stay.upper is None or stay.upper > today) else "household"


def _gaps(agreements: Iterable[Stay], stays: Sequence[Stay], today: date) -> Iterable[tuple[date, date]]:
    """The days up to today when an agreement gave the dwelling and nobody was in the unit."""
    for held in sorted(agreements, key=lambda s: s.lower):
        cursor, end = held.lower, min(held.upper or today, today)
        for stay in sorted(stays, key=lambda s: s.lower):
            if stay.lower >= end:
                break
            if stay.lower > cursor:
                yield cursor, stay.lower
            cursor = max(cursor, stay.upper or end)
        if cursor < end:
            yield cursor, end
