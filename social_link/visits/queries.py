"""What the visit reads: how the dwelling was found before, and what was asked of it. Only for actors who may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from leases.models import Household, Occupancy
from maintenance.models import Ticket
from maintenance.tickets.codes import OPEN_STATES
from office.access.actor import Actor
from social_link.contacts.models import Contact
from social_link.visits.codes import Line
from social_link.visits.models import Observation, Visit, key_of
from stock.models import Dwelling

STRIP = 6
"""Visits that stand side by side."""


def home_on(household: Household, day: date) -> Dwelling | None:
    """The dwelling of ours in which the household lives on `day`. For the service: it tells nobody."""
    rows = Occupancy.objects.filter(household=household, period__contains=day).select_related("dwelling__building")
    home = rows.order_by("id").first()
    return home.dwelling if home else None


def _observed(household: Household, actor: Actor) -> QuerySet[Visit]:
    """Visits at which the dwelling was seen, the last one first."""
    rows = Visit.objects.visible_to(actor).filter(contact__household=household, observations__isnull=False).distinct()
    observations = Observation.objects.select_related("ticket")
    return (
        rows.select_related("contact__author")
        .prefetch_related(Prefetch("observations", queryset=observations))
        .order_by("-contact__happened_on", "-pk")
    )


def last_observed(household: Household, actor: Actor, *, visit_id: int | None = None) -> dict[str, Observation]:
    """How each line was found at the last visit, or at `visit_id`; empty where there is none."""
    rows = _observed(household, actor)
    visit = (rows if visit_id is None else rows.filter(pk=visit_id)).first()
    return {row.line: row for row in visit.observations.all()} if visit else {}


def standing_request(household: Household, line: str, problem: str) -> Ticket | None:
    """What was asked of this line at an earlier visit and still waits: the same problem, or either time none named."""
    rows = Ticket.objects.filter(state__in=OPEN_STATES, household=household)
    asked = Observation.objects.filter(line=line, visit__contact__household=household, ticket__isnull=False)
    for ticket in rows.filter(pk__in=asked.values("ticket")).order_by("-pk"):
        if not problem or not ticket.problem or ticket.problem == problem:
            return ticket
    return None


@dataclass(frozen=True, slots=True)
class StripRow:
    """One line over the last visits, the oldest first: the day of each, and None where it was not looked at."""

    line: Line
    cells: Sequence[tuple[date, Observation | None]]


@dataclass(frozen=True, slots=True)
class Strip:
    """The last visits at which the dwelling was seen, side by side, the oldest first."""

    visits: Sequence[Visit]
    rows: Sequence[StripRow]


def strip_of(household: Household, actor: Actor, *, limit: int = STRIP) -> Strip:
    """Three queries, whatever their number."""
    visits = list(_observed(household, actor)[:limit])[::-1]
    found = [(v.contact.happened_on, {row.line: row for row in v.observations.all()}) for v in visits]
    rows = [StripRow(line, [(day, by_line.get(line)) for day, by_line in found]) for line in Line]
    return Strip(visits, rows if visits else [])


def visits_for(actor: Actor) -> QuerySet[Visit]:
    """The visits of the contacts that the actor sees, with what they wrote."""
    rows = Visit.objects.visible_to(actor).select_related("contact__household", "contact__author", "reminder")
    return rows.prefetch_related("observations__ticket")


def visit_of(contact_id: int, actor: Actor) -> Visit | None:
    return visits_for(actor).filter(contact=contact_id).first()


def following_of(visit: Visit) -> Contact | None:
    """The next visit that was planned with this one, if it stands."""
    return Contact.objects.filter(request_key=key_of(visit.request_key, "next")).first()
