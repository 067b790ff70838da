"""Which debt does money go to (C. civ. 1342-10 and 1343-1, decision 5).

Over one account's open items: a designation (debtor's choice, structured reference, plan instalment); a benefit to the
month that it is for; then what is due before what is not, the housing expense before other natures, then the oldest
due date, the rank of the nature, the posting's id. A held debt (kept plan, freeze, dispute) is out of the queue unless
designated. Money already allocated never moves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from common.money import ZERO

RULE_VERSION = 1
REVERSAL, MONTH, DESIGNATED, OLDEST = "REVERSAL", "MONTH", "DESIGNATED", "OLDEST"


@dataclass(slots=True)
class OpenDebit:
    """A debt with something left. `remaining` goes down as `allocate` lays money on it."""

    posting_id: int
    remaining: Decimal
    due_on: date
    rank: int
    is_housing: bool
    for_month: date | None = None
    is_held: bool = False


@dataclass(slots=True)
class OpenCredit:
    """Money not yet laid. `is_benefit` with `for_month`: goes to that month first. `month_only` (accounts of expected
    benefit): to that month and no other, what is left waits for the settlement of the month."""

    posting_id: int
    remaining: Decimal
    for_month: date | None = None
    is_benefit: bool = False
    month_only: bool = False
    designate: tuple[int, ...] = ()


class Laid(NamedTuple):
    """`amount` > 0 of a credit laid on a debit, and by which rule."""

    debit_id: int
    credit_id: int
    amount: Decimal
    rule: str


def allocate(debits: Sequence[OpenDebit], credits: Sequence[OpenCredit], *, day: date) -> list[Laid]:
    """Lay `credits` (oldest posting first) on `debits` as known on `day`. Updates `remaining` on both."""
    laid: list[Laid] = []
    if not debits or not credits:
        return laid
    queue: list[OpenDebit] | None = None
    for credit in credits if len(credits) == 1 else sorted(credits, key=attrgetter("posting_id")):
        if credit.designate:
            by_id = {d.posting_id: d for d in debits}
            _lay(credit, [by_id[i] for i in credit.designate if i in by_id], DESIGNATED, laid)
        if queue is None:
            queue = sorted(
                [d for d in debits if not d.is_held],
                key=lambda d: (d.due_on > day, not d.is_housing, d.due_on, d.rank, d.posting_id),
            )
        if credit.for_month is not None and (credit.is_benefit or credit.month_only):
            _lay(credit, [d for d in queue if d.for_month == credit.for_month], MONTH, laid)
        if not credit.month_only:
            _lay(credit, queue, OLDEST, laid)
    return laid


def _lay(credit: OpenCredit, targets: Iterable[OpenDebit], rule: str, laid: list[Laid]) -> None:
    left = credit.remaining
    for debit in targets:
        if left <= ZERO:
            break
        owed = debit.remaining
        if owed > ZERO:
            amount = left if left < owed else owed
            left -= amount
            debit.remaining = owed - amount
            laid.append(Laid(debit.posting_id, credit.posting_id, amount, rule))
    credit.remaining = left


def lay_in_order(amount: Decimal, remainings: Sequence[Decimal]) -> list[Decimal]:
    """How much of `amount` goes to each of `remainings`, each filled before the next."""
    laid = []
    for remaining in remainings:
        share = amount if amount < remaining else remaining
        laid.append(share)
        amount -= share
    return laid
