"""What pages, API and other layers read of the tickets, and the search of a place for a new one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When

from common import clock
from common.text import search_words
from common.typography import uncapitalised
from leases.households.models import lives_protected, searched_number
from leases.models import Household, Membership, Occupancy
from maintenance.tickets.codes import OPEN_STATES, HoldReason, Outcome, Priority, TicketState
from maintenance.tickets.models import Intervention, Photo, Ticket
from office.access.actor import Actor
from office.access.matrix import IN_CHARGE, Data, Read, Write, can, roles_with
from office.access.services.access_log import note_read
from office.models import User
from stock.models import Dwelling

RANKS = {Priority.EMERGENCY: 0, Priority.HIGH: 1, Priority.NORMAL: 2, Priority.LOW: 3}
PRIORITY_RANK = Case(
    *(When(priority=priority, then=Value(rank)) for priority, rank in RANKS.items()),
    default=Value(9),
    output_field=IntegerField(),
)


def _protected_from(actor: Actor) -> QuerySet[Membership]:
    """Today's members whose address this actor may not read (matrix 6.6: the head of social may, and the rental
    manager in charge of the household)."""
    rows = Membership.objects.filter(period__contains=clock.today(), person__is_address_protected=True)
    if can(actor, Read(Data.PROTECTED_ADDRESS)):
        return rows.none()
    if can(actor, Read(Data.PROTECTED_ADDRESS, IN_CHARGE)):
        return rows.exclude(household__manager=actor.user_id)
    return rows


def told(actor: Actor, household: Household) -> None:
    """The page tells the protected address of this household: logged."""
    note_read(actor=actor, subject=Data.PROTECTED_ADDRESS, obj=household, household_id=household.pk)


def told_by(actor: Actor, rows: Iterable[Ticket]) -> None:
    """A page tells the homes of these rows, as `tickets_for` found them, all of them: the protected ones are logged."""
    for row in rows:
        if row.household is not None and row.is_secret:  # type: ignore[attr-defined]
            told(actor, row.household)


def hidden_households(actor: Actor, households: Iterable[Household]) -> set[int]:
    """Those of `households` whose address must not be told to this actor."""
    found = _protected_from(actor).filter(household__in=[h.pk for h in households])
    return set(found.values_list("household", flat=True))


def photos_for(actor: Actor) -> QuerySet[Photo]:
    """Photos of the passages and of the requests that the actor sees. What shows a home whose address is protected is
    for who may be told it; for a technician on the day of the job, and while the passage goes on (matrix 6.6).

    The photo of a signal went to the social service: not here.
    """
    visible = Ticket.objects.visible_to(actor)
    photos = Photo.objects.filter(Q(intervention__ticket__in=visible) | Q(ticket__in=visible))
    day = clock.today()
    running = Q(intervention__ended_at__isnull=True, intervention__started_at__gte=clock.morning(day))

    def told(owner: str, now: Q) -> Q:
        hidden = Exists(_protected_from(actor).filter(household=OuterRef(f"{owner}__household")))
        own = Q(**{f"{owner}__assignee": actor.user_id}) & (Q(**{f"{owner}__planned_on": day}) | now)
        return Q(**{f"{owner}__isnull": False}) & (own | Q(~hidden))

    shown = told("intervention__ticket", running) | told("ticket", Q(pk=None))
    return photos.filter(shown).select_related("blob", "intervention__ticket", "ticket")


def request_photos(ticket: Ticket, actor: Actor) -> list[Photo]:
    """The photos that came with the request, as far as the actor may see them."""
    return list(photos_for(actor).filter(ticket=ticket).order_by("pk"))


def is_told_today(ticket: Ticket, running: Intervention | None) -> bool:
    """Whether the technician of the job may be told a protected address: it is the day of the job, or a passage that
    began today goes on (matrix 6.6)."""
    day = clock.today()
    return ticket.planned_on == day or (running is not None and running.started_at >= clock.morning(day))


def is_untouched(ticket: Ticket, passage: Intervention) -> bool:
    """Whether the ticket is still as this passage of today left it: it was given no day, and nobody else has it. One
    that asks for another trade is nobody's."""
    if passage.ended_at is None or passage.ended_at < clock.morning(clock.today()):
        return False
    if passage.outcome == Outcome.OTHER_TRADE:
        is_whole = bool(passage.trade_before) and ticket.state == TicketState.OPEN and ticket.planned_on is None
        return is_whole and not ticket.is_held
    if ticket.assignee_id != passage.technician_id:
        return False
    if passage.outcome == Outcome.DONE:
        return ticket.state == TicketState.DONE
    waits = ticket.state == TicketState.ASSIGNED and ticket.planned_on is None
    if passage.outcome == Outcome.PART_MISSING:
        return waits and ticket.hold_reason == HoldReason.PART
    return waits and passage.outcome == Outcome.ABSENT and not ticket.is_held


def passages_of(ticket: Ticket, actor: Actor) -> QuerySet[Intervention]:
    """The passages of a ticket, the last one first; `shown` has the photos that the actor may see."""
    shown = Prefetch("photos", queryset=photos_for(actor).order_by("pk"), to_attr="shown")
    return ticket.interventions.select_related("technician").prefetch_related(shown)


def is_protected(household_id: int | None) -> bool:
    """Whether the address of somebody who lives in the household today must not be told."""
    return Membership.objects.filter(
        household=household_id, period__contains=clock.today(), person__is_address_protected=True
    ).exists()


def is_occupied() -> Exists:
    """Whether somebody lives in the dwelling of a ticket today."""
    return Exists(Occupancy.objects.filter(dwelling=OuterRef("dwelling"), period__contains=clock.today()))


def tickets_for(actor: Actor) -> QuerySet[Ticket]:
    """The desk list: what the actor may see, with what a line shows (`priority_rank`; `is_secret`: a protected address,
    `is_hidden`: from this actor; `is_occupied`: somebody lives there; `told_dwelling`: the reference of the dwelling,
    for the order of lines)."""
    hidden = Exists(_protected_from(actor).filter(household=OuterRef("household")))
    return (
        Ticket.objects.visible_to(actor)
        .select_related("dwelling__building", "household", "assignee")
        .annotate(
            priority_rank=PRIORITY_RANK,
            is_secret=lives_protected("household", clock.today()),
            is_hidden=hidden,
            is_occupied=is_occupied(),
            # To stand among its neighbours tells where a home is.
            told_dwelling=Case(When(hidden, then=None), default="dwelling__reference"),
        )
    )


def late(day: date) -> Q:
    """Open, past its due date, and not on hold: its clock runs."""
    return Q(state__in=OPEN_STATES, due_on__lt=day, held_until__isnull=True)


def technicians() -> QuerySet[User]:
    """Who may be given a ticket today."""
    return User.objects.filter(
        is_active=True, grants__role__in=roles_with(Write(Data.ROUND)), grants__period__contains=clock.today()
    ).distinct()


def open_tickets_of(dwelling: Dwelling, *, actor: Actor, of: int | None = None) -> list[Ticket]:
    """What is already asked in this dwelling, as the actor may see it: the duplicate check of the desk. Who came by
    the dwelling is told of no household whose address is hidden; who came by such a household (`of`), of no other."""
    rows = Ticket.objects.visible_to(actor).open().filter(dwelling=dwelling)
    if of is None:
        rows = rows.exclude(Exists(_protected_from(actor).filter(household=OuterRef("household"))))
    else:
        rows = rows.filter(household=of)
    return list(rows.select_related("assignee").order_by("due_on", "id"))


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

    @property
    def query(self) -> str:
        """How a form opens there: by the household where the dwelling must not be told."""
        return f"menage={self.households[0].pk}" if self.is_masked else f"logement={self.dwelling.pk}"


def search_places(text: str, *, actor: Actor, limit: int = 8) -> list[Place]:
    """Dwellings by reference, address, or the name or number of who lives there; accents and case ignored.

    Who must not be found stands last, by name, with a cut of her own: neither depends on where her home is.
    """
    words = search_words(text)
    if not words:
        return []
    number = searched_number(text)
    living = Occupancy.objects.filter(dwelling=OuterRef("pk"), period__contains=clock.today())
    by_number = Exists(living.filter(household__in=Household.objects.matching(text)))
    found = Dwelling.objects.select_related("building")
    by_address = Q()
    for word in words:
        here = Q(sort_key__contains=word) | Q(building__sort_key__contains=word)
        by_address &= here
        found = found.filter(
            here | (by_number if number else Exists(living.filter(household__search_key__contains=word)))
        )
    hidden = _protected_from(actor).values("household")
    # Don't match a protected name and a street together: finding something would reveal the address.
    found = found.filter(by_address | ~Exists(living.filter(household__in=hidden)))
    dwellings = list(found.order_by("reference")[:limit])
    named = Household.objects.matching(text).filter(pk__in=hidden).order_by("search_key", "id")
    called = list(named.values_list("pk", flat=True)[:limit])
    homes = Occupancy.objects.filter(period__contains=clock.today()).select_related("household", "dwelling__building")
    stays = list(homes.filter(Q(dwelling__in=dwellings) | Q(household__in=called)))
    secret = hidden_households(actor, [stay.household for stay in stays])
    by_dwelling: dict[int, list[Household]] = {dwelling.pk: [] for dwelling in dwellings}
    for stay in stays:
        if stay.dwelling_id in by_dwelling:
            by_dwelling[stay.dwelling_id].append(stay.household)
    places = []
    for dwelling in dwellings:
        told_here = [household for household in by_dwelling[dwelling.pk] if household.pk not in secret]
        places.append(Place(dwelling, told_here, is_reserved=len(told_here) < len(by_dwelling[dwelling.pk])))
    homes_of = {stay.household_id: stay for stay in stays}
    masked = [Place(homes_of[pk].dwelling, [homes_of[pk].household], is_masked=True) for pk in called if pk in homes_of]
    return [*places, *masked]


PASSAGES = Prefetch(
    "interventions", queryset=Intervention.objects.select_related("technician").order_by("-id"), to_attr="passages"
)


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


def count_open_of(household: Household, actor: Actor) -> int:
    """How many of a household's tickets are not over, of those that the actor may see."""
    return Ticket.objects.visible_to(actor).open().filter(household=household).count()


def timeline_events(household: Household, actor: Actor, *, limit: int = 100) -> list[dict[str, Any]]:
    """Technical events of a household, newest first: `kind`, `trade`, `title`, `line`, `day`, `ticket_id`."""
    tickets = (
        Ticket.objects.visible_to(actor)
        .filter(household=household)
        .select_related("assignee")
        .prefetch_related(PASSAGES)
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
                title = f"Passage : {uncapitalised(passage.get_outcome_display())}"
                add("passage", title, ticket.title, passage.ended_at, ticket)
        if ticket.state == TicketState.CANCELLED and ticket.closed_at:
            add("cancelled", "Demande technique annulée", ticket.title, ticket.closed_at, ticket)
    events.sort(key=lambda event: event["day"], reverse=True)
    return events[:limit]
