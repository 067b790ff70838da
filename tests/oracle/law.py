"""The impayé in the sense of housing benefits: when it is constituted, and to be reported until when.

- For a household with a benefit only; not for a convention d'occupation (law.md A1.4: no lease, no report).
- To 31 December 2026 (CCH R. 824-1): the counted debt reaches twice the monthly expense, net of the benefit where the
  landlord receives it, gross where the tenant does. The expense is that of the day.
- From 1 January 2027 (décret 2026-84): the counted debt exceeds 450 €, or the oldest counted debt fell due three months
  ago, whatever the amount (reading 7).
- A debt that stands again because money was taken back counts its three months from the day on which that was known.
- It is constituted on the first evening on which this holds with what is known by then, once something is past its due
  day (the first default is the day after the due day): a due day on which it held counts if it holds on the next day
  too, or if what is left then made it hold (another regime, or another month, may begin in between). Its report is due
  two months later, by the landlord who receives the benefit (CCH R. 824-4). It goes on until no housing debt that fell
  due is left, held or not; what comes then is another one.
- Where the money that had ended it never came (an amount typed wrong), and the debt had no break, it goes on: what was
  found since is the same one.
- After the stay, the month and the benefit are those of its last day: a right that begins later is no benefit here.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.billing import ZERO, Contract, Right, expected_aid, first_of, plus_months
from tests.oracle.books import Books, Debt

SWITCH = date(2027, 1, 1)
CEILING = Decimal("450.00")


@dataclass(frozen=True)
class Impaye:
    """`report_by`: None where the benefit is paid to the tenant."""

    regime: str
    on: date
    report_by: date | None


class Watch:
    """The impayés of one account, evening by evening. `since`: the evening on which it would be constituted: the first
    of those on which it now holds."""

    def __init__(self) -> None:
        self.found: list[Impaye] = []
        self.is_open = False
        self.since: date | None = None
        # When the last one ended, and how many there were by then.
        self.ended: tuple[date, int] | None = None

    def evening(self, day: date, books: Books, contract: Contract, rights: list[Right]) -> None:
        due = books.open(day)
        if self.is_open and not any(d.is_housing for d in due):
            self.is_open = False
            self.ended = day, len(self.found)
        counted = [d for d in due if d.is_housing and not d.held_on(day)]
        if self.since and not holds(day, counted, contract, rights):
            # What was due on that evening and is left.
            counted_then = [d for d in counted if d.due <= self.since]
            self.since = self.since if holds(self.since, counted_then, contract, rights) else None
        elif holds(day, counted, contract, rights):
            self.since = self.since or day
        # A due day is no default yet: a term that is paid on the next day is none.
        is_in_default = any(d.due < day and not d.held_on(day) for d in due)
        if self.since and is_in_default and not self.is_open:
            on = self.since
            is_direct = any(r.direct and r.covers(of_stay(on, contract)) for r in rights)
            report_by = plus_months(on, 2) if is_direct else None
            self.found.append(Impaye("R2026" if on < SWITCH else "R2027", on, report_by))
            self.is_open = True

    def never_came(self, paid_on: date, in_debt_since: date | None) -> None:
        """Money of `paid_on` never came; by the balances without it, the household is in debt since `in_debt_since`."""
        if self.ended is None or in_debt_since is None:
            return
        ended, count = self.ended
        if paid_on <= ended and in_debt_since < ended:
            self.found = self.found[:count]
            self.is_open, self.ended = True, None


def holds(day: date, counted: list[Debt], contract: Contract, rights: list[Right]) -> bool:
    debt = sum((d.left for d in counted), ZERO)
    has_benefit = any(r.covers(of_stay(day, contract)) for r in rights)
    if not debt or not has_benefit or contract.family == "OCCUPANCY":
        return False
    if day < SWITCH:
        return debt >= 2 * monthly_base(day, contract, rights)
    return debt > CEILING or plus_months(min(d.default_since for d in counted), 3) <= day


def monthly_base(day: date, contract: Contract, rights: list[Right]) -> Decimal:
    """The expense of the day: a whole month's rent and charges, less the benefit that we expect for it."""
    aid, _ = expected_aid(contract, rights, first_of(of_stay(day, contract)))
    return contract.expense - min(aid, contract.expense)


def of_stay(day: date, contract: Contract) -> date:
    """The day, or the last one of the stay (reading 7)."""
    return day if contract.leaves is None else min(day, contract.leaves - timedelta(days=1))
