"""What is left to live on: hand cases. Usage of the commissions, 30 days a month."""

from datetime import date
from decimal import Decimal as D

import pytest

from rent_ledger.arrears.codes import Outgoing
from social_link.budgets.codes import FROM_WHAT_IS_LEFT, Resource, Spending
from social_link.budgets.rules.living import AS_OUTGOING, Month, good_until, left_of

# title, resources, spending, rent, aid, older, younger, left of the month, by person, by unit, after food
CASES = [
    ("alone", {"MINIMUM": "1000"}, {}, "550", "250", 1, 0, "700", "23.33", "23.33", "700"),
    ("a couple", {"WORK": "1000"}, {}, "550", "250", 2, 0, "700", "11.66", "15.55", "700"),
    ("a parent with a child of 6", {"WORK": "742", "ACTIVITY": "268", "FAMILY": "151"},
     {"ENERGY": "60", "INSURANCE": "60", "TRANSPORT": "112"}, "499", "286", 1, 1, "716", "11.93", "18.35", "716"),
    ("food comes after", {"WORK": "1000"}, {"FOOD": "300"}, "550", "250", 1, 0, "700", "23.33", "23.33", "400"),
    ("an aid above the rent", {"MINIMUM": "600"}, {}, "300", "350", 1, 0, "600", "20.00", "20.00", "600"),
    ("less than nothing", {"OTHER_IN": "500"}, {"DEBTS": "300.01"}, "200", "0", 1, 0, "-0.01", "-0.01", "-0.01",
     "-0.01"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_what_is_left(case: tuple[str, ...]) -> None:
    _, resources, spending, rent, aid, older, younger, left, by_person, by_unit, balance = case
    month = Month(
        {Resource(kind): D(amount) for kind, amount in resources.items()},  # type: ignore[attr-defined]
        {Spending(kind): D(amount) for kind, amount in spending.items()},  # type: ignore[attr-defined]
        D(rent), D(aid), older, younger,  # type: ignore[arg-type]
    )  # fmt: skip
    found = left_of(month)
    assert (found.left, found.balance) == (D(left), D(balance))
    assert (found.by_person, found.by_unit) == (D(by_person), D(by_unit))


@pytest.mark.parametrize(
    ("on", "until"),
    [
        (date(2026, 5, 5), date(2026, 11, 5)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 8, 29)),
    ],
)
def test_a_budget_says_so_for_six_months(on: date, until: date) -> None:
    assert good_until(on, 6) == until


def test_each_charge_has_its_name_beside_a_plan() -> None:
    """All but the food, and no two of them the same."""
    assert set(AS_OUTGOING) == set(Spending) - FROM_WHAT_IS_LEFT
    assert len(set(AS_OUTGOING.values()) & set(Outgoing)) == len(AS_OUTGOING)
