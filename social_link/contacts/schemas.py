"""What the API takes and gives of the contacts. Notes are not in it."""

from datetime import date, time
from typing import Literal

from ninja import Schema
from pydantic import Field

from office.api_base import Input, PageQuery, Reasons, Ref
from social_link.contacts.codes import ContactKind, ContactOutcome, NoteLevel
from social_link.objectives.codes import Theme


class HouseholdQuery(PageQuery):
    """A list of which one household may be asked."""

    household_id: int | None = None


class ContactQuery(HouseholdQuery):
    kind: ContactKind | None = None
    planned: bool = False


class ContactIn(Input):
    """A contact that happened; `is_planned`: one to come. A note is private unless its level says else. `answers`: why
    one to come is right, by question that was asked."""

    household_id: int
    kind: ContactKind
    day: date
    at: time | None = None
    is_planned: bool = False
    outcome: ContactOutcome | None = None
    minutes: Literal[15, 30, 45, 60] | None = None
    theme: Theme | None = None
    by_partner: bool = False
    note: str = ""
    level: NoteLevel = NoteLevel.PRIVATE
    reader_ids: list[int] = Field(default_factory=list, max_length=20)
    answers: Reasons = Field(default_factory=dict)


class ContactShown(Schema):
    """No note is in it: notes are read on the site, where each read is logged."""

    id: int
    household: Ref
    kind: ContactKind
    happened_on: date
    at_time: time | None
    is_planned: bool
    outcome: ContactOutcome | Literal[""]
    minutes: int | None
    theme: Theme | Literal[""]
    by_partner: bool
    alert_id: int | None
    author: Ref
