"""Guards against writes that bypass the services: triggers, and the history of the rows that demands come from."""

from collections.abc import Iterator

import pgtrigger
from django.apps import apps
from django.db import connection, models

from rent_ledger.checking.services.invariants import Finding

# Of migrations; those of the history are pgtrigger's.
TRIGGERS = (
    ("rent_ledger_entry", "rent_ledger_entry_rows"),
    ("rent_ledger_entry", "rent_ledger_entry_truncate"),
    ("rent_ledger_entry", "entry_open_month"),
    ("rent_ledger_posting", "rent_ledger_posting_rows"),
    ("rent_ledger_posting", "rent_ledger_posting_truncate"),
    ("rent_ledger_allocation", "rent_ledger_allocation_rows"),
    ("rent_ledger_allocation", "rent_ledger_allocation_truncate"),
    ("rent_ledger_ledgermonth", "ledger_month_rows"),
    ("rent_ledger_ledgermonth", "ledger_month_truncate"),
    ("rent_ledger_ledgerprint", "ledger_print_rows"),
    ("rent_ledger_ledgerprint", "ledger_print_truncate"),
)
# What demands are computed from: an amount changed behind the history would change what was billed.
_READ_BY_DEMANDS = ("leases.RentTerm", "leases.Lease", "rent_ledger.BenefitRight")


def missing_triggers() -> Finding | None:
    """Triggers that are gone or switched off."""
    wanted = {
        *TRIGGERS,
        *((model._meta.db_table, trigger.get_pgid(model)) for model, trigger in pgtrigger.registered()),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND c.relnamespace = 'public'::regnamespace
            """
        )
        missing = sorted(wanted - set(cursor.fetchall()))
    if not missing:
        return None
    examples = tuple(f"{trigger} sur {table}" for table, trigger in missing[:5])
    return Finding("Les verrous de la base sont en place", len(missing), examples)


def _tracked() -> Iterator[tuple[type[models.Model], type[models.Model]]]:
    """Each model that demands are computed from, with the model of its history."""
    for event in apps.get_models():
        model = getattr(event, "pgh_tracked_model", None)
        if model is not None and model._meta.label in _READ_BY_DEMANDS:
            yield model, event


def changed_behind_history() -> list[Finding]:
    """Rows that differ from the last row of their history: they were changed with its trigger off."""
    findings = []
    with connection.cursor() as cursor:
        for model, event in _tracked():
            kept = {field.column for field in event._meta.concrete_fields}
            columns = [field.column for field in model._meta.concrete_fields if field.column in kept]
            row, seen = (", ".join(f'{alias}."{column}"' for column in columns) for alias in ("t", "e"))
            cursor.execute(
                # Names of our tables and columns only.
                f"""
                SELECT t.id FROM {model._meta.db_table} t LEFT JOIN LATERAL (
                    SELECT * FROM {event._meta.db_table} e WHERE e.pgh_obj_id = t.id ORDER BY e.pgh_id DESC LIMIT 1
                ) e ON true WHERE ROW({row}) IS DISTINCT FROM ROW({seen}) ORDER BY 1
                """  # noqa: S608
            )
            if ids := [pk for (pk,) in cursor.fetchall()]:
                name = f"Rien n’a changé sans trace : {model._meta.verbose_name_plural}"
                findings.append(Finding(name, len(ids), tuple(str(pk) for pk in ids[:5])))
    return findings
