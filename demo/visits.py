"""Home visits as the phone notes them: the dwelling seen over some weeks, what it asked for, an incident."""

from collections.abc import Sequence
from datetime import date, timedelta

from common.errors import DomainError
from demo.draws import Draws
from demo.households import Housed
from office.access.actor import Actor
from social_link.contacts.codes import ContactOutcome
from social_link.incidents.codes import IncidentAct
from social_link.incidents.services import write_incident
from social_link.models import NeighbourIncident
from social_link.visits.codes import Finding, Line
from social_link.visits.services.visits import NewVisit, Seen, note_visit

AGO = (63, 35, 14)
"""Days ago of the visits of a household, the last one last."""
EACH = 3
"""Households of a worker that are visited so."""
WORSE = {Finding.FINE: Finding.WATCH, Finding.WATCH: Finding.WATCH}


def visited(homes: Sequence[Housed], *, last_day: date, actor: Actor, draws: Draws) -> None:
    """Some households of one worker: three visits, of which the last asks for a repair or tells of the neighbours."""
    for housed in draws.some(homes, EACH, lambda one: one.key, "visited"):
        rng = draws.of("visited", housed.key)
        line, found = rng.choice([Line.DAMP, Line.ENERGY, Line.NEIGHBOURS]), dict.fromkeys(Line, Finding.FINE)
        for ago in AGO:
            if ago == AGO[-1]:
                found[line] = Finding.TREAT
            elif ago != AGO[0]:
                found[line] = WORSE[found[line]]
            said = NewVisit(
                day=last_day - timedelta(days=ago), outcome=ContactOutcome.SEEN, minutes=rng.choice((30, 45, 60)),
                lines={each: Seen(state) for each, state in found.items()},
            )  # fmt: skip
            try:
                note_visit(
                    household=housed.household, visit=said, request_key=draws.uuid("visited", housed.key, ago),
                    actor=actor,
                )  # fmt: skip
            except DomainError:
                break
    theirs = NeighbourIncident.objects.filter(author=actor.user_id, household__in=[one.household for one in homes])
    incident = theirs.filter(settled_on=None).order_by("-pk").first()
    if incident is not None:
        write_incident(
            incident=incident, day=incident.happened_on, kind=incident.kind, reported_by=incident.reported_by,
            acts=[IncidentAct.TALKED], actor=actor,
        )  # fmt: skip
