"""Demands, payments at the desk, receipts and their numbers."""

from common.codes import with_codes
from leases.contracts.natures import Nature
from rent_ledger.billing.codes import DemandState, ReceiptKind
from rent_ledger.books.codes import EntryKind, General, PaymentMethod
from rent_ledger.books.queries.holds import every_hold
from rent_ledger.checking.services.invariants import Invariant

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "Un avis produit a son écriture, au bon montant",
        with_codes(
            """SELECT 'avis ' || d.id FROM rent_ledger_rentdemand d
           LEFT JOIN rent_ledger_entry e ON e.id = d.entry_id AND e.kind = EntryKind.DEMAND
           LEFT JOIN LATERAL (
             SELECT coalesce(sum(p.amount) FILTER (WHERE p.debit_id = d.account_id), 0)
                      - coalesce(sum(p.amount) FILTER (WHERE p.credit_id = d.account_id), 0) AS net,
                    coalesce(sum(p.amount) FILTER (WHERE p.credit_id = d.account_id AND p.nature = Nature.BENEFIT), 0)
                      AS benefit
             FROM rent_ledger_posting p WHERE p.entry_id = e.id) s ON true
           WHERE e.id IS NULL OR s.net <> d.net OR s.benefit <> d.benefit""",
            EntryKind,
            Nature,
        ),
    ),
    Invariant(
        "Les lignes d’un avis sont les imputations de son écriture, une à une",
        """SELECT 'avis ' || d.id FROM rent_ledger_rentdemand d JOIN (
             SELECT coalesce(n.demand_id, p.demand_id) AS demand_id FROM rent_ledger_demandline n FULL JOIN (
               SELECT r.id AS demand_id, row_number() OVER (PARTITION BY r.id ORDER BY p.id) - 1 AS position,
                      p.nature, p.for_month,
                      CASE WHEN p.debit_id = r.account_id THEN p.amount ELSE -p.amount END AS amount
               FROM rent_ledger_rentdemand r JOIN rent_ledger_posting p ON p.entry_id = r.entry_id
             ) p ON p.demand_id = n.demand_id AND p.position = n.position
             WHERE n.nature IS DISTINCT FROM p.nature OR n.amount IS DISTINCT FROM p.amount
                OR n.for_month IS DISTINCT FROM p.for_month
           ) wrong ON wrong.demand_id = d.id GROUP BY d.id""",
    ),
    Invariant(
        "Un avis annulé, et lui seul, a son écriture d’annulation",
        with_codes(
            """SELECT 'avis ' || d.id FROM rent_ledger_rentdemand d
           LEFT JOIN rent_ledger_entry r ON r.reverses_id = d.entry_id
           WHERE (d.state = DemandState.CANCELLED) <> (r.id IS NOT NULL)""",
            DemandState,
        ),
    ),
    Invariant(
        "Un avis est celui du compte de son bail",
        """SELECT 'avis ' || d.id FROM rent_ledger_rentdemand d JOIN rent_ledger_account a ON a.id = d.account_id
           WHERE a.lease_id IS DISTINCT FROM d.lease_id""",
    ),
    Invariant(
        "Un avis a l’échéance de son écriture",
        """SELECT DISTINCT 'avis ' || d.id FROM rent_ledger_rentdemand d
           JOIN rent_ledger_posting p ON p.entry_id = d.entry_id AND p.debit_id = d.account_id
           WHERE p.due_on <> d.due_on""",
    ),
    Invariant(
        "Un encaissement au guichet a son écriture : compte, jour, moyen, montant",
        with_codes(
            """SELECT 'reçu ' || m.number FROM rent_ledger_payment m
               LEFT JOIN rent_ledger_entry e ON e.id = m.entry_id AND e.kind = EntryKind.PAYMENT
               LEFT JOIN rent_ledger_posting p ON p.entry_id = e.id
               WHERE (p.amount, p.credit_id, p.debit_id, p.nature, e.effective_on, e.idempotency_key)
                 IS DISTINCT FROM (m.amount, m.account_id,
                   CASE m.method WHEN PaymentMethod.CASH THEN General.CASH
                     WHEN PaymentMethod.CHEQUE THEN General.CHEQUES WHEN PaymentMethod.CARD THEN General.CARDS END,
                   Nature.PAYMENT, m.received_on, 'payment:' || m.id)""",
            EntryKind,
            PaymentMethod,
            General,
            Nature,
        ),
    ),
    Invariant(
        "Les numéros se suivent sans trou jusqu’au dernier donné",
        with_codes(
            """WITH given AS (
                 SELECT 'payment' AS series, number FROM rent_ledger_payment
                 UNION ALL
                 SELECT CASE kind WHEN ReceiptKind.FULL THEN 'QUIT' ELSE 'RECU' END, number FROM rent_ledger_receipt
                 UNION ALL
                 SELECT 'AVIS-' || to_char(month, 'YYYY-MM'), number FROM rent_ledger_rentdemand
               )
               SELECT 'série ' || coalesce(g.series, c.series) FROM (
                 SELECT series, count(*) AS rows, max(number) AS last FROM given GROUP BY 1
               ) g FULL JOIN rent_ledger_counter c USING (series)
               WHERE coalesce(g.rows, 0) <> coalesce(c.last, 0) OR coalesce(g.last, 0) <> coalesce(c.last, 0)""",
            ReceiptKind,
        ),
    ),
)

SOURCES: tuple[Invariant, ...] = (
    Invariant(
        "Une écriture d’avis, d’encaissement, d’aide ou de rejet a sa pièce, une régularisation son auteur",
        with_codes(
            """SELECT 'écriture ' || e.id FROM rent_ledger_entry e WHERE
               (e.kind = EntryKind.DEMAND
                 AND NOT EXISTS (SELECT 1 FROM rent_ledger_rentdemand d WHERE d.entry_id = e.id))
               OR (e.kind = EntryKind.PAYMENT
                 AND NOT EXISTS (SELECT 1 FROM rent_ledger_payment m WHERE m.entry_id = e.id)
                 AND NOT EXISTS (SELECT 1 FROM rent_ledger_match m WHERE m.entry_id = e.id))
               OR (e.kind = EntryKind.BENEFIT_RECEIVED
                 AND NOT EXISTS (SELECT 1 FROM rent_ledger_benefitline l WHERE l.entry_id = e.id))
               OR (e.kind IN (EntryKind.OPENING, EntryKind.ADJUSTMENT) AND e.author_id IS NULL)
               OR (e.kind IN (EntryKind.BANK_OTHER, EntryKind.BANK_UNPLACED, EntryKind.RETURN)
                 AND NOT EXISTS (SELECT 1 FROM rent_ledger_bankline l WHERE l.entry_id = e.id)
                 AND NOT EXISTS (SELECT 1 FROM rent_ledger_match m WHERE m.entry_id = e.id))""",
            EntryKind,
        ),
    ),
    Invariant(
        "Une dette est mise hors file par une personne",
        f"SELECT 'dette ' || h.posting_id FROM {every_hold()} h WHERE h.author_id IS NULL",  # noqa: S608
    ),
)
"""What `post` alone does not hold: each fact comes from a paper, a bank line or a bordereau."""
