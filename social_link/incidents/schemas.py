"""What the API gives of the neighbour incidents."""

from datetime import date

from ninja import Schema

from office.api_base import Ref
from social_link.contacts.schemas import HouseholdQuery
from social_link.incidents.codes import IncidentAct, IncidentKind, IncidentSource, IncidentState


class IncidentQuery(HouseholdQuery):
    state: IncidentState | None = None


class IncidentShown(Schema):
    """`acts`: what was done of it, in the order of the codes."""

    id: int
    household: Ref
    happened_on: date
    kind: IncidentKind
    reported_by: IncidentSource
    acts: list[IncidentAct]
    state: IncidentState
    settled_on: date | None
    author: Ref
