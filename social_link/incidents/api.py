"""API of the neighbour incidents: read only."""

from typing import Any

from ninja import Query

from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, paged, ref
from social_link.contacts.api import of_household
from social_link.incidents.codes import IncidentAct, IncidentState
from social_link.incidents.models import NeighbourIncident
from social_link.incidents.queries import incidents_for
from social_link.incidents.schemas import IncidentQuery, IncidentShown

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)


def _incident(row: NeighbourIncident) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("happened_on", "kind", "reported_by", "state", "settled_on")} | {
        "id": row.pk,
        "household": ref(row.household),
        "acts": [code for code in IncidentAct if code in row.acts],
        "author": ref(row.author),
    }


@router.reads("/incidents", response=Page[IncidentShown], needs=Read(Data.CONTACT, OWN))
def list_incidents(request: HouseRequest, query: Query[IncidentQuery]) -> Any:
    """Incidents with neighbours of the households that the caller follows: the open ones first, newest first."""
    rows = of_household(incidents_for(request.actor), query.household_id)
    if query.state:
        rows = rows.filter(settled_on__isnull=query.state == IncidentState.OPEN)
    return paged(rows, query, lambda page: [_incident(row) for row in page])
