"""Places used against places funded, on a day: hand cases, each by its text (S3-05, S3-12, S4-04, row 137).

A place is held from the first day of a measure to its last, both included, by the line of the funder and of the kind
that it has that day; a share of a measure is that part of a place, and the main funder keeps the rest.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pytest

from common.periods import period
from office.house.codes import OrganisationKind
from social_link.funding.queries import funded
from social_link.models import FormerKind, FundingLine, FundingShare, Measure
from tests.factories import make_household, make_organisation, make_user

pytestmark = pytest.mark.django_db

D, DAY = date, timedelta(days=1)
JAN, DEC = D(2026, 1, 1), D(2026, 12, 31)
PLACES = "S3-05: places used against places funded"
DAYS = "S3-05: first and last day included"
TURN = "S4-04: an agreement by the year"
KIND = "S3-12: a place is of one kind on a day"
SHARED = "row 137: several funders, 100 % together"
OVER = "S3-05: used beyond funded is said"


@dataclass(frozen=True)
class M:
    """A measure of the first funder. `shares`: (number of the funder, per cent, first, last)."""

    first: date
    last: date
    kind: str = "SIMPLE"
    shares: tuple[tuple[int, int, date, date], ...] = ()
    formers: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True)
class Line:
    funder: int = 1
    kind: str = "SIMPLE"
    first: date = JAN
    last: date = DEC
    places: int = 2


@dataclass(frozen=True)
class Case:
    text: str
    day: date
    measures: list[M]
    used: list[str]
    """By line, in the order of `lines`; « – » where the line does not run in the year of the day."""
    lines: list[Line] = field(default_factory=lambda: [Line()])
    full: list[int] = field(default_factory=list)
    over: list[int] = field(default_factory=list)


YEAR = M(D(2026, 1, 1), D(2026, 12, 31))
CASES = [
    Case(PLACES, D(2026, 5, 5), [], ["0"]),
    Case(PLACES, D(2026, 5, 5), [YEAR], ["1"]),
    Case(PLACES, D(2026, 5, 5), [YEAR, YEAR], ["2"], full=[0]),
    Case(OVER, D(2026, 5, 5), [YEAR, YEAR, YEAR], ["3"], full=[0], over=[0]),
    Case(OVER, D(2026, 5, 5), [YEAR], ["1"], lines=[Line(places=1)], full=[0]),
    # -- the edges of a measure
    Case(DAYS, D(2026, 3, 9), [M(D(2026, 3, 10), D(2026, 6, 9))], ["0"]),
    Case(DAYS, D(2026, 3, 10), [M(D(2026, 3, 10), D(2026, 6, 9))], ["1"]),
    Case(DAYS, D(2026, 6, 9), [M(D(2026, 3, 10), D(2026, 6, 9))], ["1"]),
    Case(DAYS, D(2026, 6, 10), [M(D(2026, 3, 10), D(2026, 6, 9))], ["0"]),
    Case(DAYS, D(2026, 6, 9), [M(D(2026, 3, 10), D(2026, 6, 9)), M(D(2026, 6, 10), D(2026, 12, 9))], ["1"]),
    Case(DAYS, D(2026, 7, 1), [M(D(2026, 7, 1), D(2026, 7, 1))], ["1"]),
    Case("S3-05, a leap day", D(2028, 2, 29), [M(D(2028, 2, 29), D(2028, 8, 28))], ["1"],
         lines=[Line(first=D(2028, 1, 1), last=D(2028, 12, 31))]),
    Case("S3-05, a leap day", D(2028, 2, 29), [M(D(2028, 3, 1), D(2028, 8, 28))], ["0"],
         lines=[Line(first=D(2028, 1, 1), last=D(2028, 12, 31))]),
    # -- the edges of an agreement
    Case(TURN, D(2026, 12, 31), [M(D(2026, 6, 1), D(2027, 5, 31))], ["1"]),
    Case(TURN, D(2027, 1, 1), [M(D(2026, 6, 1), D(2027, 5, 31))], ["1"],
         lines=[Line(first=D(2027, 1, 1), last=D(2027, 12, 31), places=1)], full=[0]),
    Case(TURN, D(2026, 12, 31), [M(D(2026, 6, 1), D(2027, 5, 31))], ["1", "–"],
         lines=[Line(), Line(first=D(2027, 1, 1), last=D(2027, 12, 31))]),
    Case(TURN, D(2026, 4, 14), [YEAR], ["0"], lines=[Line(first=D(2026, 4, 15))]),
    Case(TURN, D(2026, 4, 15), [YEAR], ["1"], lines=[Line(first=D(2026, 4, 15))]),
    Case(TURN, D(2026, 4, 15), [YEAR], ["1"], lines=[Line(last=D(2026, 4, 15))]),
    Case(TURN, D(2026, 4, 16), [YEAR], ["0"], lines=[Line(last=D(2026, 4, 15))]),
    # -- kinds and funders
    Case(KIND, D(2026, 5, 5), [YEAR, M(D(2026, 1, 1), D(2026, 12, 31), "RENF")], ["1", "1"],
         lines=[Line(), Line(kind="RENF", places=1)], full=[1]),
    Case(KIND, D(2026, 2, 14), [M(D(2026, 1, 1), D(2026, 12, 31), formers=(("RENF", D(2026, 2, 14)),))], ["0", "1"],
         lines=[Line(), Line(kind="RENF")]),
    Case(KIND, D(2026, 2, 15), [M(D(2026, 1, 1), D(2026, 12, 31), formers=(("RENF", D(2026, 2, 14)),))], ["1", "0"],
         lines=[Line(), Line(kind="RENF")]),
    Case(KIND, D(2026, 5, 5), [M(D(2026, 1, 1), D(2026, 12, 31), "RENF")], ["0"]),
    Case("S3-05: a funder pays his own", D(2026, 5, 5), [YEAR], ["0"], lines=[Line(funder=2)]),
    # -- shares
    Case(SHARED, D(2026, 3, 1), [M(D(2026, 1, 1), D(2026, 12, 31), shares=((2, 40, D(2026, 1, 1), D(2026, 6, 30)),))],
         ["0.6", "0.4"], lines=[Line(), Line(funder=2)]),
    Case(SHARED, D(2026, 6, 30), [M(D(2026, 1, 1), D(2026, 12, 31), shares=((2, 40, D(2026, 1, 1), D(2026, 6, 30)),))],
         ["0.6", "0.4"], lines=[Line(), Line(funder=2)]),
    Case(SHARED, D(2026, 7, 1), [M(D(2026, 1, 1), D(2026, 12, 31), shares=((2, 40, D(2026, 1, 1), D(2026, 6, 30)),))],
         ["1", "0"], lines=[Line(), Line(funder=2)]),
    Case(SHARED, D(2026, 3, 1), [M(D(2026, 1, 1), D(2026, 12, 31), shares=((2, 100, D(2026, 1, 1), D(2026, 6, 30)),))],
         ["0", "1"], lines=[Line(), Line(funder=2, places=1)], full=[1]),
    Case(SHARED, D(2026, 3, 1),
         [M(D(2026, 1, 1), D(2026, 12, 31), shares=((2, 30, D(2026, 1, 1), D(2026, 12, 31)),
                                                    (3, 30, D(2026, 1, 1), D(2026, 12, 31))))],
         ["0.4", "0.3", "0.3"], lines=[Line(), Line(funder=2), Line(funder=3)]),
    # Half a place and half a place are one.
    Case(SHARED, D(2026, 3, 1),
         [M(D(2026, 1, 1), D(2026, 12, 31), shares=((2, 50, D(2026, 1, 1), D(2026, 12, 31)),))] * 2,
         ["1", "1"], lines=[Line(), Line(funder=2, places=1)], full=[1]),
    Case(OVER, D(2026, 3, 1),
         [M(D(2026, 1, 1), D(2026, 12, 31), shares=((2, 50, D(2026, 1, 1), D(2026, 12, 31)),))] * 3,
         ["1.5", "1.5"], lines=[Line(), Line(funder=2, places=1)], full=[1], over=[1]),
    # A share that goes to a funder without a line leaves the main one its rest.
    Case(SHARED, D(2026, 3, 1), [M(D(2026, 1, 1), D(2026, 12, 31), shares=((2, 40, D(2026, 1, 1), D(2026, 6, 30)),))],
         ["0.6"]),
]  # fmt: skip


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{n}, {case.text}") for n, case in enumerate(CASES, 1)])
def test_places(case: Case) -> None:
    bodies = {n: make_organisation(kinds=[OrganisationKind.FUNDER]) for n in (1, 2, 3)}
    lines = [
        FundingLine.objects.create(
            funder=bodies[one.funder], kind=one.kind, reference=f"C{n}", places=one.places,
            period=period(one.first, one.last + DAY),
        )
        for n, one in enumerate(case.lines)
    ]  # fmt: skip
    referent = make_user()
    for made in case.measures:
        row = Measure.objects.create(
            household=make_household(), kind=made.kind, funder=bodies[1], referent=referent,
            period=period(made.first, made.last + DAY), planned_end=made.last,
        )  # fmt: skip
        for kind, until in made.formers:
            FormerKind.objects.create(measure=row, kind=kind, until=until)
        at = 0
        for funder, share, first, last in made.shares:
            FundingShare.objects.create(
                measure=row, funder=bodies[funder], period=period(first, last + DAY), parts=(at, at + share)
            )
            at += share
    year = case.day.year
    found = {row.id: row for row in funded(D(year, 1, 1), D(year + 1, 1, 1), day=case.day)}
    assert [str(_plain(found[line.pk].used)) if line.pk in found else "–" for line in lines] == case.used
    rows = [found.get(line.pk) for line in lines]
    assert [n for n, row in enumerate(rows) if row and row.is_full] == case.full
    assert [n for n, row in enumerate(rows) if row and row.is_over] == case.over


def _plain(used: Decimal) -> Decimal:
    return used.quantize(Decimal(1)) if used == used.to_integral_value() else used.normalize()
