"""What pages and API read of the repairs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When

from common import clock
from common.prepared import Prepared, Slot
from common.text import sort_key
from leases.enums import MemberRole
from leases.models import Household, Membership, Occupancy, Person
from maintenance.enums import OPEN_STATES, Outcome, Priority, TicketState
from maintenance.models import Intervention, Ticket
from office.access import Access, Data, can
from office.actor import Actor
from office.enums import Role
from office.models import User
from stock.models import Dwelling

RANKS = {Priority.EMERGENCY: 0, Priority.HIGH: 1, Priority.NORMAL: 2, Priority.LOW: 3}
PRIORITY_RANK = Case(
    *(When(priority=priority, then=Value(rank)) for priority, rank in RANKS.items()),
    default=Value(9),
    output_field=IntegerField(),
)


def _protected_from(actor: Actor) -> QuerySet[Membership]:
    """Members, today, whose address must not be told to this actor (matrix 6.6: the head of social reads it, the
    rental manager where in charge of the household)."""
    rows = Membership.objects.filter(period__contains=clock.today(), person__is_address_protected=True)
    if can(actor, Data.PROTECTED_ADDRESS, Access.FULL):
        return rows.none()
    if can(actor, Data.PROTECTED_ADDRESS, Access.IN_CHARGE):
        return rows.exclude(household__manager=actor.user_id)
    return rows


def hidden_households(actor: Actor, households: Iterable[Household]) -> set[int]:
    """Those of `households` whose address must not be told to this actor."""
    found = _protected_from(actor).filter(household__in=[h.pk for h in households])
    return set(found.values_list("household", flat=True))


def tickets_for(actor: Actor) -> QuerySet[Ticket]:
    """The desk list: what the actor may see, with what a line shows (`priority_rank`; `is_hidden`: no address)."""
    hidden = _protected_from(actor).filter(household=OuterRef("household"))
    return (
        Ticket.objects.visible_to(actor)
        .select_related("dwelling__building", "household", "assignee")
        .annotate(priority_rank=PRIORITY_RANK, is_hidden=Exists(hidden))
    )


def late(day: date) -> Q:
    """Open, past its due date, and not on hold: its clock runs."""
    return Q(state__in=OPEN_STATES, due_on__lt=day, held_until__isnull=True)


def technicians() -> QuerySet[User]:
    """Who may be given a ticket today."""
    return User.objects.filter(
        is_active=True, grants__role=Role.TECHNICIAN, grants__period__contains=clock.today()
    ).distinct()


def open_tickets_of(dwelling: Dwelling) -> list[Ticket]:
    """What is already asked in this dwelling: the duplicate check of the desk."""
    return list(Ticket.objects.open().filter(dwelling=dwelling).select_related("assignee").order_by("due_on", "id"))


def tickets_of(household: Household, actor: Actor, *, limit: int = 50) -> list[Ticket]:
    """A household's tickets that the actor may see, newest first."""
    return list(
        Ticket.objects.visible_to(actor).filter(household=household).select_related("assignee").order_by("-id")[:limit]
    )


@dataclass(frozen=True, slots=True)
class Place:
    """A dwelling found by the desk, with who lives there. Found by the name of somebody whose address must not be told:
    `is_masked`, the name alone. Found by its address: `is_reserved`, without that name."""

    dwelling: Dwelling
    households: list[Household]
    is_masked: bool = False
    is_reserved: bool = False


def search_places(text: str, *, actor: Actor, limit: int = 8) -> list[Place]:
    """Dwellings by reference, address or the name of who lives there; accents and case ignored."""
    words = sort_key(text).split()
    if not words:
        return []
    living = Occupancy.objects.filter(dwelling=OuterRef("pk"), period__contains=clock.today())
    found = Dwelling.objects.select_related("building")
    for word in words:
        found = found.filter(
            Q(sort_key__contains=word)
            | Q(building__sort_key__contains=word)
            | Exists(living.filter(household__sort_key__contains=word))
        )
    dwellings = list(found.order_by("reference")[:limit])
    by_dwelling: dict[int, list[Household]] = {dwelling.pk: [] for dwelling in dwellings}
    for occupancy in Occupancy.objects.filter(dwelling__in=dwellings, period__contains=clock.today()).select_related(
        "household"
    ):
        by_dwelling[occupancy.dwelling_id].append(occupancy.household)
    hidden = hidden_households(actor, [h for found_here in by_dwelling.values() for h in found_here])
    places = (_place(dwelling, by_dwelling[dwelling.pk], hidden, words) for dwelling in dwellings)
    return [place for place in places if place]


def _place(dwelling: Dwelling, living: list[Household], hidden: set[int], words: list[str]) -> Place | None:
    secret = [household for household in living if household.pk in hidden]
    if not secret:
        return Place(dwelling, living)
    if all(word in dwelling.sort_key or word in dwelling.building.sort_key for word in words):
        return Place(dwelling, [h for h in living if h.pk not in hidden], is_reserved=True)
    named = [h for h in secret if all(word in h.sort_key for word in words)]
    # A name and a street together would say by its answer that they go together.
    return Place(dwelling, named, is_masked=True) if named else None


# ---------- the technician's phone ----------


@dataclass(slots=True)
class Job:
    """One passage of a round: what a technician may know, and nothing else (no balance, no note, no reason)."""

    ticket: Ticket
    who: str
    phone: str
    address: str
    place: str
    access: str
    safety: str
    is_masked: bool
    running: Intervention | None = None
    done: Intervention | None = None

    @property
    def at(self) -> time | None:
        return self.ticket.planned_at

    @property
    def is_over(self) -> bool:
        return self.done is not None


@dataclass(slots=True)
class Round:
    """The day of a technician. `current` is the next thing to do, framed on the phone."""

    day: date
    jobs: list[Job]
    to_plan: list[Job]
    current: Job | None = field(default=None)

    @property
    def done(self) -> int:
        return sum(job.is_over for job in self.jobs)


def _members(day: date) -> Prefetch:
    members = Membership.objects.filter(period__contains=day).select_related("person").order_by("role", "id")
    return Prefetch("household__memberships", queryset=members, to_attr="present")


_PASSAGES = Prefetch(
    "interventions", queryset=Intervention.objects.select_related("technician").order_by("-id"), to_attr="passages"
)


def _persons(ticket: Ticket) -> list[Person]:
    if ticket.household is None:
        return []
    memberships: list[Membership] = ticket.household.present  # type: ignore[attr-defined]
    return [m.person for m in memberships]


def _phone(ticket: Ticket) -> str:
    if ticket.contact_phone:
        return ticket.contact_phone
    if ticket.household is None:
        return ""
    memberships: list[Membership] = ticket.household.present  # type: ignore[attr-defined]
    return next((m.person.phone for m in memberships if m.person.phone and m.role == MemberRole.ADULT), "")


def place_of(dwelling: Dwelling) -> str:
    """`2e étage, porte gauche, escalier B`."""
    parts = []
    if dwelling.floor is not None:
        parts.append({0: "rez-de-chaussée", 1: "1er étage"}.get(dwelling.floor, f"{dwelling.floor}e étage"))
    if dwelling.door:
        parts.append(f"porte {dwelling.door}")
    if dwelling.stairwell:
        parts.append(f"escalier {dwelling.stairwell}")
    return ", ".join(parts)


def _job(ticket: Ticket, actor: Actor, day: date) -> Job:
    dwelling = ticket.dwelling
    passages: list[Intervention] = ticket.passages  # type: ignore[attr-defined]
    running = next((p for p in passages if p.ended_at is None), None)
    # A protected address is told on the day of the job only (matrix 6.6), or while somebody is at the door.
    protected = any(person.is_address_protected for person in _persons(ticket))
    masked = protected and ticket.planned_on != day and running is None and not can(actor, Data.TICKET, Access.FULL)
    done = next(
        (p for p in passages if p.ended_at is not None and p.ended_at.astimezone(clock.PARIS).date() == day), None
    )
    return Job(
        ticket=ticket,
        who=ticket.household.name if ticket.household else "Logement vide",
        phone=_phone(ticket),
        address="Adresse protégée : visible le jour du passage" if masked else dwelling.address,
        place="" if masked else place_of(dwelling),
        access="" if masked else " · ".join(filter(None, [dwelling.building.access_notes, dwelling.access_notes])),
        safety=dwelling.safety_notice,
        is_masked=masked,
        running=running,
        # Seen absent this morning and planned again for this evening: still to do.
        done=None if running or (ticket.is_open and ticket.planned_on == day) else done,
    )


def _jobs(tickets: QuerySet[Ticket], actor: Actor, day: date) -> list[Job]:
    rows = tickets.select_related("dwelling__building", "household", "assignee")
    rows = rows.prefetch_related(_members(day), _PASSAGES)
    return [_job(ticket, actor, day) for ticket in rows]


def job_of(ticket_id: int, actor: Actor) -> Job | None:
    """One job that the actor may see, or None."""
    jobs = _jobs(Ticket.objects.visible_to(actor).filter(pk=ticket_id), actor, clock.today())
    return jobs[0] if jobs else None


def round_of(actor: Actor, day: date) -> Round:
    """The technician's list of `day`: what is planned or left over, what was done that day, then what has no day."""
    mine = Ticket.objects.visible_to(actor).filter(assignee_id=actor.user_id)
    start, end = _bounds(day)
    passed = Intervention.objects.filter(ticket=OuterRef("pk"), ended_at__gte=start, ended_at__lt=end)
    wanted = mine.annotate(passed=Exists(passed)).filter(
        Q(state__in=OPEN_STATES, held_until__isnull=True) | Q(passed=True)
    )
    everything = _jobs(wanted, actor, day)
    today = [
        job
        for job in everything
        if job.is_over or job.running or (job.ticket.planned_on is not None and job.ticket.planned_on <= day)
    ]
    today.sort(
        key=lambda job: (
            not job.is_over,
            job.running is None,
            job.at or time.max,
            RANKS[Priority(job.ticket.priority)],
            job.ticket.pk,
        )
    )
    shown = {job.ticket.pk for job in today}
    to_plan = [job for job in everything if job.ticket.pk not in shown and job.ticket.planned_on is None]
    to_plan.sort(key=lambda job: (job.ticket.due_on, job.ticket.pk))
    result = Round(day, today, to_plan)
    result.current = next((job for job in today if not job.is_over), None)
    return result


def _bounds(day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time.min, tzinfo=clock.PARIS)
    end = datetime.combine(date.fromordinal(day.toordinal() + 1), time.min, tzinfo=clock.PARIS)
    return start, end


# ---------- what the household page and its timeline show ----------


def _with_passages(tickets: QuerySet[Ticket], limit: int) -> QuerySet[Ticket]:
    return tickets.select_related("assignee").prefetch_related(_PASSAGES).order_by("-id")[:limit]


@cache
def _told(limit: int) -> Prepared[Ticket]:
    return Prepared(lambda: _with_passages(Ticket.objects.filter(household=Slot("household")), limit))


_OPEN = Prepared(lambda: Ticket.objects.filter(household=Slot("household")).open().only("pk").order_by())


def count_open_of(household: Household, actor: Actor) -> int:
    """How many of a household's tickets are not over, of those that the actor may see."""
    if can(actor, Data.TICKET, Access.FULL):
        return len(_OPEN(household=household.pk))
    return Ticket.objects.visible_to(actor).open().filter(household=household).count()


def timeline_events(household: Household, actor: Actor, *, limit: int = 100) -> list[dict[str, Any]]:
    """Technical events of a household, newest first: `kind`, `trade`, `title`, `line`, `day`, `ticket_id`."""
    tickets = (
        Ticket.objects.visible_to(actor)
        .filter(household=household)
        .select_related("assignee")
        .prefetch_related(_PASSAGES)
        .order_by("-id")[:limit]
    )
    events: list[dict[str, Any]] = []

    def add(kind: str, title: str, line: str, moment: datetime, ticket: Ticket) -> None:
        day = moment.astimezone(clock.PARIS).date()
        events.append({"kind": kind, "trade": "tech", "title": title, "line": line, "day": day, "ticket_id": ticket.pk})

    for ticket in tickets:
        add("ticket", "Demande technique ouverte", ticket.title, ticket.opened_at, ticket)
        passages: list[Intervention] = ticket.passages
        for passage in passages:
            if passage.ended_at is None:
                continue
            if passage.outcome == Outcome.DONE:
                add("done", "Intervention faite", ticket.title, passage.ended_at, ticket)
            elif passage.outcome == Outcome.ABSENT:
                add("absent", "Absence au passage du technicien", ticket.title, passage.ended_at, ticket)
            else:
                title = f"Passage : {passage.get_outcome_display().lower()}"
                add("passage", title, ticket.title, passage.ended_at, ticket)
        if ticket.state == TicketState.CANCELLED and ticket.closed_at:
            add("cancelled", "Demande technique annulée", ticket.title, ticket.closed_at, ticket)
    events.sort(key=lambda event: event["day"], reverse=True)
    return events[:limit]
