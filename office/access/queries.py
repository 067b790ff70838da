"""The log of accesses, read by opening: the notes that one look at a page showed are one line."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from office.access.actor import Actor
from office.access.matrix import Data
from office.access.models import AccessLog

# The same person at the same household within this time looks at it once.
ONE_OPENING = timedelta(minutes=15)


@dataclass(slots=True)
class Opening:
    """Reads of one kind by one person about one household, for one reason; `read` is the latest.

    `is_told`: whether who reads the log may know the reason: what was said of a household is for the social service.
    """

    read: AccessLog
    is_told: bool
    numbers: list[int] = field(default_factory=list)
    times: int = 0
    since: datetime | None = None

    @property
    def label(self) -> str:
        subject = self.read.subject
        return Data(subject).label if subject in Data.values else subject

    @property
    def is_long(self) -> bool:
        """Whether it began in another minute than it ended."""
        return self.since is not None and self.since.replace(second=0, microsecond=0) != self.read.at.replace(
            second=0, microsecond=0
        )

    def _goes_on(self, row: AccessLog) -> bool:
        read = self.read
        return (
            (read.user_id, read.subject, read.household_id, read.reason)
            == (row.user_id, row.subject, row.household_id, row.reason)
            and read.household_id is not None
            and self.since is not None
            and self.since - row.at <= ONE_OPENING
        )

    def _take(self, row: AccessLog) -> None:
        self.times += 1
        self.since = row.at
        if row.object_id not in self.numbers:
            self.numbers.append(row.object_id)


def openings(rows: Iterable[AccessLog], actor: Actor) -> list[Opening]:
    """`rows` of the log, the latest first, as openings. What concerns no household stays line by line."""
    found: list[Opening] = []
    for row in rows:
        if not found or not found[-1]._goes_on(row):
            found.append(Opening(row, is_told=row.household_id is None or actor.is_social))
        found[-1]._take(row)
    return found
