"""What figures without any name are made of: each carries its definition and its parts."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from common.periods import Month
from common.reasons import Reason
from common.typography import NBSP, NOTHING, agree, counted, number, short_day
from desk.codes import FigureWhy

SPANS = {"mois": "Mois", "trimestre": "Trimestre", "annee": "Année"}
_MONTHS = {"mois": 1, "trimestre": 3, "annee": 12}


@dataclass(frozen=True, slots=True)
class Figure:
    """`text` is what stands in large; its definition and parts are in `reason`.

    `value`: the number to compare, rounded as it is read, in `unit` (singular and plural of a difference); None where
    there is none. `change`, `goal`: what it was a month before and what it should be, in words. `url`, `more`: the rows
    that it opens, and the words of the link.
    """

    label: str
    text: str
    note: str
    reason: Reason
    value: Decimal | None = None
    unit: str = "point"
    change: str = ""
    goal: str = ""
    url: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    text: str
    share: Decimal
    hue: str = "rent"
    meaning: str = ""
    count: int = 0
    url: str = ""


def span_of(asked: str | None) -> str:
    """The period that an address asks, a month where it asks another thing."""
    return asked if asked in SPANS else "mois"


def span_before(day: date, span: str) -> tuple[date, date]:
    """`[start, end)`: the last full month, quarter of three months or twelve months before `day`."""
    end = Month.of(day)
    return end.plus(-_MONTHS[span]).first, end.first


def count_of(code: FigureWhy, n: int) -> Reason:
    """A part that is a number, not an amount."""
    return Reason(code, detail=Reason(FigureWhy.COUNT, {"n": n}))


def percent(share: Decimal | None, places: int = 0) -> str:
    return NOTHING if share is None else f"{number(share, places)} %"


def rounded(share: Decimal | None, places: int = 0) -> Decimal | None:
    """As `percent` writes it."""
    return None if share is None else share.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def compared(now: Figure, before: Figure, *, on: date, today: date) -> Figure:
    """`now`, with its change since `before`, the same figure as it was on the day `on`."""
    when = f"au {short_day(on, today=today)}"
    if before.value is None:
        return replace(now, change=f"pas de chiffre {when}")
    then = f"{before.text} {when}"
    if now.value is None:
        return replace(now, change=then)
    moved = now.value - before.value
    words = f"{number(moved, signed=True)}{NBSP}{agree(moved, now.unit)}" if moved else "stable"
    return replace(now, change=f"{words}, {then}")


def aimed(figure: Figure, goal: int | None, *, at_most: bool) -> Figure:
    """`figure`, with the goal of the house and whether it is reached; as it is where the house has none."""
    if goal is None:
        return figure
    text = f"objectif {counted(goal, figure.unit)}" if at_most else f"objectif {percent(Decimal(goal))}"
    if figure.value is None:
        return replace(figure, goal=text)
    is_reached = figure.value <= goal if at_most else figure.value >= goal
    return replace(figure, goal=f"{text}, {'atteint' if is_reached else 'non atteint'}")
