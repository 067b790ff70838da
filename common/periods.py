"""Periods of days, half-open `[start, end)`, and calendar months."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Self

from django.db.backends.postgresql.psycopg_any import DateRange

__all__ = [
    "ONE_DAY",
    "YEARS",
    "DateRange",
    "Month",
    "add_months",
    "contains",
    "days_in",
    "last_day",
    "overlap",
    "period",
]

ONE_DAY = timedelta(days=1)
YEARS = range(1900, 2200)
"""The years that a person may mean: another one is a slip, and dates can't be reckoned at the ends of time."""


def period(start: date | None, end: date | None = None) -> DateRange:
    """The half-open period `[start, end)`; `None` is unbounded."""
    return DateRange(start, end, "[)")


def contains(span: DateRange, day: date) -> bool:
    """Whether `day` lies in `span`."""
    return not span.isempty and (span.lower is None or span.lower <= day) and (span.upper is None or day < span.upper)


def overlap(a: DateRange, b: DateRange) -> DateRange | None:
    """What `a` and `b` share, or `None`."""
    lower = max((x for x in (a.lower, b.lower) if x is not None), default=None)
    upper = min((x for x in (a.upper, b.upper) if x is not None), default=None)
    if a.isempty or b.isempty or (lower is not None and upper is not None and lower >= upper):
        return None
    return period(lower, upper)


def days_in(span: DateRange) -> int:
    """Number of days of a bounded period."""
    if span.isempty:
        return 0
    if span.lower is None or span.upper is None:
        raise ValueError("days_in: unbounded period")
    return int((span.upper - span.lower).days)


def last_day(span: DateRange) -> date | None:
    """The inclusive last day, for forms and paper."""
    return None if span.upper is None else span.upper - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day number `months` later, or the last day of a month that lacks it (FR legal delays in months)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, calendar.monthrange(year, month0 + 1)[1]))


@cache
def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month. Stored in the database as its first day."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not 1 <= self.month <= 12:
            raise ValueError(f"Month: {self.year}-{self.month}")

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `2026-12`; `ValueError` on anything else, and outside `YEARS`."""
        match = re.fullmatch(r"(\d{4})-(\d{2})", text.strip())
        if not match:
            raise ValueError(f"« {text} » n’est pas un mois. Écrivez par exemple 2026-12.")
        if int(match[1]) not in YEARS:
            raise ValueError(f"« {text} » n’est pas un mois de notre temps.")
        return cls(int(match[1]), int(match[2]))

    def plus(self, months: int) -> "Month":
        return _month(self.year * 12 + self.month - 1 + months)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.month, self.days)

    @property
    def days(self) -> int:
        return _length(self.year, self.month)

    @property
    def span(self) -> DateRange:
        return period(self.first, self.plus(1).first)

    def day(self, number: int) -> date:
        """Day `number` of the month, or its last day where the month lacks it."""
        return date(self.year, self.month, min(number, self.days))

    def until(self, last: "Month") -> Iterator["Month"]:
        """The months from this one to `last`, both included."""
        month = self
        while month <= last:
            yield month
            month = month.plus(1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@lru_cache(maxsize=1000)
def _month(months: int) -> Month:
    """The month that comes `months` after January of the year 0. Kept: a run asks for the same few for each lease."""
    year, month0 = divmod(months, 12)
    return Month(year, month0 + 1)
