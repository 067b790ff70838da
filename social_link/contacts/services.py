"""Contacts and notes: a visit in four taps, a note at its level, a read that is logged; what was typed is corrected
and withdrawn by who typed it, and kept in its history."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from common import clock, typography
from common.copy import draw_ids
from common.db import french_refusals
from common.envelope import new_key
from common.errors import Conflict, InvalidInput, NotAllowed
from common.history import brought_back, deleted
from common.text import LONGEST_TEXT
from leases.models import Household
from maintenance.models import Photo
from maintenance.tickets.queries import is_protected
from office.access.actor import Actor
from office.access.matrix import OWN, WITH_REASON, Data, Read, Write, can, roles_with
from office.access.permissions import needs
from office.access.services.access_log import log_access, log_reads
from office.confirmations.services import NO_ANSWERS, Answers, ask, keep
from office.jobs.wake import wake
from office.models import Task, User
from office.tasks.services.tasks import refresh_tasks
from social_link.alerts.models import Alert
from social_link.contacts import perms, sealing
from social_link.contacts.agenda import clashes_of
from social_link.contacts.codes import ABOUT_CONTACT, COLLECTIVE, MINUTES, ContactKind, ContactOutcome, NoteLevel
from social_link.contacts.duties import NOTE
from social_link.contacts.models import READ_AS, WRITTEN, Contact, Note, NoteKey, NoteReader
from social_link.contacts.queries import NoteLine, notes_of
from social_link.contacts.rules.clashes import Meeting
from social_link.contacts.steps import refresh_steps
from social_link.objectives.codes import Theme
from social_link.objectives.models import ObjectiveReview


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact that happened, or is planned; with a note at its level, or without."""

    household: Household
    kind: str
    day: date
    request_key: UUID
    at: time | None = None
    note: str = field(default="", repr=False)
    level: str = NoteLevel.PRIVATE
    readers: Sequence[User] = ()
    outcome: str = ""
    minutes: int | None = None
    theme: str = ""
    by_partner: bool = False


@needs(Write(Data.CONTACT, OWN))
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
    outcome: str = "",
    minutes: int | None = None,
    theme: str = "",
    by_partner: bool = False,
) -> Contact:
    """A contact that happened, with a note or without. It joins the household's open alert, if there is one. How it
    went (`outcome`, none for an absence), how long it took (`minutes`, one of `MINUTES`) and which theme it served are
    told or not. A collective one is noted for who took part, and has no outcome.

    The same key again gives the first contact; with another content, `Conflict`.
    """
    new = NewContact(household, kind, day, request_key, at, note, level, readers, outcome, minutes, theme, by_partner)
    return log_contacts(contacts=[new], actor=actor)[0]


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def log_contacts(*, contacts: Sequence[NewContact], actor: Actor) -> list[Contact]:
    """`log_contact` for many, in their order, by a constant number of queries. All of them or none."""
    today = clock.today()
    if any(new.day > today for new in contacts):
        raise InvalidInput("Ce contact n’a pas encore eu lieu : prévoyez-le.", field="day")
    for new in contacts:
        not_long_ago(new.day)
        _check_course(new.kind, new.outcome, new.minutes, new.theme)
    made = _contacts(contacts, actor, is_planned=False)
    fresh = [(new, contact) for new, (contact, is_new) in zip(contacts, made, strict=True) if is_new]
    noted = [(n.household, contact, n.level, n.note, n.readers) for n, contact in fresh if n.note.strip()]
    _write(noted, actor)
    if any(new.kind == ContactKind.ABSENCE for new, _ in fresh):
        wake("signal_sent")
    refresh_steps([new.household.pk for new, _ in fresh], actor)
    return [contact for contact, _ in made]


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def plan_contact(
    *,
    household: Household,
    kind: str,
    day: date,
    request_key: UUID,
    actor: Actor,
    at: time | None = None,
    answers: Answers | None = NO_ANSWERS,
) -> Contact:
    """A visit or an appointment to come. Where it hardly fits the days of the actor, it is asked about
    (`ContactQuestion`), and the reasons of `answers` are kept with it; None asks nothing, where it follows from another
    gesture."""
    if day < clock.today():
        raise InvalidInput("Choisissez aujourd’hui ou un jour à venir.", field="day")
    if kind == ContactKind.ABSENCE:
        raise InvalidInput("Une absence ne se prévoit pas.", field="kind")
    if kind in COLLECTIVE:
        raise InvalidInput(_ATTENDED, field="kind")
    answered = []
    if answers is not None and actor.user is not None:
        mine = Contact.objects.exclude(request_key=request_key)
        meeting = Meeting(household.pk, at)
        if not Contact.objects.filter(request_key=request_key).exists():
            answered = ask(clashes_of(mine, who=actor.user, meeting=meeting, day=day), answers)
    [(contact, _)] = _contacts([NewContact(household, kind, day, request_key, at)], actor, is_planned=True)
    keep(answered, about=ABOUT_CONTACT, about_id=contact.pk, actor=actor)
    _refresh(contact, actor)
    return contact


LONGEST_AGO = timedelta(days=366)
"""How late a contact may be noted: a day further back is another year's, typed by mistake."""


def not_long_ago(day: date) -> None:
    """`InvalidInput` (`day`) for a day of more than a year ago."""
    if day < clock.today() - LONGEST_AGO:
        raise InvalidInput(f"Le {day:%d/%m/%Y} est passé depuis plus d’un an : vérifiez l’année.", field="day")


_ATTENDED = "Un temps collectif se note une fois qu’il a eu lieu, pour qui y était."


def _check_course(kind: str, outcome: str, minutes: int | None, theme: str) -> None:
    if theme and theme not in Theme.values:
        raise InvalidInput("Choisissez l’un des quatre thèmes.", field="theme")
    if outcome and kind in COLLECTIVE:
        raise InvalidInput(_ATTENDED, field="outcome")
    if outcome and outcome not in ContactOutcome.values:
        raise InvalidInput("Choisissez comment le contact s’est passé.", field="outcome")
    if outcome and kind == ContactKind.ABSENCE:
        raise InvalidInput("Absent, et vu à la fois : gardez l’un des deux.", field="outcome")
    if minutes is not None and minutes not in MINUTES:
        raise InvalidInput("Choisissez 15, 30, 45 ou 60 minutes.", field="minutes")


def _contacts(contacts: Sequence[NewContact], actor: Actor, *, is_planned: bool) -> list[tuple[Contact, bool]]:
    """Each contact, and whether it is new: a known key returns the first contact."""
    perms.require_follows(actor, *(new.household for new in contacts))
    if actor.user is None:
        raise NotAllowed("Un contact est le fait d’une personne.")
    if any(new.kind not in ContactKind.values for new in contacts):
        raise InvalidInput("Choisissez le genre de contact.", field="kind")
    alerts = dict(
        Alert.objects.open().filter(household__in=[new.household for new in contacts]).values_list("household_id", "pk")
    )
    rows = [
        Contact(
            id=pk, household=new.household, kind=new.kind, happened_on=new.day, at_time=new.at, is_planned=is_planned,
            alert_id=alerts.get(new.household.pk), author=actor.user, request_key=new.request_key,
            outcome=new.outcome, minutes=new.minutes, theme=new.theme, by_partner=new.by_partner,
        )
        for pk, new in zip(draw_ids(Contact, len(contacts)), contacts, strict=True)
    ]  # fmt: skip
    # If another transaction is inserting the same key, the insert waits for it, then returns that contact.
    Contact.objects.bulk_create(rows, ignore_conflicts=True)
    written = {c.request_key: c for c in Contact.objects.filter(request_key__in=[row.request_key for row in rows])}
    found = []
    for row, new in zip(rows, contacts, strict=True):
        first = written[row.request_key]
        if first.pk == row.pk:
            found.append((row, True))
            continue
        if _content(first) != _content(row) or not _wrote_the_same(first, new):
            raise Conflict("Cette saisie est déjà enregistrée avec un autre contenu.", code="key_reused")
        found.append((first, False))
    fresh = [row.request_key for row, is_new in found if is_new]
    if fresh and deleted(Contact, request_key__in=fresh).exists():
        raise Conflict("Ce contact a été retiré : notez-le de nouveau.", code="key_reused")
    return found


def _content(row: Contact) -> tuple[object, ...]:
    return (
        row.household_id, row.kind, row.happened_on, row.at_time, row.author_id, row.outcome, row.minutes, row.theme,
        row.by_partner,
    )  # fmt: skip


def _wrote_the_same(first: Contact, new: NewContact) -> bool:
    """The note that came with the first send, if there was one, at its level and for its readers."""
    text = new.note.strip()
    note = first.notes.select_related("key").filter(author=first.author_id).order_by("pk").first()
    if note is None:
        return not text
    readers = set(note.readers.values_list("user_id", flat=True))
    return (note.text, note.level, readers) == (text, str(new.level), {user.pk for user in new.readers})


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def complete_contact(*, contact: Contact, actor: Actor, is_absent: bool = False) -> Contact:
    """A planned contact took place, or nobody was there. A passage of the watch that nobody awaited is no absence: it
    stays what it is, and somebody was seen, or nobody. `Conflict` if it was noted already."""
    row = Contact.objects.select_for_update(of=("self",)).select_related("household").get(pk=contact.pk)
    perms.require_follows(actor, row.household)
    if not row.is_planned:
        kind = typography.uncapitalised(row.get_kind_display())
        raise Conflict(f"Ce contact est déjà noté : {kind}.", code="wrong_state")
    if row.happened_on > clock.today():
        raise InvalidInput("Ce contact est prévu plus tard.", field="day")
    row.is_planned = False
    if row.kind == ContactKind.WATCH:
        row.outcome = "" if is_absent else ContactOutcome.SEEN
    elif is_absent:
        row.kind = ContactKind.ABSENCE
        wake("signal_sent")
    row.save(update_fields=["is_planned", "kind", "outcome"])
    _refresh(row, actor)
    return row


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def plan_again(*, contact: Contact, kind: str, actor: Actor) -> Contact:
    """Take back `complete_contact`: the contact is planned as it was, a `kind` of contact that is no absence.

    Again changes nothing. `Conflict` where it was not planned, or where a note tells of it. An alert that an absence
    has raised meanwhile stays, and is answered like any other.
    """
    row = Contact.objects.select_for_update(of=("self",)).select_related("household").get(pk=contact.pk)
    perms.require_follows(actor, row.household)
    if kind not in ContactKind.values or kind in {ContactKind.ABSENCE, *COLLECTIVE}:
        raise InvalidInput("Choisissez le genre de contact.", field="kind")
    if row.is_planned:
        return row
    # What was planned had its task; what was noted afterwards had none.
    if not Task.objects.filter(kind=NOTE.code, about_id=row.pk).exists():
        raise Conflict("Ce contact n’avait pas été prévu.", code="wrong_state")
    if row.notes.exists() or row.reviews.exists():
        what = "Une note parle de ce contact" if row.notes.exists() else "Un objectif a été évalué à ce contact"
        raise Conflict(f"{what} : il reste noté.", code="wrong_state")
    _must_be_alone(row)
    row.is_planned, row.kind, row.outcome, row.minutes, row.theme, row.by_partner = True, kind, "", None, "", False
    row.save(update_fields=["is_planned", "kind", "outcome", "minutes", "theme", "by_partner"])
    _refresh(row, actor)
    return row


GONE = "Ce contact a été retiré."


def _must_be_alone(row: Contact) -> None:
    """What a visit wrote with its contact (`social_link.visits`) is taken back with it, not left without it."""
    if hasattr(row, "visit"):
        raise Conflict(
            "Cette visite a été notée avec ce qui la suit : ouvrez-la, puis « Annuler la visite ».", code="in_use"
        )


def _to_change(contact_id: int, actor: Actor) -> Contact | None:
    """The contact under lock, if the actor may change it; None once it is withdrawn."""
    rows = Contact.objects.select_for_update(of=("self",)).select_related("household")
    row = rows.filter(pk=contact_id).first()
    if row is not None and not perms.can_change_contact(actor, row.author_id):
        raise NotAllowed("La personne qui a noté ce contact le corrige, ou la responsable du service.")
    return row


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def correct_contact(
    *,
    contact: Contact,
    kind: str,
    day: date,
    actor: Actor,
    at: time | None = None,
    outcome: str = "",
    minutes: int | None = None,
    theme: str | None = None,
    by_partner: bool | None = None,
    answers: Answers = NO_ANSWERS,
) -> Contact:
    """Another kind, day, hour, outcome, length or theme (None leaves it): of a visit to come, it is moved; of one that
    took place, a mistake is corrected. The former ones stay in its history. Alerts of repeated absences follow. Another
    day or hour where it hardly fits is asked about, as in `plan_contact`."""
    row = _to_change(contact.pk, actor)
    if row is None:
        raise Conflict(GONE, code="wrong_state")
    if kind not in ContactKind.values:
        raise InvalidInput("Choisissez le genre de contact.", field="kind")
    if row.is_planned and kind == ContactKind.ABSENCE:
        raise InvalidInput("Une absence ne se prévoit pas.", field="kind")
    if row.is_planned and kind in COLLECTIVE:
        raise InvalidInput(_ATTENDED, field="kind")
    if row.is_planned and day < clock.today():
        raise InvalidInput("Choisissez aujourd’hui ou un jour à venir.", field="day")
    if not row.is_planned and day > clock.today():
        raise InvalidInput("Ce contact a eu lieu : il est d’aujourd’hui ou d’un jour passé.", field="day")
    if day != row.happened_on:
        not_long_ago(day)
    if row.is_planned and (outcome or minutes is not None):
        raise InvalidInput("Ce contact n’a pas encore eu lieu : notez d’abord qu’il est fait.", field="outcome")
    theme = row.theme if theme is None else theme
    _check_course(kind, outcome, minutes, theme)
    if hasattr(row, "visit") and (kind, outcome) != (row.kind, row.outcome) and row.visit.observations.exists():
        raise Conflict(
            "Le logement a été vu à cette visite : ouvrez-la, puis « Annuler la visite », et notez-la de nouveau.",
            code="in_use",
        )
    if row.is_planned and (day, at) != (row.happened_on, row.at_time):
        others, meeting = Contact.objects.exclude(pk=row.pk), Meeting(row.household_id, at)
        answered = ask(clashes_of(others, who=row.author, meeting=meeting, day=day), answers)
        keep(answered, about=ABOUT_CONTACT, about_id=row.pk, actor=actor)
    told_absence = ContactKind.ABSENCE in (row.kind, kind)
    row.kind, row.happened_on, row.at_time, row.outcome, row.minutes = kind, day, at, outcome, minutes
    row.theme, row.by_partner = theme, row.by_partner if by_partner is None else by_partner
    row.save(update_fields=["kind", "happened_on", "at_time", "outcome", "minutes", "theme", "by_partner"])
    _refresh(row, actor)
    if told_absence:
        wake("signal_sent")
    return row


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def move_back(*, contact: Contact, kind: str, day: date, at: time | None, actor: Actor) -> Contact:
    """Undo the move of a contact to come: the `kind`, day and hour that it had, a day that is past too. Again changes
    nothing, and nothing is asked. `Conflict` once it is noted or withdrawn."""
    row = _to_change(contact.pk, actor)
    if row is None:
        raise Conflict(GONE, code="wrong_state")
    if not row.is_planned:
        raise Conflict("Ce rendez-vous est noté : corrigez-le sur sa page.", code="wrong_state")
    if kind not in ContactKind.values or kind in {ContactKind.ABSENCE, *COLLECTIVE}:
        raise InvalidInput("Choisissez le genre de contact.", field="kind")
    not_long_ago(day)
    row.kind, row.happened_on, row.at_time = kind, day, at
    row.save(update_fields=["kind", "happened_on", "at_time"])
    _refresh(row, actor)
    return row


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def withdraw_contact(*, contact_id: int, actor: Actor) -> None:
    """A contact that was not, or a visit that will not be: nothing counts it any more. What its author wrote with it,
    and how far he found objectives there, is withdrawn too, by the same gesture. Again changes nothing;
    `bring_back_contact` undoes it.
    """
    row = _to_change(contact_id, actor)
    if row is None:
        return
    _must_be_alone(row)
    notes = list(row.notes.all())
    if any(note.author_id != row.author_id for note in notes):
        raise Conflict("Une note d’une autre personne tient à ce contact : il reste.", code="in_use")
    if row.reviews.exclude(author=row.author_id).exists():
        raise Conflict("Une évaluation d’une autre personne tient à ce contact : il reste.", code="in_use")
    _take_out(notes)
    row.reviews.all().delete()
    row.delete()
    refresh_tasks(NOTE, ids=[contact_id], actor=actor)
    refresh_steps([row.household_id], actor)
    if row.kind == ContactKind.ABSENCE:
        wake("signal_sent")


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def bring_back_contact(*, contact_id: int, actor: Actor) -> Contact:
    """Undo `withdraw_contact`: the contact as it was, with what was withdrawn with it. Again changes nothing."""
    standing = _to_change(contact_id, actor)
    if standing is not None:
        return standing
    event = deleted(Contact, id=contact_id).first()
    if event is None or not perms.can_change_contact(actor, event.author_id):
        raise NotAllowed("La personne qui a noté ce contact le reprend, ou la responsable du service.")
    [row] = brought_back(Contact, [event])
    with_it = {"contact_id": contact_id, "pgh_created_at": event.pgh_created_at}
    _put_back(deleted(Note, **with_it))
    with french_refusals():
        brought_back(ObjectiveReview, deleted(ObjectiveReview, **with_it))
    _refresh(row, actor)
    if row.kind == ContactKind.ABSENCE:
        wake("signal_sent")
    return row


@transaction.atomic
def hand_over_visits(*, household: Household, former: User, to: User, from_day: date, actor: Actor) -> int:
    """What `former` has planned with the household from `from_day` on is `to`'s, and what a colleague has of it while
    he is away: it does not come back to him. For the service that names the referent. Returns how many."""
    rows = Contact.objects.select_for_update(of=("self",)).filter(
        Q(author=former) | Q(absence__user=former), household=household, is_planned=True, happened_on__gte=from_day
    )
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    Contact.objects.filter(pk__in=ids).update(author=to, absence=None)
    refresh_notes_to_take(ids, actor)
    return len(ids)


def _refresh(contact: Contact, actor: Actor) -> None:
    """The tasks that follow from a contact: to note it, and the step that it does."""
    refresh_tasks(NOTE, ids=[contact.pk], actor=actor)
    refresh_steps([contact.household_id], actor)


def refresh_notes_to_take(contact_ids: Collection[int], actor: Actor) -> None:
    """The tasks of these contacts, which wait to be noted, follow them."""
    refresh_tasks(NOTE, ids=contact_ids, actor=actor)


def _take_out(notes: Sequence[Note]) -> None:
    NoteReader.objects.filter(note__in=notes).delete()
    Note.objects.filter(pk__in=[note.pk for note in notes]).delete()


def _put_back(events: Iterable[Any]) -> list[Note]:
    """The notes of these events of deletion, with who was named on them then."""
    gone = list(events)
    notes = brought_back(Note, gone)
    for event in gone:
        brought_back(NoteReader, deleted(NoteReader, note_id=event.id, pgh_created_at=event.pgh_created_at))
    return notes


@needs(Write(Data.CONTACT, OWN))
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
    """A note at its level. A sealed one names who may read it besides its author. With `contact`, one that took place
    with this household, it tells of that contact, and counts none more."""
    perms.require_follows(actor, household)
    if actor.user is None:
        raise NotAllowed("Une note est écrite par une personne.")
    if not text.strip():
        raise InvalidInput("La note est vide.", field="note")
    if contact is not None:
        contact = Contact.objects.select_for_update(of=("self",)).filter(pk=contact.pk, household=household).first()
        if contact is None:
            raise Conflict(GONE, code="wrong_state")
        if contact.is_planned:
            raise Conflict("Ce contact n’a pas encore eu lieu : notez d’abord qu’il est fait.", code="wrong_state")
    [note] = _write([(household, contact, level, text, readers)], actor)
    return note


def _write(notes: Sequence[tuple[Household, Contact | None, str, str, Sequence[User]]], actor: Actor) -> list[Note]:
    """Notes (household, contact, level, text, readers) of a person who may follow these households."""
    for _, _, level, text, readers in notes:
        _bounded(text)
        _check_level(level, readers)
    assert actor.user is not None
    made = keep_notes(
        (Note(household=household, contact=contact, level=level, author=actor.user), text.strip())
        for household, contact, level, text, _ in notes
    )
    NoteReader.objects.bulk_create(
        NoteReader(note=note, user=user)
        for note, (*_, readers) in zip(made, notes, strict=True)
        if readers
        for user in _social_people(readers)
    )
    return made


def keep_notes(notes: Iterable[tuple[Note, str]]) -> list[Note]:
    """New notes with what they say, each under a key of its own. Three queries, none without notes."""
    rows = list(notes)
    if not rows:
        return []
    name, keys = sealing.current_name(), [new_key() for _ in rows]
    ids = zip(draw_ids(NoteKey, len(rows)), draw_ids(Note, len(rows)), strict=True)
    for (note, text), key, (key_id, note_id) in zip(rows, keys, ids, strict=True):
        note.pk = note_id
        note.key = NoteKey(pk=key_id, name=name, wrapped=sealing.wrapped(key, key_id=key_id, name=name))
        note.sealed_text = sealing.sealed_text(text, key=key, note_id=note.pk, version=note.version)
    NoteKey.objects.bulk_create(note.key for note, _ in rows)
    return Note.objects.bulk_create(note for note, _ in rows)


def _check_level(level: str, readers: Sequence[User]) -> None:
    if level not in NoteLevel.values:
        raise InvalidInput("Choisissez qui peut lire la note.", field="level")
    if level == NoteLevel.SEALED and not readers:
        raise InvalidInput("Nommez au moins une personne qui lira cette note scellée.", field="readers")
    if level != NoteLevel.SEALED and readers:
        raise InvalidInput("Seule une note scellée nomme ses lecteurs.", field="readers")


def _bounded(text: str) -> None:
    if len(text.strip()) > LONGEST_TEXT:
        raise InvalidInput(f"Une note tient en {typography.number(LONGEST_TEXT)} caractères.", field="note")


def _social_people(users: Sequence[User]) -> list[User]:
    today = clock.today()
    unique = {user.pk: user for user in users}
    social = set(
        User.objects.filter(
            pk__in=unique, grants__role__in=roles_with(Write(Data.CONTACT, OWN)), grants__period__contains=today
        ).values_list("pk", flat=True)
    )
    for pk, user in unique.items():
        if pk not in social:
            raise InvalidInput(f"{user} ne fait pas partie du service social.", field="readers")
    return list(unique.values())


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def edit_note(*, note: Note, text: str, actor: Actor, level: str | None = None, readers: Sequence[User] = ()) -> Note:
    """Its author corrects a note, or adds to it; with `level`, also who reads it. The former text stays in the history,
    which its author alone reads."""
    row = Note.objects.select_for_update(of=("self",)).select_related("key").filter(pk=note.pk).first()
    if row is None:
        raise Conflict("Cette note a été retirée.", code="wrong_state")
    if not perms.can_edit_note(actor, row):
        raise NotAllowed("Seul l’auteur d’une note la corrige.")
    if not text.strip():
        raise InvalidInput("La note est vide.", field="note")
    _bounded(text)
    if row.text != text.strip():
        row.write(text.strip())
    if level is not None:
        _check_level(level, readers)
        named = {user.pk for user in _social_people(readers)} if readers else set()
        row.level = level
        row.readers.exclude(user__in=named).delete()
        known = set(row.readers.values_list("user_id", flat=True))
        NoteReader.objects.bulk_create(NoteReader(note=row, user_id=pk) for pk in sorted(named - known))
    row.save(update_fields=[*WRITTEN, "level"])
    return row


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def withdraw_note(*, note_id: int, actor: Actor) -> None:
    """A note that should not be there: nobody reads it any more. Again changes nothing; `bring_back_note` undoes it."""
    row = Note.objects.select_for_update().filter(pk=note_id).first()
    if row is None:
        return
    if not perms.can_withdraw_note(actor, row):
        raise NotAllowed("L’auteur d’une note la retire.")
    _take_out([row])


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def bring_back_note(*, note_id: int, actor: Actor) -> Note:
    """Undo `withdraw_note`: the note as it was, for the same readers. Again changes nothing. A contact that it told of,
    withdrawn since, is told no more."""
    standing = Note.objects.select_for_update().filter(pk=note_id).first()
    if standing is not None:
        if not perms.can_withdraw_note(actor, standing):
            raise NotAllowed("L’auteur d’une note la reprend.")
        return standing
    event = deleted(Note, id=note_id).first()
    read = READ_AS.get(event.level) if event is not None else None
    is_read = read is not None and can(actor, Read(read)) and can(actor, Write(Data.CONTACT))
    if event is None or not (is_read or event.author_id == actor.user_id):
        raise NotAllowed("L’auteur d’une note la reprend.")
    if not Contact.objects.filter(pk=event.contact_id).exists():
        event.contact_id = None
    [row] = _put_back([event])
    return row


@needs(Read(Data.SHARED_NOTE), Read(Data.TEAM_NOTE), Read(Data.PRIVATE_NOTE, OWN, WITH_REASON))
@transaction.atomic
def open_note(*, note: Note, actor: Actor, reason: str = "") -> Note:
    """Read one note. Who is named on it reads it; the head of the service gives a reason. Each read of a note that one
    did not write is logged; nobody else learns that it exists (`NotAllowed`, a 404 of the page)."""
    if note.author_id == actor.user_id and actor.is_social:
        return note
    if not perms.can_read_note(actor, note):
        if not perms.can_read_note_with_reason(actor):
            raise NotAllowed("Cette note ne vous est pas ouverte.")
        if len(reason.strip()) < 5:
            raise InvalidInput("Dites pourquoi vous lisez cette note : le motif est tracé.", field="reason")
    log_access(actor=actor, subject=note.read_as, obj=note, household_id=note.household_id, reason=reason)
    return note


@needs(Read(Data.SHARED_NOTE), Read(Data.TEAM_NOTE), Read(Data.PRIVATE_NOTE, OWN, WITH_REASON))
@transaction.atomic
def show_notes(*, household: Household, actor: Actor) -> list[NoteLine]:
    """The notes that the actor reads (without a text where it takes a reason); each read of what somebody else wrote is
    logged."""
    lines = notes_of(household, actor)
    log_reads(
        actor=actor,
        reads=[
            (line.note.read_as, line.note, household.pk)
            for line in lines
            if line.text is not None and line.note.author_id != actor.user_id
        ],
    )
    return lines


@needs(Read(Data.CONTACT, OWN))
@transaction.atomic
def open_signal_photo(*, photo: UUID, actor: Actor) -> Photo | None:
    """The photo that came with a signal on a household that the actor follows, else None. One that shows a protected
    home is logged."""
    photos = Photo.objects.filter(signal__household__in=perms.followed_by(actor)).select_related("blob", "signal")
    row = photos.filter(uuid=photo).first()
    if row and row.signal and is_protected(row.signal.household_id):
        log_access(actor=actor, subject=Data.PROTECTED_ADDRESS, obj=row, household_id=row.signal.household_id)
    return row
