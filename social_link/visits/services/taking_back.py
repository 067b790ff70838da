"""A visit is taken back whole, as long as nothing was built on it; a reminder is done."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from common import clock
from common.errors import Conflict, NotAllowed
from maintenance.models import Photo, Ticket
from maintenance.tickets.services.taking_back import take_back_request
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.files.services.blobs import forget
from office.tasks.services.tasks import refresh_tasks
from social_link.contacts import perms
from social_link.contacts import services as contacts
from social_link.contacts.models import Contact
from social_link.incidents.models import NeighbourIncident
from social_link.incidents.services import withdraw_incident
from social_link.visits.codes import Line
from social_link.visits.duties import REMINDER
from social_link.visits.models import Observation, Reminder, Visit
from social_link.visits.queries import following_of


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def take_back_visit(*, contact: Contact, actor: Actor) -> Contact | None:
    """All that the visit of this contact wrote is undone: one that was planned is planned again (returned), another is
    withdrawn (None), with the note, the requests for repairs, the incident, the next visit and the reminder. Again
    changes nothing.

    `Conflict` where something was built on it: a request that the technicians took in hand, an incident that was
    followed, a next visit that was noted, a reminder that was done, a note of somebody else. Raises `NotAllowed`.
    """
    row = Contact.objects.select_for_update(of=("self",)).select_related("household").filter(pk=contact.pk).first()
    visit = Visit.objects.select_for_update().filter(contact=contact.pk).first() if row else None
    if row is None or visit is None:
        return row if row and row.is_planned else None
    if not perms.can_change_contact(actor, row.author_id):
        raise NotAllowed("La personne qui a noté cette visite l’annule, ou la responsable du service.")
    perms.require_follows(actor, row.household)
    reminder = Reminder.objects.select_for_update().filter(visit=visit).first()
    if reminder is not None and reminder.is_done:
        raise Conflict("Le rappel de cette visite est fait : la visite reste.", code="in_use")
    _take_back_incident(visit, actor)
    _take_back_next(visit, actor)
    _take_back_requests(visit, actor)
    notes = list(row.notes.all())
    if any(note.author_id != row.author_id for note in notes):
        raise Conflict("Une note d’une autre personne tient à cette visite : elle reste.", code="in_use")
    if row.reviews.exclude(author=row.author_id).exists():
        raise Conflict("Une évaluation d’une autre personne tient à cette visite : elle reste.", code="in_use")
    row.reviews.all().delete()
    for note in notes:
        contacts.withdraw_note(note_id=note.pk, actor=actor)
    if reminder is not None:
        pk = reminder.pk
        reminder.delete()
        refresh_tasks(REMINDER, ids=[pk], actor=actor)
    visit.observations.all().delete()
    was, day = visit.planned_as, visit.planned_on
    visit.delete()
    if day is None:
        contacts.withdraw_contact(contact_id=row.pk, actor=actor)
        return None
    again = contacts.plan_again(contact=row, kind=was, actor=actor)
    if again.happened_on != day:
        Contact.objects.filter(pk=again.pk).update(happened_on=day)
        contacts.refresh_notes_to_take([again.pk], actor)
        again.happened_on = day
    return again


def _take_back_incident(visit: Visit, actor: Actor) -> None:
    incident = NeighbourIncident.objects.filter(request_key=visit.key_of("incident")).first()
    if incident is None:
        return
    if incident.is_settled or incident.acts:
        raise Conflict("L’incident de voisinage noté à cette visite a été suivi depuis : elle reste.", code="in_use")
    withdraw_incident(incident_id=incident.pk, actor=actor)


def _take_back_next(visit: Visit, actor: Actor) -> None:
    following = following_of(visit)
    if following is None:
        return
    if not following.is_planned:
        raise Conflict("La visite qui suivait celle-ci est déjà notée : celle-ci reste.", code="in_use")
    contacts.withdraw_contact(contact_id=following.pk, actor=actor)


def _take_back_requests(visit: Visit, actor: Actor) -> None:
    """The requests that this visit asked are cancelled; from those of an earlier one, only its photos go."""
    keys = [visit.key_of(line) for line in Line]
    seen = Observation.objects.filter(visit=visit, ticket__isnull=False)
    later = Observation.objects.filter(ticket__request_key__in=keys).exclude(visit=visit)
    if later.exists():
        raise Conflict("Une visite plus récente parle de la même demande : annulez-la d’abord.", code="in_use")
    for ticket in Ticket.objects.filter(pk__in=seen.values("ticket")).order_by("pk"):
        if ticket.request_key in keys:
            take_back_request(ticket=ticket, actor=actor)
        else:
            _forget(_photos_of(visit, ticket, actor))


def _photos_of(visit: Visit, ticket: Ticket, actor: Actor) -> QuerySet[Photo]:
    """What the visit added to a request of an earlier one, whoever takes it back: until the next visit adds its own."""
    rows = Photo.objects.filter(ticket=ticket, added_at__gte=visit.recorded_at)
    rows = rows.filter(author__in={visit.contact.author_id, actor.user_id})
    following = Observation.objects.filter(ticket=ticket, visit__gt=visit.pk).order_by("visit").first()
    return rows if following is None else rows.filter(added_at__lt=following.visit.recorded_at)


def _forget(photos: Iterable[Photo]) -> None:
    for photo in photos:
        photo.delete()
        forget(photo.blob_id)


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def mark_reminder(*, reminder: Reminder, actor: Actor, is_done: bool = True) -> Reminder:
    """It is done, or (`is_done` false) to do again after all. Again changes nothing. Raises `NotAllowed`, `Conflict`
    where its visit was taken back."""
    rows = Reminder.objects.select_for_update(of=("self",)).select_related("visit__contact__household")
    row = rows.filter(pk=reminder.pk).first()
    if row is None:
        raise Conflict("La visite de ce rappel a été annulée.", code="wrong_state")
    if not perms.can_change_contact(actor, row.visit.contact.author_id):
        raise NotAllowed("Ce rappel est celui de la personne qui a fait la visite.")
    if row.is_done != is_done:
        row.done_at, row.done_by = (clock.now(), actor.user) if is_done else (None, None)
        row.save(update_fields=["done_at", "done_by"])
        refresh_tasks(REMINDER, ids=[row.pk], actor=actor)
    return row
