"""What the API gives of the visits. The note of a visit is not in it, nor where the household lives."""

from datetime import date

from ninja import Schema

from office.api_base import Ref
from social_link.contacts.codes import ContactKind
from social_link.visits.codes import Finding, Line, ReminderKind


class ObservationShown(Schema):
    """How one line of the dwelling was found. `ticket_id`: the request that was made of it."""

    line: Line
    finding: Finding
    ticket_id: int | None


class ReminderShown(Schema):
    kind: ReminderKind
    due_on: date
    is_done: bool


class VisitShown(Schema):
    """A visit as it was noted. `reminder`: what its author wanted to be reminded of, for him and the head alone."""

    id: int
    contact_id: int
    household: Ref
    kind: ContactKind
    happened_on: date
    author: Ref
    observations: list[ObservationShown]
    reminder: ReminderShown | None
