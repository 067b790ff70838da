"""A visit that was noted in a home of the access tests, and what it wrote."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

from office.access.actor import Actor
from social_link.models import NeighbourIncident, Visit
from social_link.visits.services.visits import NewVisit, Seen, note_visit

if TYPE_CHECKING:
    from tests.access.world import Home

TODAY = date(2026, 11, 5)


def noted_visit(home: "Home") -> Visit:
    """With a reminder and an incident; the dwelling is fine, but for the damp."""
    said = NewVisit(
        day=TODAY, outcome="SEEN", minutes=30, reminder="CALL", reminder_on=date(2026, 11, 12),
        lines={"UPKEEP": Seen("FINE"), "DAMP": Seen("WATCH"), "NEIGHB": Seen("TREAT")},
    )  # fmt: skip
    actor = Actor.of(home.planned.author)
    return note_visit(household=home.planned.household, visit=said, request_key=uuid4(), actor=actor)


def incident_of(home: "Home") -> NeighbourIncident:
    return NeighbourIncident.objects.filter(household=home.planned.household).latest("pk")
