"""Consumption units of a household: the modified scale of the OECD, as INSEE uses it (docs/law.md A4b).

1 for the first adult, 0.5 for each other person of 14 or more, 0.3 for each child under 14. A child is 14 from its
birthday on; of whom the birth day isn't known, a child counts as under 14 and an adult as an adult.
"""

from collections.abc import Iterable
from decimal import Decimal

FIRST, OLDER, YOUNGER = Decimal(1), Decimal("0.5"), Decimal("0.3")
OLDER_FROM = 14
"""Years."""


def consumption_units(older: int, younger: int) -> Decimal:
    """`older`: persons of 14 or more; one at least. `younger`: children under 14."""
    if older < 1 or younger < 0:
        raise ValueError("a household has one person of 14 or more at least")
    return FIRST + OLDER * (older - 1) + YOUNGER * younger


def is_older(age: int | None, *, is_child: bool) -> bool:
    """Whether somebody counts as 14 or more. `age`: whole years, None where the birth day isn't known."""
    return not is_child if age is None else age >= OLDER_FROM


def counted(members: Iterable[tuple[int | None, bool]]) -> tuple[int, int]:
    """(14 or more, under 14) among members given as (age, is a child). The first adult is there at least."""
    ages = [is_older(age, is_child=is_child) for age, is_child in members]
    older = max(sum(ages), 1)
    return older, max(len(ages) - older, 0)
