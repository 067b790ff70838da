"""Digests of rows that never change: stored each night, compared by `check_ledger` (see `LedgerPrint`)."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from common import clock
from rent_ledger.books.queries.holds import begun_holds
from rent_ledger.checking.services.invariants import Finding

_PARIS = "AT TIME ZONE 'Europe/Paris')::date"


@dataclass(frozen=True, slots=True)
class Printed:
    """`name`: what its rows are called in French. `rows`: FROM and joins, with `t` as the printed table.
    `day`: the day on which a row was written. `columns`: those that never change once it is."""

    subject: str
    name: str
    rows: str
    day: str
    columns: str


PRINTED: tuple[Printed, ...] = (
    Printed(
        "entry", "écritures", "rent_ledger_entry t", f"(t.recorded_at {_PARIS}",
        "t.id, t.kind, t.effective_on, t.booked_on, t.month, t.recorded_at AT TIME ZONE 'UTC', t.author_id, "
        "t.idempotency_key, t.payload_hash, t.label, t.reverses_id",
    ),
    Printed(
        "posting", "imputations comptables", "rent_ledger_posting t JOIN rent_ledger_entry e ON e.id = t.entry_id",
        f"(e.recorded_at {_PARIS}",
        "t.id, t.entry_id, t.debit_id, t.credit_id, t.amount, t.nature, t.due_on, t.effective_on, t.for_month",
    ),
    Printed(
        "allocation", "imputations sur les dettes", "rent_ledger_allocation t", 't."on"',
        't.id, t.debit_posting_id, t.credit_posting_id, t.amount, t.rule, t."on", t.reason',
    ),
    Printed(
        "demand", "avis d’échéance", "rent_ledger_rentdemand t", f"(t.issued_at {_PARIS}",
        "t.id, t.run_id, t.lease_id, t.account_id, t.entry_id, t.month, t.kind, t.number, t.due_on, "
        "t.billed_from, t.billed_to, t.gross, "
        "t.benefit, t.net, t.inputs",
    ),
    Printed(
        "demand line",
        "lignes d’avis",
        "rent_ledger_demandline t JOIN rent_ledger_rentdemand d ON d.id = t.demand_id",
        f"(d.issued_at {_PARIS}",
        "t.demand_id, t.position, t.source, t.nature, t.amount, t.for_month, t.inputs",
    ),
    Printed(
        "payment", "encaissements au guichet", "rent_ledger_payment t", f"(t.recorded_at {_PARIS}",
        "t.id, t.account_id, t.method, t.amount, t.received_on, t.request_key, t.entry_id, t.number, t.author_id",
    ),
    Printed(
        "receipt", "quittances et reçus", "rent_ledger_receipt t", "t.issued_on",
        "t.id, t.kind, t.demand_id, t.number, t.amount, t.issued_on",
    ),
    Printed(
        "document", "documents", "office_document t", f"(t.made_at {_PARIS}",
        "t.id, t.kind, t.number, t.data, t.template_version",
    ),
    Printed(
        "statement", "relevés de compte",
        "rent_ledger_bankstatement t JOIN rent_ledger_bankfile f ON f.id = t.file_id", f"(f.imported_at {_PARIS}",
        "t.id, t.file_id, t.bank_account_id, t.sequence, t.opening, t.closing, t.first_day, t.last_day, t.entries",
    ),
    Printed(
        # Lines that were set aside are written once somebody accepts the gap.
        "line", "lignes de banque",
        "rent_ledger_bankline t JOIN rent_ledger_bankstatement s ON s.id = t.statement_id "
        "JOIN rent_ledger_bankfile f ON f.id = s.file_id", f"(coalesce(s.confirmed_at, f.imported_at) {_PARIS}",
        "t.id, t.bank_account_id, t.statement_id, t.booking_day, t.value_day, t.amount, t.content_hash, t.rank, "
        "t.is_return",
    ),
    Printed(
        "match", "rapprochements acceptés", "rent_ledger_match t", f"(t.decided_at {_PARIS}",
        "t.id, t.line_id, t.account_id, t.amount, t.rule, t.entry_id, t.decided_by_id",
    ),
    Printed(
        "bordereau", "bordereaux d’aides", "rent_ledger_benefitstatement t", f"(t.imported_at {_PARIS}",
        "t.id, t.payer_id, t.sha256, t.paid_on, t.total",
    ),
    Printed(
        "bordereau line", "lignes de bordereau",
        "rent_ledger_benefitline t JOIN rent_ledger_benefitstatement s ON s.id = t.statement_id",
        f"(s.imported_at {_PARIS}", "t.id, t.statement_id, t.rank, t.month, t.amount",
    ),
    Printed(
        # A hold of days to come may be taken back before it begins.
        "hold",
        "dettes hors file",
        f"{begun_holds(f'(recorded_at {_PARIS}')} t",
        f"(t.recorded_at {_PARIS}",
        "t.id, t.posting_id, t.kind, lower(t.period), t.author_id",
    ),
    Printed(
        "case", "dossiers d’impayé", "rent_ledger_arrearscase t", f"(t.created_at {_PARIS}",
        "t.id, t.account_id, t.opened_on, t.first_default_on, t.opening_debt",
    ),
)  # fmt: skip

_TAKE = """
SELECT {day} AS day, count(*) AS rows,
    sum(('x' || substr(md5(ROW({columns})::text), 1, 16))::bit(64)::bigint::numeric) AS digest
FROM {rows} WHERE {day} {days} GROUP BY 1
"""


def _sql(printed: Printed, days: str) -> str:
    return _TAKE.format(day=printed.day, columns=printed.columns, rows=printed.rows, days=days)


def take_prints(*, today: date | None = None) -> int:
    """Keep the prints of the days before `today` that have none yet. Returns how many were taken."""
    today = today or clock.today()
    taken = 0
    with connection.cursor() as cursor:
        for printed in PRINTED:
            cursor.execute(
                f"""
                INSERT INTO rent_ledger_ledgerprint (subject, day, rows, digest, taken_at)
                SELECT %(subject)s, day, rows, digest, %(now)s FROM ({_sql(printed, "< %(today)s")}) found
                WHERE NOT EXISTS (
                    SELECT 1 FROM rent_ledger_ledgerprint p WHERE p.subject = %(subject)s AND p.day = found.day)
                """,  # noqa: S608
                {"subject": printed.subject, "today": today, "now": clock.now()},
            )
            taken += cursor.rowcount
    return taken


def compare_prints() -> list[Finding]:
    """One finding per kind of row whose digest of a past day has changed. A day without a digest, before the last one
    that has one, had no row."""
    findings = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(day) FROM rent_ledger_ledgerprint")
        [last] = cursor.fetchone() or [None]
        if last is None:
            return []
        for printed in PRINTED:
            cursor.execute(
                f"""
                SELECT coalesce(found.day, p.day) FROM ({_sql(printed, "<= %(last)s")}) found
                FULL JOIN (SELECT * FROM rent_ledger_ledgerprint WHERE subject = %(subject)s) p USING (day)
                WHERE (found.rows, found.digest) IS DISTINCT FROM (p.rows, p.digest) ORDER BY 1
                """,  # noqa: S608
                {"subject": printed.subject, "last": last},
            )
            if days := [day for (day,) in cursor.fetchall()]:
                name = f"Ce qui a été écrit n’a pas changé depuis : {printed.name}"
                findings.append(Finding(name, len(days), tuple(f"{day:%d/%m/%Y}" for day in days[:5])))
    return findings
