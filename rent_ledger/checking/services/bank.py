"""Bank lines and their matches, aid received."""

from common.codes import with_codes
from leases.contracts.natures import Nature
from rent_ledger.bank.codes import LineState, StatementState
from rent_ledger.benefits.codes import BenefitLineState
from rent_ledger.books.codes import AccountKind, EntryKind
from rent_ledger.checking.services.invariants import Invariant

INVARIANTS: tuple[Invariant, ...] = (
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
        "Un relevé va de son solde d’avant à son solde d’après par ses lignes",
        # One that shows movements of another has not all of them: the digest of its night alone keeps its balances.
        with_codes(
            """SELECT 'relevé ' || s.id FROM rent_ledger_bankstatement s
               LEFT JOIN rent_ledger_bankline l ON l.statement_id = s.id
               WHERE s.state = StatementState.ACCEPTED AND s.known = 0
               GROUP BY s.id HAVING s.opening + coalesce(sum(l.amount), 0) + s.gap <> s.closing""",
            StatementState,
        ),
    ),
    Invariant(
        "Une ligne est retirée avec son relevé, et rien d’elle ne compte plus",
        with_codes(
            """SELECT 'ligne ' || l.id FROM rent_ledger_bankline l JOIN rent_ledger_bankstatement s
                 ON s.id = l.statement_id
               WHERE (l.state = LineState.WITHDRAWN) <> (s.state = StatementState.WITHDRAWN)
               UNION ALL
               SELECT 'ligne ' || l.id FROM rent_ledger_bankline l WHERE l.state = LineState.WITHDRAWN AND (
                 EXISTS (SELECT 1 FROM rent_ledger_match m WHERE m.line_id = l.id AND m.undone_at IS NULL)
                 OR EXISTS (SELECT 1 FROM rent_ledger_benefitstatement b WHERE b.bank_line_id = l.id)
                 OR (l.amount <> 0 AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry r WHERE r.reverses_id = l.entry_id)))
            """,
            LineState,
            StatementState,
        ),
    ),
    Invariant(
        "Le solde de banque du grand livre est la somme de ses lignes",
        with_codes(
            """SELECT 'compte ' || a.id FROM rent_ledger_account a
           WHERE a.kind = AccountKind.BANK AND (
             SELECT coalesce(sum(CASE WHEN p.debit_id = a.id THEN p.amount ELSE -p.amount END), 0)
             FROM rent_ledger_posting p WHERE p.debit_id = a.id OR p.credit_id = a.id
           ) <> (SELECT coalesce(sum(l.amount), 0) FROM rent_ledger_bankline l
                 WHERE l.bank_account_id = a.bank_account_id AND l.state <> LineState.WITHDRAWN)
        """,
            AccountKind,
            LineState,
        ),
    ),
    Invariant(
        "Une ligne placée est placée en entier",
        with_codes(
            """SELECT 'ligne ' || l.id FROM rent_ledger_bankline l JOIN rent_ledger_match m ON m.line_id = l.id
           WHERE m.is_accepted AND m.undone_at IS NULL AND l.state IN (LineState.SURE, LineState.PLACED)
           GROUP BY l.id HAVING sum(m.amount) <> l.amount""",
            LineState,
        ),
    ),
    Invariant(
        "Une ligne de banque a le jour de son écriture",
        """SELECT 'ligne ' || l.id FROM rent_ledger_bankline l JOIN rent_ledger_entry e ON e.id = l.entry_id
           WHERE e.effective_on <> l.booking_day""",
    ),
    Invariant(
        "Une ligne rapprochée l’est par un rapprochement accepté, une ligne qui attend n’en a pas",
        with_codes(
            """SELECT 'ligne ' || l.id FROM rent_ledger_bankline l WHERE
               (l.state IN (LineState.PROPOSED, LineState.TO_PLACE, LineState.OTHER) AND EXISTS (
                 SELECT 1 FROM rent_ledger_match m WHERE m.line_id = l.id AND m.is_accepted AND m.undone_at IS NULL))
               OR (l.state IN (LineState.SURE, LineState.PLACED) AND NOT EXISTS (
                 SELECT 1 FROM rent_ledger_match m WHERE m.line_id = l.id AND m.is_accepted AND m.undone_at IS NULL)
                 AND NOT EXISTS (SELECT 1 FROM rent_ledger_benefitstatement b WHERE b.bank_line_id = l.id)
                 -- The return of money that waited in suspense: it never reached an account.
                 AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry e JOIN rent_ledger_entry u ON u.id = e.reverses_id
                   WHERE e.id = l.entry_id AND e.kind = EntryKind.RETURN AND u.kind = EntryKind.BANK_UNPLACED))""",
            LineState,
            EntryKind,
        ),
    ),
    Invariant(
        "Un rapprochement accepté a l’écriture de son montant sur son compte",
        """SELECT 'rapprochement ' || m.id FROM rent_ledger_match m
           LEFT JOIN rent_ledger_posting p ON p.entry_id = m.entry_id AND m.account_id IN (p.debit_id, p.credit_id)
           WHERE m.is_accepted GROUP BY m.id
           HAVING coalesce(sum(CASE WHEN p.credit_id = m.account_id THEN p.amount ELSE -p.amount END), 0)
             <> m.amount""",
    ),
    Invariant(
        "Un bordereau est la somme de ses lignes",
        """SELECT 'bordereau ' || b.id FROM rent_ledger_benefitstatement b
           LEFT JOIN rent_ledger_benefitline l ON l.statement_id = b.id
           GROUP BY b.id HAVING coalesce(sum(l.amount), 0) <> b.total""",
    ),
    Invariant(
        "Un bordereau retiré ne compte plus, ses lignes non plus",
        with_codes(
            """SELECT 'bordereau ' || b.id FROM rent_ledger_benefitstatement b
                 JOIN rent_ledger_benefitline l ON l.statement_id = b.id
               WHERE (l.state = BenefitLineState.WITHDRAWN) <> (b.withdrawn_at IS NOT NULL)
                 OR (l.state = BenefitLineState.WITHDRAWN AND l.entry_id IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry r WHERE r.reverses_id = l.entry_id))""",
            BenefitLineState,
        ),
    ),
    Invariant(
        "Une ligne d’aide rapprochée a son écriture, à son montant et pour son mois",
        with_codes(
            """SELECT 'ligne d’aide ' || l.id FROM rent_ledger_benefitline l
               LEFT JOIN rent_ledger_entry e ON e.id = l.entry_id AND e.kind = EntryKind.BENEFIT_RECEIVED
               LEFT JOIN rent_ledger_posting p ON p.entry_id = e.id
               WHERE l.amount <> 0 AND l.state <> BenefitLineState.WITHDRAWN AND (
                 (l.state = BenefitLineState.MATCHED) <> (l.entry_id IS NOT NULL)
                 OR (l.entry_id IS NOT NULL AND (p.amount, p.for_month, p.nature)
                   IS DISTINCT FROM (abs(l.amount), l.month, Nature.BENEFIT)))""",
            BenefitLineState,
            EntryKind,
            Nature,
        ),
    ),
)
