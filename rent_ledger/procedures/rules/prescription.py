"""When a debt can't be claimed before a judge any more (law.md A1.3-9).

Three years from the due day for a lease, and a sub-letting in social stock (loi n° 89-462, art. 7-1, which art. 40 III
keeps); five years for another contract and a logement-foyer (C. civ., art. 2224). Each term has its own delay. What
the debtor acknowledges by signing a plan, or a writ, interrupts it: it begins anew on that day (C. civ., art. 2231,
2240, 2241). A writ that is dismissed interrupted nothing (art. 2243). It is counted by days, and acquired once the last
one is over (art. 2228, 2229): a writ of that day comes in time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from common.periods import ONE_DAY, add_months
from rent_ledger.procedures.codes import Track


@dataclass(frozen=True, slots=True)
class PrescriptionParams:
    """`lease_months`: under art. 7-1; `other_months`: under the Code civil. `warn_months`: so long before."""

    lease_months: int
    other_months: int
    warn_months: int


def barred_on(due_on: date, *, track: Track, interrupted: Iterable[date], params: PrescriptionParams) -> date:
    """The first day on which a term due on `due_on` is barred. `interrupted`: the days of plans signed that cover it,
    and of writs."""
    months = params.lease_months if track == Track.LEASE else params.other_months
    barred = add_months(due_on, months) + ONE_DAY
    for day in sorted(interrupted):
        # Once barred, nothing brings it back; before it fell due, nothing is taken from it.
        if day < barred:
            barred = max(barred, add_months(day, months) + ONE_DAY)
    return barred


def warned_from(barred: date, params: PrescriptionParams) -> date:
    """From which day the house is warned."""
    return add_months(barred, -params.warn_months)
