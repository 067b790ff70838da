"""What is left to live on beside a plan, by the last estimate of the household."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common.money import ZERO
from rent_ledger.arrears.budgets import BudgetEstimate
from rent_ledger.arrears.codes import Living
from rent_ledger.arrears.looks import LIVINGS
from rent_ledger.arrears.parameters import living_params
from rent_ledger.arrears.rules.living import Budget, LivingParams, left_to_live, verdict


@dataclass(frozen=True, slots=True)
class LivingRow:
    """Of an instalment of so much: `left`, euros by person and by day; `living`, what it means."""

    months: int | None
    amount: Decimal
    left: Decimal
    living: Living

    @property
    def look(self) -> tuple[str, str]:
        """Its word and its meaning."""
        return self.living.label, LIVINGS[self.living]


@dataclass(frozen=True, slots=True)
class BudgetNow:
    """The last estimate. `charges`: the sum of its lines. `rows`: without a plan, then by length."""

    estimate: BudgetEstimate
    charges: Decimal
    rows: list[LivingRow]
    params: LivingParams


def budget_now(account_id: int, lengths: Iterable[tuple[int, Decimal]], *, day: date) -> BudgetNow | None:
    """What is left without a plan, and with each of these (months, euros a month); None without an estimate. Two
    queries."""
    row = BudgetEstimate.objects.filter(account=account_id).select_related("author").prefetch_related("lines").first()
    if row is None:
        return None
    charges = sum((line.amount for line in row.lines.all()), ZERO)
    budget, params = Budget(row.persons, row.resources, charges, row.term), living_params(day)
    rows = []
    for months, amount in ((None, ZERO), *lengths):
        left = left_to_live(budget, instalment=amount)
        rows.append(LivingRow(months, amount, left, verdict(left, params)))
    return BudgetNow(row, charges, rows, params)
