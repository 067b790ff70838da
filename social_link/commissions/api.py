"""API of the commissions: read only. They are prepared, held and told on the site."""

from typing import Any

from ninja import Query

from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, paged, ref
from social_link.commissions.models import CommissionItem
from social_link.commissions.perms import can_run
from social_link.commissions.queries import commissions_for, items_for
from social_link.commissions.schemas import CommissionItemQuery, CommissionItemShown, CommissionQuery, CommissionShown
from social_link.contacts.api import of_household

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)

_OF_COMMISSION = ("id", "kind", "held_on", "at_time", "place", "entries_until", "quorum", "closed_at")
_OF_ITEM = (
    "id", "commission_id", "ask", "months", "measure_id", "renewal_id", "agreed_to_inform", "day", "granted",
    "conditions", "decided_at",
)  # fmt: skip
_CODES = ("kind", "end_reason", "opinion", "decision")


def _commission(row: Any, *, runs: bool) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _OF_COMMISSION} | {
        "asked": row.asked if runs else None,
        "waiting": row.waiting if runs else None,
    }


@router.reads("/commissions", response=Page[CommissionShown], needs=Read(Data.COMMISSION, OWN))
def list_commissions(request: HouseRequest, query: Query[CommissionQuery]) -> Any:
    """Commissions, the latest first."""
    rows, runs = commissions_for(request.actor), can_run(request.actor)
    if query.kind:
        rows = rows.filter(kind=query.kind)
    if query.open is not None:
        rows = rows.filter(closed_at__isnull=query.open)
    return paged(rows.order_by("-held_on", "-id"), query, lambda page: [_commission(row, runs=runs) for row in page])


def _item(row: CommissionItem) -> dict[str, Any]:
    kept = {name: getattr(row, name) for name in _OF_ITEM} | {name: getattr(row, name) or None for name in _CODES}
    return kept | {name: ref(getattr(row, name)) for name in ("household", "referent", "informs", "decided_by")}


@router.reads("/commission-items", response=Page[CommissionItemShown], needs=Read(Data.COMMISSION, OWN))
def list_commission_items(request: HouseRequest, query: Query[CommissionItemQuery]) -> Any:
    """What commissions are asked for the households that the caller reads, and what they decided: the latest commission
    first, in the order of its agenda."""
    rows = of_household(items_for(request.actor).kept(), query.household_id)
    if query.commission_id is not None:
        rows = rows.filter(commission=query.commission_id)
    if query.waiting is not None:
        rows = rows.filter(decision="") if query.waiting else rows.exclude(decision="")
    rows = rows.order_by("-commission__held_on", "-commission", "rank", "id")
    return paged(rows, query, lambda page: [_item(row) for row in page])
