"""The last budget of a household, as its social page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from common.params import Params
from leases.models import Household
from office.access.actor import Actor
from social_link.budgets.perms import can_read
from social_link.budgets.queries import BudgetNow, budget_now
from social_link.models import Budget


@dataclass(frozen=True, slots=True)
class BudgetCard:
    """`now` is None while there is no budget."""

    now: BudgetNow | None


def budget_card(
    household: Household, actor: Actor, day: date, *, budgets: Sequence[Budget], is_referent: bool, params: Params
) -> BudgetCard | None:
    """None for who does not read it. `budgets`: the last ones, the latest first."""
    if not can_read(actor, household, is_referent=is_referent):
        return None
    return BudgetCard(budget_now(budgets[0], day, params=params) if budgets else None)
