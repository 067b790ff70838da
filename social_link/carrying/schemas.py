"""What the API gives of how measures are carried, and of what households declined."""

from datetime import date

from ninja import Schema

from office.api_base import Ref, Span
from social_link.carrying.codes import CarrierRole, Declined, Level


class IntensityShown(Schema):
    """How dense a measure is from a day on, until the next one."""

    id: int
    measure_id: int
    household: Ref
    level: Level
    from_day: date


class CarrierShown(Schema):
    """An organisation that carries a measure beside us, or whose caseload it counts in."""

    id: int
    measure_id: int
    household: Ref
    organisation: Ref
    role: CarrierRole
    period: Span


class RefusalShown(Schema):
    """A household declined something on a day. Nobody asks why."""

    id: int
    household: Ref
    what: Declined
    on: date
