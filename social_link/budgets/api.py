"""API of the budgets: read only. They are made on the site, with the household."""

from typing import Any

from ninja import Query

from common import clock
from office.access.codes import TokenScope
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, paged, ref
from social_link.budgets.models import Budget
from social_link.budgets.parameters import redo_months
from social_link.budgets.perms import READERS
from social_link.budgets.queries import budgets_for
from social_link.budgets.rules.living import good_until
from social_link.budgets.schemas import BudgetShown
from social_link.contacts.api import of_household
from social_link.contacts.schemas import HouseholdQuery

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)


def _budget(row: Budget, months: int) -> dict[str, Any]:
    month = row.month
    return {
        name: getattr(row, name) for name in ("on", "older", "younger", "rent", "aid", "source", "papers", "left")
    } | {
        "id": row.pk,
        "household": ref(row.household),
        "good_until": good_until(row.on, months),
        "resources": [{"kind": kind, "amount": amount} for kind, amount in month.resources.items()],
        "spending": [{"kind": kind, "amount": amount} for kind, amount in month.spending.items()],
        "author": ref(row.author),
    }


@router.reads("/budgets", response=Page[BudgetShown], needs=READERS)
def list_budgets(request: HouseRequest, query: Query[HouseholdQuery]) -> Any:
    """Budgets of the households that the caller follows, the latest first, with what each leaves to live on."""
    months = redo_months(clock.today())
    rows = of_household(budgets_for(request.actor), query.household_id)
    rows = rows.select_related("household", "author").prefetch_related("amounts").order_by("-on", "-id")
    return paged(rows, query, lambda page: [_budget(row, months) for row in page])
