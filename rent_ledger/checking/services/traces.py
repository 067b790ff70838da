"""What rows say of each other: a change is noticed on the day itself, before the print of that day is taken."""

from itertools import groupby

from django.db import connection

from common.codes import with_codes
from leases.contracts.natures import Nature
from rent_ledger.billing.codes import LineSource
from rent_ledger.billing.services.papers import DEMAND
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, AccountKind, AllocationRule, EntryKind
from rent_ledger.books.queries.holds import every_hold
from rent_ledger.books.services.entries import NewEntry, NewPosting
from rent_ledger.books.services.posting import payload_hash
from rent_ledger.checking.services.invariants import Finding, Invariant
from rent_ledger.payments.services.payment_receipts import KIND as PAYMENT_RECEIPT

_INCOMES = ", ".join(f"('{n.value}', {n.income.id})" for n in Nature if n.rule.income)
# Their rows are written in one transaction, each with the time of its own.
_TOGETHER = "interval '10 minutes'"


def _written_on(entry: str, day: str) -> str:
    """SQL: whether `entry` was recorded on `day`, or about the midnight that begins or ends it."""
    at, paris = f"{entry}.recorded_at", "AT TIME ZONE 'Europe/Paris')::date"
    return f"{day} BETWEEN (({at} - {_TOGETHER}) {paris} AND (({at} + {_TOGETHER}) {paris}"


INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "Ce qu’un avis appelle va au compte de produit de sa nature",
        with_codes(
            f"""SELECT 'imputation ' || p.id FROM rent_ledger_posting p
               JOIN rent_ledger_rentdemand d ON d.entry_id = p.entry_id
               LEFT JOIN (VALUES {_INCOMES}) AS income(nature, id) ON income.nature = p.nature
               WHERE least(p.debit_id, p.credit_id) < FIRST_SUBLEDGER_ID
                 AND least(p.debit_id, p.credit_id) IS DISTINCT FROM income.id""",  # noqa: S608
            FIRST_SUBLEDGER_ID=FIRST_SUBLEDGER_ID,
        ),
    ),
    Invariant(
        "Un avis et son écriture sont du même moment et du même mois",
        f"""SELECT 'avis ' || d.id FROM rent_ledger_rentdemand d JOIN rent_ledger_entry e ON e.id = d.entry_id
           WHERE e.recorded_at NOT BETWEEN d.issued_at - {_TOGETHER} AND d.issued_at + {_TOGETHER}
              OR e.label NOT LIKE '%' || to_char(d.month, 'MM/YYYY')""",  # noqa: S608
    ),
    Invariant(
        "Un avis garde ce dont il est fait, et rien d’autre",
        "SELECT 'avis ' || id FROM rent_ledger_rentdemand WHERE inputs - 'other' - 'aid' <> '{}'::jsonb",
    ),
    Invariant(
        "Une ligne d’avis garde ce dont elle est faite",
        with_codes(
            """SELECT 'avis ' || demand_id FROM rent_ledger_demandline
               WHERE NOT CASE source WHEN LineSource.RENT_TERM THEN inputs ? 'term'
                 WHEN LineSource.BENEFIT THEN inputs ? 'right' WHEN LineSource.RAPPEL THEN inputs ? 'v' ELSE true END
               GROUP BY demand_id""",
            LineSource,
        ),
    ),
    Invariant(
        "Un encaissement et son écriture sont du même moment, de la même personne, au même numéro",
        f"""SELECT 'reçu ' || m.number FROM rent_ledger_payment m JOIN rent_ledger_entry e ON e.id = m.entry_id
           WHERE e.recorded_at NOT BETWEEN m.recorded_at - {_TOGETHER} AND m.recorded_at + {_TOGETHER}
              OR e.author_id IS DISTINCT FROM m.author_id OR e.label NOT LIKE '% ' || m.number""",  # noqa: S608
    ),
    Invariant(
        "Une aide reçue a pour auteur celui du bordereau, ou qui l’a reconnue",
        with_codes(
            """SELECT 'ligne d’aide ' || l.id FROM rent_ledger_benefitline l
               JOIN rent_ledger_benefitstatement b ON b.id = l.statement_id
               JOIN rent_ledger_entry e ON e.id = l.entry_id AND e.kind = EntryKind.BENEFIT_RECEIVED
               WHERE e.author_id IS DISTINCT FROM b.author_id AND l.reason::text NOT LIKE '%"BY_PERSON"%'""",
            EntryKind,
        ),
    ),
    Invariant(
        "Un paiement ou une aide est au jour de sa date d’effet, ou au premier d’un mois ouvert après elle",
        with_codes(
            """SELECT 'écriture ' || id FROM rent_ledger_entry
               WHERE kind IN (EntryKind.PAYMENT, EntryKind.BENEFIT_RECEIVED) AND booked_on <> effective_on
                 AND NOT (booked_on = month AND booked_on > effective_on)""",
            EntryKind,
        ),
    ),
    Invariant(
        "Une imputation dit une règle que sa dette et son paiement permettent",
        with_codes(
            """SELECT 'imputation ' || a.id FROM rent_ledger_allocation a
               JOIN rent_ledger_posting d ON d.id = a.debit_posting_id JOIN rent_ledger_entry de ON de.id = d.entry_id
               JOIN rent_ledger_posting c ON c.id = a.credit_posting_id JOIN rent_ledger_entry ce ON ce.id = c.entry_id
               JOIN rent_ledger_account t ON t.id = c.credit_id
               CROSS JOIN LATERAL (SELECT c.nature = Nature.BENEFIT OR t.kind = AccountKind.BENEFIT AS is_aid) aid
               WHERE CASE a.rule WHEN AllocationRule.DEDUCTED THEN d.entry_id <> c.entry_id
                 WHEN AllocationRule.REVERSAL THEN de.reverses_id IS DISTINCT FROM ce.id
                   AND ce.reverses_id IS DISTINCT FROM de.id
                   -- What takes back a part of what was given up.
                   AND NOT (de.kind = EntryKind.LESS_GIVEN_UP AND d.credit_id = c.debit_id)
                 -- The aid of a rappel is of its demand, whatever the month of the line.
                 WHEN AllocationRule.MONTH THEN NOT is_aid
                   OR (d.for_month IS DISTINCT FROM c.for_month AND d.entry_id <> c.entry_id)
                 WHEN AllocationRule.OLDEST THEN is_aid AND d.for_month = c.for_month
                 WHEN AllocationRule.PERSON THEN a.reason = '' ELSE false END""",
            AllocationRule,
            AccountKind,
            EntryKind,
            Nature,
        ),
    ),
    Invariant(
        "Une imputation défaite retire, les autres ajoutent",
        with_codes(
            """SELECT 'imputation ' || id FROM rent_ledger_allocation
               WHERE (rule = AllocationRule.UNDONE) <> (amount < 0)""",
            AllocationRule,
        ),
    ),
    Invariant(
        "Une imputation est du jour où sa dette ou son paiement a été écrit, ou libéré",
        # Days are compared with each other, never put in order: the clock of a machine may go back.
        f"""WITH laid AS (
             SELECT a.id, a."on", a.debit_posting_id, a.credit_posting_id FROM rent_ledger_allocation a
             JOIN rent_ledger_posting d ON d.id = a.debit_posting_id JOIN rent_ledger_entry de ON de.id = d.entry_id
             JOIN rent_ledger_posting c ON c.id = a.credit_posting_id JOIN rent_ledger_entry ce ON ce.id = c.entry_id
             WHERE NOT ({_written_on("de", 'a."on"')} OR {_written_on("ce", 'a."on"')}))
           SELECT 'imputation ' || l.id FROM laid l WHERE NOT EXISTS (
               SELECT 1 FROM rent_ledger_allocation u JOIN rent_ledger_posting p
                 ON p.id IN (u.debit_posting_id, u.credit_posting_id)
               JOIN rent_ledger_entry e ON e.reverses_id = p.entry_id
               WHERE (u.debit_posting_id = l.debit_posting_id OR u.credit_posting_id = l.credit_posting_id)
                 AND u.amount < 0 AND {_written_on("e", 'l."on"')})
             AND NOT EXISTS (SELECT 1 FROM {every_hold()} h WHERE h.posting_id = l.debit_posting_id)""",  # noqa: S608
    ),
    Invariant(
        "Une quittance ou un reçu dit le montant de son document",
        """SELECT 'reçu ' || r.id FROM rent_ledger_receipt r JOIN office_document t ON t.id = r.document_id
           WHERE (t.data ->> 'received')::numeric IS DISTINCT FROM r.amount""",
    ),
    Invariant(
        "Le document d’un avis dit son montant",
        f"""SELECT 'avis ' || d.id FROM office_document t JOIN rent_ledger_rentdemand d
             ON t.number = 'AVIS-' || to_char(d.month, 'YYMM') || '-'
               || lpad(d.number::text, greatest(4, length(d.number::text)), '0')
           WHERE t.kind = '{DEMAND}' AND (t.data ->> 'net')::numeric IS DISTINCT FROM d.net""",  # noqa: S608
    ),
    Invariant(
        "Le reçu d’un encaissement dit son montant",
        f"""SELECT 'reçu ' || m.number FROM office_document t
           JOIN rent_ledger_payment m ON t.number = lpad(m.number::text, greatest(6, length(m.number::text)), '0')
           WHERE t.kind = '{PAYMENT_RECEIPT}' AND (t.data ->> 'amount')::numeric IS DISTINCT FROM m.amount""",  # noqa: S608
    ),
)

# Of the days that have no print yet: of the others it holds the hash itself.
_HASHED = """
SELECT e.id, e.kind, e.effective_on, e.reverses_id, e.idempotency_key, e.payload_hash,
    p.debit_id, p.credit_id, p.amount, p.nature, p.due_on, p.for_month
FROM rent_ledger_entry e JOIN rent_ledger_posting p ON p.entry_id = e.id
WHERE e.payload_hash <> '' AND (e.recorded_at AT TIME ZONE 'Europe/Paris')::date
    > coalesce((SELECT max(day) FROM rent_ledger_ledgerprint WHERE subject = 'entry'), '-infinity'::date)
ORDER BY e.id, p.id
"""


def wrong_hashes() -> Finding | None:
    """Entries that are not what was asked to be entered under their key."""
    wrong = []
    with connection.cursor() as cursor:
        cursor.execute(_HASHED)
        for pk, found in groupby(cursor.fetchall(), key=lambda row: row[0]):
            rows = list(found)
            _, kind, effective_on, reverses, key, digest, *_ = rows[0]
            postings = tuple(NewPosting(*row[6:]) for row in rows)
            if payload_hash(NewEntry(kind, key, effective_on, postings, reverses=reverses)) != digest:
                wrong.append(pk)
    if not wrong:
        return None
    examples = tuple(f"écriture {pk}" for pk in wrong[:5])
    return Finding("Une écriture est ce qui a été demandé sous sa clé", len(wrong), examples)
