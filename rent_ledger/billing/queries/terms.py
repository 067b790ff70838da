"""The demands with their allocations: what was paid, what is left, what benefit is expected. Works on sets."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from common.codes import with_codes
from leases.contracts.codes import DemandKind
from leases.contracts.natures import Nature
from rent_ledger.billing.codes import DemandState, ReceiptKind
from rent_ledger.billing.models import RentDemand
from rent_ledger.billing.rules.receipts import AidOfDemand, Sums, TermState, shares_of_shortfall
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, NOT_BY_THE_HOUSEHOLD, AllocationRule, EntryKind
from rent_ledger.books.rules.natures import QUITTANCE_NATURES

# A demand's own debts, plus benefit moved to the household for its month (not received, or taken back). The expected
# benefit is a credit of the same entry: we don't count it here but when it is received, on the benefit account. A
# surplus of benefit is a credit of the household: allocated to a debt, it counts as benefit received for that term.
_SUMS = """
    coalesce(sum(l.surplus) FILTER (WHERE {which}), 0) AS {name}_surplus,
    coalesce(sum(l.paid) FILTER (WHERE {which}), 0) AS {name}_paid,
    coalesce(sum(l.given_up) FILTER (WHERE {which}), 0) AS {name}_given_up,
    coalesce(sum(x.amount - coalesce(l.allocated, 0)) FILTER (WHERE {which}), 0) AS {name}_left
"""
_STATES = with_codes(
    f"""
WITH ids AS (
    SELECT unnest(%(ids)s::bigint[]) AS id
    UNION
    -- The other demand of the month, where the contract ended within it.
    SELECT o.id FROM unnest(%(ids)s::bigint[]) AS w(id) JOIN rent_ledger_rentdemand d ON d.id = w.id
    JOIN rent_ledger_rentdemand o ON o.lease_id = d.lease_id AND o.month = d.month AND o.kind <> d.kind
        AND o.state = DemandState.ISSUED
    WHERE d.state = DemandState.ISSUED
), wanted AS (
    SELECT d.id, d.kind, d.month, d.account_id, d.gross, d.benefit, e.id AS entry_id, d.state
    FROM ids JOIN rent_ledger_rentdemand d ON d.id = ids.id
    JOIN rent_ledger_entry e ON e.idempotency_key = 'demand:' || d.id
), debts AS (
    SELECT w.id AS demand_id, w.entry_id, p.id, p.amount, p.nature, false AS is_shortfall, 0 AS awaited
    FROM wanted w JOIN rent_ledger_posting p ON p.entry_id = w.entry_id AND p.debit_id = w.account_id
    UNION ALL
    SELECT w.id, w.entry_id, p.id, p.amount, p.nature, true, coalesce(m.amount, 0)
    FROM wanted w JOIN rent_ledger_posting p ON p.debit_id = w.account_id AND p.debit_id >= FIRST_SUBLEDGER_ID
        AND p.nature = Nature.SHORTFALL AND p.for_month = w.month
    LEFT JOIN LATERAL (
        -- What of it is aid that this demand awaited: its credit lies there, on the account of the aid.
        SELECT sum(a.amount) AS amount
        FROM rent_ledger_allocation a JOIN rent_ledger_posting dp ON dp.id = a.debit_posting_id
        WHERE a.credit_posting_id = p.id AND dp.entry_id = w.entry_id
    ) m ON true
    WHERE w.state = DemandState.ISSUED
), allocated AS (
    SELECT x.demand_id, x.id, sum(a.amount) AS allocated,
        sum(a.amount) FILTER (WHERE c.entry_id <> x.entry_id AND a.rule <> AllocationRule.REVERSAL
                                AND c.nature <> Nature.BENEFIT AND c.debit_id NOT IN NOT_BY_THE_HOUSEHOLD) AS paid,
        sum(a.amount) FILTER (WHERE c.entry_id <> x.entry_id AND a.rule <> AllocationRule.REVERSAL
                                AND c.nature = Nature.BENEFIT) AS surplus,
        sum(a.amount) FILTER (WHERE c.debit_id IN NOT_BY_THE_HOUSEHOLD) AS given_up
    FROM debts x JOIN rent_ledger_allocation a ON a.debit_posting_id = x.id
    JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
    GROUP BY x.demand_id, x.id
), tenant AS (
    SELECT x.demand_id,
        coalesce(sum(x.amount) FILTER (WHERE NOT x.is_shortfall AND x.nature IN QUITTANCE_NATURES), 0) AS counted,
        {_SUMS.format(which="NOT x.is_shortfall", name="own")},
        {_SUMS.format(which="x.is_shortfall", name="moved")}, sum(x.awaited) AS awaited
    FROM debts x LEFT JOIN allocated l ON l.demand_id = x.demand_id AND l.id = x.id GROUP BY x.demand_id
), aid AS (
    SELECT w.id AS demand_id, sum(p.amount) AS expected,
        sum(coalesce(l.allocated, 0)) AS allocated, sum(coalesce(l.paid, 0)) AS paid
    FROM wanted w JOIN rent_ledger_posting p ON p.entry_id = w.entry_id AND p.credit_id = w.account_id
        AND p.nature = Nature.BENEFIT
    LEFT JOIN LATERAL (
        SELECT sum(a.amount) AS allocated,
            sum(a.amount) FILTER (WHERE ce.kind = EntryKind.BENEFIT_RECEIVED
                                    AND a.rule <> AllocationRule.REVERSAL) AS paid
        FROM rent_ledger_allocation a JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
        JOIN rent_ledger_entry ce ON ce.id = c.entry_id WHERE a.debit_posting_id = p.id
    ) l ON true
    GROUP BY w.id
)
SELECT w.account_id, w.month, w.state, w.id, w.kind, w.gross, w.benefit, t.counted, coalesce(aid.paid, 0),
    coalesce(aid.expected - aid.allocated, 0), t.awaited,
    ARRAY[t.own_surplus, t.own_paid, t.own_given_up, t.own_left,
          t.moved_surplus, t.moved_paid, t.moved_given_up, t.moved_left]
FROM wanted w JOIN tenant t ON t.demand_id = w.id LEFT JOIN aid ON aid.demand_id = w.id
ORDER BY w.kind = DemandKind.TERM DESC, w.id
""",  # noqa: S608
    AllocationRule,
    DemandKind,
    DemandState,
    EntryKind,
    Nature,
    NOT_BY_THE_HOUSEHOLD=NOT_BY_THE_HOUSEHOLD,
    FIRST_SUBLEDGER_ID=FIRST_SUBLEDGER_ID,
    QUITTANCE_NATURES=QUITTANCE_NATURES,
)

# The open items are few and indexed: they show quickly which terms still have something left.
_SETTLED = with_codes(
    """
SELECT d.id FROM rent_ledger_rentdemand d JOIN rent_ledger_entry e ON e.idempotency_key = 'demand:' || d.id
WHERE d.state = DemandState.ISSUED AND d.kind = DemandKind.TERM AND d.due_on <= %(day)s
  AND NOT EXISTS (SELECT 1 FROM rent_ledger_receipt r WHERE r.demand_id = d.id AND r.kind = ReceiptKind.FULL
                    AND r.cancelled_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM rent_ledger_posting p JOIN rent_ledger_openitem o ON o.posting_id = p.id AND o.is_debit
                  WHERE p.entry_id = e.id)
  AND NOT EXISTS (SELECT 1 FROM rent_ledger_openitem o WHERE o.account_id = d.account_id AND o.is_debit
                    AND o.nature = Nature.SHORTFALL AND o.for_month = d.month)
ORDER BY d.id
""",
    DemandKind,
    DemandState,
    Nature,
    ReceiptKind,
)


class _Demand(NamedTuple):
    """`aid`: what came of its benefit. `awaited`: what it awaited of it and a shortfall moved to the household. `sums`:
    those of its own debts, then of the month's shortfalls (`Sums`)."""

    pk: int
    kind: str
    gross: Decimal
    benefit: Decimal
    counted: Decimal
    aid: Decimal
    aid_left: Decimal
    awaited: Decimal
    sums: list[Decimal]


def term_states(demand_ids: Collection[int]) -> dict[int, TermState]:
    """By demand id, as the books stand now (one query). A cancelled demand has nothing paid and nothing left."""
    with connection.cursor() as cursor:
        cursor.execute(_STATES, {"ids": sorted(demand_ids)})
        rows = cursor.fetchall()
    months: defaultdict[tuple[object, ...], list[_Demand]] = defaultdict(list)
    for key, demand in ((row[:3], _Demand(*row[3:])) for row in rows):
        months[key].append(demand)
    found = {}
    for demands in months.values():
        # The shortfalls are the month's: each of its demands has the same sums. The term comes first.
        moved = Sums(*demands[0].sums[4:])
        aids = [AidOfDemand(d.aid + d.sums[0], d.awaited) for d in demands]
        for d, share in zip(demands, shares_of_shortfall(moved, aids), strict=True):
            own = Sums(*d.sums[:4])
            found[d.pk] = TermState.of(
                is_indemnity=d.kind == DemandKind.INDEMNITY,
                gross=d.gross,
                benefit=d.benefit,
                counted=d.counted,
                paid=own.paid + share.of.paid,
                left=own.left + share.of.left,
                aid=d.aid + own.surplus + share.of.surplus,
                aid_left=d.aid_left,
                shortfall=share.of.total,
                taken_back=share.taken_back,
                written_off=own.given_up + share.of.given_up,
            )
    return {pk: found[pk] for pk in demand_ids if pk in found}


def term_state(demand: RentDemand) -> TermState:
    """One demand's state."""
    return term_states([demand.pk])[demand.pk]


def settled_without_quittance(*, day: date) -> list[int]:
    """Ids of the demands due on or before `day` with nothing left and no quittance yet (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED, {"day": day})
        return [row[0] for row in cursor.fetchall()]
