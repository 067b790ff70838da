"""The two projections: `OpenItem` (written by `settling`) and `AccountState` (written here), and their full rebuild.

Every refresh gives the same result: the state of each account as computed from its open items, postings and demands on
the day, whatever it was before. `refresh` reads all of these. A caller that knows what its entries change can skip most
of the reads (docs/adr/0011): payments don't change the term or the last return (argument `payments`), and a term due on
a future day doesn't change what is owed or paid (`refresh_ahead`). The lives of
tests/rent_ledger/books/services/test_projections.py compare each of them with a full refresh, every column, after every
step.

None of them opens a savepoint: whoever posts calls them at the end of his own transaction, and nothing of theirs can be
kept without the rest.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from common import clock
from common.codes import with_codes
from common.copy import bigints, numerics
from common.money import ZERO
from common.periods import Month
from leases.contracts.natures import Nature
from rent_ledger.arrears.services import lanes
from rent_ledger.billing.codes import DemandState
from rent_ledger.books.codes import (
    DEBT_KINDS,
    FIRST_SUBLEDGER_ID,
    PROJECTED_KINDS,
    AccountKind,
    EntryKind,
    Lane,
)
from rent_ledger.books.models import AccountState
from rent_ledger.books.queries.holds import ended_holds, hold_of, is_held
from rent_ledger.books.queries.plans import RUNNING_PLANS, plan_runs, spread_by_plan
from rent_ledger.books.rules.natures import NATURES
from rent_ledger.books.services.settling import OpenBooks, allocate_free_credit

Payments = Mapping[int, tuple[date, Decimal]]
"""The latest payment that came, by account: its day and its amount (euros)."""
COUNTED = sorted(code for code, nature in NATURES.items() if nature.counts_for_benefit_threshold)

# Accounts whose states are computed anew in one transaction.
_RENEWED = 5000

# The last demand, the last return that was not undone, the last payment that stands, of each account of `scope`.
_READ = with_codes(
    """
LEFT JOIN LATERAL (
    SELECT r.net, r.gross FROM rent_ledger_rentdemand r
    WHERE r.lease_id = scope.billed_lease_id AND r.state = DemandState.ISSUED ORDER BY r.month DESC, r.kind DESC LIMIT 1
) d ON true
LEFT JOIN LATERAL (
    SELECT p.due_on FROM rent_ledger_posting p
    JOIN rent_ledger_entry e ON e.id = p.entry_id AND e.kind = EntryKind.RETURN
    WHERE p.debit_id = scope.account_id AND p.debit_id >= FIRST_SUBLEDGER_ID AND p.nature = Nature.PAYMENT
      AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry u WHERE u.reverses_id = p.entry_id)
    ORDER BY p.due_on DESC LIMIT 1
) ret ON true
LEFT JOIN LATERAL (
    SELECT p.due_on, p.amount FROM rent_ledger_posting p
    WHERE p.credit_id = scope.account_id AND p.credit_id >= FIRST_SUBLEDGER_ID AND p.nature = Nature.PAYMENT
      AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry e WHERE e.reverses_id = p.entry_id)
    ORDER BY p.due_on DESC, p.id DESC LIMIT 1
) pay ON true
""",
    DemandState,
    EntryKind,
    Nature,
    FIRST_SUBLEDGER_ID=FIRST_SUBLEDGER_ID,
)
# Fast path for payments only: keep the stored term and last return; take the newer of the stored and the new payment.
_KEPT = """
LEFT JOIN rent_ledger_accountstate k ON k.account_id = scope.account_id
LEFT JOIN unnest(%(payers)s::bigint[], %(paid_on)s::date[], %(paid)s::numeric[]) AS came(account_id, due_on, amount)
    ON came.account_id = scope.account_id
CROSS JOIN LATERAL (SELECT k.net_term AS net, k.gross_term AS gross) d
CROSS JOIN LATERAL (SELECT k.last_return_on AS due_on) ret
CROSS JOIN LATERAL (SELECT came.due_on >= coalesce(k.last_payment_on, came.due_on) AS is_last) newer
CROSS JOIN LATERAL (
    SELECT CASE WHEN newer.is_last THEN came.due_on ELSE k.last_payment_on END AS due_on,
           CASE WHEN newer.is_last THEN came.amount ELSE k.last_payment END AS amount
) pay
"""

_HOLD = hold_of("o.posting_id")
_PLAN_RUNS, _IS_IN_PLAN = plan_runs("scope.account_id"), plan_runs("s.account_id")
# One pass over the open items of the accounts, one over their latest demand and money, one upsert. The last column:
# whether an account is late no more. It reads the states of before; one that has none yet may have been late.
_REFRESH = with_codes(
    """
WITH scope AS MATERIALIZED (
    SELECT a.id AS account_id, a.lease_id, CASE WHEN a.kind = AccountKind.TENANT THEN a.lease_id END AS billed_lease_id
    FROM rent_ledger_account a WHERE a.kind IN DEBT_KINDS AND {scope}
), items AS (
    SELECT o.account_id,
        sum(o.remaining) FILTER (WHERE o.is_debit AND o.due_on <= %(day)s) AS debt,
        sum(o.remaining) FILTER (WHERE o.is_debit AND o.due_on > %(day)s) AS upcoming,
        sum(o.remaining) FILTER (WHERE NOT o.is_debit) AS credit,
        sum(o.remaining) FILTER (WHERE o.is_debit AND o.due_on <= %(day)s AND h.posting_id IS NOT NULL) AS held,
        sum(o.remaining) FILTER (WHERE o.is_debit AND o.due_on < %(day)s AND h.posting_id IS NULL) AS arrears,
        sum(o.remaining) FILTER (WHERE o.is_debit AND o.due_on <= %(day)s AND h.posting_id IS NULL
                                   AND o.nature = ANY(%(counted)s)) AS counted,
        min(o.due_on) FILTER (WHERE o.is_debit AND o.due_on <= %(day)s AND h.posting_id IS NULL) AS oldest_due
    FROM rent_ledger_openitem o
    {hold}
    WHERE {items} GROUP BY o.account_id
), aid AS (
    SELECT a.lease_id, sum(o.remaining) AS pending
    FROM rent_ledger_account a JOIN rent_ledger_openitem o ON o.account_id = a.id
    WHERE a.kind = AccountKind.BENEFIT AND o.is_debit AND o.due_on <= %(day)s AND {leases}
      -- What the payer keeps while the dwelling is not decent explains no debt: it will not come for it.
      AND NOT EXISTS (SELECT 1 FROM rent_ledger_benefitretention k
                      WHERE k.lease_id = a.lease_id AND k.withdrawn_at IS NULL AND k.period @> o.for_month)
    GROUP BY a.lease_id
), written AS (
INSERT INTO rent_ledger_accountstate AS s (account_id, as_of, debt, arrears, counted, held, spread, credit, upcoming,
    aid_pending, net_term, gross_term, terms, oldest_due, in_debt_since, last_payment_on, last_payment, last_return_on,
    lane, action, reason)
SELECT scope.account_id, %(day)s, coalesce(i.debt, 0), coalesce(i.arrears, 0), coalesce(i.counted, 0),
    coalesce(i.held, 0), 0, coalesce(i.credit, 0), coalesce(i.upcoming, 0), coalesce(aid.pending, 0), d.net, d.gross, 0,
    i.oldest_due, NULL, pay.due_on, pay.amount, ret.due_on,
    CASE WHEN coalesce(i.arrears, 0) > 0 OR coalesce(i.held, 0) <= 0 THEN Lane.NONE
         WHEN {plan_runs} THEN Lane.PLAN ELSE Lane.HELD END, '', NULL::jsonb
FROM scope
LEFT JOIN items i USING (account_id)
LEFT JOIN aid ON aid.lease_id = scope.lease_id
{facts}
ON CONFLICT (account_id) DO UPDATE SET as_of = excluded.as_of, debt = excluded.debt, arrears = excluded.arrears,
    counted = excluded.counted, held = excluded.held, spread = excluded.spread, credit = excluded.credit,
    upcoming = excluded.upcoming,
    aid_pending = excluded.aid_pending, net_term = excluded.net_term, gross_term = excluded.gross_term,
    terms = CASE WHEN excluded.arrears > 0 THEN s.terms ELSE 0 END, oldest_due = excluded.oldest_due,
    in_debt_since = CASE WHEN excluded.debt > 0 THEN s.in_debt_since END,
    last_payment_on = excluded.last_payment_on, last_payment = excluded.last_payment,
    last_return_on = excluded.last_return_on,
    lane = CASE WHEN excluded.arrears > 0 THEN s.lane ELSE excluded.lane END,
    action = CASE WHEN excluded.arrears > 0 OR excluded.lane = Lane.PLAN THEN s.action ELSE '' END,
    reason = CASE WHEN excluded.arrears > 0 OR excluded.lane = Lane.PLAN THEN s.reason END,
    lapses_on = CASE WHEN excluded.arrears > 0 OR excluded.lane = Lane.PLAN THEN s.lapses_on END,
    gravity = CASE WHEN excluded.arrears > 0 OR excluded.lane = Lane.PLAN THEN s.gravity ELSE 0 END,
    ranking = CASE WHEN excluded.arrears > 0 OR excluded.lane = Lane.PLAN THEN s.ranking END
RETURNING s.account_id, s.debt > 0 AS is_in_debt, s.arrears > 0 AS is_late, s.held > 0 AND {is_in_plan} AS is_in_plan
)
SELECT w.account_id, w.is_in_debt, w.is_late, NOT w.is_late AND coalesce(former.arrears > 0, true), w.is_in_plan
FROM written w LEFT JOIN rent_ledger_accountstate former USING (account_id)
""",
    AccountKind,
    Lane,
    DEBT_KINDS=DEBT_KINDS,
)

# What later instalments ask of an account is due later.
_SPREAD = f"""
UPDATE rent_ledger_accountstate s SET debt = s.debt - spread.amount, spread = spread.amount
FROM ({spread_by_plan("unnest(%(ids)s::bigint[]) AS wanted(account_id)")}) spread
WHERE s.account_id = spread.account_id AND spread.amount > 0
"""  # noqa: S608

# Only future debts were posted, and the states are those of `day`. So only amounts to come change, and the term, which
# is the new demand's unless a later month has one. What is late is as it was, and so is its lane.
_REFRESH_AHEAD = with_codes(
    """
WITH asked AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)s::bigint[], %(nets)s::numeric[], %(grosses)s::numeric[]) AS w(account_id, net, gross)
), scope AS MATERIALIZED (
    SELECT s.account_id, s.as_of, a.lease_id
    FROM rent_ledger_accountstate s JOIN rent_ledger_account a ON a.id = s.account_id
    WHERE s.account_id = ANY(%(ids)s::bigint[])
), items AS MATERIALIZED (
    SELECT o.account_id, sum(o.remaining) FILTER (WHERE o.is_debit AND o.due_on > %(day)s) AS upcoming,
        sum(o.remaining) FILTER (WHERE NOT o.is_debit) AS credit
    FROM rent_ledger_openitem o WHERE o.account_id = ANY(%(ids)s::bigint[]) GROUP BY o.account_id
), found AS MATERIALIZED (
    SELECT scope.account_id, coalesce(i.upcoming, 0) AS upcoming, coalesce(i.credit, 0) AS credit,
        coalesce(d.net, asked.net) AS net, coalesce(d.gross, asked.gross) AS gross
    FROM scope JOIN asked USING (account_id) LEFT JOIN items i USING (account_id)
    LEFT JOIN LATERAL (
        SELECT r.net, r.gross FROM rent_ledger_rentdemand r
        WHERE r.lease_id = scope.lease_id AND r.state = DemandState.ISSUED AND r.month > %(month)s
        ORDER BY r.month DESC, r.kind DESC LIMIT 1
    ) d ON true
    WHERE scope.as_of = %(day)s
)
UPDATE rent_ledger_accountstate s SET upcoming = f.upcoming, credit = f.credit, net_term = f.net, gross_term = f.gross
FROM found f WHERE s.account_id = f.account_id
RETURNING s.account_id
""",
    DemandState,
)

# End-of-day balances by effective day; the running stretch above zero starts after the last day at or below zero.
_IN_DEBT_SINCE = with_codes(
    """
WITH moves AS (
    SELECT debit_id AS account_id, effective_on AS day, amount FROM rent_ledger_posting
    WHERE debit_id >= FIRST_SUBLEDGER_ID AND debit_id = ANY(%(ids)s::bigint[])
    UNION ALL
    SELECT credit_id, effective_on, -amount FROM rent_ledger_posting
    WHERE credit_id >= FIRST_SUBLEDGER_ID AND credit_id = ANY(%(ids)s::bigint[])
), days AS (
    SELECT account_id, day, sum(sum(amount)) OVER (PARTITION BY account_id ORDER BY day) AS balance
    FROM moves WHERE day <= %(day)s GROUP BY account_id, day
), zeros AS (
    SELECT account_id, max(day) FILTER (WHERE balance <= 0) AS last_zero FROM days GROUP BY account_id
), starts AS (
    SELECT d.account_id, min(d.day) AS day FROM days d JOIN zeros z USING (account_id)
    WHERE d.day > coalesce(z.last_zero, '-infinity'::date) GROUP BY d.account_id
)
UPDATE rent_ledger_accountstate s SET in_debt_since = starts.day
FROM unnest(%(ids)s::bigint[]) AS wanted(account_id) LEFT JOIN starts USING (account_id)
WHERE s.account_id = wanted.account_id AND s.in_debt_since IS DISTINCT FROM starts.day
""",
    FIRST_SUBLEDGER_ID=FIRST_SUBLEDGER_ID,
)

_OPEN_ITEMS = with_codes(
    """
INSERT INTO rent_ledger_openitem (posting_id, is_debit, account_id, remaining, due_on, nature, for_month)
SELECT p.id, side.is_debit, a.id, p.amount - coalesce(laid.amount, 0), p.due_on, p.nature, p.for_month
FROM rent_ledger_posting p
CROSS JOIN (VALUES (true), (false)) AS side(is_debit)
JOIN rent_ledger_account a ON a.id = CASE WHEN side.is_debit THEN p.debit_id ELSE p.credit_id END
LEFT JOIN (
    SELECT debit_posting_id AS id, true AS is_debit, sum(amount) AS amount FROM rent_ledger_allocation GROUP BY 1
    UNION ALL
    SELECT credit_posting_id, false, sum(amount) FROM rent_ledger_allocation GROUP BY 1
) laid ON laid.id = p.id AND laid.is_debit = side.is_debit
WHERE a.kind IN PROJECTED_KINDS AND p.amount > coalesce(laid.amount, 0)
""",
    PROJECTED_KINDS=PROJECTED_KINDS,
)


# For accounts of benefit, the tenant account of their lease. Accounts that have no state are left out by the refresh.
_TOUCHED = with_codes(
    """
SELECT coalesce(t.id, a.id), a.lease_id
FROM rent_ledger_account a
LEFT JOIN rent_ledger_account t
  ON a.kind = AccountKind.BENEFIT AND t.lease_id = a.lease_id AND t.kind = AccountKind.TENANT
WHERE a.id = ANY(%(ids)s::bigint[])
""",
    AccountKind,
)
_MOVED_BY_THE_DAY = with_codes(
    """
WITH came_due AS (
    SELECT DISTINCT coalesce(t.id, o.account_id) AS account_id
    FROM rent_ledger_openitem o JOIN rent_ledger_account a ON a.id = o.account_id
    LEFT JOIN rent_ledger_account t
      ON a.kind = AccountKind.BENEFIT AND t.lease_id = a.lease_id AND t.kind = AccountKind.TENANT
    WHERE o.is_debit AND o.due_on BETWEEN (
        SELECT coalesce(min(as_of), %(day)s) FROM rent_ledger_accountstate) AND %(day)s
)
SELECT s.account_id FROM rent_ledger_accountstate s LEFT JOIN came_due c USING (account_id)
WHERE (%(is_today)s AND s.as_of > %(day)s)
    OR (s.as_of < %(day)s AND (s.debt > 0 OR s.spread > 0 OR c.account_id IS NOT NULL))
ORDER BY 1
""",
    AccountKind,
)


def _touched(account_ids: Sequence[int]) -> list[tuple[int, int | None]]:
    """(account, lease) of `account_ids`, with the tenant's account in the place of that of a benefit."""
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, {"ids": bigints(account_ids)})
        rows: list[tuple[int, int | None]] = cursor.fetchall()
    return rows


@transaction.atomic(savepoint=False)
def refresh(*, account_ids: Sequence[int] | None, day: date | None = None, payments: Payments | None = None) -> int:
    """Recompute `AccountState` of the accounts (None: all) as of `day` (today). Returns how many.

    `payments`: the payments posted since the states were computed, if nothing but payments was posted (no demand, no
    return, no reversal). None: anything may have been posted.
    """
    day = day or clock.today()
    params: dict[str, Any] = {"day": day, "counted": COUNTED}
    facts = _READ if payments is None else _KEPT
    if payments is not None:
        params["payers"] = bigints(payments)
        params["paid_on"] = "{" + ",".join([f"{on}" for on, _ in payments.values()]) + "}"
        params["paid"] = numerics(amount for _, amount in payments.values())
    if account_ids is None:
        sql = _REFRESH.format(
            scope="true",
            items="true",
            leases="true",
            facts=facts,
            hold=_HOLD,
            plan_runs=_PLAN_RUNS,
            is_in_plan=_IS_IN_PLAN,
        )
    else:
        touched = _touched(account_ids)
        if not touched:
            return 0
        params["ids"] = bigints(account for account, _ in touched)
        params["leases"] = bigints(lease for _, lease in touched if lease is not None)
        # By lists of ids, not by joins with the scope: before a first ANALYZE, the planner would loop over these.
        sql = _REFRESH.format(
            scope="a.id = ANY(%(ids)s::bigint[])",
            items="o.account_id = ANY(%(ids)s::bigint[])",
            leases="a.lease_id = ANY(%(leases)s::bigint[])",
            facts=facts,
            hold=_HOLD,
            plan_runs=_PLAN_RUNS,
            is_in_plan=_IS_IN_PLAN,
        )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
        if in_plan := [account for account, *_, is_in_plan in rows if is_in_plan]:
            cursor.execute(_SPREAD, {"ids": bigints(in_plan), "day": day})
        indebted = [account for account, is_in_debt, *_ in rows if is_in_debt]
        if indebted:
            cursor.execute(_IN_DEBT_SINCE, {"ids": bigints(indebted), "day": day})
    if late_no_more := [account for account, _, _, is_late_no_more, _ in rows if is_late_no_more]:
        lanes.refresh_case_tasks(account_ids=late_no_more)
    if asked := [account for account, _, is_late, _, is_in_plan in rows if is_late or is_in_plan]:
        lanes.refresh_lanes(account_ids=asked, day=day)
    return len(rows)


@transaction.atomic(savepoint=False)
def refresh_ahead(*, month: Month, asked: Mapping[int, tuple[Decimal, Decimal]], day: date) -> set[int]:
    """`refresh` for accounts where only terms due on future days were posted: what is owed and paid doesn't change.

    `asked`: (net, gross) of the new demand of `month` by tenant account; it need not be written yet. Returns the
    accounts that are done: one without a state of `day` is left to `refresh`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _REFRESH_AHEAD,
            {
                "ids": bigints(asked),
                "nets": numerics(net for net, _ in asked.values()),
                "grosses": numerics(gross for _, gross in asked.values()),
                "month": month.first,
                "day": day,
            },
        )
        return {account for (account,) in cursor.fetchall()}


def follow_leases(lease_ids: Collection[int]) -> None:
    """What is proposed for the accounts of these leases that are late reads their stay and their rights to benefit:
    both have changed."""
    states = AccountState.objects.filter(
        account__lease__in=lease_ids, account__kind=AccountKind.TENANT, arrears__gt=ZERO
    )
    if late := list(states.values_list("account_id", flat=True)):
        lanes.refresh_lanes(account_ids=late, day=clock.today())


@transaction.atomic(savepoint=False)
def roll(*, day: date | None = None) -> int:
    """Bring the states to a new day. Allocates free credit to debts whose hold has ended, then refreshes the accounts
    that are in debt or have something newly due. Returns how many were refreshed.

    The other accounts don't change: only their `as_of` is updated. A state of a day to come, which a clock that was
    ahead has left, is read anew whatever it says.
    """
    day = day or clock.today()
    freed = _freed(day)
    params: dict[str, Any] = {"day": day, "is_today": day == clock.today()}
    with connection.cursor() as cursor:
        cursor.execute(_MOVED_BY_THE_DAY, params)
        ids = sorted(freed.union(account for (account,) in cursor.fetchall()))
        if ids:
            cursor.execute(
                "SELECT id, kind FROM rent_ledger_account WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [ids]
            )
            kinds = dict(cursor.fetchall())
            if freed:
                allocate_free_credit(OpenBooks({account: kinds[account] for account in freed}, day=day))
            refresh(account_ids=ids, day=day, payments={})
        cursor.execute(
            "UPDATE rent_ledger_accountstate SET as_of = %(day)s "
            "WHERE as_of < %(day)s OR (%(is_today)s AND as_of > %(day)s)",
            params,
        )
    return len(ids)


def _freed(day: date) -> set[int]:
    """Accounts with free credit, and a debt whose hold ended by `day` (a hold ends by date, without an entry) or a plan
    that runs (an instalment enters the queue on the 1st)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT o.account_id FROM {ended_holds()} h
            JOIN rent_ledger_openitem o ON o.posting_id = h.posting_id AND o.is_debit
            WHERE NOT {is_held("h.posting_id")}
              AND EXISTS (SELECT 1 FROM rent_ledger_openitem c WHERE c.account_id = o.account_id AND NOT c.is_debit)
            UNION
            SELECT o.account_id FROM {RUNNING_PLANS} r
            JOIN rent_ledger_openitem o ON o.account_id = r.account_id AND NOT o.is_debit
            """,  # noqa: S608
            {"day": day},
        )
        return {account for (account,) in cursor.fetchall()}


@transaction.atomic
def rebuild(*, day: date | None = None) -> tuple[int, int]:
    """Delete both projections and compute them again from the ledger. Returns (open items, account states)."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE rent_ledger_entry IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("TRUNCATE rent_ledger_openitem, rent_ledger_accountstate")
        cursor.execute(_OPEN_ITEMS)
        items = cursor.rowcount
    return items, refresh(account_ids=None, day=day)


def renew() -> int:
    """Compute each account state anew, as of its own day: another version may read the same books otherwise. Returns
    how many there were. `migrate` calls it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT as_of, array_agg(account_id ORDER BY account_id) FROM rent_ledger_accountstate GROUP BY 1"
        )
        by_day: list[tuple[date, list[int]]] = cursor.fetchall()
    for as_of, accounts in by_day:
        for start in range(0, len(accounts), _RENEWED):
            chunk = accounts[start : start + _RENEWED]
            with transaction.atomic():
                with connection.cursor() as cursor:
                    # In the order of ids, as whoever posts on them.
                    cursor.execute(
                        "SELECT FROM rent_ledger_account WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE",
                        [bigints(chunk)],
                    )
                refresh(account_ids=chunk, day=as_of)
    return sum(len(accounts) for _, accounts in by_day)
