"""Overindebtedness: what a procedure freezes, until when, and what an erasure takes (ADR 34; C. conso. L. 722-2 s.).

What the person owed before his file was admissible, and nothing held, is frozen from the day on which that is noted:
out of the queue, not claimed. Each decision says anew until when. What was missed (a payment that comes back, a dispute
that ends) is frozen when it is seen. What a judge put back in the queue stays there, until an erasure, which takes all
that is due on its day. Only the last decision counts; closed or erased, the procedure is over.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.oracle.billing import plus_months
from tests.oracle.books import Books, Debt, Hold

ADMISSIBLE, MORATORIUM, MEASURES, ERASED, CLOSED = "ADMISSIBLE", "MORATORIUM", "MEASURES", "ERASED", "CLOSED"
FOLLOWS = {
    ADMISSIBLE: {MORATORIUM, MEASURES, ERASED, CLOSED},
    MORATORIUM: {MEASURES, ERASED, CLOSED},
    MEASURES: {ERASED, CLOSED},
}
DAY = timedelta(days=1)


@dataclass(eq=False)
class Procedure:
    """`admitted_on`: what fell due before it is frozen. `last`: the last decision, `last_on` its day. `until`: the last
    day on which it freezes. `put_back`: of `debts`, those that a judge gave delays for."""

    admitted_on: date
    last: str
    last_on: date
    until: date
    debts: list[Debt] = field(default_factory=list)
    put_back: set[Debt] = field(default_factory=set)
    is_over: bool = False

    @classmethod
    def opened(cls, on: date) -> "Procedure":
        return cls(on, ADMISSIBLE, on, plus_months(on, 24))

    def may(self, kind: str, on: date) -> bool:
        return not self.is_over and kind in FOLLOWS[self.last] and on >= self.last_on

    def see(self, books: Books, day: date) -> None:
        """Freeze what it has not frozen yet."""
        if self.is_over:
            return
        for debt in books.open(day):
            kinds = {hold.kind for hold in debt.holds if hold.runs_on(day)}
            if debt.due < self.admitted_on and debt not in self.debts and kinds <= {"FREEZE"}:
                self.debts.append(debt)
                if self.until >= day:
                    self._hold(debt, day, at_least=True)

    def bind(self, books: Books, day: date) -> None:
        """A decision said anew until when: what is held is held until then, what is open and free is held again."""
        for debt in self.debts:
            if debt in self.put_back or debt not in books.debts:
                continue
            is_frozen = any(hold.kind == "FREEZE" and hold.runs_on(day) for hold in debt.holds)
            is_held = any(hold.end is None or hold.end > day for hold in debt.holds)
            if is_frozen or (debt.left and not is_held):
                self._hold(debt, day)

    def end(self, day: date) -> None:
        self.is_over = True
        for debt in self.debts:
            for hold in debt.holds:
                if hold.kind == "FREEZE" and (hold.end is None or hold.end > day):
                    hold.end = day

    def _hold(self, debt: Debt, day: date, *, at_least: bool = False) -> None:
        end = self.until + DAY
        for hold in debt.holds:
            if hold.kind == "FREEZE" and hold.runs_on(day):
                hold.end = end if not at_least else None if hold.end is None else max(hold.end, end)
                return
        debt.holds.append(Hold("FREEZE", day, end))
