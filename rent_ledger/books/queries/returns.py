"""Why the bank took a payment back: what it said on the line of the return."""

from django.db import connection

from common.codes import with_codes
from leases.contracts.natures import Nature
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, EntryKind
from rent_ledger.books.return_reasons import return_reason


def returned_for(entry: str) -> str:
    """SQL: the code that the bank gave for the return entered by `entry`, null where no line tells it. The line has the
    entry, or placed it."""
    return f"""coalesce(
        (SELECT l.return_reason FROM rent_ledger_bankline l WHERE l.entry_id = {entry}),
        (SELECT l.return_reason FROM rent_ledger_match m JOIN rent_ledger_bankline l ON l.id = m.line_id
         WHERE m.entry_id = {entry}))"""  # noqa: S608


_LAST = with_codes(
    f"""
SELECT {returned_for("p.entry_id")} FROM rent_ledger_posting p
JOIN rent_ledger_entry e ON e.id = p.entry_id AND e.kind = EntryKind.RETURN
WHERE p.debit_id = %(account)s AND p.debit_id >= FIRST_SUBLEDGER_ID AND p.nature = Nature.PAYMENT
  AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry u WHERE u.reverses_id = p.entry_id)
ORDER BY p.due_on DESC, p.id DESC LIMIT 1
""",  # noqa: S608
    EntryKind,
    Nature,
    FIRST_SUBLEDGER_ID=FIRST_SUBLEDGER_ID,
)


def last_return_reason(account_id: int) -> str:
    """Why the last payment of the account that came back did, in words; '' where the bank does not say. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST, {"account": account_id})
        row = cursor.fetchone()
    return return_reason(row[0] or "") if row else ""
