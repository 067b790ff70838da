"""API of the visits: read only. They are noted at the door, on the phone."""

from typing import Any

from ninja import Query

from office.access.actor import Actor
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, paged, ref
from social_link.contacts.api import of_household
from social_link.contacts.perms import can_change_contact
from social_link.contacts.schemas import HouseholdQuery
from social_link.visits.models import Visit
from social_link.visits.queries import visits_for
from social_link.visits.schemas import VisitShown

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)


def _visit(row: Visit, actor: Actor) -> dict[str, Any]:
    contact = row.contact
    return {
        "id": row.pk,
        "contact_id": contact.pk,
        "household": ref(contact.household),
        "kind": contact.kind,
        "happened_on": contact.happened_on,
        "author": ref(contact.author),
        "observations": list(row.observations.all()),
        "reminder": getattr(row, "reminder", None) if can_change_contact(actor, contact.author_id) else None,
    }


@router.reads("/visits", response=Page[VisitShown], needs=Read(Data.CONTACT, OWN))
def list_visits(request: HouseRequest, query: Query[HouseholdQuery]) -> Any:
    """Visits of the households that the caller follows, with how the dwelling was found, newest first."""
    actor = request.actor
    rows = of_household(visits_for(actor), query.household_id, "contact__household")
    return paged(
        rows.order_by("-contact__happened_on", "-id"), query, lambda page: [_visit(row, actor) for row in page]
    )
