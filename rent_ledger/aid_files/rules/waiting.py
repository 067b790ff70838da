"""What a file for an aid waits for, whose turn it is, and from when it is late.

No text of law gives these delays: they are dated parameters of the house. A file that is complete holds no letter by
itself (law.md A1.3-10).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from common.reasons import Reason
from rent_ledger.aid_files.codes import WAITING, AidStepKind, AidWhy
from rent_ledger.aid_files.rules.steps import AidStep, ended_on, granted, left_to_pay


@dataclass(frozen=True, slots=True)
class AidParams:
    """`prepare_days`, `pieces_days`: days that we have. `decision_weeks`, `payment_weeks`: weeks after which a body
    that says nothing, or pays nothing, is asked."""

    prepare_days: int
    pieces_days: int
    decision_weeks: int
    payment_weeks: int


@dataclass(frozen=True, slots=True)
class Awaited:
    """`due_on`: the last day; after it the file is late. `is_ours`: we have to do something, the body otherwise.
    `is_late`: on the day that was asked about."""

    reason: Reason
    due_on: date
    is_ours: bool
    is_late: bool

    @property
    def is_task(self) -> bool:
        """Somebody of ours has something to do: his own step, or to ask a body that is late."""
        return self.is_ours or self.is_late


def awaited(steps: Sequence[AidStep], *, opened_on: date, day: date, params: AidParams) -> Awaited | None:
    """What the file waits for on `day`; None once it is over."""
    if ended_on(steps) is not None:
        return None
    if not steps:
        before = opened_on + timedelta(days=params.prepare_days)
        return Awaited(Reason(AidWhy.PREPARE, {"before": before}), before, True, day > before)
    last = steps[-1]
    if last.kind == AidStepKind.PIECES:
        before = last.until or last.on + timedelta(days=params.pieces_days)
        return Awaited(Reason(AidWhy.PIECES, {"before": before}), before, True, day > before)
    if last.kind == AidStepKind.ADJOURNED:
        on = last.until or last.on + timedelta(weeks=params.decision_weeks)
        late = day > on
        return Awaited(Reason(AidWhy.ADJOURNED_LATE if late else AidWhy.ADJOURNED, {"on": on}), on, False, late)
    if last.kind in WAITING:
        due = last.on + timedelta(weeks=params.decision_weeks)
        if day > due:
            figures = {"since": last.on, "weeks": params.decision_weeks}
            return Awaited(Reason(AidWhy.DECISION_LATE, figures), due, False, True)
        return Awaited(Reason(AidWhy.DECISION, {"since": last.on}), due, False, False)
    given = granted(steps) or last
    due = given.on + timedelta(weeks=params.payment_weeks)
    left = left_to_pay(steps)
    if day > due:
        return Awaited(Reason(AidWhy.PAYMENT_LATE, {"left": left, "since": given.on}), due, False, True)
    return Awaited(Reason(AidWhy.PAYMENT, {"left": left}), due, False, False)
