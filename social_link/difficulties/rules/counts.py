"""Which counts of difficulties may be told without telling of somebody.

A count of a few people, or one that a subtraction gives, points at them: it is hidden. What is « a few » is a dated
parameter; no text was found that sets it for a house like ours (law.md A5).
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

K = TypeVar("K")


def shown(count: int, least: int) -> int | None:
    """The count, or None where it stands for fewer than `least` households. None at all is nobody's secret."""
    return None if 0 < count < least else count


def shown_parts(counts: Sequence[int], least: int) -> list[int | None]:
    """Counts that add up to a sum that is told. The sum gives back what is hidden, alone or together: as long as that
    is one count, or fewer than `least` households, the smallest of the others is hidden too, though it is large."""
    found = [shown(count, least) for count in counts]
    while None in found:
        hidden = [count for n, count in enumerate(counts) if found[n] is None]
        told = [(count, n) for n, count in enumerate(counts) if found[n] is not None and count > 0]
        if not told or (len(hidden) > 1 and sum(hidden) >= least):
            break
        found[min(told)[1]] = None
    return found


def shown_together(both: int, one: int, other: int, least: int) -> int | None:
    """How many have two difficulties, of `one` and `other` that have each: hidden too where those that have one of them
    without the other would be a few."""
    rest = (one - both, other - both)
    return None if any(shown(count, least) is None for count in (both, one, other, *rest)) else both


def pairs(sets: Mapping[frozenset[K], int], first: K, second: K) -> int:
    """How many households have both, from how many have each set of difficulties."""
    return sum(count for kinds, count in sets.items() if first in kinds and second in kinds)
