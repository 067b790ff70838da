"""Dwellings, requests, agreements and organisations by their names."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from common import clock
from common.links import link
from common.typography import short_day
from desk.queries.search.hits import Group, Hit, marked, words
from leases.models import Household, Occupancy
from maintenance.models import Ticket
from maintenance.tickets.codes import TicketState
from maintenance.tickets.queries import tickets_for
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, Write, can
from office.models import Organisation
from stock.models import Dwelling, HeadAgreement


def dwellings(key: str, actor: Actor, day: date, limit: int) -> Group | None:
    if not can(actor, Read(Data.AGREEMENT)):
        return None
    occupied = Occupancy.objects.filter(dwelling=OuterRef("pk"), period__contains=day)
    visible: QuerySet[Dwelling] = Dwelling.objects.visible_to(actor)
    by_building = Dwelling.objects.filter(words("building__sort_key", key)).values("pk")
    rows = list(
        visible.filter(words("sort_key", key) | Q(pk__in=by_building))
        .select_related("building")
        .annotate(is_occupied=Exists(occupied))
        .order_by("reference")[: limit + 1]
    )
    hits = [
        Hit(
            url=link("stock:dwelling", row.pk),
            title=marked(row.address, key),
            note=f"{row.reference}, {row.typology}" + ("" if row.is_occupied else ", vide"),
            icon="building",
        )
        for row in rows[:limit]
    ]
    return Group("Logements et adresses", hits, more=len(rows) > limit)


def tickets(key: str, actor: Actor, limit: int) -> Group | None:
    if not can(actor, Read(Data.TICKET, OWN)):
        return None
    own_only = not can(actor, Read(Data.TICKET))
    match = words("sort_key", key)
    # A technician finds the households of his own jobs by their name, no other.
    match |= (
        words("household__search_key", key)
        if own_only
        else Q(household__in=Household.objects.filter(words("search_key", key)))
    )
    rows = list(tickets_for(actor).filter(match).order_by("-id")[: limit + 1])
    hits = [
        Hit(
            url=link("maintenance:job" if own_only else "maintenance:ticket", row.pk),
            title=marked(f"{row.reference}, {row.title}", key),
            note=" · ".join(filter(None, [_whose(row, own_only=own_only), _when(row)])),
            icon="tool",
            badge=_ticket_badge(row),
        )
        for row in rows[:limit]
    ]
    return Group("Demandes techniques", hits, more=len(rows) > limit)


def _whose(ticket: Ticket, *, own_only: bool) -> str:
    """Whose request it is. Who knows a request by its dwelling is not told who lives there protected."""
    if ticket.is_hidden and not own_only:  # type: ignore[attr-defined]
        return "Adresse protégée"
    return ticket.household.name if ticket.household else "Logement vide"


def _when(ticket: Ticket) -> str:
    if not ticket.planned_on or not ticket.is_open:
        return ""
    return f"prévue le {short_day(ticket.planned_on, today=clock.today())}"


def _ticket_badge(ticket: Ticket) -> tuple[str, str]:
    meanings = {
        TicketState.OPEN: "todo", TicketState.ASSIGNED: "todo", TicketState.STARTED: "running",
        TicketState.DONE: "done", TicketState.CANCELLED: "incomplete",
    }  # fmt: skip
    return str(ticket.get_state_display()), meanings[TicketState(ticket.state)]


def agreements(key: str, actor: Actor, limit: int) -> Group | None:
    """Agreements by their reference or by the name of the owner."""
    if not can(actor, Read(Data.AGREEMENT)):
        return None
    match = words("sort_key", key) | words("owner__sort_key", key)
    rows = list(
        HeadAgreement.objects.visible_to(actor).filter(match).select_related("owner").order_by("reference")[: limit + 1]
    )
    hits = [
        Hit(
            url=link("stock:agreement", row.pk),
            title=marked(f"{row.reference}, {row.owner}", key),
            note=row.get_kind_display(),
            icon="file-certificate",
        )
        for row in rows[:limit]
    ]
    return Group("Conventions", hits, more=len(rows) > limit)


def organisations(key: str, actor: Actor, limit: int) -> Group | None:
    """Landlords, funders, payers: who is in the address book, for who may open it."""
    if not can(actor, Write(Data.ORGANISATION)):
        return None
    rows = list(Organisation.objects.filter(words("sort_key", key)).order_by("sort_key", "id")[: limit + 1])
    hits = [
        Hit(url=link("office:organisation", row.pk), title=marked(row.name, key), icon="building-community")
        for row in rows[:limit]
    ]
    return Group("Organismes", hits, more=len(rows) > limit)
