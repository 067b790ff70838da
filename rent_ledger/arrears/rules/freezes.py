"""What a procedure of overindebtedness freezes, until when, and what it asks of the landlord.

Sources, in docs/law.md A1.3b: C. conso., art. L. 722-2 and L. 722-5 (from the day on which the file is admissible, what
was owed before is neither claimed nor paid), L. 722-3 (two years at most), L. 722-10 (the housing benefit is restored),
L. 722-14, L. 722-15, L. 733-1 (a moratorium of two years, measures of seven, at most), L. 733-2 (after a moratorium,
measures or an erasure, no other moratorium), L. 733-3 (seven years for all of them together), L. 741-2 (erasure); loi
n° 89-462, art. 24 VIII (the clause sleeps two years after an erasure). A delay in months ends on the same day number,
else on the last day of the month (A1.3c).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from common.periods import add_months
from common.reasons import Reason
from rent_ledger.arrears.codes import FREEZE_LAST, FREEZE_UNTIL, FreezeKind, FreezeWhy

# What may follow what. Of a procedure without a step: its admissibility.
NEXT: dict[str, tuple[FreezeKind, ...]] = {
    "": (FreezeKind.ADMISSIBLE,),
    FreezeKind.ADMISSIBLE: (FreezeKind.MORATORIUM, FreezeKind.MEASURES, FreezeKind.ERASED, FreezeKind.CLOSED),
    FreezeKind.MORATORIUM: (FreezeKind.MEASURES, FreezeKind.ERASED, FreezeKind.CLOSED),
    FreezeKind.MEASURES: (FreezeKind.ERASED, FreezeKind.CLOSED),
    FreezeKind.ERASED: (),
    FreezeKind.CLOSED: (),
}


class Step(NamedTuple):
    """A decision. `until`: the last day that it says, where it says one."""

    kind: str
    on: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class FreezeParams:
    """`freeze_months`: how long admissibility freezes at most; `most_months`: the longest of each decision that says
    until when; `clause_months`: how long the clause sleeps after an erasure."""

    freeze_months: int
    most_months: Mapping[str, int]
    clause_months: int


def following(steps: Sequence[Step]) -> tuple[FreezeKind, ...]:
    """What may be noted next, in the order of a procedure."""
    return NEXT[steps[-1].kind if steps else ""]


def latest_until(steps: Sequence[Step], kind: str, on: date, params: FreezeParams) -> date:
    """The last day that a decision of `on` may say, after these `steps`.

    Measures and the moratorium before them last seven years together (L. 733-3). Days between count for neither.
    """
    most = params.most_months[kind]
    for step in steps:
        if step.until is not None:
            return add_months(step.on, most) + max(on - step.until, timedelta(0))
    return add_months(on, most)


def frozen_until(steps: Sequence[Step], params: FreezeParams) -> date | None:
    """The last day on which the debts are frozen; None where nothing freezes them any more, or yet."""
    if not steps or steps[-1].kind in FREEZE_LAST:
        return None
    last = steps[-1]
    if last.kind in FREEZE_UNTIL:
        return last.until
    return add_months(last.on, params.freeze_months)


def effects(steps: Sequence[Step], params: FreezeParams) -> list[Reason]:
    """What the landlord has to know and to do, by the last decision."""
    if not steps:
        return []
    last = steps[-1]
    if last.kind == FreezeKind.CLOSED:
        return [Reason(FreezeWhy.CLOSED, {"on": last.on})]
    if last.kind == FreezeKind.ERASED:
        return [
            Reason(FreezeWhy.ERASED, {"on": last.on}),
            Reason(FreezeWhy.CURRENT),
            Reason(FreezeWhy.CLAUSE, {"until": add_months(last.on, params.clause_months)}),
        ]
    until = frozen_until(steps, params)
    if last.kind == FreezeKind.ADMISSIBLE:
        return [
            Reason(FreezeWhy.FROZEN, {"on": last.on, "until": until}),
            Reason(FreezeWhy.CURRENT),
            Reason(FreezeWhy.AID),
            Reason(FreezeWhy.NO_PENALTY),
            Reason(FreezeWhy.JUDGE),
            Reason(FreezeWhy.BAILIFF),
        ]
    said = FreezeWhy.MORATORIUM if last.kind == FreezeKind.MORATORIUM else FreezeWhy.MEASURES
    return [Reason(said, {"on": last.on, "until": until}), Reason(FreezeWhy.CURRENT), Reason(FreezeWhy.NO_PENALTY)]
