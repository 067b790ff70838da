"""What follows the end of a measure: which steps, when they may be noted, and what they count for.

No text rules these delays: S1-12 and FLOWS E propose a watch at 3 and 6 months, row 144 a follow-up 6 and 12 months
after a household has left (law.md A4). Months are counted as legal delays are: the same day number, or the last day of
a month that lacks it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from common.figures import share
from common.periods import add_months
from social_link.measures.codes import ExitOutcome, MeasureEnd
from social_link.watches.codes import ELSEWHERE, HOUSED, UNKNOWN, Found, StepState, WatchKind

STAYED = frozenset({ExitOutcome.STAYED, ""})
"""Ends after which a household is where it was, as far as is known."""


@dataclass(frozen=True, slots=True)
class Step:
    """One day on which to ask: so many months after the end."""

    months: int
    kind: WatchKind
    due_on: date


@dataclass(frozen=True, slots=True)
class Window:
    """Days around the day of a step in which what is found counts for it."""

    before: int
    after: int

    def around(self, due_on: date) -> tuple[date, date]:
        """Its first and its last day."""
        return due_on - timedelta(days=self.before), due_on + timedelta(days=self.after)


def steps_after(
    ended_on: date,
    *,
    reason: str,
    outcome: str,
    is_lead: bool,
    watch: Collection[int],
    follow_up: Collection[int],
) -> list[Step]:
    """The steps after this end, the first one first. A death has none. Who left is asked at the months of `follow_up`,
    once for the household: after its lead measure. `watch`: the months that the referent chose. One step a month."""
    if reason == MeasureEnd.DEATH or outcome == ExitOutcome.DEATH:
        return []
    left = frozenset(follow_up) if is_lead and outcome not in STAYED else frozenset()
    return [
        Step(months, WatchKind.FOLLOW_UP if months in left else WatchKind.WATCH, add_months(ended_on, months))
        for months in sorted(left | frozenset(watch))
    ]


def state_of(
    due_on: date, *, seen_on: date | None, is_dead: bool, back_on: date | None, window: Window, today: date
) -> StepState:
    """Where a step stands. `is_dead`: another step found that the household died. `back_on`: from when on another
    measure accompanies it. Back by the day of the step, nothing is asked; back after it, the step is still to note."""
    if seen_on is not None:
        return StepState.NOTED
    if is_dead:
        return StepState.DEAD
    if back_on is not None and back_on <= due_on:
        return StepState.BACK
    first, last = window.around(due_on)
    if today < first:
        return StepState.TO_COME
    return StepState.OPEN if today <= last else StepState.MISSED


def seen_refusal(due_on: date, seen_on: date, *, window: Window, today: date) -> str:
    """Why what was found on `seen_on` does not count for the step, in French; '' where it does."""
    first, last = window.around(due_on)
    if seen_on > today:
        return "Ce jour est aujourd’hui ou plus tôt."
    if not first <= seen_on <= last:
        return (
            f"Pour cette étape, la situation se note du {first:%d/%m/%Y} au {last:%d/%m/%Y}. Un autre jour compte pour "
            "une autre étape, ou se note comme un contact."
        )
    return ""


@dataclass(slots=True)
class Tally:
    """Households that left, at one step. `left`: all of them; the others share them out: `housed` in a home of its own
    (`in_debt` of these), `elsewhere`, `unknown` (moved, not reached, not willing), `dead`, `back` with us, `missed`,
    `waiting` (to come or to note)."""

    months: int
    left: int = 0
    housed: int = 0
    in_debt: int = 0
    elsewhere: int = 0
    unknown: int = 0
    dead: int = 0
    back: int = 0
    missed: int = 0
    waiting: int = 0

    @property
    def known(self) -> int:
        """Those of whom one knows where they live."""
        return self.housed + self.elsewhere

    @property
    def rate(self) -> int | None:
        """Of 100 of those, how many are housed, half up; None where nothing is known."""
        return share(self.housed, self.known)


def tally(months: int, steps: Iterable[tuple[StepState, str, bool]]) -> Tally:
    """The sum of (state, what was found, in debt) of the step at `months`."""
    found = Tally(months)
    for state, said, in_debt in steps:
        found.left += 1
        if state == StepState.NOTED and said in HOUSED:
            found.housed += 1
            found.in_debt += in_debt
        elif state == StepState.NOTED and said in ELSEWHERE:
            found.elsewhere += 1
        elif state == StepState.NOTED and said in UNKNOWN:
            found.unknown += 1
        elif state == StepState.DEAD or said == Found.DEAD:
            found.dead += 1
        elif state == StepState.BACK:
            found.back += 1
        elif state == StepState.MISSED:
            found.missed += 1
        else:
            found.waiting += 1
    return found
