"""What the API gives of the ways to a measure."""

from datetime import date

from ninja import Schema

from office.api_base import Number
from social_link.chains.codes import Link, LinkCause


class LinkShown(Schema):
    """A step of the way, and what its day is known from; null where it is not known."""

    link: Link
    on: date | None
    cause: LinkCause | None


class LinkSumShown(Schema):
    """Of all ways: how many `reached` the step or a later one, of how many its day is known (`dated`), the median of
    the days since the step before, how many `stopped` there."""

    link: Link
    reached: int
    dated: int
    median_days: Number | None
    stopped: int


class WayTotals(Schema):
    """The ways that began in a year, without any name."""

    year: int
    count: int
    links: list[LinkSumShown]
