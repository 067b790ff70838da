"""A visit is noted by one gesture: all that it says is written, or nothing is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.history import deleted
from common.typography import uncapitalised
from leases.models import Household
from maintenance.models import Photo, Ticket
from maintenance.tickets.codes import Source
from maintenance.tickets.queries import hidden_households
from maintenance.tickets.services.photos import keep_with_request
from maintenance.tickets.services.tickets import open_ticket
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.files.services.cleaning import CleanFile, clean_file
from office.models import User
from office.tasks.services.tasks import refresh_tasks
from social_link.contacts import perms
from social_link.contacts import services as contacts
from social_link.contacts.codes import ContactKind, ContactOutcome, NoteLevel
from social_link.contacts.models import Contact
from social_link.incidents.codes import IncidentKind, IncidentSource
from social_link.incidents.services import note_incident
from social_link.objectives.models import Objective
from social_link.objectives.services.objectives import review_objective
from social_link.visits.codes import REPAIRS, Finding, Line, ReminderKind
from social_link.visits.duties import REMINDER
from social_link.visits.models import Observation, Reminder, Visit, key_of
from social_link.visits.queries import home_on, last_observed, standing_request

SEEN = frozenset({ContactOutcome.SEEN, ContactOutcome.ALL_SEEN})
"""The outcomes at which the dwelling was seen."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How a line was found. To treat: `problem`, a code of the proposed ones or none, and `photos` of the dwelling; of
    the neighbours, the kind of incident."""

    finding: str
    problem: str = ""
    photos: Sequence[BinaryIO] = ()


@dataclass(frozen=True, slots=True)
class NewVisit:
    """What is said of a visit. `outcome`: of the contact, or `ABSENCE`. `objectives`: by id, how far each was found.
    `lines`: by code of `Line`; with `as_before`, the id of the visit to which the dwelling was compared, the lines that
    are not told are as they were then."""

    day: date
    outcome: str
    minutes: int | None = None
    objectives: Mapping[int, str] = field(default_factory=dict)
    lines: Mapping[str, Seen] = field(default_factory=dict)
    as_before: int | None = None
    note: str = field(default="", repr=False)
    level: str = NoteLevel.TEAM
    readers: Sequence[User] = ()
    next_on: date | None = None
    reminder: str = ""
    reminder_on: date | None = None


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def note_visit(
    *, household: Household, visit: NewVisit, request_key: UUID, actor: Actor, planned: Contact | None = None
) -> Visit:
    """A visit that took place, or did not: the contact with its note, the dwelling line by line, what is to be
    repaired, the incident with the neighbours, the next visit, a reminder. `planned`: the contact of the agenda that
    it was.

    An objective that was touched is evaluated as of this contact.

    The same key again gives the first visit; with another content, `Conflict` (`key_reused`). A planned contact that
    somebody noted meanwhile is not written over (`wrong_state`). Raises `InvalidInput` (`outcome`, `lines`, `reminder`,
    `reminder_on`, the code of a line), and what the services raise that it calls.
    """
    perms.require_follows(actor, household)
    if actor.user is None:
        raise NotAllowed("Une visite est le fait d’une personne.")
    _check(visit)
    # Read before any row is locked: it takes time.
    photos = {line: _cleaned(line, seen.photos) for line, seen in visit.lines.items()}
    digest = _digest(visit, household, planned, photos)
    if planned is not None:
        # Two sends of one planned visit wait for each other here.
        Contact.objects.select_for_update(of=("self",)).filter(pk=planned.pk).first()
    first = Visit.objects.filter(request_key=request_key).select_related("contact__household").first()
    if first is None:
        if deleted(Visit, request_key=request_key).exists():
            raise Conflict("Cette visite a été annulée : notez-la de nouveau.", code="key_reused")
        contact, was = _contact(household, visit, request_key, planned, _theme(visit, household), actor)
        # Another send of the same key wrote it while this one waited.
        first = Visit.objects.filter(contact=contact).select_related("contact__household").first()
    if first is not None:
        if not constant_time_compare(first.digest, digest):
            raise Conflict("Cette visite est déjà enregistrée avec un autre contenu.", code="key_reused")
        return first
    made = Visit.objects.create(
        contact=contact, request_key=request_key, digest=digest,
        planned_as=was[0] if was else "", planned_on=was[1] if was else None,
    )  # fmt: skip
    if visit.note.strip():
        contacts.write_note(
            household=household, contact=contact, text=visit.note, level=visit.level, readers=visit.readers, actor=actor
        )
    for pk, how_far in sorted(visit.objectives.items()):
        objective = Objective.objects.filter(pk=pk, measure__household=household).first()
        if objective is None:
            raise Conflict("Un objectif de cette visite a été retiré : rouvrez la page.", code="stale")
        review_objective(objective=objective, how_far=how_far, contact=contact, actor=actor)
    _observe(made, visit, photos, actor)
    _what_follows(made, visit, actor)
    return made


def _check(visit: NewVisit) -> None:
    if visit.outcome not in {*ContactOutcome.values, ContactKind.ABSENCE}:
        raise InvalidInput("Dites comment la visite s’est passée.", field="outcome")
    if visit.outcome not in SEEN and (visit.lines or visit.as_before or visit.minutes or visit.objectives):
        raise InvalidInput("Personne n’a été vu : le logement non plus, et la visite n’a pas duré.", field="outcome")
    for line, seen in visit.lines.items():
        if line not in Line.values or seen.finding not in Finding.values:
            raise InvalidInput("Choisissez l’état de chaque ligne.", field="lines")
        if seen.finding != Finding.TREAT and (seen.problem or seen.photos):
            raise InvalidInput("Ce qui est à réparer est « à traiter ».", field=line)
        if line == Line.NEIGHBOURS and seen.photos:
            raise InvalidInput("Un incident de voisinage n’a pas de photo.", field=line)
        if seen.problem and seen.problem not in _proposed(Line(line)):
            raise InvalidInput("Choisissez un problème de la liste.", field=line)
    if visit.reminder and visit.reminder not in ReminderKind.values:
        raise InvalidInput("Choisissez ce qu’il faut vous rappeler.", field="reminder")
    if bool(visit.reminder) != (visit.reminder_on is not None):
        missing = "reminder_on" if visit.reminder else "reminder"
        raise InvalidInput("Un rappel dit quoi, et pour quel jour.", field=missing)
    if visit.reminder_on is not None and visit.reminder_on < visit.day:
        raise InvalidInput("Ce rappel suit la visite.", field="reminder_on")


def _proposed(line: Line) -> Sequence[str]:
    return IncidentKind.values if line == Line.NEIGHBOURS else REPAIRS[line][1]


def _cleaned(line: str, photos: Sequence[BinaryIO]) -> list[CleanFile]:
    if len(photos) > Photo.kind.per_owner:
        raise InvalidInput(f"{Photo.kind.per_owner} photos au plus.", field=line, code="too_many")
    return [clean_file(photo, Photo.kind, field=line) for photo in photos]


def _digest(
    visit: NewVisit, household: Household, planned: Contact | None, photos: Mapping[str, Sequence[CleanFile]]
) -> str:
    """What tells this send from another. By a key of the installation: a copy of the database alone does not let guess
    what a note says."""
    lines = {
        line: (seen.finding, seen.problem, [clean.sha256 for clean in photos[line]])
        for line, seen in sorted(visit.lines.items())
    }
    said = (
        household.pk, planned.pk if planned else None, visit.day, visit.outcome, visit.minutes, lines, visit.as_before,
        sorted(visit.objectives.items()),
        visit.note.strip(), visit.level, sorted(user.pk for user in visit.readers), visit.next_on, visit.reminder,
        visit.reminder_on,
    )  # fmt: skip
    return salted_hmac("social_link.visits", json.dumps(said, default=str), algorithm="sha256").hexdigest()


def _theme(visit: NewVisit, household: Household) -> str:
    """That of the objectives which were touched, where it is one."""
    if not visit.objectives:
        return ""
    rows = Objective.objects.filter(pk__in=visit.objectives, measure__household=household)
    found = set(rows.values_list("theme", flat=True))
    return found.pop() if len(found) == 1 else ""


def _contact(
    household: Household, visit: NewVisit, request_key: UUID, planned: Contact | None, theme: str, actor: Actor
) -> tuple[Contact, tuple[str, date] | None]:
    """The contact of the visit; of one that was planned, also as what and for when."""
    is_absent = visit.outcome == ContactKind.ABSENCE
    outcome = "" if is_absent else visit.outcome
    if planned is None:
        kind = ContactKind.ABSENCE if is_absent else ContactKind.HOME_VISIT
        logged = contacts.log_contact(
            household=household, kind=kind, day=visit.day, request_key=request_key, outcome=outcome,
            minutes=visit.minutes, theme=theme, actor=actor,
        )  # fmt: skip
        return logged, None
    row = Contact.objects.select_related("household").filter(pk=planned.pk, household=household).first()
    if row is None:
        raise Conflict(contacts.GONE, code="wrong_state")
    if not row.is_planned:
        words = uncapitalised(row.kind_words)
        raise Conflict(f"Cette visite est déjà notée : {words}. Rien n’a été changé.", code="wrong_state")
    was = (row.kind, row.happened_on)
    if visit.day > clock.today():
        raise InvalidInput("Une visite notée est d’aujourd’hui ou d’un jour passé.", field="day")
    if row.happened_on > clock.today():  # made sooner than planned
        row = contacts.correct_contact(contact=row, kind=row.kind, day=clock.today(), at=row.at_time, actor=actor)
    row = contacts.complete_contact(contact=row, actor=actor, is_absent=is_absent)
    if (outcome, visit.minutes, visit.day, theme) != (row.outcome, row.minutes, row.happened_on, row.theme):
        row = contacts.correct_contact(
            contact=row, kind=row.kind, day=visit.day, at=row.at_time, outcome=outcome, minutes=visit.minutes,
            theme=theme, actor=actor,
        )  # fmt: skip
    return row, was


def _observe(made: Visit, visit: NewVisit, photos: Mapping[str, Sequence[CleanFile]], actor: Actor) -> None:
    """The lines, with the requests and the incident that they ask for."""
    household = made.contact.household
    home = home_on(household, visit.day)
    before = last_observed(household, actor, visit_id=visit.as_before) if visit.as_before else {}
    if visit.as_before and not before:
        raise Conflict(
            "La visite à laquelle vous compariez a été annulée : notez le logement ligne par ligne.", code="stale"
        )
    rows = []
    for line in Line:
        seen = visit.lines.get(line)
        if seen is None:
            if line in before:
                old = before[line]
                rows.append(
                    Observation(visit=made, dwelling=home, line=line, finding=old.finding, ticket_id=old.ticket_id)
                )
            continue
        ticket = None
        if seen.finding == Finding.TREAT and line == Line.NEIGHBOURS:
            note_incident(
                household=household, day=visit.day, kind=seen.problem or IncidentKind.NOISE,
                reported_by=IncidentSource.TEAM, request_key=made.key_of("incident"), actor=actor,
            )  # fmt: skip
        elif seen.finding == Finding.TREAT and home is not None:
            ticket = _request(made, line, seen.problem, photos[line], actor)
        rows.append(Observation(visit=made, dwelling=home, line=line, finding=seen.finding, ticket=ticket))
    Observation.objects.bulk_create(rows)


def _request(made: Visit, line: Line, problem: str, photos: Sequence[CleanFile], actor: Actor) -> Ticket:
    """The request for what is to be repaired: that of an earlier visit where it still waits, else a new one."""
    household = made.contact.household
    ticket = standing_request(household, line, problem)
    if ticket is None:
        # The address of a protected home stays with who may tell it: its household is named, and no dwelling.
        is_secret = bool(hidden_households(actor, [household]))
        home = None if is_secret else home_on(household, clock.today())
        ticket = open_ticket(
            dwelling=home, household=household, trade=REPAIRS[line][0], problem=problem,
            title="" if problem else f"{line.label} : à voir sur place", source=Source.VISIT,
            request_key=made.key_of(line), actor=actor,
        )  # fmt: skip
    for clean in photos:
        keep_with_request(clean, ticket=ticket, author=actor.user)
    return ticket


def _what_follows(made: Visit, visit: NewVisit, actor: Actor) -> None:
    if visit.next_on is not None:
        contacts.plan_contact(
            household=made.contact.household, kind=ContactKind.HOME_VISIT, day=visit.next_on,
            request_key=key_of(made.request_key, "next"), actor=actor, answers=None,
        )  # fmt: skip
    if visit.reminder and visit.reminder_on is not None:
        reminder = Reminder.objects.create(visit=made, kind=visit.reminder, due_on=visit.reminder_on)
        refresh_tasks(REMINDER, ids=[reminder.pk], actor=actor)
