"""What is left to live on, of a budget: the rule of the plans (`rent_ledger.arrears.rules.living`), once for all.

By person and by day, as plans compare it; by consumption unit and by day, which compares households of other sizes
(docs/law.md A4b). Food is what one lives on: it is paid from what is left. A budget says so for six months (a dated
parameter, usage of the house), then it is to be done again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common.money import ZERO
from common.periods import add_months
from rent_ledger.arrears.codes import Outgoing
from rent_ledger.arrears.rules.living import Budget, a_day, left_in_month, left_to_live
from social_link.budgets.codes import FROM_WHAT_IS_LEFT, Resource, Spending
from social_link.budgets.rules.effort import Effort, effort_rate
from social_link.budgets.rules.units import consumption_units

AS_OUTGOING: Mapping[Spending, Outgoing] = {
    Spending.ENERGY: Outgoing.ENERGY,
    Spending.INSURANCE: Outgoing.INSURANCE,
    Spending.TRANSPORT: Outgoing.TRANSPORT,
    Spending.DEBTS: Outgoing.CREDIT,
    Spending.OTHER: Outgoing.OTHER,
}
"""The charges as the estimate beside a plan names them. Food is none: a plan leaves it in what is left."""


@dataclass(frozen=True, slots=True)
class Month:
    """The month of a household (euros). `rent`: rent and charges, before the `aid`. `older`, `younger`: who live on it,
    of 14 or more, and under 14."""

    resources: Mapping[Resource, Decimal]
    spending: Mapping[Spending, Decimal]
    rent: Decimal
    aid: Decimal
    older: int
    younger: int


@dataclass(frozen=True, slots=True)
class Left:
    """`resources`, `net_rent`, `charges`, `left`, `balance`: euros of the month; `balance` is what remains of what is
    `left` once the food is paid. `by_person`, `by_unit`: what is left, by day. `units`: consumption units."""

    resources: Decimal
    net_rent: Decimal
    charges: Decimal
    left: Decimal
    balance: Decimal
    by_person: Decimal
    by_unit: Decimal
    units: Decimal
    effort: Effort | None


def left_of(month: Month) -> Left:
    """What a month leaves. An aid above the rent leaves no rent to pay; it is no resource."""
    resources = sum(month.resources.values(), ZERO)
    net_rent = max(month.rent - month.aid, ZERO)
    charges = sum((amount for kind, amount in month.spending.items() if kind not in FROM_WHAT_IS_LEFT), ZERO)
    food = sum((amount for kind, amount in month.spending.items() if kind in FROM_WHAT_IS_LEFT), ZERO)
    budget = Budget(month.older + month.younger, resources, charges, net_rent)
    left = left_in_month(budget)
    units = consumption_units(month.older, month.younger)
    return Left(
        resources=resources,
        net_rent=net_rent,
        charges=charges,
        left=left,
        balance=left - food,
        by_person=left_to_live(budget),
        by_unit=a_day(left, units),
        units=units,
        effort=effort_rate(rent=month.rent, aid=month.aid, resources=resources),
    )


def good_until(on: date, months: int) -> date:
    """The last day on which a budget of this day still says what is left: older, it is to be done again."""
    return add_months(on, months)
