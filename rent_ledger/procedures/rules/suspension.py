"""Whether the suspension that a judge gave still holds: judged from the money alone (loi n° 89-462, art. 24 VII).

It ends at the first unpaid term: of the rent that runs, or of what the judge spread. Money pays the oldest debt first
in the books (C. civ. 1342-10), so which debt is open says nothing of what was kept: on each due day, what is owed in
all is compared with what the judge's calendar leaves of the debt of his decision. What is paid later does not bring it
back; what is found to have been paid in time does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from common.money import ZERO
from common.periods import add_months
from common.workdays import next_working_day


@dataclass(frozen=True, slots=True)
class Given:
    """What a judge gave on `on`: `debt` spread in `monthly` instalments from `first_on` (euros), until `until`."""

    on: date
    debt: Decimal
    monthly: Decimal
    first_on: date
    until: date


def instalments(given: Given) -> list[tuple[date, Decimal]]:
    """Each due day with its amount, a month after the other; the last one, on the last day, is all that is left."""
    found: list[tuple[date, Decimal]] = []
    left, due = given.debt, given.first_on
    while left > ZERO:
        following = add_months(given.first_on, len(found) + 1)
        amount = left if following > given.until else min(given.monthly, left)
        found.append((due, amount))
        left -= amount
        due = following
    return found


def judged_after(due: date, days: int) -> date:
    """The day by which money for `due` has come: the next working day, and `days` for a transfer."""
    return next_working_day(due) + timedelta(days=days)


def due_days(given: Given, terms: Iterable[date], *, until: date) -> list[date]:
    """The days on which something falls due after the decision, up to `until`: terms and instalments."""
    days = {due for due in terms if due > given.on} | {due for due, _ in instalments(given)}
    return sorted(day for day in days if day <= until)


def lapsed_on(given: Given, *, owed_then: Decimal, owed: Mapping[date, Decimal]) -> date | None:
    """The first due day on which something was missing; None where nothing was.

    `owed_then`: what the books said on the day of the decision. `owed`: by due day, what was left of all that was due
    then, once the money for it had come (euros).
    """
    plan = instalments(given)
    for day in sorted(owed):
        spread = sum((amount for due, amount in plan if due <= day), ZERO)
        if owed[day] > max(owed_then - spread, ZERO):
            return day
    return None
