"""How accounts paid in the months before: the facts of `rules.order`. One query, whatever the number of accounts."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection

from common.codes import with_codes
from common.periods import add_months
from rent_ledger.arrears.queries.defaults import TERM_NATURES
from rent_ledger.arrears.rules.order import Behaviour
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID

# Of the debts `d` of a term, by their ids and due day: whether all of it was paid within %(grace)s days.
PAID_IN_TIME = """sum(d.amount) <= sum(coalesce((
        SELECT sum(a.amount) FROM rent_ledger_allocation a JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
        WHERE a.debit_posting_id = d.id AND c.effective_on <= d.due_on + %(grace)s), 0))"""
IS_REVERSED = """EXISTS (
        SELECT 1 FROM rent_ledger_posting own JOIN rent_ledger_entry r ON r.reverses_id = own.entry_id
        WHERE own.id = {posting})"""

# The terms of the window whose days of grace are over, and what was paid of each within them. Money that was taken back
# since paid nothing: its opposite row has the same credit. What was reversed was never asked. A balance counts debts
# from their due day, money from the day on which it took effect. What was paid is asked of each debt: PostgreSQL takes
# a filtered `WITH` for one row, and would join two of them by comparing each with each.
_BEHAVIOUR = with_codes(
    f"""
WITH debts AS MATERIALIZED (
    SELECT p.id, p.debit_id AS account_id, p.due_on, p.amount, p.nature, p.effective_on FROM rent_ledger_posting p
    WHERE p.debit_id >= FIRST_ID AND p.debit_id = ANY(%(ids)s::bigint[]) AND p.due_on <= %(day)s
      AND p.effective_on <= %(day)s
), terms AS (
    SELECT d.account_id, d.due_on, {PAID_IN_TIME} AS on_time
    FROM debts d
    WHERE d.due_on > %(since)s AND d.due_on <= %(until)s AND d.nature = ANY(%(natures)s)
      AND NOT {IS_REVERSED.format(posting="d.id")}
    GROUP BY d.account_id, d.due_on
), kept AS (
    SELECT account_id, count(*) AS due, count(*) FILTER (WHERE on_time) AS on_time FROM terms GROUP BY account_id
), moves AS (
    SELECT account_id, greatest(due_on, effective_on) AS day, amount FROM debts
    UNION ALL
    SELECT credit_id, effective_on, -amount FROM rent_ledger_posting
    WHERE credit_id >= FIRST_ID AND credit_id = ANY(%(ids)s::bigint[]) AND effective_on <= %(day)s
), balances AS (
    SELECT account_id, sum(amount) AS owed, sum(amount) FILTER (WHERE day <= %(before)s) AS owed_before
    FROM moves GROUP BY account_id
)
SELECT account_id, coalesce(kept.due, 0), coalesce(kept.on_time, 0), coalesce(owed_before, 0), owed
FROM balances LEFT JOIN kept USING (account_id)
""",  # noqa: S608  constants of ours
    FIRST_ID=FIRST_SUBLEDGER_ID,
)


def behaviours(
    account_ids: Sequence[int], *, day: date, months: int, grace_days: int, trend_months: int
) -> dict[int, Behaviour]:
    """What these accounts paid over the `months` before `day`, by account id."""
    if not account_ids:
        return {}
    params: dict[str, Any] = {
        "ids": list(account_ids),
        "day": day,
        "since": add_months(day, -months),
        "until": day - timedelta(days=grace_days),
        "grace": grace_days,
        "before": add_months(day, -trend_months),
        "natures": TERM_NATURES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEHAVIOUR, params)
        return {account: Behaviour(*facts) for account, *facts in cursor.fetchall()}
