"""A repayment plan: what it asks, what was paid on it, how it ends (decision 5, reading 6, ADR 33).

A plan that the household signed covers what was due and free that day, by monthly instalments. What it covers is out of
the queue. An instalment is in the queue from the 1st of its month, behind the terms that are due, and money laid on it
pays the oldest debt of the plan. What was paid on a plan is what is left no more of what it covers. A debt that is
cancelled is no payment: the last instalments fall.

It is judged each morning and each evening: kept when nothing is left, broken when an instalment, or a term due since
the signature, is unpaid five days after its day. One that was kept runs again where money that paid it comes back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from tests.oracle.billing import ZERO, first_of, plus_months
from tests.oracle.books import Books, Debt, Hold

KEPT, BROKEN, STOPPED, REPLACED = "KEPT", "BROKEN", "WITHDRAWN", "REPLACED"
DAYS_TO_PAY = timedelta(days=5)


@dataclass(eq=False)
class Plan:
    """`covers`: what was left of each debt when it was signed. `asks`: day and amount of each instalment. `end`: empty
    while it runs."""

    signed_on: date
    covers: dict[Debt, Decimal]
    asks: list[tuple[date, Decimal]] = field(default_factory=list)
    end: str = ""

    @classmethod
    def signed(cls, day: date, debts: list[Debt], *, months: int, first_on: date) -> "Plan":
        """In equal parts to the cent; the last one has what the division leaves."""
        plan = cls(day, {debt: debt.left for debt in debts})
        total = sum(plan.covers.values(), ZERO)
        part = (total / months).quantize(Decimal("0.01"), ROUND_DOWN)
        dues = [plus_months(first_on, n) for n in range(months)]
        plan.asks = [(due, part) for due in dues[:-1]] + [(dues[-1], total - part * (months - 1))]
        return plan

    def standing(self, books: Books) -> list[Debt]:
        """What it covers and was not cancelled, oldest first."""
        return sorted((d for d in self.covers if d in books.debts), key=lambda d: (d.due, d.number))

    def left(self, books: Books) -> Decimal:
        return sum((d.left for d in self.standing(books)), ZERO)

    def lacking(self, books: Books) -> list[tuple[date, Decimal]]:
        """What is left of each instalment. What is left of the plan lacks from the end on: what was paid went to the
        first instalments, what was cancelled fell from the last."""
        total = sum((self.covers[d] for d in self.standing(books)), ZERO)
        paid, found = total - self.left(books), []
        for due, amount in self.asks:
            asked = min(amount, total)
            total -= asked
            share = min(asked, max(paid, ZERO))
            paid -= share
            found.append((due, asked - share))
        return found

    def spread(self, books: Books, day: date) -> Decimal:
        """What the instalments of later days ask: not due yet."""
        return ZERO if self.end else sum((left for due, left in self.lacking(books) if due > day), ZERO)

    def entered(self, books: Books, day: date) -> list[tuple[date, Decimal]]:
        """The instalments in the queue: those of this month, and those of before that are not paid. Before them, what
        stands again of its debts beyond what it covers of them."""
        if self.end:
            return []
        beyond = self.left(books) - sum((self.covers[d] for d in self.standing(books)), ZERO)
        asked = [(due, n) for due, n in self.lacking(books) if n and first_of(due) <= day]
        return [(self.signed_on, beyond), *asked] if beyond > 0 else asked

    def hold(self, books: Books, day: date) -> None:
        for debt in self.standing(books):
            if debt.left and not debt.held_on(day):
                debt.holds.append(Hold("PLAN", day))

    def finish(self, end: str, day: date, *, of: Iterable[Debt] | None = None) -> None:
        """What it covers (`of` it) is not held by it any more from `day` on."""
        self.end = end
        for debt in self.covers if of is None else of:
            for held in debt.holds:
                if held.kind == "PLAN" and (held.end is None or held.end > day):
                    held.end = day

    def judge(self, books: Books, day: date) -> bool:
        """Whether something changed. The last plan that was signed alone is judged."""
        if self.end == KEPT and self.left(books):
            if any(hold.kind == "FREEZE" and hold.runs_on(day) for d in self.covers for hold in d.holds):
                return False
            self.end = ""
            self.hold(books, day)
            return self.judge(books, day) or True
        if self.end:
            return False
        if not self.left(books):
            self.finish(KEPT, day)
            return True
        terms = [
            d.due for d in books.debts
            if d.left and d.is_housing and not d.held_on(day) and self.signed_on <= d.due <= day
        ]  # fmt: skip
        unpaid = min([due for due, n in self.lacking(books) if n] + terms)
        if day <= unpaid + DAYS_TO_PAY:
            return False
        self.finish(BROKEN, day)
        return True
