"""What the API of repairs takes and gives."""

from datetime import date, time
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from maintenance.tickets.codes import (
    Outcome,
    PaidBy,
    PhotoStage,
    Priority,
    SignalKind,
    Source,
    TicketState,
    Trade,
)
from office.api_base import Input, Instant, PageQuery, Ref
from office.files.codes import Preview


class TicketQuery(PageQuery):
    q: str | None = None
    state: Literal["open", "to_assign", "late", "on_hold", "done", "all"] = "open"
    trade: Trade | None = None
    priority: Priority | None = None
    assignee_id: int | None = None


class TicketIn(Input):
    """A request for a repair. `problem` is a code of the list; with it, trade and title may be left to the list. A
    household alone is enough: its dwelling is the one where it lives. Of one whose address must not be told to the
    caller, no dwelling is named.

    `is_reread`: a text that touches health, offences or opinions, or that judges, has been read again."""

    dwelling_id: int | None = None
    trade: Trade
    problem: str = Field("", max_length=16)
    title: str = Field("", max_length=120)
    description: str = ""
    priority: Priority | None = None
    household_id: int | None = None
    source: Source = Source.DESK
    contact_name: str = Field("", max_length=120)
    contact_phone: str = Field("", max_length=20)
    is_reread: bool = False


class AssignIn(Input):
    """The technician, and the day of the visit where it is known. `seen`: that of the ticket that the caller read;
    refused if it changed since."""

    seen: str = Field(max_length=60)
    assignee_id: int
    planned_on: date | None = None
    planned_at: time | None = None


class CloseIn(Input):
    """The end of a passage. Done: who pays. A part is missing: which, and until when. Another trade: which.
    `is_reread`: as for the words of the ticket."""

    outcome: Outcome = Outcome.DONE
    paid_by: PaidBy | None = None
    report: str = ""
    other_trade: Trade | None = None
    part: str = Field("", max_length=120)
    part_until: date | None = None
    is_reread: bool = False


class SignalIn(Input):
    """One of five things that were seen. No text."""

    kind: SignalKind


class TicketListed(Schema):
    """`dwelling` and `household` are null where the address must not be told. `seen`: the version of the ticket, for an
    action that must not undo what somebody else did meanwhile."""

    id: int
    reference: str
    title: str
    trade: Trade
    priority: Priority
    state: TicketState
    seen: str
    due_on: date
    planned_on: date | None
    is_held: bool
    assignee: Ref | None
    dwelling: Ref | None
    household: Ref | None


class PhotoIn(Input):
    """When the photo was taken."""

    stage: PhotoStage


class PhotoQuery(Schema):
    """The longest side of a smaller copy; without it, the whole picture."""

    side: Preview | None = None


class PhotoShown(Schema):
    """Its bytes are at `/photos/{uuid}/content`. Sizes in bytes and pixels."""

    uuid: UUID
    stage: PhotoStage
    name: str
    author: Ref | None
    added_at: Instant
    size: int
    width: int
    height: int


class PassageShown(Schema):
    id: int
    technician: Ref
    started_at: Instant
    ended_at: Instant | None
    outcome: str
    report: str
    photos: list[PhotoShown]


class TicketDetail(TicketListed):
    """What the passage needs: who, phone, address. Nothing of a balance or of a reason."""

    description: str
    opened_at: Instant
    planned_at: time | None
    who: str
    phone: str
    address: str
    place: str
    safety: str
    is_masked: bool
    paid_by: str
    closed_at: Instant | None
    passages: list[PassageShown]


class SignalShown(Schema):
    """That it was received, nothing more."""

    id: int
    ticket_id: int
    kind: SignalKind
    seen_at: Instant
