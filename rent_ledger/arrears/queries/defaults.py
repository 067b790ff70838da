"""The facts of R1 and R2 (`rules.defaults`) by account, for lanes, alerts and pages. A constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from common.codes import with_codes
from common.params import Params
from leases.contracts.codes import LeaseKind
from leases.contracts.natures import Nature
from leases.households.codes import SupportType
from rent_ledger.arrears.queries.month_terms import month_terms_of
from rent_ledger.arrears.rules.defaults import DefaultFacts, UnpaidTerm
from rent_ledger.arrears.rules.term import MonthTerm, term_on
from rent_ledger.bank.queries.bank_known import BankKnowledge, bank_knowledge
from rent_ledger.billing.codes import DemandState
from rent_ledger.books.queries.open_items import open_items
from rent_ledger.books.rules.natures import HOUSING_NATURES, QUITTANCE_NATURES
from rent_ledger.rights.parameters import benefit_params
from stock.dwellings.codes import StockType

# What makes up a term. Repairs, fees and deposits are debts, not terms.
TERM_NATURES = sorted(QUITTANCE_NATURES | HOUSING_NATURES)
# Contracts by which the association sub-lets. A sliding lease is a sub-letting until it slides.
SUBLET = frozenset({LeaseKind.SUBLEASE, LeaseKind.SLIDING})

# What was asked on a due day: by the demands due that day, and what the benefit payer did not pay. The term has the
# month of the demands: what the payer did not pay is for an earlier month, but it is printed on them.
_TERMS = with_codes(
    """
WITH items AS ({items}), days AS (
    SELECT account_id, due_on, max(coalesce(for_month, date_trunc('month', due_on)::date)) AS month,
        sum(remaining) AS remaining, sum(posted) AS posted,
        coalesce(sum(posted) FILTER (WHERE nature = Nature.SHORTFALL), 0) AS shortfall
    FROM items WHERE due_on < %(day)s AND nature = ANY(%(natures)s) AND NOT is_held GROUP BY account_id, due_on
), asked AS (
    SELECT d.account_id, d.due_on, sum(d.net) AS net, max(d.month) AS month
    FROM days JOIN rent_ledger_rentdemand d ON d.account_id = days.account_id AND d.due_on = days.due_on
    WHERE d.state = DemandState.ISSUED GROUP BY d.account_id, d.due_on
)
SELECT days.account_id, coalesce(asked.month, days.month), days.due_on,
    greatest(coalesce(asked.net + days.shortfall, days.posted), days.remaining), days.remaining
FROM days LEFT JOIN asked USING (account_id, due_on) ORDER BY days.account_id, days.due_on
""",
    Nature,
    DemandState,
)
_HOUSEHOLDS = """
SELECT a.id, h.support_type, l.kind, l.bank_account_id, l.collected_for, d.stock_type,
    coalesce((SELECT min(lower(o.period)) FROM leases_occupancy o
              WHERE o.lease_id = a.lease_id OR (a.lease_id IS NULL AND o.household_id = a.household_id)),
             lower(l.period))
FROM rent_ledger_account a
LEFT JOIN leases_household h ON h.id = a.household_id LEFT JOIN leases_lease l ON l.id = a.lease_id
LEFT JOIN stock_unit u ON u.id = l.unit_id LEFT JOIN stock_dwelling d ON d.id = u.dwelling_id
WHERE a.id = ANY(%(ids)s)
"""


def unpaid_terms(account_ids: Collection[int], *, day: date) -> dict[int, tuple[UnpaidTerm, ...]]:
    """The terms past due before `day` that are not wholly paid and not held, oldest first, by account id. One query."""
    found: defaultdict[int, list[UnpaidTerm]] = defaultdict(list)
    if account_ids:
        with connection.cursor() as cursor:
            cursor.execute(
                _TERMS.format(items=open_items(day, accounts="ids")),
                {"day": day, "ids": list(account_ids), "natures": TERM_NATURES},
            )
            for account_id, *term in cursor.fetchall():
                found[account_id].append(UnpaidTerm(*term))
    return {account: tuple(terms) for account, terms in found.items()}


def default_facts(
    account_ids: Collection[int],
    *,
    day: date,
    params: Params | None = None,
    known: BankKnowledge | None = None,
    months: Mapping[int, Sequence[MonthTerm]] | None = None,
) -> dict[int, DefaultFacts]:
    """What R1 and R2 read of these accounts as they stand (or stood) on `day`, by account id. `known`,
    `months` (`month_terms_of`, of some of them, with the month of `day`): where the caller has read them."""
    if not account_ids:
        return {}
    known = known or bank_knowledge(day=day)
    terms = unpaid_terms(account_ids, day=day)
    months = months or {}
    others = [account for account in account_ids if account not in months]
    months = {**months, **month_terms_of(others, day=day, params=benefit_params(day, params=params))}
    with connection.cursor() as cursor:
        cursor.execute(_HOUSEHOLDS, {"ids": list(account_ids)})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    found = {}
    for account, support, kind, bank, collected_for, stock_type, entered_on in rows:
        month = term_on(months.get(account, ()), day)
        found[account] = DefaultFacts(
            terms=terms.get(account, ()),
            net_term=month.asked if month else None,
            known_until=known.until(bank, collected_for),
            is_type_1=support == SupportType.TYPE_1,
            is_type_2=support == SupportType.TYPE_2,
            is_sublet=kind in SUBLET,
            is_intermediation=kind == LeaseKind.MANAGED or stock_type == StockType.INTERMEDIATION,
            entered_on=entered_on,
        )
    return found
