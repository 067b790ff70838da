"""What pages and API read of contacts and notes. Only for actors who may: each list starts from `visible_to`."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet

from common.history import DELETED, events_of
from common.looks import Look
from leases.households.codes import MemberRole
from leases.households.models import lives_protected
from leases.households.perms import can_read_address
from leases.models import Household, Membership, Occupancy
from office.access.actor import Actor
from office.access.matrix import WITH_REASON, Data, Read, Write, can
from office.access.models import AccessLog
from office.models import User
from social_link.contacts.codes import COLLECTIVE
from social_link.contacts.looks import NOTES
from social_link.contacts.models import Contact, Note, levels_read, met, text_of, took_place
from social_link.contacts.perms import can_edit_note, followed_by
from social_link.contacts.sealing import Unopened


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
    return _with_notes(Contact.objects.visible_to(actor), actor)


def _with_notes(rows: QuerySet[Contact], actor: Actor) -> QuerySet[Contact]:
    notes = Note.objects.all() if can(actor, Read(Data.PRIVATE_NOTE, WITH_REASON)) else Note.objects.readable_by(actor)
    return rows.select_related("household", "author").prefetch_related(Prefetch("notes", queryset=notes))


def ids_of_all(actor: Actor, **which: Any) -> QuerySet[Contact, Any]:
    """The contacts of `contacts_for` that are `which`, newest first, as {"pk", "happened_on"}. A social worker's own
    contacts and those of his households are found by an index each: an OR of both reads every contact of the house."""
    rows = Contact.objects.filter(**which).order_by().values("pk", "happened_on")
    if actor.is_social and not can(actor, Read(Data.CONTACT)):
        of_cases = rows.filter(household__in=followed_by(actor))
        found = of_cases.union(rows.filter(author=actor.user_id))
    else:
        found = rows.filter(pk__in=Contact.objects.visible_to(actor))
    return found.order_by("-happened_on", "-pk")


@dataclass(frozen=True, slots=True)
class Held:
    """How many contacts took place: with the household for itself, and together with others. `by_partner`: of both,
    those that somebody outside did."""

    individual: int
    collective: int
    by_partner: int


def held(contacts: QuerySet[Contact]) -> Held:
    """Of these contacts. One query."""
    counts = contacts.aggregate(
        individual=Count("pk", filter=met()),
        collective=Count("pk", filter=Q(kind__in=sorted(COLLECTIVE))),
        by_partner=Count("pk", filter=Q(by_partner=True) & took_place()),
    )
    return Held(**counts)


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
class FormerText:
    """What a note said before it was corrected, at which level (a code), and until when."""

    text: str = field(repr=False)
    level: str
    until: datetime

    @property
    def look(self) -> Look:
        return NOTES[self.level]


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note as the actor may see it: `text` is None where it takes a reason to read it, or where nobody can open it,
    which `unopened` then says. `former`: the former texts that the actor reads too, the last one first."""

    note: Note
    text: str | None = field(default=None, repr=False)
    former: Sequence[FormerText] = ()
    is_mine: bool = False
    unopened: str = ""


def _opened(note: Note, events: Sequence[Any], *, reads: Callable[[str], bool], is_mine: bool) -> NoteLine:
    """A note that is read, with those of its former texts whose level `reads` lets through."""
    try:
        key = note.key.open()
        text = text_of(note, key)
        former = [
            FormerText(text_of(before, key), before.level, after.pgh_created_at)
            for before, after in pairwise(events)
            if before.version != after.version and reads(before.level)
        ]
    except Unopened as why:
        return NoteLine(note, is_mine=is_mine, unopened=why.message)
    return NoteLine(note, text, former[::-1], is_mine)


def _history_of(notes: Collection[Note]) -> dict[int, list[Any]]:
    """The events of these notes that were corrected, by note, in their order. One query, none where none was."""
    found: dict[int, list[Any]] = defaultdict(list)
    corrected = [note.pk for note in notes if note.version > 1]
    if corrected:
        for event in events_of(Note).filter(id__in=corrected).exclude(pgh_label=DELETED):
            found[event.id].append(event)
    return found


def notes_of(household: Household, actor: Actor) -> list[NoteLine]:
    """Notes that the actor reads, and for the head of the service those that take a reason, without their text.

    Other notes are left out completely: even their existence is secret. A former text is as secret as it was: it is for
    the author, for whom reads its level, and for who is named on a note that was sealed then and is now. One query, one
    more for the head of the service, and one where notes were corrected.
    """
    of_household = Note.objects.filter(household=household).select_related("author", "key").order_by("-id")
    shown = list(of_household.readable_by(actor))
    readable = {note.pk for note in shown}
    rows = list(of_household) if can(actor, Read(Data.PRIVATE_NOTE, WITH_REASON)) else shown
    history = _history_of(shown)

    def line(note: Note) -> NoteLine:
        if note.pk not in readable:
            return NoteLine(note)
        is_mine = can_edit_note(actor, note)
        levels = levels_read(actor) | {note.level}
        return _opened(note, history[note.pk], reads=lambda level: is_mine or level in levels, is_mine=is_mine)

    return [line(note) for note in rows]


def opened_note(note: Note) -> NoteLine:
    """A note that was opened with a reason (`services.open_note`), with all its former texts."""
    return _opened(note, _history_of([note])[note.pk], reads=lambda level: True, is_mine=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads of one note by one person for one reason: how many times, the last one when."""

    user: User
    last: datetime
    times: int
    reason: str


def readings_of(household: Household, author: Actor) -> dict[int, list[Reading]]:
    """Who read the notes that the author wrote of this household, by note, the last read first. Two queries."""
    own = Note.objects.filter(household=household, author=author.user_id).values("pk")
    log = AccessLog.objects.filter(household_id=household.pk, object_type=Note._meta.label_lower, object_id__in=own)
    rows = log.values_list("object_id", "user", "reason").annotate(last=Max("at"), times=Count("pk")).order_by("-last")
    read = list(rows)
    people = User.objects.in_bulk({user for _, user, *_ in read}) if read else {}
    found: dict[int, list[Reading]] = defaultdict(list)
    for note, user, reason, last, times in read:
        found[note].append(Reading(people[user], last, times, reason))
    return found
