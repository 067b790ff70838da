"""What is asked before a meeting is planned where it hardly fits: plain questions, and the answer is kept.

Practice, no text: the working time of the house, and its holidays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from common.reasons import Reason
from social_link.contacts.codes import MINUTES, ContactQuestion

LENGTH = max(MINUTES)
"""Minutes that a meeting is taken to last: nobody says it beforehand."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of the same person on the same day, with its hour where it has one."""

    household_id: int
    at: time | None


def overlap(one: time | None, other: time | None) -> bool:
    """Whether two meetings of one day overlap, each `LENGTH` minutes long. One without an hour overlaps nothing."""
    return one is not None and other is not None and abs(_minutes(one) - _minutes(other)) < LENGTH


def clashes(new: Meeting, day: date, others: Sequence[Meeting], *, holiday: str = "", away: str = "") -> list[Reason]:
    """The questions about `new` on `day`, none where it fits. `others`: what the person has planned that day.
    `holiday`: the name of the public holiday, `away`: that of the person while away; '' on another day."""
    asked = []
    if any(other.household_id == new.household_id for other in others):
        asked.append(Reason(ContactQuestion.TWICE, {"on": day}))
    meets = sorted(
        other.at
        for other in others
        if other.at is not None and other.household_id != new.household_id and overlap(new.at, other.at)
    )
    if meets:
        asked.append(Reason(ContactQuestion.OVERLAP, {"on": day, "at": _hour(meets[0])}))
    if holiday:
        asked.append(Reason(ContactQuestion.HOLIDAY, {"on": day, "holiday": holiday}))
    if away:
        asked.append(Reason(ContactQuestion.AWAY, {"on": day, "who": away}))
    return asked


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _hour(at: time) -> str:
    return f"{at.hour}\u00a0h" + (f"\u00a0{at.minute:02d}" if at.minute else "")
