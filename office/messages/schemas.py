"""What the API takes and gives of messages."""

from datetime import date
from uuid import UUID

from ninja import Schema
from pydantic import Field

from office.api_base import Input, Instant, PageQuery, Ref
from office.messages.codes import Channel, MessageState


class MessageQuery(PageQuery):
    """`failed`: those that did not arrive and that nobody has seen to."""

    state: MessageState | None = None
    channel: Channel | None = None
    kind: str | None = None
    household_id: int | None = None
    failed: bool = False


class AgainIn(Input):
    """`address`: elsewhere than the first time. `by_post`: as a letter, where the message has a document."""

    address: str = Field("", max_length=254)
    by_post: bool = False


class MessageListed(Schema):
    """`about` and `about_id`: what it was decided on. `why`: what holds it, took it back, or kept it from arriving."""

    uuid: UUID
    kind: str
    channel: Channel
    about: str
    about_id: int
    household_id: int | None
    addressee: str
    subject: str
    state: MessageState
    why: str
    held_until: date | None
    author: Ref | None
    created_at: Instant
    sent_at: Instant | None
    delivered_at: Instant | None
    seen_at: Instant | None


class ReportShown(Schema):
    said: str
    said_on: str
    outcome: str
    received_at: Instant


class MessageDetail(MessageListed):
    """Its text too: each read is logged."""

    address: str
    body: str
    text_version: int
    is_edited: bool
    attempts: int
    provider: str
    seen_by: Ref | None
    reports: list[ReportShown]
