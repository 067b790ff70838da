"""How much is a month for a household: rent, charges, and the benefit that is expected for it.

The amount of a month is the contract's, as in force on the day asked. A demand is no base for it: a month of entry or
of departure is a part of a month. The benefit is what `rules.benefits` expects for the month of that day: none for the
month of entry, for instance, so the household owes the whole of it then; a death keeps it. After the stay, the month is
that of its last day. After the contract's end and before the departure, the occupation indemnity takes the place of the
rent, by the same amounts, and the benefit goes on (CCH, art. R. 824-14).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from common.money import ZERO
from common.periods import Month
from leases.contracts.rules.billing import TermRow
from rent_ledger.books.rules.natures import BENEFIT_BASE, NATURES
from rent_ledger.rights.rules.benefits import (
    BenefitParams,
    RightRow,
    benefit_exit,
    expected_benefit,
)


@dataclass(frozen=True, slots=True)
class MonthTerm:
    """What a month is worth from `since` on, in euros. `aid`: expected from the payer, paid to us; never more than
    `gross`. `is_aided`: a benefit runs, whoever it is paid to. `is_direct`: it is paid to us."""

    since: date
    rent: Decimal
    charges: Decimal = ZERO
    other: Decimal = ZERO
    aid: Decimal = ZERO
    is_aided: bool = False
    is_direct: bool = False

    @property
    def gross(self) -> Decimal:
        """Rent and charges: what a benefit is for."""
        return self.rent + self.charges

    @property
    def net(self) -> Decimal:
        """Rent and charges less the benefit paid to us."""
        return self.gross - self.aid

    @property
    def asked(self) -> Decimal:
        """All that the household is asked for a month, parking and services with it: « un terme net »."""
        return self.net + self.other


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """The facts of one contract: dated amounts, rights to a benefit, and the stay `[entry_on, exit_on)`. `died`: a
    death ended it."""

    terms: Sequence[TermRow] = ()
    rights: Sequence[RightRow] = ()
    entry_on: date
    exit_on: date | None = None
    died: bool = False


def month_terms(contract: Contract, *, start: date, end: date, params: BenefitParams) -> tuple[MonthTerm, ...]:
    """The month as it was worth on each day from `start` to `end` included: one row per change, oldest first.

    Empty where the contract has no amount.
    """
    if not contract.terms:
        return ()
    days = {start, *(month.first for month in Month.of(start).until(Month.of(end)))}
    days |= {bound for term in contract.terms for bound in (term.lower, term.upper) if bound is not None}
    found: list[MonthTerm] = []
    for day in sorted(day for day in days if start <= day <= end):
        term = _on(contract, day, params)
        if not found or replace(found[-1], since=day) != term:
            found.append(term)
    return tuple(found)


def term_on(terms: Sequence[MonthTerm], day: date) -> MonthTerm | None:
    """The row of `month_terms` in force on `day`; None before the first."""
    return next((term for term in reversed(terms) if term.since <= day), None)


def _on(contract: Contract, day: date, params: BenefitParams) -> MonthTerm:
    asked = max(day, contract.entry_on)
    if contract.exit_on is not None:
        asked = min(asked, max(contract.exit_on - timedelta(days=1), contract.entry_on))
    amounts: dict[str, Decimal] = {}
    for row in _in_force(contract.terms, asked):
        amounts[row.nature] = amounts.get(row.nature, ZERO) + row.amount
    base = sum((amount for nature, amount in amounts.items() if nature in BENEFIT_BASE), ZERO)
    rent = sum((amount for nature, amount in amounts.items() if NATURES[nature].is_rent), ZERO)
    month = Month.of(asked)
    expected = expected_benefit(
        month=month, rights=contract.rights, entry_on=contract.entry_on,
        exit_on=benefit_exit(contract.exit_on, died=contract.died), gross=base, params=params,
    )  # fmt: skip
    right = next((right for right in contract.rights if _covers(right, month.first)), None)
    return MonthTerm(
        since=day,
        rent=rent,
        charges=base - rent,
        other=sum(amounts.values(), ZERO) - base,
        aid=expected.amount,
        is_aided=right is not None,
        is_direct=right is not None and right.direct,
    )


def _in_force(rows: Sequence[TermRow], day: date) -> list[TermRow]:
    """The amounts of `day`; where it has none, those of the nearest day before it that has, else of the first one."""
    found = [row for row in rows if _covers(row, day)]
    if found:
        return found
    ended = [row.upper for row in rows if row.upper is not None and row.upper <= day]
    if ended:
        return [row for row in rows if _covers(row, max(ended) - timedelta(days=1))]
    first = min(row.lower or day for row in rows)
    return [row for row in rows if _covers(row, first)]


def _covers(row: TermRow | RightRow, day: date) -> bool:
    return (row.lower is None or row.lower <= day) and (row.upper is None or day < row.upper)
