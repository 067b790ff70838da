"""Which debts does money go to, and in which order?

Over the open items of one account. `TIERS` is the order in which credits are used, `QUEUE` the order in which debts are
paid. Sources, quoted in docs/law.md:

- C. civ. 1342-10 al. 1: a debtor of several debts says which one he pays. Al. 2: otherwise first what is due, and of it
  what he had most interest to pay; then the oldest; all things equal, in proportion. Here his dwelling is his interest,
  and rank and posting id stand for the proportion: a cent is never cut.
- C. civ. 1343-1: interest is paid before capital. No nature is interest: fees come after the rent.
- docs/architecture.md, decision 5 and readings 2 and 5: a benefit pays its own month, and in it first the demand that
  expected it; a debt in a kept plan, frozen or disputed is left out unless it is designated; allocated money never
  moves.

`settling` allocates a reversal to its original before it calls this rule: there is nothing to choose.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from common.money import ZERO
from rent_ledger.books.codes import AllocationRule


@dataclass(slots=True)
class OpenDebit:
    """A debt with something left, in euros. `allocate` reduces `remaining`.

    `rank` and `is_housing` come from its nature. `entry_id`: its entry, None if no benefit is for that entry.
    """

    posting_id: int
    remaining: Decimal
    due_on: date
    rank: int
    is_housing: bool
    for_month: date | None
    is_held: bool
    entry_id: int | None = None


@dataclass(slots=True)
class OpenCredit:
    """Money not allocated yet, in euros.

    `is_benefit`: a benefit. It pays the debts of its own entry (`entry_id`, if known), then those of `for_month`.
    `month_only` (accounts of expected benefit): it pays `for_month` only; the rest waits until the month is settled.
    `designate`: ids of the debts that the debtor chose, in order. `is_deduction`: a negative line of a demand, not
    money; it pays the debts of its own entry first. `is_given_up`: what the association gave up of a debt that was
    replaced; it is no money, and settles what is left of those that replace it (`designate`) after all money.
    """

    posting_id: int
    remaining: Decimal
    for_month: date | None = None
    is_benefit: bool = False
    month_only: bool = False
    designate: tuple[int, ...] = ()
    entry_id: int | None = None
    is_deduction: bool = False
    is_given_up: bool = False


@dataclass(slots=True)
class OpenInstalment:
    """What an instalment of a running plan still asks, in euros. It is paid by paying `debts`, which the plan holds,
    in their order: it stands in the queue in their place. Past its day it falls due anew each day, after the terms."""

    remaining: Decimal
    due_on: date
    debts: Sequence[OpenDebit]


class Allocated(NamedTuple):
    """`amount` > 0 (euros) of a credit allocated to a debit, and by which rule."""

    debit_id: int
    credit_id: int
    amount: Decimal
    rule: str


# The order in which debts are paid: each criterion decides where those before it leave two debts equal. Where all do,
# the order of entry (decision 5).
QUEUE: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("C. civ. 1342-10 al. 2: what is due, its due day included", lambda due_on, day, **_: due_on > day),
    ("C. civ. 1342-10 al. 2: most interest to pay it, the dwelling", lambda is_housing, **_: not is_housing),
    ("C. civ. 1342-10 al. 2: the oldest", lambda due_on, **_: due_on),
    ("decision 5: the rank of its nature", lambda rank, **_: rank),
)


@lru_cache(maxsize=1000)
def place_in_queue(due_on: date, is_housing: bool, rank: int, day: date) -> list[Any]:
    """Key that sorts debts by `QUEUE`, once they are in the order of entry. An import asks for a few, many times."""
    return [criterion(due_on=due_on, is_housing=is_housing, rank=rank, day=day) for _, criterion in QUEUE]


# An instalment is a housing expense (decision 5), after the natures of a term that falls due on the same day.
_RANK_OF_INSTALMENT = 1000


class _Debts:
    """The debts of an account: all of them by id, and those that are not held in the order of `QUEUE`. `places`: each
    debt of the queue, or instalment, where a plan runs."""

    def __init__(
        self, debits: Sequence[OpenDebit], day: date, instalments: Callable[[], Sequence[OpenInstalment]]
    ) -> None:
        self.debits = debits
        self.instalments = instalments
        self.day = day
        self.queue = [debit for debit in debits if not debit.is_held]
        if len(self.queue) > 1:
            # The second sort keeps the order of entry.
            self.queue.sort(key=attrgetter("posting_id"))
            self.queue.sort(key=lambda debit: place_in_queue(debit.due_on, debit.is_housing, debit.rank, day))

    @cached_property
    def places(self) -> Sequence[OpenDebit | OpenInstalment]:
        instalments = self.instalments()
        if not instalments:
            return self.queue
        places: list[tuple[list[Any], OpenDebit | OpenInstalment]] = [
            (place_in_queue(debit.due_on, debit.is_housing, debit.rank, self.day), debit) for debit in self.queue
        ]
        for asked in instalments:
            due_on = max(asked.due_on, self.day)
            places.append((place_in_queue(due_on, True, _RANK_OF_INSTALMENT, self.day), asked))
        return [item for _, item in sorted(places, key=lambda place: place[0])]

    @cached_property
    def by_id(self) -> dict[int, OpenDebit]:
        return {debit.posting_id: debit for debit in self.debits}


class Tier(NamedTuple):
    """One step of the allocation. `takes`: whether it applies to a credit. `debts`: what that credit pays, in order."""

    rule: AllocationRule
    source: str
    takes: Callable[[OpenCredit], bool]
    debts: Callable[[OpenCredit, _Debts], Iterable[OpenDebit | OpenInstalment]]


# All credits go through a tier before the next tier begins, so a month's benefit comes before older free money.
TIERS: tuple[Tier, ...] = (
    Tier(
        AllocationRule.DEDUCTED,
        "usage: what a demand takes off is taken off that demand",
        lambda credit: credit.is_deduction and credit.entry_id is not None,
        lambda credit, debts: [debit for debit in debts.queue if debit.entry_id == credit.entry_id],
    ),
    Tier(
        AllocationRule.MONTH,
        "reading 5: aid is for the demand that awaits it",
        lambda credit: credit.is_benefit and credit.entry_id is not None,
        lambda credit, debts: [debit for debit in debts.queue if debit.entry_id == credit.entry_id],
    ),
    Tier(
        AllocationRule.MONTH,
        "decision 5: aid is for its month",
        lambda credit: (credit.is_benefit or credit.month_only) and credit.for_month is not None,
        lambda credit, debts: [debit for debit in debts.queue if debit.for_month == credit.for_month],
    ),
    Tier(
        AllocationRule.DESIGNATED,
        "C. civ. 1342-10 al. 1: the debtor's choice",
        lambda credit: bool(credit.designate) and not credit.is_given_up,
        lambda credit, debts: [debts.by_id[pk] for pk in credit.designate if pk in debts.by_id],
    ),
    Tier(
        AllocationRule.OLDEST,
        # In it the instalments of a plan, after the terms (decision 5).
        "C. civ. 1342-10 al. 2: the order of the law",
        lambda credit: not (credit.month_only or credit.is_given_up),
        lambda credit, debts: debts.places,
    ),
    Tier(
        AllocationRule.DESIGNATED,
        "ADR 37: what is given up is what nobody paid",
        lambda credit: credit.is_given_up,
        lambda credit, debts: [debts.by_id[pk] for pk in credit.designate if pk in debts.by_id],
    ),
)


def first_tier(credit: OpenCredit) -> int:
    """The index in `TIERS` of the first tier that applies to `credit`."""
    return next(place for place, tier in enumerate(TIERS) if tier.takes(credit))


def allocate(
    debits: Sequence[OpenDebit],
    credits: Sequence[OpenCredit],
    *,
    day: date,
    instalments: Callable[[], Sequence[OpenInstalment]] = tuple,
) -> list[Allocated]:
    """Allocate `credits` to `debits` of one account, as known on `day`. Updates `remaining` on both.

    `instalments`: those of a running plan that have entered the queue, asked once designated money is laid.

    Within a tier, credits are used in the order of their posting ids. The order of the arguments does not matter.
    """
    found: list[Allocated] = []
    if not debits or not credits:
        return found
    debts = _Debts(debits, day, instalments)
    ordered = credits if len(credits) == 1 else sorted(credits, key=attrgetter("posting_id"))
    for tier in TIERS:
        for credit in ordered:
            if credit.remaining > ZERO and tier.takes(credit):
                _allocate_credit(credit, tier.debts(credit, debts), tier.rule, found)
    return found


def _allocate_credit(
    credit: OpenCredit, debts: Iterable[OpenDebit | OpenInstalment], rule: str, found: list[Allocated]
) -> None:
    left = credit.remaining
    for debit in debts:
        if left <= ZERO:
            break
        if isinstance(debit, OpenInstalment):
            left -= _pay_instalment(debit, credit, left, found)
            continue
        owed = debit.remaining
        if owed > ZERO:
            amount = left if left < owed else owed
            left -= amount
            debit.remaining = owed - amount
            found.append(Allocated(debit.posting_id, credit.posting_id, amount, rule))
    credit.remaining = left


def _pay_instalment(asked: OpenInstalment, credit: OpenCredit, left: Decimal, found: list[Allocated]) -> Decimal:
    """How much of `left` the instalment takes; never more than it asks."""
    taken = ZERO
    for debit in asked.debts:
        amount = min(left - taken, asked.remaining, debit.remaining)
        if amount > ZERO:
            taken += amount
            asked.remaining -= amount
            debit.remaining -= amount
            found.append(Allocated(debit.posting_id, credit.posting_id, amount, AllocationRule.PLAN))
    return taken


def fill_in_order(amount: Decimal, remainings: Sequence[Decimal]) -> list[Decimal]:
    """How much of `amount` goes to each of `remainings`, each filled before the next."""
    shares = []
    for remaining in remainings:
        share = amount if amount < remaining else remaining
        shares.append(share)
        amount -= share
    return shares
