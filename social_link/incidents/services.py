"""Neighbour incidents: noted by codes, followed until they are settled, withdrawn and brought back."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput, NotAllowed
from common.history import brought_back, deleted
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write, can
from office.access.permissions import needs
from social_link.contacts import perms
from social_link.contacts.services import not_long_ago
from social_link.incidents.codes import IncidentAct, IncidentKind, IncidentSource
from social_link.incidents.models import NeighbourIncident

GONE = "Cet incident a été retiré."


def _check(kind: str, reported_by: str, day: date, acts: Sequence[str]) -> None:
    if kind not in IncidentKind.values:
        raise InvalidInput("Choisissez ce qui s’est passé.", field="kind")
    if reported_by not in IncidentSource.values:
        raise InvalidInput("Choisissez qui l’a signalé.", field="reported_by")
    if any(act not in IncidentAct.values for act in acts):
        raise InvalidInput("Choisissez ce qui a été fait dans la liste.", field="acts")
    if day > clock.today():
        raise InvalidInput("Un incident est d’aujourd’hui ou d’un jour passé.", field="day")


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def note_incident(
    *,
    household: Household,
    day: date,
    kind: str,
    reported_by: str,
    request_key: UUID,
    actor: Actor,
    acts: Sequence[str] = (),
) -> NeighbourIncident:
    """An incident of a household that the actor follows, open until somebody settles it.

    The same key again gives the first incident; with another content, `Conflict`. Raises `InvalidInput` (`kind`,
    `reported_by`, `acts`, `day`), `NotAllowed`.
    """
    perms.require_follows(actor, household)
    if actor.user is None:
        raise NotAllowed("Un incident est noté par une personne.")
    _check(kind, reported_by, day, acts)
    not_long_ago(day)
    standing = NeighbourIncident.objects.filter(request_key=request_key).exists()
    if not standing and deleted(NeighbourIncident, request_key=request_key).exists():
        raise Conflict("Cet incident a été retiré : notez-le de nouveau.", code="key_reused")
    facts = {
        "household_id": household.pk, "happened_on": day, "kind": kind, "reported_by": reported_by,
        "author_id": actor.user_id,
    }  # fmt: skip
    try:
        with transaction.atomic():
            return NeighbourIncident.objects.create(**facts, acts=_ordered(acts), request_key=request_key)
    except IntegrityError:
        first = NeighbourIncident.objects.filter(request_key=request_key).first()
        if first is None:
            raise
    if any(getattr(first, name) != value for name, value in facts.items()):
        raise Conflict("Cette saisie est déjà enregistrée avec un autre contenu.", code="key_reused")
    return first


def _ordered(acts: Sequence[str]) -> list[str]:
    return [code.value for code in IncidentAct if code in acts]


def _to_change(incident_id: int, actor: Actor) -> NeighbourIncident | None:
    """The incident under lock, of a household that the actor follows; None once it is withdrawn."""
    rows = NeighbourIncident.objects.select_for_update(of=("self",)).select_related("household")
    row = rows.filter(pk=incident_id).first()
    if row is not None:
        perms.require_follows(actor, row.household)
    return row


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def write_incident(
    *,
    incident: NeighbourIncident,
    day: date,
    kind: str,
    reported_by: str,
    actor: Actor,
    acts: Sequence[str] = (),
    settled_on: date | None = None,
) -> NeighbourIncident:
    """What is known of it by now, and what was done; settled on a day, or open again (None). The former facts stay in
    its history. Raises `InvalidInput` (`kind`, `reported_by`, `acts`, `day`, `settled_on`), `Conflict` once it is
    withdrawn."""
    row = _to_change(incident.pk, actor)
    if row is None:
        raise Conflict(GONE, code="wrong_state")
    _check(kind, reported_by, day, acts)
    if day != row.happened_on:
        not_long_ago(day)
    if settled_on is not None and not day <= settled_on <= clock.today():
        raise InvalidInput("Un incident est réglé entre son jour et aujourd’hui.", field="settled_on")
    row.happened_on, row.kind, row.reported_by, row.acts = day, kind, reported_by, _ordered(acts)
    row.settled_on = settled_on
    checked(row)
    with french_refusals(row):
        row.save()
    return row


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def withdraw_incident(*, incident_id: int, actor: Actor) -> None:
    """An incident that was not: nothing counts it any more. Again changes nothing; `bring_back_incident` undoes it."""
    row = _to_change(incident_id, actor)
    if row is not None:
        row.delete()


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def bring_back_incident(*, incident_id: int, actor: Actor) -> NeighbourIncident:
    """Undo `withdraw_incident`: the incident as it was. Again changes nothing."""
    standing = _to_change(incident_id, actor)
    if standing is not None:
        return standing
    event = deleted(NeighbourIncident, id=incident_id).first()
    if event is None or not (can(actor, Write(Data.CONTACT)) or event.author_id == actor.user_id):
        raise NotAllowed("La personne qui a noté cet incident le reprend, ou la responsable du service.")
    perms.require_follows(actor, event.household)
    [row] = brought_back(NeighbourIncident, [event])
    return row
