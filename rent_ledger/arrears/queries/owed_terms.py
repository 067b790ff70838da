"""What is past due on accounts, term by term with its cause, as a letter names it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from common import typography
from common.money import ZERO
from leases.contracts.natures import Nature, by_rank
from rent_ledger.books.queries.open_items import open_items

# What is due today is late tomorrow; what a plan, a freeze or a dispute holds is asked of nobody.
_OWED = """
SELECT account_id, nature, date_trunc('month', coalesce(for_month, due_on))::date AS month, min(due_on), sum(remaining)
FROM ({items}) items WHERE due_on < %(day)s AND NOT is_held
GROUP BY account_id, nature, month ORDER BY account_id, month, min(due_on)
"""


@dataclass(frozen=True, slots=True)
class OwedTerm:
    """What is left, in euros, of one nature and one month (its first day), and its due day."""

    nature: Nature
    month: date
    due_on: date
    left: Decimal

    @property
    def label(self) -> str:
        return f"{self.nature.label}, {typography.month(self.month)}"


def owed_terms(account_ids: Collection[int], *, day: date) -> dict[int, list[OwedTerm]]:
    """By account id, oldest month first, then in the order of papers. They add up to the arrears of the account on
    `day`. One query."""
    found: defaultdict[int, list[OwedTerm]] = defaultdict(list)
    if account_ids:
        with connection.cursor() as cursor:
            cursor.execute(_OWED.format(items=open_items(day, accounts="ids")), {"day": day, "ids": list(account_ids)})
            for account, nature, month, due_on, left in cursor.fetchall():
                found[account].append(OwedTerm(Nature(nature), month, due_on, left))
    return {account: sorted(rows, key=lambda row: (row.month, by_rank(row.nature))) for account, rows in found.items()}


def by_month(terms: Sequence[OwedTerm]) -> str:
    """« novembre 2026 : 213,00 € », a line for each month."""
    sums: dict[date, Decimal] = {}
    for term in terms:
        sums[term.month] = sums.get(term.month, ZERO) + term.left
    return "\n".join(f"{typography.month(month)} : {typography.euros(left)}" for month, left in sums.items())


def by_cause(terms: Sequence[OwedTerm]) -> str:
    """« Loyer, novembre 2026, dû le 1er novembre 2026 : 133,00 € », a line for each."""
    return "\n".join(
        f"{term.label}, dû le {typography.long_date(term.due_on)} : {typography.euros(term.left)}" for term in terms
    )
