"""The books written in one canonical form, to be compared to the cent.

One line a row, sorted, without ids and clocks: two databases that say the same give the same lines. Households and
contracts are numbered in the order in which they came. Whoever changes the ledger plays the demo before and after, on
the same day and with the same seed, and reads what differs:

    ANCRAGE_VAR=/tmp/before python manage.py demo --no-serve && ANCRAGE_VAR=/tmp/before python -m tests.books > before
"""

import os

_ACCOUNTS = """
WITH lease AS (
    SELECT id, 'lease ' || lpad((rank() OVER (ORDER BY id))::text, 5, '0') AS name FROM leases_lease
), account AS (
    SELECT a.id, concat_ws(' ', a.kind, CASE WHEN a.household_id IS NULL AND a.organisation_id IS NULL THEN a.code END,
        lease.name, o.name) AS name
    FROM rent_ledger_account a LEFT JOIN lease ON lease.id = a.lease_id
    LEFT JOIN office_organisation o ON o.id = a.organisation_id
)
"""
_BOOKS = {
    "demand": """
        SELECT lease.name, d.month, d.kind, d.state, d.due_on, d.gross, d.benefit, d.net, d.number
        FROM rent_ledger_rentdemand d JOIN lease ON lease.id = d.lease_id""",
    "demand line": """
        SELECT lease.name, d.month, d.kind, d.state, l.source, l.nature, l.for_month, l.amount
        FROM rent_ledger_demandline l JOIN rent_ledger_rentdemand d ON d.id = l.demand_id
        JOIN lease ON lease.id = d.lease_id""",
    "posting": """
        SELECT e.kind, e.effective_on, e.booked_on, debit.name, credit.name, p.amount, p.nature, p.due_on, p.for_month,
            e.label
        FROM rent_ledger_posting p JOIN rent_ledger_entry e ON e.id = p.entry_id
        JOIN account debit ON debit.id = p.debit_id JOIN account credit ON credit.id = p.credit_id""",
    "allocation": """
        SELECT account.name, d.nature, d.due_on, d.for_month, d.amount, c.nature, c.due_on, c.for_month, c.amount,
            a.rule, a.amount, a.on
        FROM rent_ledger_allocation a JOIN rent_ledger_posting d ON d.id = a.debit_posting_id
        JOIN rent_ledger_posting c ON c.id = a.credit_posting_id JOIN account ON account.id = d.debit_id""",
    "receipt": """
        SELECT lease.name, d.month, d.kind, r.kind, r.number, r.amount, r.issued_on
        FROM rent_ledger_receipt r JOIN rent_ledger_rentdemand d ON d.id = r.demand_id
        JOIN lease ON lease.id = d.lease_id""",
    "bank line": "SELECT booking_day, amount, label, state FROM rent_ledger_bankline",
    "case": """
        SELECT account.name, c.opened_on, c.first_default_on, c.opening_debt, c.regime, c.constituted_on,
            c.report_due_on, c.reported_on, c.closed_on
        FROM rent_ledger_arrearscase c JOIN account ON account.id = c.account_id""",
    "state": """
        SELECT account.name, s.debt, s.arrears, s.counted, s.held, s.credit, s.upcoming, s.aid_pending, s.net_term,
            s.gross_term, s.terms, s.oldest_due, s.in_debt_since, s.last_payment_on, s.last_payment, s.last_return_on,
            s.lane, s.action
        FROM rent_ledger_accountstate s JOIN account ON account.id = s.account_id""",
    "alert": """
        SELECT lease.name, a.rule, a.level, (a.raised_at AT TIME ZONE 'Europe/Paris')::date, a.state
        FROM social_link_alert a
        JOIN LATERAL (SELECT min(id) AS id FROM leases_lease l WHERE l.household_id = a.household_id) l ON true
        JOIN lease ON lease.id = l.id""",
}
# What depends on nobody's answers: who is asked what, who pays it, and what it pays.
MONEY = ("demand", "demand line", "posting", "allocation", "receipt", "bank line", "case")


def books(*parts: str) -> list[str]:
    """The lines of `parts` of the books (all of them where none is named): the part, then its columns, by tabs."""
    from django.db import connection

    found = []
    with connection.cursor() as cursor:
        for part in parts or tuple(_BOOKS):
            cursor.execute(_ACCOUNTS + _BOOKS[part])
            found += ["\t".join((part, *("" if v is None else str(v) for v in row))) for row in cursor.fetchall()]
    return sorted(found)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    print("\n".join(books()))
