"""What past months ask beside what they have asked: the difference, given by the next demand.

A rent that changes from a day whose month is billed already, a nature that ended before it, a month that was not
billed: what lacks is claimed, what was too much is given back (loi 89-462, art. 7-1: both within three years). It is
due with the demand that prints it, so that nobody owes what he was never told (docs/architecture.md, reading 4). No
demand goes below zero: what can't be given back on this one waits for the next (practice of the house).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from common.money import ZERO
from common.periods import Month
from leases.contracts.natures import Nature


@dataclass(frozen=True, slots=True)
class PastMonth:
    """A past month of one lease, in euros by nature. `billed`: asked so far, rappels included. `due`: what the same
    rule asks for the same days with the amounts known today. `is_missed`: it has no demand."""

    month: Month
    billed: Mapping[Nature, Decimal]
    due: Mapping[Nature, Decimal]
    is_missed: bool = False


class Rappel(NamedTuple):
    """`amount`: above zero to claim, below zero to give back. `billed`, `due`: see `PastMonth`."""

    month: Month
    nature: Nature
    amount: Decimal
    billed: Decimal
    due: Decimal
    is_missed: bool


def differences(months: Sequence[PastMonth]) -> list[Rappel]:
    """What each month asks beside what it has asked, oldest month first, by the rank of the nature."""
    found = []
    for past in sorted(months, key=lambda past: past.month):
        for nature in sorted({*past.billed, *past.due}, key=lambda nature: nature.rank):
            billed, due = past.billed.get(nature, ZERO), past.due.get(nature, ZERO)
            if billed != due:
                found.append(Rappel(past.month, nature, due - billed, billed, due, past.is_missed))
    return found


def rappels(months: Sequence[PastMonth], *, room: Decimal) -> list[Rappel]:
    """The differences, oldest month first, those to claim before those to give back.

    `room`: what the demand asks without them (at or above zero); what is given back is never more than it and the
    claims together.
    """
    found = differences(months)
    claims = [rappel for rappel in found if rappel.amount > ZERO]
    room += sum((rappel.amount for rappel in claims), ZERO)
    given = []
    for rappel in found:
        if rappel.amount < ZERO and room > ZERO:
            amount = min(-rappel.amount, room)
            room -= amount
            given.append(rappel._replace(amount=-amount))
    return claims + given
