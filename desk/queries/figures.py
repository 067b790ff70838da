"""What figures without any name are made of: each carries its definition and its parts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common.periods import Month
from common.reasons import Reason
from common.typography import NOTHING, number
from desk.codes import FigureWhy

SPANS = {"mois": "Mois", "trimestre": "Trimestre", "annee": "Année"}
_MONTHS = {"mois": 1, "trimestre": 3, "annee": 12}


@dataclass(frozen=True, slots=True)
class Figure:
    """`text` is what stands in large; its definition and parts are in `reason`."""

    label: str
    text: str
    note: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    text: str
    share: Decimal
    hue: str = "rent"
    meaning: str = ""
    count: int = 0


def span_before(day: date, span: str) -> tuple[date, date]:
    """`[start, end)`: the last full month, quarter of three months or twelve months before `day`."""
    end = Month.of(day)
    return end.plus(-_MONTHS[span]).first, end.first


def count_of(code: FigureWhy, n: int) -> Reason:
    """A part that is a number, not an amount."""
    return Reason(code, detail=Reason(FigureWhy.COUNT, {"n": n}))


def percent(share: Decimal | None, places: int = 0) -> str:
    return NOTHING if share is None else f"{number(share, places)} %"
