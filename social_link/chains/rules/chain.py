"""The way from detection to fit: how far it went, how long between two steps, where it stopped (S2-04). No text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from common.figures import median
from social_link.chains.codes import Link

LINKS = tuple(Link)


@dataclass(frozen=True, slots=True)
class Way:
    """The days that are known of one way, by step; `is_over`: nothing more is to come of it."""

    days: Mapping[Link, date]
    is_over: bool

    @property
    def begun_on(self) -> date | None:
        return min(self.days.values(), default=None)

    @property
    def reached(self) -> Link | None:
        """The last step that is known."""
        return next((link for link in reversed(LINKS) if link in self.days), None)

    @property
    def stopped_at(self) -> Link | None:
        """The step after which it stopped, short of the last one; None while it goes on."""
        return self.reached if self.is_over and self.reached != Link.FIT else None


def delays(way: Way) -> dict[Link, int]:
    """Days from each known step to the next known one, under the name of the later. A day that is before the former
    one tells no delay: the step was known before its turn."""
    known = [(link, way.days[link]) for link in LINKS if link in way.days]
    return {later: (after - before).days for (_, before), (later, after) in pairwise(known) if after >= before}


@dataclass(frozen=True, slots=True)
class LinkSum:
    """Of all ways: how many reached the step or a later one, of how many its day is known, the median of the days
    since the step before (None where no way tells it), how many stopped there."""

    link: Link
    reached: int
    dated: int
    median_days: Decimal | None
    stopped: int


def summed(ways: Iterable[Way]) -> list[LinkSum]:
    """One line for each step, in their order."""
    found = list(ways)
    took: dict[Link, list[int]] = {link: [] for link in LINKS}
    for way in found:
        for link, days in delays(way).items():
            took[link].append(days)
    return [
        LinkSum(
            link,
            sum(way.reached is not None and LINKS.index(way.reached) >= rank for way in found),
            sum(link in way.days for way in found),
            median(took[link]),
            sum(way.stopped_at == link for way in found),
        )
        for rank, link in enumerate(LINKS)
    ]
