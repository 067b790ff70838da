"""API of the rights: read only. Those of health are given to who accompanies the household, and to the head."""

from datetime import date
from typing import Any

from ninja import Query

from common import clock
from office.access.codes import TokenScope
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, paged, ref
from social_link.contacts.api import of_household
from social_link.rights.models import RightFact
from social_link.rights.parameters import right_params
from social_link.rights.perms import READERS
from social_link.rights.queries import rights_for, standing_of
from social_link.rights.rules.days import RightParams
from social_link.rights.schemas import RightQuery, RightShown

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)


def _right(row: RightFact, *, day: date, params: RightParams | None) -> dict[str, Any]:
    """`params`: None in a history, where nothing is waited for."""
    return {name: getattr(row, name) for name in ("kind", "on", "renew_on", "amount", "contest_by")} | {
        "id": row.pk,
        "household": ref(row.household),
        "person": ref(row.person),
        "state": row.said,
        "per": row.per or None,
        "refusal": row.refusal or None,
        "due": standing_of(row, day=day, params=params).due if params else None,
        "author": ref(row.author),
    }


@router.reads("/rights", response=Page[RightShown], needs=READERS)
def list_rights(request: HouseRequest, query: Query[RightQuery]) -> Any:
    """How the rights of the households that the caller follows stand, or all that was said of them; the latest
    first."""
    day = clock.today()
    rows = of_household(rights_for(request.actor), query.household_id)
    if not query.history:
        rows = rows.standing()
    if query.kind:
        rows = rows.filter(kind=query.kind)
    if query.state:
        rows = rows.filter(said=query.state)
    params = None if query.history else right_params(day)
    rows = rows.select_related("household", "person", "author").order_by("-id")
    return paged(rows, query, lambda page: [_right(row, day=day, params=params) for row in page])
