"""What the API gives of what follows the end of a measure."""

from datetime import date

from ninja import Schema

from office.api_base import Ref
from social_link.measures.schemas import OfMeasureQuery
from social_link.watches.codes import Again, Asker, Debt, Found, Service, StepState, WatchKind


class WatchQuery(OfMeasureQuery):
    """`noted`: news was taken, or not."""

    noted: bool | None = None


class WatchShown(Schema):
    """A step after an end: so many `months` after it, to note from `first_day` to `last_day`. `found`: where the
    household stands on `seen_on`; `debt`: what is known of its rent, where it has a home of its own."""

    id: int
    measure_id: int
    household: Ref
    kind: WatchKind
    months: int
    ended_on: date
    due_on: date
    first_day: date
    last_day: date
    state: StepState
    found: Found | None
    debt: Debt | None
    seen_on: date | None
    noted_by: Ref | None


class OrientationShown(Schema):
    """At the end of a measure the household was told of a service."""

    id: int
    measure_id: int
    household: Ref
    ended_on: date
    service: Service
    organisation: Ref | None


class ReopeningQuery(OfMeasureQuery):
    """`measure_id`: the one that ended. `waiting`: nobody has oriented it yet, or somebody has."""

    waiting: bool | None = None


class ReopeningShown(Schema):
    """Somebody asks that a support begins again. `former_id`: the measure that ended; `measure_id`: the one that was
    opened of it."""

    id: int
    former_id: int
    household: Ref
    asked_by: Asker
    partner: Ref | None
    asked_on: date
    reasons: list[Again]
    service: Service | None
    organisation: Ref | None
    oriented_on: date | None
    measure_id: int | None
