"""What one knows before the door opens. It may be kept on a phone for the day: no amount, no note but the last shared
line, and a protected address on the day of the visit only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from common import clock
from leases.models import Household
from maintenance.tickets.queries import is_protected, place_of
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, can
from office.access.permissions import needs
from office.access.services.access_log import log_reads
from office.tasks.queries import ShownTask, shown, tasks_of
from social_link.contacts.codes import NoteLevel
from social_link.contacts.duties import NOTE
from social_link.contacts.models import Contact, Note
from social_link.contacts.queries import home_of, phone_of
from social_link.contacts.sealing import Unopened

LONGEST_LINE = 160
TASKS = 3


@dataclass(frozen=True, slots=True)
class Before:
    """`is_masked`: there is an address, told on the day of the visit. `shared`: the first line of the last note that
    the rental side reads too, of `shared_on`."""

    address: str = ""
    place: str = ""
    access: str = ""
    safety: str = ""
    is_masked: bool = False
    phone: str = ""
    shared: str = field(default="", repr=False)
    shared_on: date | None = None
    tasks: Sequence[ShownTask] = ()


@needs(Read(Data.CONTACT, OWN))
@transaction.atomic
def before_visit(*, household: Household, day: date, actor: Actor) -> Before:
    """What the phone shows of a household that the actor follows, for a visit on `day`. A protected address and a
    shared note of somebody else are logged as read."""
    masked = day != clock.today() and is_protected(household.pk)
    home = None if masked else home_of(household, clock.today(), actor=actor)
    dwelling = home.dwelling if home else None
    enters = dwelling is not None and can(actor, Read(Data.ACCESS_NOTES, OWN))
    note, line = _shared(household, actor)
    tasks = tasks_of(actor).filter(household_id=household.pk, due_on__lte=max(day, clock.today()))
    return Before(
        address=dwelling.building.address if dwelling else "",
        place=place_of(dwelling) if dwelling else "",
        access=" · ".join(filter(None, [dwelling.building.access_notes, dwelling.access_notes]))
        if dwelling and enters
        else "",
        safety=dwelling.safety_notice if dwelling else "",
        is_masked=masked,
        phone=phone_of(household, clock.today()),
        shared=line,
        shared_on=note.written_at.astimezone(clock.PARIS).date() if note and line else None,
        tasks=shown(tasks.exclude(kind=NOTE.code)[:TASKS], actor),
    )


def _shared(household: Household, actor: Actor) -> tuple[Note | None, str]:
    """The last shared note, and its first line; logged where somebody else wrote it."""
    rows = Note.objects.readable_by(actor).filter(household=household, level=NoteLevel.SHARED)
    note = rows.select_related("key").order_by("-pk").first()
    if note is None:
        return None, ""
    try:
        first = note.text.splitlines()[0]
    except Unopened:
        return None, ""
    if note.author_id != actor.user_id:
        log_reads(actor=actor, reads=[(note.read_as, note, household.pk)])
    return note, first if len(first) <= LONGEST_LINE else f"{first[:LONGEST_LINE].rstrip()}…"


def last_met(household: Household) -> Contact | None:
    """The last contact with somebody."""
    return household.contacts.met().order_by("-happened_on", "-id").first()
