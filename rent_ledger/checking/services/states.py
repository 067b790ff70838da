"""Account states against a recomputation."""

from datetime import date

from django.db import connection, transaction

from common.copy import bigints
from rent_ledger.books.services import projections

_MONEY = (
    "debt, arrears, counted, held, spread, credit, upcoming, aid_pending, net_term, gross_term, oldest_due, "
    "in_debt_since, last_payment_on, last_payment, last_return_on"
)
# What is proposed reads more than the books (the bank, decisions, answers): it is as it was for the day itself only.
_PROPOSED = "lane, action, reason, lapses_on, gravity, ranking"

_REMEMBER = """
CREATE TEMPORARY TABLE seen ON COMMIT DROP AS
SELECT account_id, {columns} FROM rent_ledger_accountstate WHERE as_of = %s
"""
_CHANGED = """
SELECT account_id FROM seen EXCEPT ALL SELECT account_id FROM (
    SELECT account_id, {columns} FROM seen INTERSECT ALL SELECT account_id, {columns} FROM rent_ledger_accountstate
) same ORDER BY 1
"""


def broken_states(day: date) -> list[int]:
    """Accounts whose state is not what the books give, each on the day of its state. What is recomputed is rolled
    back. `day`: today."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT as_of, array_agg(account_id) FROM rent_ledger_accountstate GROUP BY 1 ORDER BY 1")
        by_day: list[tuple[date, list[int]]] = cursor.fetchall()
    broken: list[int] = []
    for as_of, accounts in by_day:
        columns = f"{_MONEY}, {_PROPOSED}" if as_of == day else _MONEY
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_REMEMBER.format(columns=columns), [as_of])
                # Anew, as `projections.rebuild` does: what a state keeps of itself is not believed.
                cursor.execute(
                    "DELETE FROM rent_ledger_accountstate WHERE account_id = ANY(%s::bigint[])", [bigints(accounts)]
                )
                projections.refresh(account_ids=accounts, day=as_of)
                cursor.execute(_CHANGED.format(columns=columns))
                broken += [row[0] for row in cursor.fetchall()]
            transaction.set_rollback(True)
    return sorted(broken)
