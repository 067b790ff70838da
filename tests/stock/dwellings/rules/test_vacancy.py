"""The cost of an empty dwelling, by hand."""

from datetime import date
from decimal import Decimal

import pytest

from stock.dwellings.rules.vacancy import lost_between

CASES = [
    ("nothing on the day of the exit", "300.00", date(2026, 11, 5), date(2026, 11, 5), "0.00"),
    ("a day of November: a thirtieth", "300.00", date(2026, 11, 5), date(2026, 11, 6), "10.00"),
    ("a whole month costs its rent", "412.60", date(2026, 10, 1), date(2026, 11, 1), "412.60"),
    ("of two months each its own days", "300.00", date(2026, 10, 17), date(2026, 11, 16), "295.16"),  # 145.16 + 150.00
    ("February has its own", "280.00", date(2026, 2, 15), date(2026, 3, 1), "140.00"),
]


@pytest.mark.parametrize(
    ("rent", "start", "end", "cost"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_cost_of_the_days_empty(rent: str, start: date, end: date, cost: str) -> None:
    assert lost_between(Decimal(rent), start, end) == Decimal(cost)
