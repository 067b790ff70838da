"""API of the partners: the directory, and who stands around a household. Read only."""

from typing import Any

from ninja import Query

from common import clock
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, paged, ref, span_of
from social_link.contacts.api import of_household
from social_link.partners.models import Partner, PartnerLink
from social_link.partners.queries import links_for, partners_found
from social_link.partners.schemas import PartnerLinkQuery, PartnerLinkShown, PartnerQuery, PartnerShown

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)


def _partner(row: Partner) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "name", "function", "phone", "email")} | {
        "organisation": ref(row.organisation)
    }


def _link(row: PartnerLink) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "given_on", "tells", "withdrawn_on")} | {
        "household": ref(row.household),
        "partner": _partner(row.partner),
        "period": span_of(row.period),
        "how": row.how or None,
        "may_tell": row.may_be_told,
    }


@router.reads("/partners", response=Page[PartnerShown], needs=Read(Data.CONTACT, OWN))
def list_partners(request: HouseRequest, query: Query[PartnerQuery]) -> Any:
    """The directory of partners, by name; no household is in it."""
    rows = partners_found(query.q, query.function or "")
    return paged(rows, query, lambda page: [_partner(row) for row in page])


@router.reads("/partner-links", response=Page[PartnerLinkShown], needs=Read(Data.CONTACT, OWN))
def list_partner_links(request: HouseRequest, query: Query[PartnerLinkQuery]) -> Any:
    """Who stands around the households that the caller follows, and what may be told to them."""
    rows = of_household(links_for(request.actor), query.household_id)
    if query.current is not None:
        there = rows.filter(period__contains=clock.today()).values("pk")
        rows = rows.filter(pk__in=there) if query.current else rows.exclude(pk__in=there)
    return paged(rows.order_by("household", "id"), query, lambda page: [_link(row) for row in page])
