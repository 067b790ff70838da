"""What pages and API read of the neighbour incidents. Only for who may: each list starts from `visible_to`."""

from django.db.models import F, QuerySet

from leases.models import Household
from office.access.actor import Actor
from social_link.incidents.models import NeighbourIncident

SHOWN = 5
"""Incidents on a household's page."""


def incidents_for(actor: Actor) -> QuerySet[NeighbourIncident]:
    """Those of the households that the actor follows: the open ones first, the newest first among them."""
    rows = NeighbourIncident.objects.visible_to(actor).select_related("household", "author")
    return rows.order_by(F("settled_on").desc(nulls_first=True), "-happened_on", "-id")


def incidents_of(household: Household, actor: Actor, *, limit: int = SHOWN) -> list[NeighbourIncident]:
    return list(incidents_for(actor).filter(household=household)[:limit])
