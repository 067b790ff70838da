"""The open items of a day, today or in the past: what is left of each debt, and whether it is held.

The only SQL for this: lanes, cases, alerts and figures use it in a `WITH`, as `items`.
"""

from datetime import date

from common import clock
from common.codes import with_codes
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID
from rent_ledger.books.queries.holds import hold_of

# Columns: posting_id, account_id, due_on, nature, for_month, posted, remaining, is_held. Parameter: `day`.
_NOW = f"""
    SELECT o.posting_id, o.account_id, o.due_on, o.nature, o.for_month, p.amount AS posted, o.remaining,
        h.posting_id IS NOT NULL AS is_held
    FROM rent_ledger_openitem o LEFT JOIN rent_ledger_posting p ON p.id = o.posting_id
    {hold_of("o.posting_id")}
    WHERE o.is_debit AND o.due_on <= %(day)s {{accounts}}
"""  # noqa: S608
# As of a past day, without what took effect later. An allocation undone since then still counts on that day: its
# opposite row counts only from the day on which it was written.
_THEN = with_codes(
    f"""
    SELECT p.id AS posting_id, p.debit_id AS account_id, p.due_on, p.nature, p.for_month, p.amount AS posted,
        p.amount - coalesce(allocated.amount, 0) AS remaining, h.posting_id IS NOT NULL AS is_held
    FROM rent_ledger_posting p
    LEFT JOIN (
        SELECT a.debit_posting_id AS id, sum(a.amount) AS amount
        FROM rent_ledger_allocation a JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
        WHERE c.effective_on <= %(day)s AND (a.amount > 0 OR a."on" <= %(day)s) GROUP BY 1
    ) allocated USING (id)
    {hold_of("p.id")}
    WHERE p.debit_id >= FIRST_ID AND p.effective_on <= %(day)s AND p.due_on <= %(day)s
      AND p.amount > coalesce(allocated.amount, 0) {{accounts}}
""",  # noqa: S608
    FIRST_ID=FIRST_SUBLEDGER_ID,
)


def open_items(day: date, *, accounts: str = "") -> str:
    """SQL of the debts due on or before `day` (parameter `day`) with something left, held or not.

    `accounts`: the name of the parameter that lists the accounts; every account without it. Today's come from the
    projection; those of a past day from the books.
    """
    if day >= clock.today():
        return _NOW.format(accounts=f"AND o.account_id = ANY(%({accounts})s)" if accounts else "")
    return _THEN.format(accounts=f"AND p.debit_id = ANY(%({accounts})s)" if accounts else "")
