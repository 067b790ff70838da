"""How the dwelling of a household was found at its last visits, and its incidents with neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass

from leases.models import Household
from office.access.actor import Actor
from social_link.incidents.queries import incidents_of
from social_link.models import NeighbourIncident
from social_link.visits.queries import Strip, strip_of


@dataclass(frozen=True, slots=True)
class VisitsCard:
    """Only for who follows the household: both start from what the actor sees."""

    strip: Strip
    incidents: Sequence[NeighbourIncident]


def visits_card(household: Household, actor: Actor) -> VisitsCard:
    """Four queries at most."""
    return VisitsCard(strip_of(household, actor), incidents_of(household, actor))
