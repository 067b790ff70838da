"""What goes in and out of an operation: amounts, instants, periods, references."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Model
from ninja import Header, Schema
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    field_validator,
)

from common import clock
from common.periods import YEARS, DateRange, last_day
from common.text import LONGEST_TEXT


def of_our_time(value: Any) -> Any:
    """The value, where it is no day of another age: dates can't be reckoned at the ends of time."""
    if isinstance(value, date) and value.year not in YEARS:
        raise ValueError("odd_day")
    return value


Day = Annotated[date, AfterValidator(of_our_time)]
"""A day in an address; in a body and in the parameters of a list, each `date` is bounded so."""
Year = Annotated[int, Field(ge=YEARS[0], le=YEARS[-1])]


class Input(Schema):
    """A request body. An unknown field is refused, so that a misspelt name is not silently ignored; a text has a bound,
    its own or that of all."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_max_length=LONGEST_TEXT)

    @field_validator("*", mode="before")
    @classmethod
    def _no_nul(cls, value: object) -> object:
        """PostgreSQL keeps every character but this one."""
        parts = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else [value]
        if any(isinstance(part, str) and "\0" in part for part in parts):
            raise ValueError("nul")
        return value

    @field_validator("*")
    @classmethod
    def _of_our_time(cls, value: object) -> object:
        return of_our_time(value)


def _no_number(value: object) -> object:
    if not isinstance(value, str | Decimal):
        raise ValueError("amount_as_string")
    return value


_AMOUNT_SCHEMA = {"type": "string", "pattern": r"^-?\d+\.\d{2}$", "examples": ["412.60"]}
Amount = Annotated[
    Decimal, PlainSerializer(lambda value: f"{value:.2f}", return_type=str), WithJsonSchema(_AMOUNT_SCHEMA)
]
"""Euros in an answer: `"412.60"`."""
AmountIn = Annotated[
    Decimal,
    BeforeValidator(_no_number),
    Field(max_digits=12, decimal_places=2),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d{1,2})?$", "examples": ["412.60"]}),
]
"""Euros in a body: a string, never a JSON number (which is a float for most programs)."""
Number = Annotated[
    Decimal,
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["58.00"]}),
]
"""Any other decimal (surface, number of terms), as a string."""


Instant = Annotated[
    datetime,
    PlainSerializer(lambda value: value.astimezone(clock.PARIS).isoformat(timespec="seconds"), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-05T09:00:00+01:00"]}),
]
"""An instant, in the time of Paris: the same bytes whether it was just made or read again."""
IdempotencyKey = Annotated[
    UUID, Header(alias="Idempotency-Key", description="A UUID drawn by the caller; the same one again gives the first.")
]
"""The header of what must happen once, however often it is sent."""


Reasons = Annotated[dict[str, Annotated[str, Field(max_length=200)]], Field(max_length=20)]
"""Why something unusual is right, by the question that a refusal named (its code)."""


class Span(Schema):
    """A period with its last day included, as on paper; null where no bound is known."""

    from_day: str | None
    last_day: str | None


def span_of(period: DateRange | None) -> dict[str, str | None] | None:
    """A half-open period of the database as a `Span`."""
    if period is None:
        return None
    last = last_day(period)
    return {
        "from_day": period.lower.isoformat() if period.lower else None,
        "last_day": last.isoformat() if last else None,
    }


class Ref(Schema):
    """Another object: its id and its displayed name."""

    id: int
    name: str


def ref(row: Model | None) -> dict[str, Any] | None:
    """A row as a `Ref`."""
    return None if row is None else {"id": row.pk, "name": str(row)}
