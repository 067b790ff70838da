"""What past months ask beside what they asked (loi 89-462, art. 7-1)."""

from decimal import Decimal

import pytest

from common.periods import Month
from leases.contracts.natures import Nature
from rent_ledger.billing.rules.rappels import PastMonth, rappels

OCT, NOV = Month(2026, 10), Month(2026, 11)
RENT, CHARGES, PARKING = Nature.RENT, Nature.CHARGES, Nature.PARKING


def euros(**amounts: str) -> dict[Nature, Decimal]:
    return {Nature[nature]: Decimal(amount) for nature, amount in amounts.items()}


@pytest.mark.parametrize(
    ("months", "room", "expected"),
    [
        pytest.param([PastMonth(NOV, euros(RENT="400.00"), euros(RENT="400.00"))], "400.00", [], id="nothing changed"),
        pytest.param(
            [PastMonth(NOV, euros(RENT="400.00"), euros(RENT="420.00"))], "0.00", [(NOV, RENT, "20.00")], id="claimed"
        ),
        pytest.param(
            [PastMonth(NOV, euros(RENT="400.00"), euros(RENT="380.00"))],
            "400.00",
            [(NOV, RENT, "-20.00")],
            id="given back",
        ),
        pytest.param(
            [PastMonth(NOV, euros(RENT="400.00", PARKING="30.00"), euros(RENT="400.00"))],
            "400.00",
            [(NOV, PARKING, "-30.00")],
            id="a nature that ended",
        ),
        pytest.param(
            [PastMonth(NOV, {}, euros(CHARGES="80.00", RENT="400.00"), is_missed=True)],
            "0.00",
            [(NOV, RENT, "400.00"), (NOV, CHARGES, "80.00")],
            id="a month without a demand, its rent first",
        ),
        pytest.param(
            [
                PastMonth(NOV, euros(RENT="400.00"), euros(RENT="420.00")),
                PastMonth(OCT, euros(RENT="400.00"), euros(RENT="420.00")),
            ],
            "0.00",
            [(OCT, RENT, "20.00"), (NOV, RENT, "20.00")],
            id="the oldest month first",
        ),
        pytest.param(
            [
                PastMonth(OCT, euros(RENT="400.00"), euros(RENT="100.00")),
                PastMonth(NOV, euros(RENT="400.00"), euros(RENT="100.00")),
            ],
            "350.00",
            [(OCT, RENT, "-300.00"), (NOV, RENT, "-50.00")],
            id="no demand goes below zero: the rest waits",
        ),
        pytest.param(
            [
                PastMonth(OCT, euros(RENT="400.00"), euros(RENT="100.00")),
                PastMonth(NOV, euros(RENT="400.00"), euros(RENT="450.00")),
            ],
            "0.00",
            [(NOV, RENT, "50.00"), (OCT, RENT, "-50.00")],
            id="a claim makes room for what is given back",
        ),
        pytest.param(
            [PastMonth(OCT, euros(RENT="400.00"), euros(RENT="100.00"))], "0.00", [], id="no room, nothing yet"
        ),
    ],
)
def test_the_differences(months, room, expected):
    found = rappels(months, room=Decimal(room))
    assert [(r.month, r.nature, str(r.amount)) for r in found] == expected


def test_a_rappel_says_what_was_billed_and_what_is_due():
    [found] = rappels([PastMonth(NOV, euros(RENT="400.00"), euros(RENT="420.00"))], room=Decimal(0))
    assert (found.billed, found.due, found.is_missed) == (Decimal("400.00"), Decimal("420.00"), False)


def test_a_month_is_told_in_the_order_of_the_paper():
    due = euros(SERVICES="5.00", PARKING="4.00", SHORTFALL="3.00", INDEMNITY_CHARGES="2.50", CHARGES="2.00",
                INDEMNITY="1.50", RENT="1.00")  # fmt: skip
    found = rappels([PastMonth(NOV, {}, due)], room=Decimal(0))
    assert [str(r.amount) for r in found] == ["1.00", "1.50", "2.00", "2.50", "3.00", "4.00", "5.00"]
