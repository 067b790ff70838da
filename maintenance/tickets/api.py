"""API of repairs: tickets from the desk to the technician's passage, the weak signal."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import File, Form, Query, UploadedFile

from common import clock
from common.cautions import cautions
from common.errors import Conflict, InvalidInput
from leases.models import Household
from maintenance.rounds.queries import job_of, past_job_of
from maintenance.tickets.codes import Outcome, TicketState
from maintenance.tickets.filters import TicketFilter
from maintenance.tickets.models import Intervention, Photo, Ticket
from maintenance.tickets.queries import photos_for, technicians, tickets_for, told_by
from maintenance.tickets.schemas import (
    AssignIn,
    CloseIn,
    PassageShown,
    PhotoIn,
    PhotoQuery,
    PhotoShown,
    SignalIn,
    SignalShown,
    TicketDetail,
    TicketIn,
    TicketListed,
    TicketQuery,
)
from maintenance.tickets.services import tickets
from maintenance.tickets.services.photos import add_photo, open_photo, remove_photo
from office.access.actor import Actor
from office.access.codes import TokenScope
from office.access.matrix import ASK, OWN, SHORT, Data, Read, Write, can
from office.access.requests import HouseRequest
from office.api_base import MEBIBYTE, HouseRouter, IdempotencyKey, Page, filtered, found, paged, ref, referred
from office.files.answers import serve
from office.files.codes import FileType
from stock.models import Dwelling

router = HouseRouter(tag="maintenance", read=TokenScope.MAINTENANCE_READ, write=TokenScope.MAINTENANCE_WRITE)

STATES = {
    "open": "ouvertes",
    "to_assign": "a_attribuer",
    "late": "en_retard",
    "on_hold": "en_attente",
    "done": "faites",
    "all": "toutes",
}


def _listed(row: Ticket, *, is_masked: bool) -> dict[str, Any]:
    return {
        "id": row.pk,
        "reference": row.reference,
        "title": row.title,
        "trade": row.trade,
        "priority": row.priority,
        "state": row.state,
        "seen": row.seen,
        "due_on": row.due_on,
        "planned_on": row.planned_on,
        "is_held": row.is_held,
        "assignee": ref(row.assignee),
        "dwelling": None if is_masked else ref(row.dwelling),
        "household": None if is_masked else ref(row.household),
    }


def _ticket(pk: int, actor: Actor) -> dict[str, Any]:
    """A ticket as its reader may see it: who plans the work, who shares it, the technician of the job."""
    job = job_of(pk, actor)
    row = tickets_for(actor).filter(pk=pk).first()
    if job is None or row is None:
        return _past(pk, actor)
    hidden = row.is_hidden and row.assignee_id != actor.user_id  # type: ignore[attr-defined]
    is_masked = job.is_masked or hidden
    told_by(actor, [row] if not is_masked else [])
    passages = job.ticket.passages  # type: ignore[attr-defined]
    photos = _photos(actor, intervention__ticket=pk)
    return _listed(row, is_masked=is_masked) | {
        "description": row.description,
        "opened_at": row.opened_at,
        "planned_at": row.planned_at,
        "who": "Adresse protégée" if hidden else job.who,
        "phone": "" if hidden else job.phone,
        "address": "Adresse protégée" if hidden else job.address,
        "place": "" if hidden else job.place,
        "safety": job.safety if can(actor, Read(Data.SAFETY_NOTICE, SHORT)) else "",
        "is_masked": is_masked,
        "paid_by": row.paid_by,
        "closed_at": row.closed_at,
        "passages": [_passage(passage, photos) for passage in passages],
    }


def _past(pk: int, actor: Actor) -> dict[str, Any]:
    """A ticket that went on to somebody else, for who passed there: his own passages, and the ticket as the last of
    them left it. 404 for the others."""
    job = past_job_of(pk, actor)
    if job is None:
        raise Http404
    row, passages = job.ticket, job.ticket.passages  # type: ignore[attr-defined]
    told = {"description": "", "opened_at": row.opened_at, "planned_at": None, "who": job.who, "phone": ""}
    told |= {"address": job.address, "place": job.place, "safety": "", "is_masked": job.is_masked, "paid_by": ""}
    row.state = TicketState.DONE if passages[0].outcome == Outcome.DONE else TicketState.OPEN
    row.planned_on = row.assignee = row.held_until = row.held_since = None
    passages = [_passage(passage, []) for passage in passages]
    return _listed(row, is_masked=job.is_masked) | told | {"closed_at": None, "passages": passages, "seen": ""}


def _photos(actor: Actor, **of: Any) -> list[Photo]:
    """The photos of passages that the actor may see, in the order in which they came."""
    return list(photos_for(actor).filter(**of).select_related("author").order_by("pk"))


def _photo(row: Photo) -> dict[str, Any]:
    return {
        "uuid": row.uuid,
        "stage": row.stage,
        "name": row.name,
        "author": ref(row.author),
        "added_at": row.added_at,
        "size": row.blob.size,
        "width": row.blob.width,
        "height": row.blob.height,
    }


def _passage(row: Intervention, photos: list[Photo]) -> dict[str, Any]:
    return {
        "id": row.pk,
        "technician": ref(row.technician),
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "outcome": row.outcome,
        "report": row.report,
        "photos": [_photo(photo) for photo in photos if photo.intervention_id == row.pk],
    }


def _own(pk: int, actor: Actor) -> Ticket:
    return found(Ticket.objects.visible_to(actor), pk)


@router.reads("/tickets", response=Page[TicketListed], needs=Read(Data.TICKET, OWN))
def list_tickets(request: HouseRequest, query: Query[TicketQuery]) -> Any:
    """Tickets that the caller may see (a technician: own jobs), the nearest due first."""
    actor = request.actor
    rows = filtered(
        TicketFilter, tickets_for(actor), request, q=query.q, etat=STATES[query.state], metier=query.trade,
        priorite=query.priority, technicien=query.assignee_id,
    )  # fmt: skip

    def shape(page: list[Any]) -> list[dict[str, Any]]:
        today = clock.today()
        own = {row.pk for row in page if row.assignee_id == actor.user_id and row.planned_on == today}
        masked = {row.pk for row in page if row.is_hidden} - own
        told_by(actor, [row for row in page if row.pk not in masked])
        return [_listed(row, is_masked=row.pk in masked) for row in page]

    return paged(rows.order_by("due_on", "id"), query, shape)


def _reread(is_reread: bool, **texts: str) -> None:
    """What the forms ask: to read again what touches health, offences or opinions, or judges."""
    for field, text in texts.items():
        if not is_reread and (found := cautions(text)):
            raise InvalidInput(found[0].advice, field=field, code="caution")


@router.writes("/tickets", response=TicketDetail, needs=Write(Data.TICKET, ASK), status=201)
def open_ticket(request: HouseRequest, idempotency_key: IdempotencyKey, data: TicketIn) -> Any:
    """Open a ticket; its priority and due date follow. The same key again gives the first ticket."""
    actor = request.actor
    _reread(data.is_reread, title=data.title, description=data.description)
    households, dwellings = Household.objects.visible_to(actor), Dwelling.objects.visible_to(actor)
    made = tickets.open_ticket(
        actor=actor,
        request_key=idempotency_key,
        dwelling=None if data.dwelling_id is None else referred(dwellings, data.dwelling_id, field="dwelling_id"),
        household=None if data.household_id is None else referred(households, data.household_id, field="household_id"),
        **data.dict(exclude={"dwelling_id", "household_id", "is_reread"}) | {"priority": data.priority or ""},
    )
    return _ticket(made.pk, actor)


@router.reads("/tickets/{ticket_id}", response=TicketDetail, needs=Read(Data.TICKET, OWN))
def read_ticket(request: HouseRequest, ticket_id: int) -> Any:
    """One ticket with its passages. Of one that went on to another technician, one's own passages only."""
    return _ticket(ticket_id, request.actor)


@router.writes(
    "/tickets/{ticket_id}/assign",
    response=TicketDetail,
    needs=Write(Data.TICKET),
    errors={409: ("wrong_state", "stale")},
)
def assign_ticket(request: HouseRequest, ticket_id: int, data: AssignIn) -> Any:
    """Give the ticket to a technician, and set the day of the visit where one is given."""
    actor = request.actor
    to = referred(technicians(), data.assignee_id, field="assignee_id")
    with transaction.atomic():
        row = tickets.assign(ticket=_own(ticket_id, actor), to=to, actor=actor, seen=data.seen)
        if data.planned_on:
            tickets.plan(ticket=row, on=data.planned_on, at=data.planned_at, to=to, actor=actor)
    return _ticket(ticket_id, actor)


WORK_ERRORS = {409: ("wrong_state", "stale", "already_started")}


@router.writes("/tickets/{ticket_id}/start", response=TicketDetail, needs=Write(Data.TICKET, OWN), errors=WORK_ERRORS)
def start_ticket(request: HouseRequest, ticket_id: int) -> Any:
    """The technician is at work."""
    actor = request.actor
    tickets.start(ticket=_own(ticket_id, actor), actor=actor)
    return _ticket(ticket_id, actor)


@router.writes("/tickets/{ticket_id}/absent", response=TicketDetail, needs=Write(Data.TICKET, OWN), errors=WORK_ERRORS)
def mark_ticket_absent(request: HouseRequest, ticket_id: int) -> Any:
    """Nobody at the door: the passage is kept, the ticket waits for a new day."""
    actor = request.actor
    tickets.mark_absent(ticket=_own(ticket_id, actor), actor=actor)
    return _ticket(ticket_id, actor)


@router.writes("/tickets/{ticket_id}/close", response=PassageShown, needs=Write(Data.TICKET, OWN), errors=WORK_ERRORS)
def close_ticket(request: HouseRequest, ticket_id: int, data: CloseIn) -> Any:
    """End a passage: done, a part is missing, or another trade is needed (the ticket is then nobody's again)."""
    actor = request.actor
    _reread(data.is_reread, report=data.report)
    passage = tickets.close(
        ticket=_own(ticket_id, actor),
        actor=actor,
        outcome=data.outcome,
        paid_by=data.paid_by or "",
        report=data.report,
        other_trade=data.other_trade or "",
        part=data.part,
        part_until=data.part_until,
    )
    return _passage(passage, _photos(actor, intervention=passage))


@router.writes(
    "/tickets/{ticket_id}/photos",
    response=PhotoShown,
    needs=Write(Data.TICKET, OWN),
    status=201,
    errors={
        409: ("wrong_state",),
        422: ("unreadable_file", "file_too_big", "too_many", "malware", "scan_failed"),
    },
    max_body=Photo.kind.max_bytes + MEBIBYTE,
)
def add_ticket_photo(request: HouseRequest, ticket_id: int, file: File[UploadedFile], options: Form[PhotoIn]) -> Any:
    """A photo of the dwelling on the running passage: JPEG, PNG, WebP or HEIC, kept as a JPEG without metadata."""
    passage = _own(ticket_id, request.actor).interventions.first()
    if passage is None:
        raise Conflict("Commencez d’abord l’intervention.", code="wrong_state")
    return _photo(add_photo(intervention=passage, file=file, stage=options.stage, actor=request.actor))  # type: ignore[arg-type]


@router.writes(
    "/photos/{photo_id}/remove",
    response=PassageShown,
    needs=Write(Data.TICKET, OWN),
    errors={409: ("wrong_state",)},
)
def remove_ticket_photo(request: HouseRequest, photo_id: UUID) -> Any:
    """Take back one's own photo while the passage goes on. The answer is the passage."""
    passage = get_object_or_404(photos_for(request.actor), uuid=photo_id).intervention
    if passage is None:
        raise Http404
    remove_photo(intervention=passage, photo=photo_id, actor=request.actor)
    return _passage(passage, _photos(request.actor, intervention=passage))


@router.gives("/photos/{photo_id}/content", types=[FileType.JPEG], needs=Read(Data.TICKET, OWN))
def read_ticket_photo(request: HouseRequest, photo_id: UUID, query: Query[PhotoQuery]) -> Any:
    """The picture itself, or a smaller copy."""
    row = open_photo(photo=photo_id, actor=request.actor)
    if row is None:
        raise Http404
    return serve(request, row, query.side)


@router.writes(
    "/tickets/{ticket_id}/signal",
    response=SignalShown,
    needs=Write(Data.TICKET, OWN),
    status=201,
)
def send_weak_signal(request: HouseRequest, ticket_id: int, idempotency_key: IdempotencyKey, data: SignalIn) -> Any:
    """« J'ai vu quelque chose »: to the social service. The answer says that it was received, nothing more."""
    actor = request.actor
    return tickets.send_signal(ticket=_own(ticket_id, actor), kind=data.kind, request_key=idempotency_key, actor=actor)
