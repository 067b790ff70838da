"""By when a household is to be met again: the rhythm belongs to the measure (S0-12, S3-10; R8).

Each running measure asks for a contact within its own number of days; the shortest leads. Where none asks, the general
limit of the house holds for who is accompanied. The days are dated parameters of the house (no text), as they stand on
the day: one that changes holds at once, from the last contact on. A measure asks nothing of the days before its first.
The absence of a worker changes nothing: who stands in has the household, and the household does not wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Asked:
    """A running measure: its kind as one says it, its first day, and the most days between two contacts; None where the
    contract says, so that the general limit holds."""

    label: str
    first: date
    days: int | None


@dataclass(frozen=True, slots=True)
class Limit:
    """A contact is expected on `on` at the latest: `days` after `since`, the last contact or the first day that counts.
    `last`: the last contact with somebody, if there was one. `of`: the measure that asks, '' for the general limit."""

    on: date
    days: int
    since: date
    last: date | None
    of: str = ""

    def is_late(self, day: date) -> bool:
        return day > self.on

    def is_near(self, day: date, notice_days: int) -> bool:
        """Whether it is to be told: late, or within `notice_days` of it."""
        return day >= self.on - timedelta(days=notice_days)

    def silent_for(self, day: date) -> int:
        """Days since the last contact, or since the first day that counts."""
        return (day - self.since).days


def limit_of(measures: Sequence[Asked], *, last: date | None, since: date | None, general: int) -> Limit | None:
    """The limit of one household. `last`: its last contact with somebody. `since`: the first day of its referent, None
    without one. None where nobody accompanies it: neither a referent nor a measure."""
    own = [_limit(row.days, max(row.first, last or row.first), last, row.label) for row in measures if row.days]
    if own:
        return min(own, key=lambda limit: (limit.on, limit.days))
    begun = min([row.first for row in measures] + ([since] if since else []), default=None)
    if begun is None:
        return None
    return _limit(general, last or begun, last, "")


def _limit(days: int, since: date, last: date | None, of: str) -> Limit:
    return Limit(since + timedelta(days=days), days, since, last, of)
