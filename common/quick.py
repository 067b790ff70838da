"""What a field proposes beside it: one press writes the value. The field stays what counts, and is typed as ever."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from common.periods import Month, add_months
from common.typography import counted


@dataclass(frozen=True, slots=True)
class Quick:
    """`label` is read on the chip, `value` is what the field would have if it were typed."""

    label: str
    value: Any


Proposed = Quick | Callable[[date], Quick]
"""A chip, or what makes one on the day on which the form is shown."""


def today(day: date) -> Quick:
    return Quick("aujourd’hui", day)


def yesterday(day: date) -> Quick:
    return Quick("hier", day - timedelta(days=1))


def tomorrow(day: date) -> Quick:
    return Quick("demain", day + timedelta(days=1))


def in_days(count: int) -> Callable[[date], Quick]:
    return lambda day: Quick(f"dans {count} j", day + timedelta(days=count))


def in_weeks(count: int) -> Callable[[date], Quick]:
    return lambda day: Quick(f"dans {counted(count, 'semaine')}", day + timedelta(weeks=count))


def in_a_month(day: date) -> Quick:
    """The same day of the next month, or its last one."""
    return Quick("dans 1 mois", add_months(day, 1))


def end_of_month(day: date) -> Quick:
    return Quick("fin du mois", Month.of(day).last)


def next_month(day: date) -> Quick:
    """The first day of the next month."""
    return Quick("1er du mois prochain", Month.of(day).plus(1).first)


HOURS = tuple(Quick(f"{hour} h", time(hour)) for hour in (9, 10, 11, 14, 15, 16))
PAST = (today, yesterday)
SOON = (today, tomorrow, in_weeks(1), in_weeks(2), in_a_month)


def chips_of(proposed: Sequence[Proposed], day: date) -> list[Quick]:
    """The chips of a field that is shown on `day`; two that write the same are one."""
    found: dict[Any, Quick] = {}
    for one in proposed:
        chip = one if isinstance(one, Quick) else one(day)
        found.setdefault(chip.value, chip)
    return list(found.values())
