"""Contacts and notes: a visit in four taps, a note at its level, a read that is logged."""

from collections.abc import Sequence
from datetime import date, time
from uuid import UUID

from django.db import IntegrityError, transaction

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household
from office.access import Data
from office.actor import Actor
from office.enums import SOCIAL_ROLES, Role
from office.models import User
from office.permissions import require
from office.services.access_log import log_access
from office.wake import wake
from social_link.enums import ContactKind, NoteLevel
from social_link.models import Alert, Contact, Note, NoteReader, Referent
from social_link.models.measure import followed_by

MAX_NOTE = 4000


def may_follow(actor: Actor, household: Household) -> None:
    """`NotAllowed` unless the household is one of the actor's own cases (or the actor is head of the service)."""
    require(actor, *SOCIAL_ROLES)
    if actor.is_system or _is_referent(actor, household):
        return  # the usual case, by its index
    if not followed_by(actor).filter(pk=household.pk).exists():
        raise NotAllowed("Vous ne suivez pas ce ménage.")


def _is_referent(actor: Actor, household: Household) -> bool:
    if not actor.has_role(Role.SOCIAL_WORKER) or actor.user_id is None:
        return False
    return Referent.objects.filter(household=household, user_id=actor.user_id, period__contains=clock.today()).exists()


@transaction.atomic
def log_contact(
    *,
    household: Household,
    kind: str,
    day: date,
    request_key: UUID,
    actor: Actor,
    at: time | None = None,
    note: str = "",
    level: str = NoteLevel.PRIVATE,
    readers: Sequence[User] = (),
) -> Contact:
    """A contact that happened, with a note or without. It joins the household's open alert, if there is one.

    The same key again gives the first contact; with another content, `Conflict`.
    """
    if day > clock.today():
        raise InvalidInput("Ce contact n’a pas encore eu lieu : prévoyez-le.", field="day")
    contact, is_new = _contact(household, kind, day, at, request_key, actor, is_planned=False)
    if is_new and note.strip():
        write_note(household=household, text=note, level=level, readers=readers, contact=contact, actor=actor)
    if is_new and kind == ContactKind.ABSENCE:
        wake("signal_sent")
    return contact


@transaction.atomic
def plan_contact(
    *, household: Household, kind: str, day: date, request_key: UUID, actor: Actor, at: time | None = None
) -> Contact:
    """A visit or an appointment to come."""
    if day < clock.today():
        raise InvalidInput("Choisissez aujourd’hui ou un jour à venir.", field="day")
    if kind == ContactKind.ABSENCE:
        raise InvalidInput("Une absence ne se prévoit pas.", field="kind")
    return _contact(household, kind, day, at, request_key, actor, is_planned=True)[0]


def _contact(
    household: Household, kind: str, day: date, at: time | None, request_key: UUID, actor: Actor, *, is_planned: bool
) -> tuple[Contact, bool]:
    may_follow(actor, household)
    if actor.user is None:
        raise NotAllowed("Un contact est le fait d’une personne.")
    if kind not in ContactKind.values:
        raise InvalidInput("Choisissez le genre de contact.", field="kind")
    alert = Alert.objects.open().filter(household=household).first()
    try:
        with transaction.atomic():
            made = Contact.objects.create(
                household=household, kind=kind, happened_on=day, at_time=at, is_planned=is_planned, alert=alert,
                author=actor.user, request_key=request_key,
            )  # fmt: skip
            return made, True
    except IntegrityError:
        first = Contact.objects.filter(request_key=request_key).first()
        if first is None:
            raise
    if (first.household_id, first.kind, first.happened_on, first.author_id) != (household.pk, kind, day, actor.user_id):
        raise Conflict("Cette saisie est déjà enregistrée avec un autre contenu.", code="replayed")
    return first, False


@transaction.atomic
def complete_contact(*, contact: Contact, actor: Actor, is_absent: bool = False) -> Contact:
    """A planned contact took place, or nobody was there. Done twice: the second is told."""
    row = Contact.objects.select_for_update(of=("self",)).select_related("household").get(pk=contact.pk)
    may_follow(actor, row.household)
    if not row.is_planned:
        raise Conflict(f"Ce contact est déjà noté : {row.get_kind_display().lower()}.", code="wrong_state")
    if row.happened_on > clock.today():
        raise InvalidInput("Ce contact est prévu plus tard.", field="day")
    row.is_planned = False
    if is_absent:
        row.kind = ContactKind.ABSENCE
        wake("signal_sent")
    row.save(update_fields=["is_planned", "kind"])
    return row


@transaction.atomic
def write_note(
    *,
    household: Household,
    text: str,
    actor: Actor,
    level: str = NoteLevel.PRIVATE,
    readers: Sequence[User] = (),
    contact: Contact | None = None,
) -> Note:
    """A note at its level. A sealed one names who may read it besides its author."""
    may_follow(actor, household)
    if actor.user is None:
        raise NotAllowed("Une note est écrite par une personne.")
    if not text.strip():
        raise InvalidInput("La note est vide.", field="note")
    if len(text) > MAX_NOTE:
        raise InvalidInput(f"Une note tient en {MAX_NOTE} caractères.", field="note")
    if level not in NoteLevel.values:
        raise InvalidInput("Choisissez qui peut lire la note.", field="level")
    if level != NoteLevel.SEALED and readers:
        raise InvalidInput("Seule une note scellée nomme ses lecteurs.", field="readers")
    note = Note.objects.create(household=household, contact=contact, level=level, text=text.strip(), author=actor.user)
    NoteReader.objects.bulk_create(NoteReader(note=note, user=user) for user in _social_people(readers))
    return note


def _social_people(users: Sequence[User]) -> list[User]:
    today = clock.today()
    unique = {user.pk: user for user in users}
    social = set(
        User.objects.filter(pk__in=unique, grants__role__in=SOCIAL_ROLES, grants__period__contains=today).values_list(
            "pk", flat=True
        )
    )
    for pk, user in unique.items():
        if pk not in social:
            raise InvalidInput(f"{user} ne fait pas partie du service social.", field="readers")
    return list(unique.values())


@transaction.atomic
def edit_note(*, note: Note, text: str, actor: Actor) -> Note:
    """Its author corrects a note; the former text stays in the history, as secret as the note."""
    row = Note.objects.select_for_update().get(pk=note.pk)
    if row.author_id != actor.user_id:
        raise NotAllowed("Seul l’auteur d’une note la corrige.")
    if not text.strip():
        raise InvalidInput("La note est vide.", field="note")
    row.text = text.strip()[:MAX_NOTE]
    row.save(update_fields=["text"])
    return row


@transaction.atomic
def open_note(*, note: Note, actor: Actor, reason: str = "") -> Note:
    """Read one note. Who is named on it reads it; the head of the service gives a reason. Each read of a note that one
    did not write is logged; nobody else learns that it exists (`NotAllowed`, a 404 of the page)."""
    if note.author_id == actor.user_id and actor.is_social:
        return note
    readable = Note.objects.readable_by(actor).filter(pk=note.pk).exists()
    if not readable:
        if not actor.has_role(Role.HEAD_OF_SOCIAL):
            raise NotAllowed("Cette note ne vous est pas ouverte.")
        if len(reason.strip()) < 5:
            raise InvalidInput("Dites pourquoi vous lisez cette note : le motif est tracé.", field="reason")
    subject = Data.SHARED_NOTE if note.level == NoteLevel.SHARED else Data.PRIVATE_NOTE
    log_access(actor=actor, subject=subject, obj=note, household_id=note.household_id, reason=reason)
    return note
