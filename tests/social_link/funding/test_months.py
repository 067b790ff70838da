"""Mois/mesures: the oracle of the statement against hand cases, each by its text."""

from datetime import date
from decimal import Decimal

import pytest

from tests.oracle.funded_months import Piece, Run, both, months_by_line

D = date
YEAR = Run(D(2026, 1, 1), D(2026, 12, 31))
LEAP = Run(D(2028, 1, 1), D(2028, 12, 31))
ANY = "A4: any day of a month counts"
BY_DAYS = "A4: days / 30.4"
ONCE = "S3-12: no double count"
SHARED = "row 137: a share rule per month, 100 % together"


def a(start: date, end: date, share: int = 100, line: int = 1) -> Piece:
    return Piece(line, Run(start, end), share)


def d(start: date, end: date, share: int = 100, line: int = 1) -> Piece:
    return Piece(line, Run(start, end), share, by_days=True)


@pytest.mark.parametrize(
    ("text", "pieces", "window", "expected"),
    [
        # -- any day
        (ANY, [], YEAR, {}),
        (ANY, [a(D(2026, 1, 1), D(2026, 12, 31))], YEAR, {1: "12"}),
        (ANY, [a(D(2025, 6, 15), D(2027, 6, 14))], YEAR, {1: "12"}),
        (ANY, [a(D(2026, 3, 31), D(2026, 3, 31))], YEAR, {1: "1"}),
        (ANY, [a(D(2026, 3, 31), D(2026, 4, 1))], YEAR, {1: "2"}),
        (ANY, [a(D(2026, 5, 15), D(2026, 11, 14))], YEAR, {1: "7"}),
        (ANY, [a(D(2025, 12, 31), D(2026, 1, 1))], YEAR, {1: "1"}),  # the turn of the year
        (ANY, [a(D(2025, 1, 1), D(2025, 12, 31))], YEAR, {}),
        (ANY, [a(D(2027, 1, 1), D(2027, 1, 31))], YEAR, {}),
        (ANY, [a(D(2026, 1, 1), D(2026, 12, 31))], Run(D(2026, 1, 1), D(2026, 11, 5)), {1: "11"}),
        (ANY, [a(D(2026, 11, 6), D(2026, 12, 31))], Run(D(2026, 1, 1), D(2026, 11, 5)), {}),
        (ANY, [a(D(2028, 2, 29), D(2028, 2, 29))], LEAP, {1: "1"}),
        ("S3-09: 235 months, 40 measures", [a(D(2026, 1, 1), D(2026, 6, 30))] * 39 + [a(D(2026, 7, 1), D(2026, 7, 9))],
         YEAR, {1: "235"}),
        # -- days
        (BY_DAYS, [d(D(2026, 1, 1), D(2026, 1, 31))], YEAR, {1: "1.0197"}),  # 31 / 30.4
        (BY_DAYS, [d(D(2026, 2, 1), D(2026, 2, 28))], YEAR, {1: "0.9211"}),  # 28 / 30.4
        (BY_DAYS, [d(D(2028, 2, 1), D(2028, 2, 29))], LEAP, {1: "0.9539"}),  # 29 / 30.4
        (BY_DAYS, [d(D(2026, 1, 1), D(2026, 12, 31))], YEAR, {1: "12.0066"}),  # 365 / 30.4
        (BY_DAYS, [d(D(2028, 1, 1), D(2028, 12, 31))], LEAP, {1: "12.0395"}),  # 366 / 30.4
        (BY_DAYS, [d(D(2026, 3, 31), D(2026, 3, 31))], YEAR, {1: "0.0329"}),
        (BY_DAYS, [d(D(2026, 3, 31), D(2026, 4, 1))], YEAR, {1: "0.0658"}),
        (BY_DAYS, [d(D(2025, 6, 15), D(2026, 1, 19))], YEAR, {1: "0.625"}),  # 19 / 30.4
        # 309 / 30.4
        (BY_DAYS, [d(D(2026, 1, 1), D(2026, 12, 31))], Run(D(2026, 1, 1), D(2026, 11, 5)), {1: "10.1645"}),
        # -- once: another line from a day of the month on
        (ONCE, [a(D(2026, 1, 1), D(2026, 1, 14)), a(D(2026, 1, 15), D(2026, 1, 31), line=2)], YEAR, {2: "1"}),
        (ONCE, [a(D(2026, 1, 1), D(2026, 6, 30)), a(D(2026, 7, 1), D(2026, 12, 31), line=2)], YEAR, {1: "6", 2: "6"}),
        (ONCE, [a(D(2026, 1, 1), D(2026, 6, 29)), a(D(2026, 6, 30), D(2026, 12, 31), line=2)], YEAR, {1: "5", 2: "7"}),
        # A line that ends within a month, and none after it: its month is begun.
        (ONCE, [a(D(2026, 1, 1), D(2026, 6, 15))], YEAR, {1: "6"}),
        # It ended on the 20th: what paid for it then.
        (ONCE, [a(D(2026, 1, 1), D(2026, 1, 9)), a(D(2026, 1, 10), D(2026, 1, 20), line=2)], YEAR, {2: "1"}),
        (ONCE, [d(D(2026, 1, 1), D(2026, 1, 14)), d(D(2026, 1, 15), D(2026, 1, 31), line=2)], YEAR,
         {1: "0.4605", 2: "0.5592"}),
        # -- shared: the main funder keeps the rest
        (SHARED, [a(D(2026, 1, 1), D(2026, 12, 31)), a(D(2026, 1, 1), D(2026, 12, 31), -40),
                  a(D(2026, 1, 1), D(2026, 12, 31), 40, line=2)], YEAR, {1: "7.2", 2: "4.8"}),
        (SHARED, [a(D(2026, 1, 1), D(2026, 12, 31)), a(D(2026, 7, 1), D(2026, 12, 31), -50),
                  a(D(2026, 7, 1), D(2026, 12, 31), 50, line=2)], YEAR, {1: "9", 2: "3"}),
        (SHARED, [a(D(2026, 1, 1), D(2026, 1, 31)), a(D(2026, 1, 1), D(2026, 1, 15), -50),
                  a(D(2026, 1, 1), D(2026, 1, 15), 50, line=2)], YEAR, {1: "1"}),
        (SHARED, [a(D(2026, 1, 1), D(2026, 1, 31)), a(D(2026, 1, 16), D(2026, 1, 31), -100),
                  a(D(2026, 1, 16), D(2026, 1, 31), 100, line=2)], YEAR, {1: "0", 2: "1"}),
        # All of it goes to a funder without a line: the month is whole that of who paid before, or after.
        (SHARED, [a(D(2026, 1, 1), D(2026, 2, 28)), a(D(2026, 1, 16), D(2026, 2, 28), -100)], YEAR, {1: "1"}),
        (SHARED, [a(D(2026, 1, 1), D(2026, 1, 31)), a(D(2026, 1, 1), D(2026, 1, 30), -100)], YEAR, {1: "1"}),
        (SHARED, [a(D(2026, 1, 1), D(2026, 3, 31)), a(D(2026, 1, 1), D(2026, 3, 31), -100)], YEAR, {}),
        (SHARED, [a(D(2026, 1, 1), D(2026, 1, 31)), a(D(2026, 1, 16), D(2026, 1, 31), -40)], YEAR, {1: "0.6"}),
        (SHARED, [d(D(2026, 1, 1), D(2026, 1, 31)), d(D(2026, 1, 16), D(2026, 1, 31), -100)], YEAR,
         {1: "0.4934"}),  # 15 / 30.4
        (SHARED, [a(D(2026, 1, 1), D(2026, 3, 31)), *[a(D(2026, 1, 1), D(2026, 3, 31), -p) for p in (30, 30)],
                  *[a(D(2026, 1, 1), D(2026, 3, 31), 30, line=n) for n in (2, 3)]], YEAR,
         {1: "1.2", 2: "0.9", 3: "0.9"}),
        (SHARED, [d(D(2026, 1, 1), D(2026, 1, 31)), d(D(2026, 1, 1), D(2026, 1, 15), -50),
                  d(D(2026, 1, 1), D(2026, 1, 15), 50, line=2)], YEAR, {1: "0.773", 2: "0.2467"}),
    ],
)  # fmt: skip
def test_months(text: str, pieces: list[Piece], window: Run, expected: dict[int, str]) -> None:
    found = {line: round(months, 4) for line, months in months_by_line_of_each(pieces, window).items() if months}
    assert found == {line: Decimal(months) for line, months in expected.items() if Decimal(months)}, text


def months_by_line_of_each(pieces: list[Piece], window: Run) -> dict[int, Decimal]:
    """Equal pieces are those of different measures: each measure by itself."""
    if len(pieces) < 10:
        return dict(months_by_line(pieces, window))
    total: dict[int, Decimal] = {}
    for piece in pieces:
        for line, months in months_by_line([piece], window).items():
            total[line] = total.get(line, Decimal(0)) + months
    return total


def test_what_two_runs_have_in_common() -> None:
    jan, feb = Run(D(2026, 1, 1), D(2026, 1, 31)), Run(D(2026, 2, 1), D(2026, 2, 28))
    assert both(jan, feb) is None
    assert both(jan, Run(D(2026, 1, 31), D(2026, 3, 1))) == Run(D(2026, 1, 31), D(2026, 1, 31))
