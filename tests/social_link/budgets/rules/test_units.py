"""Consumption units: hand cases, of INSEE's modified scale of the OECD."""

from decimal import Decimal as D

import pytest

from social_link.budgets.rules.units import consumption_units, counted


@pytest.mark.parametrize(
    ("older", "younger", "units"),
    [
        (1, 0, "1.0"),
        (2, 0, "1.5"),  # a couple
        (1, 1, "1.3"),
        (1, 3, "1.9"),
        (2, 2, "2.1"),  # the usual family of INSEE
        (4, 1, "2.8"),
    ],
)
def test_the_units_of_a_household(older: int, younger: int, units: str) -> None:
    """INSEE: 1, then 0.5 from 14 on, 0.3 under."""
    assert consumption_units(older, younger) == D(units)


@pytest.mark.parametrize(("older", "younger"), [(0, 2), (1, -1)])
def test_no_household_without_a_first_adult(older: int, younger: int) -> None:
    with pytest.raises(ValueError, match="14 or more"):
        consumption_units(older, younger)


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ([(40, False), (13, True)], (1, 1)),
        ([(40, False), (14, True)], (2, 0)),
        ([(None, False), (None, True)], (1, 1)),  # unknown: by the place in the household
        ([(17, True)], (1, 0)),
        ([(13, True)], (1, 0)),  # one at least counts as the first
        ([], (1, 0)),
    ],
)
def test_who_counts_as_older(members: list[tuple[int | None, bool]], found: tuple[int, int]) -> None:
    assert counted(members) == found
