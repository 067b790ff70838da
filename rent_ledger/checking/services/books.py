"""Entries, postings, allocations, open items."""

from common.codes import with_codes
from rent_ledger.books.codes import (
    DEBT_KINDS,
    FIRST_SUBLEDGER_ID,
    NOT_BY_THE_HOUSEHOLD,
    PROJECTED_KINDS,
    AccountKind,
    EntryKind,
)
from rent_ledger.books.queries.holds import is_held
from rent_ledger.checking.services.invariants import Invariant

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
        with_codes(
            f"""SELECT 'compte ' || d.account_id FROM rent_ledger_openitem d JOIN rent_ledger_openitem c
             ON c.account_id = d.account_id AND NOT c.is_debit
           JOIN rent_ledger_account a ON a.id = d.account_id AND a.kind <> AccountKind.BENEFIT
           LEFT JOIN rent_ledger_accountstate s ON s.account_id = d.account_id
           WHERE d.is_debit AND NOT {is_held("d.posting_id", day="s.as_of")}
           GROUP BY d.account_id""",  # noqa: S608
            AccountKind,
        ),
    ),
    Invariant(
        "Les postes ouverts sont ceux du grand livre",
        with_codes(
            """WITH truth AS (
             SELECT p.id, side.is_debit, a.id AS account_id, p.amount - coalesce(laid.s, 0) AS remaining, p.due_on,
                    p.nature, p.for_month
             FROM rent_ledger_posting p CROSS JOIN (VALUES (true), (false)) AS side(is_debit)
             JOIN rent_ledger_account a ON a.id = CASE WHEN side.is_debit THEN p.debit_id ELSE p.credit_id END
             LEFT JOIN (
               SELECT debit_posting_id AS id, true AS is_debit, sum(amount) AS s FROM rent_ledger_allocation GROUP BY 1
               UNION ALL
               SELECT credit_posting_id, false, sum(amount) FROM rent_ledger_allocation GROUP BY 1
             ) laid ON laid.id = p.id AND laid.is_debit = side.is_debit
             WHERE a.kind IN PROJECTED AND p.amount <> coalesce(laid.s, 0))
           SELECT 'imputation ' || coalesce(t.id, o.posting_id) FROM truth t
           FULL JOIN rent_ledger_openitem o ON o.posting_id = t.id AND o.is_debit = t.is_debit
           WHERE (t.remaining, t.account_id, t.due_on, t.nature, t.for_month)
             IS DISTINCT FROM (o.remaining, o.account_id, o.due_on, o.nature, o.for_month)""",
            PROJECTED=PROJECTED_KINDS,
        ),
    ),
    Invariant(
        "Une écriture est au mois de sa date comptable, et ce mois existe",
        """SELECT 'écriture ' || e.id FROM rent_ledger_entry e LEFT JOIN rent_ledger_ledgermonth m ON m.month = e.month
           WHERE m.month IS NULL OR e.month <> date_trunc('month', e.booked_on)::date""",
    ),
    Invariant(
        "Un mois clôturé dit par qui, et rien n’y a été écrit depuis",
        """SELECT 'mois ' || to_char(m.month, 'MM/YYYY') FROM rent_ledger_ledgermonth m
           WHERE (m.closed_at IS NULL) <> (m.closed_by_id IS NULL) OR EXISTS (
             SELECT 1 FROM rent_ledger_entry e WHERE e.month = m.month AND e.recorded_at > m.closed_at)""",
    ),
    Invariant(
        "Un rejet et une annulation disent ce qu’ils annulent, et eux seuls",
        with_codes(
            """SELECT 'écriture ' || e.id FROM rent_ledger_entry e
               WHERE (e.kind IN (EntryKind.REVERSAL, EntryKind.RETURN)) <> (e.reverses_id IS NOT NULL)
                  OR (e.reverses_id IS NOT NULL AND e.idempotency_key <> 'reversal:' || e.reverses_id)""",
            EntryKind,
        ),
    ),
    # Two by two from the end of the chain: an entry and what takes it back pay each other. The first one is left over
    # where it stands again, and pays what it likes.
    Invariant(
        "Une écriture annulée, et celle qui l’annule, ne paient rien d’autre",
        """WITH RECURSIVE chain AS (
             SELECT e.id AS first, e.id, 0 AS place FROM rent_ledger_entry e WHERE e.reverses_id IS NULL
               AND EXISTS (SELECT 1 FROM rent_ledger_entry r WHERE r.reverses_id = e.id)
             UNION ALL
             SELECT c.first, r.id, c.place + 1 FROM chain c JOIN rent_ledger_entry r ON r.reverses_id = c.id
           ), pair AS (
             SELECT id, first, (max(place) OVER (PARTITION BY first) - place) / 2 AS pair,
                    place = 0 AND max(place) OVER (PARTITION BY first) & 1 = 0 AS stands FROM chain
           ), laid AS (
             SELECT w.entry_id, a.other, sum(a.amount) FROM (
               SELECT p.id, p.entry_id FROM rent_ledger_posting p JOIN pair ON pair.id = p.entry_id AND NOT stands) w
             CROSS JOIN LATERAL (
               SELECT a.credit_posting_id AS other, a.amount FROM rent_ledger_allocation a
               WHERE a.debit_posting_id = w.id
               UNION ALL
               SELECT a.debit_posting_id, a.amount FROM rent_ledger_allocation a WHERE a.credit_posting_id = w.id) a
             GROUP BY 1, 2 HAVING sum(a.amount) <> 0
           )
           SELECT DISTINCT 'écriture ' || laid.entry_id FROM laid JOIN pair mine ON mine.id = laid.entry_id
           JOIN rent_ledger_posting p ON p.id = laid.other LEFT JOIN pair other ON other.id = p.entry_id
           WHERE (other.first, other.pair, other.stands) IS DISTINCT FROM (mine.first, mine.pair, false)""",
    ),
    Invariant(
        "Ce qui a été abandonné d’une dette n’est pas une avance du ménage",
        with_codes(
            """SELECT 'écriture ' || p.entry_id FROM rent_ledger_openitem o
               JOIN rent_ledger_posting p ON p.id = o.posting_id
               WHERE NOT o.is_debit AND o.account_id = p.credit_id AND p.debit_id IN NOT_BY_THE_HOUSEHOLD""",
            NOT_BY_THE_HOUSEHOLD=NOT_BY_THE_HOUSEHOLD,
        ),
    ),
    Invariant(
        "Chaque compte de ménage qui a bougé a son état",
        with_codes(
            """SELECT 'compte ' || a.id FROM rent_ledger_account a
               WHERE a.kind IN DEBT AND NOT EXISTS (
                 SELECT 1 FROM rent_ledger_accountstate s WHERE s.account_id = a.id
               ) AND (EXISTS (SELECT 1 FROM rent_ledger_posting p
                              WHERE p.debit_id = a.id AND p.debit_id >= FIRST_SUBLEDGER_ID)
                 OR EXISTS (SELECT 1 FROM rent_ledger_posting p
                            WHERE p.credit_id = a.id AND p.credit_id >= FIRST_SUBLEDGER_ID))""",
            DEBT=DEBT_KINDS,
            FIRST_SUBLEDGER_ID=FIRST_SUBLEDGER_ID,
        ),
    ),
)
