"""The last budget of a household, as its social page shows it."""

from dataclasses import dataclass
from datetime import date

from leases.models import Household
from office.access.actor import Actor
from social_link.budgets.perms import can_read
from social_link.budgets.queries import BudgetNow, budget_now, last_budgets


@dataclass(frozen=True, slots=True)
class BudgetCard:
    """`now` is None while there is no budget."""

    now: BudgetNow | None


def budget_card(household: Household, actor: Actor, day: date) -> BudgetCard | None:
    """None for who does not read it."""
    if not can_read(actor, household):
        return None
    rows = last_budgets(household, 1)
    return BudgetCard(budget_now(rows[0], day) if rows else None)
