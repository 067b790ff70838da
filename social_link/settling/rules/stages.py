"""When an installation is shown, and when what is open of it is asked (S0-07): practice of the house, no text."""

from dataclasses import dataclass
from datetime import date

from common.periods import add_months


@dataclass(frozen=True, slots=True)
class SettlingParams:
    """`ask_months`: from when after the entry what is open is a task; `months`: how long an installation lasts."""

    ask_months: int
    months: int


def is_running(entered_on: date, day: date, params: SettlingParams) -> bool:
    """Whether it is shown: before the entry too, while it is prepared."""
    return day < add_months(entered_on, params.months)


def is_asked(entered_on: date, day: date, params: SettlingParams) -> bool:
    """Whether what is open is a task."""
    return add_months(entered_on, params.ask_months) <= day < add_months(entered_on, params.months)
