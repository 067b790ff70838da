"""Terms as allocated: what was paid of each demand, what is left, what is awaited. Set by set."""

from collections.abc import Collection
from datetime import date

from django.db import connection

from rent_ledger.enums import DemandKind, General
from rent_ledger.models import RentDemand
from rent_ledger.rules.natures import QUITTANCE_NATURES
from rent_ledger.rules.receipts import TermState

# A demand's own debts, and what its payer did not pay of the month (moved to the household when it was settled).
# The aid expected lies on the debts as a credit of the same entry: it is counted where it comes in, on its own account.
# What the payer paid beyond a month is the household's credit: laid on a debt, it is aid received for that term.
_STATES = """
WITH wanted AS (
    SELECT d.id, d.kind, d.month, d.account_id, e.id AS entry_id
    FROM rent_ledger_rentdemand d JOIN rent_ledger_entry e ON e.idempotency_key = 'demand:' || d.id
    WHERE d.id = ANY(%(ids)s)
), debts AS (
    SELECT w.id AS demand_id, w.entry_id, p.id, p.amount, p.nature, false AS is_shortfall
    FROM wanted w JOIN rent_ledger_posting p ON p.entry_id = w.entry_id AND p.debit_id = w.account_id
    UNION ALL
    SELECT w.id, w.entry_id, p.id, p.amount, p.nature, true
    FROM wanted w JOIN rent_ledger_posting p ON p.debit_id = w.account_id AND p.debit_id >= 1000
    WHERE p.nature = 'SHORTFALL' AND p.for_month = w.month AND w.kind = 'TERM'
), laid AS (
    SELECT x.id, sum(a.amount) AS laid,
        sum(a.amount) FILTER (WHERE c.entry_id <> x.entry_id AND a.rule <> 'REVERSAL' AND c.nature <> 'BENEFIT'
                                AND c.debit_id <> %(write_off)s) AS paid,
        sum(a.amount) FILTER (WHERE c.entry_id <> x.entry_id AND a.rule <> 'REVERSAL'
                                AND c.nature = 'BENEFIT') AS surplus,
        sum(a.amount) FILTER (WHERE c.debit_id = %(write_off)s) AS given_up
    FROM debts x JOIN rent_ledger_allocation a ON a.debit_posting_id = x.id
    JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
    GROUP BY x.id
), tenant AS (
    SELECT x.demand_id,
        coalesce(sum(x.amount) FILTER (WHERE NOT x.is_shortfall AND x.nature = ANY(%(natures)s)), 0) AS counted,
        coalesce(sum(l.paid), 0) AS paid,
        coalesce(sum(l.surplus), 0) AS surplus,
        coalesce(sum(x.amount - coalesce(l.laid, 0)), 0) AS left_to_pay,
        coalesce(sum(l.given_up), 0) AS given_up
    FROM debts x LEFT JOIN laid l ON l.id = x.id GROUP BY x.demand_id
), aid AS (
    SELECT w.id AS demand_id, sum(p.amount) AS expected,
        sum(coalesce(l.laid, 0)) AS laid, sum(coalesce(l.paid, 0)) AS paid
    FROM wanted w JOIN rent_ledger_posting p ON p.entry_id = w.entry_id AND p.credit_id = w.account_id
        AND p.nature = 'BENEFIT'
    LEFT JOIN LATERAL (
        SELECT sum(a.amount) AS laid,
            sum(a.amount) FILTER (WHERE ce.kind = 'BENEFIT' AND a.rule <> 'REVERSAL') AS paid
        FROM rent_ledger_allocation a JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
        JOIN rent_ledger_entry ce ON ce.id = c.entry_id WHERE a.debit_posting_id = p.id
    ) l ON true
    GROUP BY w.id
)
SELECT w.id, w.kind, t.counted, t.paid, t.left_to_pay, coalesce(aid.paid, 0) + t.surplus,
    coalesce(aid.expected - aid.laid, 0), t.given_up
FROM wanted w JOIN tenant t ON t.demand_id = w.id LEFT JOIN aid ON aid.demand_id = w.id
"""

# The index of open items says at once which terms still have something left.
_SETTLED = """
SELECT d.id FROM rent_ledger_rentdemand d JOIN rent_ledger_entry e ON e.idempotency_key = 'demand:' || d.id
WHERE d.state = 'ISSUED' AND d.kind = 'TERM' AND d.due_on <= %(day)s
  AND NOT EXISTS (SELECT 1 FROM rent_ledger_receipt r WHERE r.demand_id = d.id AND r.kind = 'FULL')
  AND NOT EXISTS (SELECT 1 FROM rent_ledger_posting p JOIN rent_ledger_openitem o ON o.posting_id = p.id AND o.is_debit
                  WHERE p.entry_id = e.id)
  AND NOT EXISTS (SELECT 1 FROM rent_ledger_openitem o WHERE o.account_id = d.account_id AND o.is_debit
                    AND o.nature = 'SHORTFALL' AND o.for_month = d.month)
ORDER BY d.id
"""


def term_states(demand_ids: Collection[int]) -> dict[int, TermState]:
    """By demand id, as the books stand now (one query). A cancelled demand has nothing paid and nothing left."""
    with connection.cursor() as cursor:
        cursor.execute(
            _STATES,
            {
                "ids": sorted(demand_ids),
                "natures": sorted(QUITTANCE_NATURES),
                "write_off": int(General.WRITE_OFF),
            },
        )
        return {
            row[0]: TermState(
                is_indemnity=row[1] == DemandKind.INDEMNITY,
                counted=row[2],
                tenant_paid=row[3],
                tenant_left=row[4],
                aid_paid=row[5],
                aid_left=row[6],
                written_off=row[7],
            )
            for row in cursor.fetchall()
        }


def term_state(demand: RentDemand) -> TermState:
    """One demand's state."""
    return term_states([demand.pk])[demand.pk]


def settled_without_quittance(*, day: date) -> list[int]:
    """Ids of the demands due on or before `day` with nothing left and no quittance yet (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED, {"day": day})
        return [row[0] for row in cursor.fetchall()]
