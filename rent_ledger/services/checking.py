"""Proof of the books: every invariant as a query that must return nothing, to the cent."""

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from common import clock
from rent_ledger.services import projections


@dataclass(frozen=True, slots=True)
class Finding:
    """An invariant that does not hold: its French name, how many rows break it, the first ones."""

    name: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invariant:
    """`sql` returns one text column per row that breaks it."""

    name: str
    sql: str


INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "Chaque écriture a au moins une imputation comptable",
        """SELECT 'écriture ' || e.id FROM rent_ledger_entry e
           WHERE NOT EXISTS (SELECT 1 FROM rent_ledger_posting p WHERE p.entry_id = e.id)""",
    ),
    Invariant(
        "La date d’effet d’une imputation comptable est celle de son écriture",
        """SELECT 'imputation ' || p.id FROM rent_ledger_posting p JOIN rent_ledger_entry e ON e.id = p.entry_id
           WHERE p.effective_on <> e.effective_on""",
    ),
    Invariant(
        "Une annulation est le miroir de son écriture",
        """SELECT 'écriture ' || r.id FROM rent_ledger_entry r JOIN LATERAL (
             SELECT array_agg((p.debit_id, p.credit_id, p.amount, p.nature) ORDER BY p.id) AS a
             FROM rent_ledger_posting p WHERE p.entry_id = r.reverses_id) o ON true
           JOIN LATERAL (
             SELECT array_agg((p.credit_id, p.debit_id, p.amount, p.nature) ORDER BY p.id) AS a
             FROM rent_ledger_posting p WHERE p.entry_id = r.id) m ON true
           WHERE r.reverses_id IS NOT NULL AND o.a IS DISTINCT FROM m.a""",
    ),
    Invariant(
        "Une imputation relie deux mouvements du même compte",
        """SELECT 'imputation ' || a.id FROM rent_ledger_allocation a
           JOIN rent_ledger_posting d ON d.id = a.debit_posting_id
           JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
           WHERE d.debit_id <> c.credit_id""",
    ),
    Invariant(
        "Rien n’est imputé plus d’une fois ni au-delà de son montant",
        """SELECT 'dette ' || p.id FROM rent_ledger_posting p JOIN (
             SELECT debit_posting_id AS id, sum(amount) AS s FROM rent_ledger_allocation GROUP BY 1) a ON a.id = p.id
           WHERE a.s < 0 OR a.s > p.amount
           UNION ALL
           SELECT 'crédit ' || p.id FROM rent_ledger_posting p JOIN (
             SELECT credit_posting_id AS id, sum(amount) AS s FROM rent_ledger_allocation GROUP BY 1) a ON a.id = p.id
           WHERE a.s < 0 OR a.s > p.amount
           UNION ALL
           SELECT 'paire ' || debit_posting_id || '/' || credit_posting_id FROM rent_ledger_allocation
           GROUP BY debit_posting_id, credit_posting_id HAVING sum(amount) < 0""",
    ),
    Invariant(
        "Aucun crédit libre à côté d’une dette échue qu’il pourrait payer",
        """SELECT 'compte ' || d.account_id FROM rent_ledger_openitem d JOIN rent_ledger_openitem c
             ON c.account_id = d.account_id AND NOT c.is_debit
           JOIN rent_ledger_account a ON a.id = d.account_id AND a.kind <> 'BENEFIT'
           WHERE d.is_debit AND NOT EXISTS (
             SELECT 1 FROM rent_ledger_debthold h WHERE h.posting_id = d.posting_id)
           GROUP BY d.account_id""",
    ),
    Invariant(
        "Les postes ouverts sont ceux du grand livre",
        """WITH truth AS (
             SELECT p.id, side.is_debit, a.id AS account_id, p.amount - coalesce(laid.s, 0) AS remaining
             FROM rent_ledger_posting p CROSS JOIN (VALUES (true), (false)) AS side(is_debit)
             JOIN rent_ledger_account a ON a.id = CASE WHEN side.is_debit THEN p.debit_id ELSE p.credit_id END
             LEFT JOIN (
               SELECT debit_posting_id AS id, true AS is_debit, sum(amount) AS s FROM rent_ledger_allocation GROUP BY 1
               UNION ALL
               SELECT credit_posting_id, false, sum(amount) FROM rent_ledger_allocation GROUP BY 1
             ) laid ON laid.id = p.id AND laid.is_debit = side.is_debit
             WHERE a.kind IN ('TENANT', 'BENEFIT', 'PRIOR') AND p.amount <> coalesce(laid.s, 0))
           SELECT 'imputation ' || coalesce(t.id, o.posting_id) FROM truth t
           FULL JOIN rent_ledger_openitem o ON o.posting_id = t.id AND o.is_debit = t.is_debit
           WHERE t.remaining IS DISTINCT FROM o.remaining OR t.account_id IS DISTINCT FROM o.account_id""",
    ),
    Invariant(
        "Un avis produit a son écriture, au bon montant",
        """SELECT 'avis ' || d.id FROM rent_ledger_rentdemand d
           LEFT JOIN rent_ledger_entry e ON e.idempotency_key = 'demand:' || d.id
           LEFT JOIN LATERAL (
             SELECT coalesce(sum(p.amount) FILTER (WHERE p.debit_id = d.account_id), 0) AS gross,
                    coalesce(sum(p.amount) FILTER (WHERE p.credit_id = d.account_id), 0) AS benefit
             FROM rent_ledger_posting p WHERE p.entry_id = e.id) s ON true
           WHERE e.id IS NULL OR s.gross <> d.gross OR s.benefit <> d.benefit""",
    ),
    Invariant(
        "Un avis annulé, et lui seul, a son écriture d’annulation",
        """SELECT 'avis ' || d.id FROM rent_ledger_rentdemand d
           JOIN rent_ledger_entry e ON e.idempotency_key = 'demand:' || d.id
           LEFT JOIN rent_ledger_entry r ON r.reverses_id = e.id
           WHERE (d.state = 'CANCELLED') <> (r.id IS NOT NULL)""",
    ),
    Invariant(
        "Un encaissement au guichet a son écriture, à son montant",
        """SELECT 'reçu ' || m.number FROM rent_ledger_payment m JOIN rent_ledger_posting p ON p.entry_id = m.entry_id
           GROUP BY m.id HAVING sum(p.amount) <> m.amount""",
    ),
    Invariant(
        "Une ligne de banque enregistrée a une écriture de son montant sur le compte de banque",
        """SELECT 'ligne ' || l.id FROM rent_ledger_bankline l
           LEFT JOIN rent_ledger_account a ON a.bank_account_id = l.bank_account_id
           LEFT JOIN rent_ledger_posting p ON p.entry_id = l.entry_id AND (p.debit_id = a.id OR p.credit_id = a.id)
           WHERE l.amount <> 0
           GROUP BY l.id, a.id
           HAVING coalesce(sum(CASE WHEN p.debit_id = a.id THEN p.amount ELSE -p.amount END), 0) <> l.amount""",
    ),
    Invariant(
        "Le solde de banque du grand livre est la somme de ses lignes",
        """SELECT 'compte ' || a.id FROM rent_ledger_account a
           WHERE a.kind = 'BANK' AND (
             SELECT coalesce(sum(CASE WHEN p.debit_id = a.id THEN p.amount ELSE -p.amount END), 0)
             FROM rent_ledger_posting p WHERE p.debit_id = a.id OR p.credit_id = a.id
           ) <> (SELECT coalesce(sum(l.amount), 0) FROM rent_ledger_bankline l
                 WHERE l.bank_account_id = a.bank_account_id)
        """,
    ),
    Invariant(
        "Une ligne placée est placée en entier",
        """SELECT 'ligne ' || l.id FROM rent_ledger_bankline l JOIN rent_ledger_match m ON m.line_id = l.id
           WHERE m.is_accepted AND m.undone_at IS NULL AND l.state IN ('SURE', 'PLACED')
           GROUP BY l.id HAVING sum(m.amount) <> l.amount""",
    ),
    Invariant(
        "Un dossier d’impayé ouvert a une dette",
        """SELECT 'dossier ' || c.id FROM rent_ledger_arrearscase c JOIN rent_ledger_accountstate s USING (account_id)
           WHERE c.closed_on IS NULL AND s.debt = 0 AND c.opened_on < s.as_of - 1""",
    ),
)

_STATE_COLUMNS = (
    "debt, arrears, counted, held, credit, upcoming, aid_pending, net_term, gross_term, terms, oldest_due, "
    "in_debt_since, last_payment_on, last_payment, last_return_on"
)

_REMEMBER = """
CREATE TEMPORARY TABLE seen ON COMMIT DROP AS
SELECT account_id, {columns} FROM rent_ledger_accountstate
""".replace("{columns}", _STATE_COLUMNS)
_CHANGED = """
SELECT account_id FROM seen EXCEPT ALL SELECT account_id FROM (
    SELECT account_id, {columns} FROM seen INTERSECT ALL SELECT account_id, {columns} FROM rent_ledger_accountstate
) same ORDER BY 1
""".replace("{columns}", _STATE_COLUMNS)


def check_ledger(*, day: date | None = None) -> list[Finding]:
    """All invariants, then the account states against a recomputation. An empty list proves the books. Writes nothing:
    the recomputation is rolled back."""
    findings = []
    with connection.cursor() as cursor:
        for invariant in INVARIANTS:
            cursor.execute(invariant.sql)
            rows = cursor.fetchall()
            if rows:
                findings.append(Finding(invariant.name, len(rows), tuple(str(r[0]) for r in rows[:5])))
    broken = _states(day or clock.today())
    if broken:
        examples = tuple(f"compte {account}" for account in broken[:5])
        findings.append(Finding("Les états de compte sont ceux du grand livre", len(broken), examples))
    return findings


def _states(day: date) -> list[int]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            projections.roll(day=day)
            cursor.execute(_REMEMBER)
            projections.refresh(account_ids=None, day=day)
            cursor.execute(_CHANGED)
            broken = [row[0] for row in cursor.fetchall()]
        transaction.set_rollback(True)
    return broken
