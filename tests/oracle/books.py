"""Debts, money, and which money lies on which debt (decision 5, readings 1 and 2).

Money is laid when it comes, and stays where it was laid. In this order:

1. the benefit of a month: on the avis that expected it, then on what else that month asks;
2. all other money, the first come first: on what is due before what is not, the housing expense before other natures,
   the oldest due day, the rank of the nature, the debt that was entered first (C. civ. 1342-10).

A debt in a plan, frozen or disputed is out of the queue. The instalments of the plan that runs stand in it behind what
is due (`plans`). What was laid is freed only where the debt or the money is taken back; free money is then laid at once
on what stands open.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.oracle.billing import ZERO

if TYPE_CHECKING:
    from tests.oracle.plans import Plan

# The rank of natures; the first five are the housing expense.
RANKS = ["RENT", "INDEMNITY", "CHARGES", "INDEM_CHG", "SHORTFALL", "PARKING", "SERVICES"]
HOUSING = frozenset(RANKS[:5])
AID, SURPLUS, PAYMENT, ERASURE = "AID", "SURPLUS", "PAYMENT", "ERASURE"


@dataclass(eq=False)
class Hold:
    """A debt is out of the queue over `[start, end)`: PLAN, FREEZE or DISPUTE."""

    kind: str
    start: date
    end: date | None = None

    def runs_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(eq=False)
class Debt:
    """`of_aided_avis`: asked by an avis that expects a benefit, or what lacks of that benefit."""

    nature: str
    amount: Decimal
    due: date
    month: date
    of_aided_avis: bool = False
    left: Decimal = ZERO
    number: int = 0
    holds: list[Hold] = field(default_factory=list)
    again: dict[date, Decimal] = field(default_factory=dict)  # by day, what stands again, less what was laid that day

    @property
    def default_since(self) -> date:
        """The day from which the law counts the default: the due day, or the day on which what is left of the debt was
        known to stand again. What was paid since went to what had stood longest. What was entered and taken back on one
        day stood on every evening."""
        left, since = self.left, self.due
        for day, amount in sorted(self.again.items(), reverse=True):
            if amount <= 0:
                continue
            if left > 0:
                since = max(self.due, day)
            left -= amount
        return self.due if left > 0 else since

    @property
    def is_housing(self) -> bool:
        return self.nature in HOUSING

    def held_on(self, day: date) -> bool:
        return any(hold.runs_on(day) for hold in self.holds)


@dataclass(eq=False)
class Credit:
    """Money. `on`: the day from which it counts. `month`: that of a benefit. `returned_on`: the bank took it back."""

    source: str
    amount: Decimal
    on: date
    month: date | None = None
    left: Decimal = ZERO
    number: int = 0
    returned_on: date | None = None
    of: "Debt | None" = None  # what an erasure takes: it is no money


class Books:
    """The debts and the money of one account. What was entered by mistake or undone is taken out of the lists."""

    def __init__(self) -> None:
        self.debts: list[Debt] = []
        self.credits: list[Credit] = []
        self.laid: dict[tuple[Debt, Credit], Decimal] = {}
        self.plan: Plan | None = None  # the last one that was signed
        self._numbers = count(1)

    # -- entering and taking back ---------------------------------------------------------------------------------

    def owe(self, debt: Debt) -> Debt:
        debt.left, debt.number = debt.amount, next(self._numbers)
        self.debts.append(debt)
        return debt

    def receive(self, credit: Credit) -> Credit:
        """Money comes; the caller says where it is laid."""
        credit.left, credit.number = credit.amount, next(self._numbers)
        self.credits.append(credit)
        return credit

    def forget_debt(self, debt: Debt) -> None:
        """As if it had never been asked: what lay on it is free. What was erased of it waits (`erase_again`)."""
        for pair in [p for p in self.laid if p[0] is debt]:
            pair[1].left += self.laid.pop(pair)
        self.debts.remove(debt)

    def erase_again(self, debts: list[Debt], day: date) -> None:
        """What was erased of debts that are forgotten settles what nobody paid of those that replace them; the rest was
        not owed, so it was not erased."""
        for credit in [c for c in self.credits if c.source == ERASURE and c.left]:
            self.lay(credit, debts, day)
            credit.amount, credit.left = credit.amount - credit.left, ZERO

    def forget_credit(self, credit: Credit, day: date) -> None:
        """As if it had never come, known on `day`."""
        self._stand_again(credit, day)
        self.credits.remove(credit)

    def give_back(self, credit: Credit, day: date) -> None:
        """The bank takes the money back on `day`: until then it counted."""
        self._stand_again(credit, day)
        credit.returned_on, credit.left = day, ZERO

    def _stand_again(self, credit: Credit, day: date) -> None:
        for pair in [p for p in self.laid if p[1] is credit]:
            amount = self.laid.pop(pair)
            pair[0].left += amount
            pair[0].again[day] = pair[0].again.get(day, ZERO) + amount

    # -- laying ---------------------------------------------------------------------------------------------------

    def lay(self, credit: Credit, debts: list[Debt], day: date, *, most: Decimal | None = None) -> None:
        for debt in debts:
            share = min(credit.left, debt.left, credit.left if most is None else most)
            if share:
                self.laid[debt, credit] = self.laid.get((debt, credit), ZERO) + share
                debt.left -= share
                debt.again[day] = debt.again.get(day, ZERO) - share
                credit.left -= share

    def erase(self, debt: Debt, on: date, day: date) -> None:
        """What is left of a debt is due no more. Nobody paid it."""
        self.lay(self.receive(Credit(ERASURE, debt.left, on, of=debt)), [debt], day)

    def erased(self, debts: list[Debt]) -> Decimal:
        return sum((n for (d, c), n in self.laid.items() if d in debts and c.source == ERASURE), ZERO)

    def queue(self, day: date) -> list[Debt]:
        """What stands open and is not held, in the order in which money is laid on it on `day`."""
        return sorted(
            (d for d in self.debts if d.left and not d.held_on(day)),
            key=lambda d: (d.due > day, not d.is_housing, d.due, RANKS.index(d.nature), d.number),
        )

    def lay_free(self, day: date) -> None:
        """All that is free, on what stands open: benefits on their months, then the first come first."""
        for credit in self.credits:
            if credit.left and credit.month:
                of_month = [d for d in self.queue(day) if d.month == credit.month]
                self.lay(credit, sorted(of_month, key=lambda d: not d.of_aided_avis), day)
        for credit in self.credits:
            if credit.left and credit.source != ERASURE:
                self._lay_in_order(credit, day)

    def _lay_in_order(self, credit: Credit, day: date) -> None:
        """On the queue, with the instalments of the plan in their places: behind the terms due the same day, and past
        their day behind all that is due."""
        if self.plan is None or self.plan.end:
            self.lay(credit, self.queue(day), day)
            return
        places: list[tuple[tuple[Any, ...], list[Debt], Decimal]] = [
            ((d.due > day, not d.is_housing, d.due, 0, n), [d], d.left) for n, d in enumerate(self.queue(day))
        ]
        debts = self.plan.standing(self)
        for n, (due, left) in enumerate(self.plan.entered(self, day)):
            falls = max(due, day)
            places.append(((falls > day, False, falls, 1, n), debts, left))
        for _, of, asked in sorted(places, key=lambda place: place[0]):
            for debt in of:
                before = debt.left
                self.lay(credit, [debt], day, most=asked)
                asked -= before - debt.left

    # -- what stands on a day -------------------------------------------------------------------------------------

    @property
    def free(self) -> Decimal:
        return sum((c.left for c in self.credits), ZERO)

    def open(self, day: date) -> list[Debt]:
        """What is due by `day` and not paid, held or not."""
        return [d for d in self.debts if d.left and d.due <= day]

    def in_debt_since(self, day: date) -> date | None:
        """First day of the running stretch of days that end with more owed than received (reading 1)."""
        moves: dict[date, Decimal] = {}
        for debt in self.debts:
            moves[debt.due] = moves.get(debt.due, ZERO) + debt.amount
        for credit in self.credits:
            moves[credit.on] = moves.get(credit.on, ZERO) - credit.amount
            if credit.returned_on:
                moves[credit.returned_on] = moves.get(credit.returned_on, ZERO) + credit.amount
        balance, since = ZERO, None
        for on in sorted(moves):
            if on > day:
                break
            balance += moves[on]
            since = (since or on) if balance > 0 else None
        return since
