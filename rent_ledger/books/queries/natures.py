"""What the debt of accounts is made of: each nature of the registry, with what counts for which threshold."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from leases.contracts.natures import Nature, by_rank
from rent_ledger.books.queries.open_items import open_items

_SUMS = """
SELECT account_id, nature, sum(remaining), coalesce(sum(remaining) FILTER (WHERE is_held), 0) FROM ({items}) items
GROUP BY account_id, nature
"""


@dataclass(frozen=True, slots=True)
class NatureDebt:
    """What is due of one nature, in euros; `held` of it is in a plan, frozen or disputed."""

    nature: Nature
    amount: Decimal
    held: Decimal

    @property
    def counts_for_benefit(self) -> bool:
        """Whether it counts for the threshold of the housing benefits."""
        return self.nature.rule.counts_for_benefit_threshold

    @property
    def counts_for_ccapex(self) -> bool:
        return self.nature.rule.counts_for_ccapex


def debt_by_nature(account_ids: Collection[int], *, day: date) -> dict[int, list[NatureDebt]]:
    """What each account owes on `day` by nature, in the order of papers; an empty list where it owes nothing. They add
    up to its debt: both are sums of the same open items. One query."""
    found: dict[int, list[NatureDebt]] = {account: [] for account in account_ids}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(items=open_items(day, accounts="ids")), {"day": day, "ids": list(found)})
        for account, nature, amount, held in cursor.fetchall():
            found[account].append(NatureDebt(Nature(nature), amount, held))
    return {account: sorted(rows, key=lambda row: by_rank(row.nature)) for account, rows in found.items()}
