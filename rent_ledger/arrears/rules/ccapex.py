"""When the CCAPEX is told of a debt, and when the judge may be asked (loi 89-462, art. 24 I and II; law.md A1.3-3, -4).

- A natural person or a family SCI is the landlord: the commissaire de justice signals the commandement de payer where
  the debt has lasted two months without interruption, or reaches twice the rent of a month *without charges* (loi
  2023-668, art. 10). The debt is of rent and charges; its base leaves the charges out.
- Any other legal person is: no writ before two months after the CCAPEX was seized (art. 24 II). A report of the impayé
  to the payer of the benefit counts as seizing it (CCH, art. R. 824-30), where the debt persists.

Art. 24 is for residential leases, and for sub-lettings in social stock (art. 40 III keeps it). It is not for occupation
agreements or logements-foyers. In a sub-letting the association is the landlord, a legal person.

The figures are those in force on the day tested.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from common.money import ZERO
from common.params import Steps
from common.periods import ONE_DAY, add_months
from common.reasons import Reason
from leases.contracts.codes import ArrearsFrame
from office.house.codes import OwnerKind
from rent_ledger.arrears.codes import CcapexWhy
from rent_ledger.arrears.rules.frames import FRAMES
from rent_ledger.arrears.rules.legal import CountedDebt
from rent_ledger.arrears.rules.term import MonthTerm, term_on

VERSION = 2
# Landlords whose debts are signalled; the others seize the CCAPEX themselves.
SIGNALLED = frozenset({OwnerKind.PERSON, OwnerKind.FAMILY_COMPANY})


@dataclass(frozen=True, slots=True)
class CcapexParams:
    """`months` of debt without interruption; `multiple` × the rent without charges; `writ_months` after seizing."""

    months: int
    multiple: Decimal
    writ_months: int


@dataclass(frozen=True, slots=True)
class Ccapex:
    """`applies`: the debt of this landlord is signalled. `reached_on`: since when, None before. `reason`: the tree, by
    the figures of that day."""

    applies: bool
    reached_on: date | None
    reason: Reason

    @property
    def is_of_lease(self) -> bool:
        """Whether article 24 is of this contract, whoever signals or seizes."""
        return self.reason.code != CcapexWhy.NO_LEASE

    @property
    def waits(self) -> bool:
        """Whether article 24 binds a landlord that seizes the CCAPEX itself."""
        return self.reason.code == CcapexWhy.LEGAL_PERSON


def weigh(
    *,
    frame: ArrearsFrame,
    landlord: OwnerKind,
    day: date,
    bank_known_until: date | None,
    debts: Iterable[CountedDebt],
    in_debt_since: date | None,
    months: tuple[MonthTerm, ...],
    params: Steps[CcapexParams],
) -> Ccapex:
    """Whether and since when the thresholds of the CCAPEX are reached, as known on `day`.

    `debts`: of rent and charges, not held. `in_debt_since`: the day since which they have not been at zero. `months`:
    what a month was worth on each day (`rules.term`).
    """
    if not FRAMES[frame].is_residential_lease:
        return Ccapex(False, None, Reason(CcapexWhy.NO_LEASE))
    if landlord not in SIGNALLED:
        return Ccapex(False, None, Reason(CcapexWhy.LEGAL_PERSON, {"months": params.on(day).writ_months}))
    due = [debt for debt in debts if debt.due_on <= day]
    owed = sum((debt.amount for debt in due), ZERO)
    found = None
    if due and bank_known_until:
        found = _reached(due, in_debt_since, months, min(bank_known_until, day - timedelta(days=1)), params)
    told = found[0] if found else day
    month, in_force = term_on(months, told), params.on(told)
    parts = [Reason(CcapexWhy.OWED, amount=owed)]
    if month is not None:
        parts.append(
            Reason(
                CcapexWhy.THRESHOLD, {"multiple": in_force.multiple}, month.rent * in_force.multiple,
                detail=Reason(CcapexWhy.MONTH, {"rent": month.rent}),
            )
        )  # fmt: skip
    parts += [found[1]] if found else []
    figures = {"months": in_force.months, "multiple": in_force.multiple}
    return Ccapex(
        True, found[0] if found else None,
        Reason(CcapexWhy.SIGNAL, parts=tuple(parts), rule=Reason(CcapexWhy.TEXT, figures), on=day),
    )  # fmt: skip


def _reached(
    due: list[CountedDebt], since: date | None, months: tuple[MonthTerm, ...], last: date, params: Steps[CcapexParams]
) -> tuple[date, Reason] | None:
    """The first day, no later than `last`, on which one of the two conditions holds."""
    days = {*(debt.counts_from for debt in due), *(month.since for month in months), *params.days}
    if since is not None:
        days |= {add_months(since, figures.months) for figures in params.values}
    for day in sorted(day for day in days if day <= last):
        figures = params.on(day)
        if _is_enough(due, term_on(months, day), day, figures):
            return day, Reason(CcapexWhy.BY_AMOUNT, {"on": day, "multiple": figures.multiple})
        if since is not None and add_months(since, figures.months) <= day:
            return day, Reason(CcapexWhy.BY_AGE, {"on": day, "months": figures.months, "since": since})
    return None


def _is_enough(due: list[CountedDebt], month: MonthTerm | None, day: date, params: CcapexParams) -> bool:
    owed = sum((debt.amount for debt in due if debt.counts_from <= day), ZERO)
    return month is not None and owed > 0 and owed >= month.rent * params.multiple


def writ_from(seized_on: date, months: int) -> date:
    """The first day on which a legal person may have the writ served, once the CCAPEX is seized: not « avant
    l'expiration » of the delay, so the day after its last one (art. 24 II)."""
    return add_months(seized_on, months) + ONE_DAY
