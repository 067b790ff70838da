"""Until when a household is put on the agenda (practice of the commissions: no text)."""

from datetime import date, timedelta

from common.periods import ONE_DAY
from common.workdays import is_working_day


def entries_until(held_on: date, days: int, *, alsace_moselle: bool = False) -> date:
    """So many days before the commission; where nobody works on that day, the working day before it: what leaves to the
    members is then ready in time."""
    day = held_on - timedelta(days=days)
    while not is_working_day(day, alsace_moselle=alsace_moselle):
        day -= ONE_DAY
    return day
