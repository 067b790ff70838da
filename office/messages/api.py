"""API of the messages to households: what left, what did not arrive, and what can still be done."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from ninja import Query

from office.access.actor import Actor
from office.access.codes import TokenScope
from office.access.matrix import Data, Read, Write
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, paged, ref
from office.messages.forms import AgainForm
from office.messages.models import Message
from office.messages.schemas import AgainIn, MessageDetail, MessageListed, MessageQuery
from office.messages.services import outbox
from office.messages.services.reading import open_message

router = HouseRouter(tag="messages", read=TokenScope.MESSAGES_READ, write=TokenScope.MESSAGES_WRITE)

FILTERS = ("state", "channel", "kind", "household_id")
LISTED = (
    "uuid", "kind", "channel", "about", "about_id", "household_id", "addressee", "subject", "state", "why",
    "held_until", "created_at", "sent_at", "delivered_at", "seen_at",
)  # fmt: skip
TOLD = ("address", "body", "text_version", "is_edited", "attempts", "provider")


def _messages(actor: Actor) -> "QuerySet[Message]":
    return Message.objects.visible_to(actor).select_related("author", "seen_by", "document")


def _found(actor: Actor, uuid: UUID) -> Message:
    row = _messages(actor).filter(uuid=uuid).first()
    if row is None:
        raise Http404
    return row


def _listed(row: Message) -> dict[str, Any]:
    return {name: getattr(row, name) for name in LISTED} | {"author": ref(row.author)}


@router.reads("/messages", response=Page[MessageListed], needs=Read(Data.MESSAGE))
def list_messages(request: HouseRequest, query: Query[MessageQuery]) -> Any:
    """Messages without their text, newest first."""
    actor = request.actor
    rows = Message.objects.visible_to(actor).failures() if query.failed else _messages(actor)
    rows = rows.select_related("author")
    asked = {name: value for name in FILTERS if (value := getattr(query, name)) is not None}
    return paged(rows.filter(**asked).order_by("-id"), query, lambda page: [_listed(row) for row in page])


@router.reads("/messages/{uuid}", response=MessageDetail, needs=Read(Data.MESSAGE))
def read_message(request: HouseRequest, uuid: UUID) -> Any:
    """A message with its text. The read is logged."""
    row = open_message(message=_found(request.actor, uuid), actor=request.actor)
    told = {name: getattr(row, name) for name in TOLD}
    return _listed(row) | told | {"seen_by": ref(row.seen_by), "reports": list(row.reports.all())}


@router.writes("/messages/{uuid}/withdraw", response=MessageListed, needs=Write(Data.MESSAGE), errors={409: ("gone",)})
def withdraw_message(request: HouseRequest, uuid: UUID) -> Any:
    """It will not leave. Again changes nothing."""
    return _listed(outbox.withdraw(message=_found(request.actor, uuid), actor=request.actor))


@router.writes(
    "/messages/{uuid}/send-again",
    response=MessageListed,
    needs=Write(Data.MESSAGE),
    errors={409: ("wrong_state",), 422: ("no_document", "no_address")},
)
def send_message_again(request: HouseRequest, uuid: UUID, data: AgainIn) -> Any:
    """Send once more a message that did not arrive, perhaps elsewhere."""
    row = _found(request.actor, uuid)
    address = AgainForm.read(row, data.address) if data.address and not data.by_post else ""
    return _listed(outbox.send_again(message=row, actor=request.actor, address=address, by_post=data.by_post))


@router.writes(
    "/messages/{uuid}/seen", response=MessageListed, needs=Write(Data.MESSAGE), errors={409: ("wrong_state",)}
)
def mark_message_seen(request: HouseRequest, uuid: UUID) -> Any:
    """Somebody has seen to a message that did not arrive: it is counted no more. Again changes nothing."""
    return _listed(outbox.mark_seen(message=_found(request.actor, uuid), actor=request.actor))
