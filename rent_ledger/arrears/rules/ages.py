"""How old a debt is: the days since its oldest due day, and the slice of age that they fall in.

The days count from the due day of the oldest term that is unpaid and not held: the first default is the day after
(reading 1 of the architecture). The bounds of the slices are dated parameters: usual practice of collection, no text
fixes them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

NEVER_DUE = 0
"""The number of the slice of accounts of which nothing stands that has fallen due: all of it is held, or to come."""
NOTHING_LATE = "rien en retard"
"""Its label."""


@dataclass(frozen=True, slots=True)
class AgeSlice:
    """Debts late by `least` to `most` days, both included; `most` is None in the last slice. `number`: from 1."""

    number: int
    least: int
    most: int | None

    @property
    def label(self) -> str:
        if self.most is not None:
            return f"{self.least}–{self.most} j"
        return f"plus de {self.least - 1} j" if self.least else "tout âge"

    def due_days(self, day: date) -> tuple[date | None, date]:
        """The oldest due days that are in this slice on `day`: the first one (None: no bound) and the last one."""
        return None if self.most is None else day - timedelta(days=self.most), day - timedelta(days=self.least)


def age_slices(bounds: Iterable[int]) -> tuple[AgeSlice, ...]:
    """The slices between these numbers of days, in whatever order they are given; the last one has no end."""
    ends = sorted({bound for bound in bounds if bound > 0})
    starts = [0, *(end + 1 for end in ends)]
    return tuple(
        AgeSlice(n, least, most) for n, (least, most) in enumerate(zip(starts, [*ends, None], strict=True), start=1)
    )


def number_of(days: int | None, slices: Iterable[AgeSlice]) -> int:
    """The number of the slice of a debt that is `days` late; `NEVER_DUE` where nothing is."""
    found = slice_of(days, slices)
    return found.number if found else NEVER_DUE


def label_of(days: int | None, slices: Iterable[AgeSlice]) -> str:
    """The label of the slice of a debt that is `days` late."""
    found = slice_of(days, slices)
    return found.label if found else NOTHING_LATE


def slice_of(days: int | None, slices: Iterable[AgeSlice]) -> AgeSlice | None:
    """The slice of a debt that is `days` late; None where nothing is."""
    if days is None or days < 0:
        return None
    return next((one for one in slices if one.most is None or days <= one.most), None)
