"""What pages and API read of contacts and notes. Only for actors who may: each list starts from `visible_to`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from common.history import DELETED
from leases.households.codes import MemberRole
from leases.households.models import lives_protected
from leases.households.perms import can_read_address
from leases.models import Household, Membership, Occupancy
from office.access.actor import Actor
from office.access.matrix import WITH_REASON, Data, Read, Write, can
from social_link.contacts.codes import NoteLevel
from social_link.contacts.models import Contact, Note
from social_link.contacts.perms import can_edit_note, followed_by


def home_of(household: Household, day: date, *, actor: Actor) -> Occupancy | None:
    """Where the household, a case of the actor, lives. A protected address that is told is logged."""
    home = (
        Occupancy.objects.filter(household=household, period__contains=day)
        .annotate(is_secret=lives_protected("household", day))
        .select_related("dwelling__building", "lease", "unit")
        .order_by("id")
        .first()
    )
    if home and can_read_address(actor, household, is_protected=home.is_secret, in_charge=True):
        return home
    return None


def phone_of(household: Household, day: date) -> str:
    """The first phone number of an adult of the household."""
    members = household.memberships.filter(period__contains=day, role=MemberRole.ADULT).exclude(person__phone="")
    return members.values_list("person__phone", flat=True).order_by("id").first() or ""


@dataclass(frozen=True, slots=True)
class Door:
    """Where one goes, and whom one calls. `address` is empty without a dwelling, and of a protected home."""

    address: str = ""
    phone: str = ""


def doors_of(households: Collection[int], day: date) -> dict[int, Door]:
    """The doors of these households (ids) on `day`. Two queries, none without households."""
    if not households:
        return {}
    homes = (
        Occupancy.objects.filter(~lives_protected("household", day), household__in=households, period__contains=day)
        .select_related("dwelling__building")
        .order_by("-id")
    )
    adults = (
        Membership.objects.filter(household__in=households, period__contains=day, role=MemberRole.ADULT)
        .exclude(person__phone="")
        .order_by("-id")
        .values_list("household", "person__phone")
    )
    addresses, phones = {home.household_id: home.dwelling.address for home in homes}, dict(adults)
    return {pk: Door(addresses.get(pk, ""), phones.get(pk, "")) for pk in households}


def search_cases(actor: Actor, text: str, *, day: date, limit: int = 12) -> list[Household]:
    """The actor's households by name or reference; without text the first ones in order of name. Those that one
    expects to meet on `day` come first, with `is_expected`."""
    awaited = Exists(expected(actor, day).filter(household=OuterRef("pk")))
    found = Household.objects.matching(text).filter(pk__in=followed_by(actor)).annotate(is_expected=awaited)
    return list(found.order_by("-is_expected", "sort_key", "id")[:limit])


def expected(actor: Actor, day: date) -> QuerySet[Contact]:
    """What one has planned oneself for `day`, in order of hour."""
    rows = contacts_for(actor).filter(is_planned=True, happened_on=day, author=actor.user_id)
    return rows.order_by("at_time", "id")


def planned_by(actor: Actor, *, since: date) -> QuerySet[Contact]:
    """What one has planned oneself for `since` or after."""
    rows = Contact.objects.visible_to(actor).filter(is_planned=True, author=actor.user_id, happened_on__gte=since)
    return rows.order_by("happened_on", "at_time", "id")


def contacts_for(actor: Actor) -> QuerySet[Contact]:
    """Contacts of the households that the actor follows, newest first, with the notes of which the actor may know."""
    notes = Note.objects.all() if can(actor, Read(Data.PRIVATE_NOTE, WITH_REASON)) else Note.objects.readable_by(actor)
    rows = Contact.objects.visible_to(actor).select_related("household", "author")
    return rows.prefetch_related(Prefetch("notes", queryset=notes))


def planned_for(actor: Actor) -> list[Contact]:
    """One's own planned contacts, those of the team for the head: what is past and not noted, then the days to come,
    however far."""
    rows = contacts_for(actor).filter(is_planned=True)
    if not can(actor, Read(Data.CONTACT)):
        rows = rows.filter(author=actor.user_id)
    return list(rows.order_by("happened_on", "at_time", "id"))


def changeable_notes(actor: Actor) -> QuerySet[Note]:
    """The notes that the actor may withdraw: his own, and for the head those that she reads."""
    if can(actor, Write(Data.CONTACT)):
        return Note.objects.readable_by(actor)
    return Note.objects.filter(author=actor.user_id)


@dataclass(frozen=True, slots=True)
class FormerNote:
    """What a note said before it was corrected, and until when."""

    text: str
    level: str
    until: datetime


def former_notes(note: Note, actor: Actor) -> list[FormerNote]:
    """The former texts of a note, the last one first: for its author alone (one query)."""
    if not can_edit_note(actor, note):
        return []
    events = list(note.events.exclude(pgh_label=DELETED).order_by("pgh_id"))  # type: ignore[attr-defined]
    return [
        FormerNote(before.text, NoteLevel(before.level).label, after.pgh_created_at)
        for before, after in pairwise(events)
        if (before.text, before.level) != (after.text, after.level)
    ][::-1]


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note as the actor may see it: `text` is None where it takes a reason to read it."""

    note: Note
    text: str | None
    is_mine: bool = False


def notes_of(household: Household, actor: Actor) -> list[NoteLine]:
    """Notes that the actor reads, and for the head of the service those that take a reason, without their text.

    Other notes are left out completely: even their existence is secret.
    """
    rows = list(Note.objects.filter(household=household).select_related("author").order_by("-id"))
    readable = set(Note.objects.readable_by(actor).filter(household=household).values_list("pk", flat=True))
    is_head = can(actor, Read(Data.PRIVATE_NOTE, WITH_REASON))
    return [
        NoteLine(note, note.text if note.pk in readable else None, can_edit_note(actor, note))
        for note in rows
        if note.pk in readable or is_head
    ]
