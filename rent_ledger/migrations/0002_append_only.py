"""Append-only books, open months, general accounts, the draft table of a rent run.

Triggers only refuse: UPDATE, DELETE and TRUNCATE of entries, postings and allocations, and an entry in a closed month.
`SET LOCAL ancrage.reset = 'on'` allows a TRUNCATE (demo reset, tests); UPDATE and DELETE are never allowed.
"""

from django.db import migrations

from rent_ledger.enums import CHART

TABLES = ("rent_ledger_entry", "rent_ledger_posting", "rent_ledger_allocation")

REFUSE = r"""
CREATE FUNCTION ancrage_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' AND current_setting('ancrage.reset', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'Le grand livre ne se modifie pas : % refusé sur %. Corrigez par une annulation.',
    TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
CLOSED_MONTH = r"""
-- A posting in flight must hold its month against a close: the foreign key's FOR KEY SHARE is not enough.
CREATE FUNCTION ancrage_refuse_closed_month() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed text;
BEGIN
  PERFORM 1 FROM rent_ledger_ledgermonth WHERE month IN (SELECT DISTINCT month FROM fresh) ORDER BY month FOR SHARE;
  SELECT string_agg(to_char(month, 'MM/YYYY'), ', ') INTO closed FROM rent_ledger_ledgermonth
    WHERE month IN (SELECT DISTINCT month FROM fresh) AND closed_at IS NOT NULL;
  IF closed IS NOT NULL THEN
    RAISE EXCEPTION 'Le mois % est clôturé : aucune écriture ne peut y entrer.', closed
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM fresh WHERE month <> date_trunc('month', booked_on)::date) THEN
    RAISE EXCEPTION 'Le mois comptable ne correspond pas à la date comptable.' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER entry_open_month AFTER INSERT ON rent_ledger_entry
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ancrage_refuse_closed_month();
"""


def chart(apps, schema_editor):
    account = apps.get_model("rent_ledger", "Account")
    account.objects.bulk_create(
        account(id=int(number), kind="GENERAL", code=code, label=label) for number, (code, label) in CHART.items()
    )
    schema_editor.execute("ALTER SEQUENCE rent_ledger_account_id_seq RESTART WITH 1000")


def triggers() -> str:
    return "".join(
        f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION ancrage_refuse_change();"
        f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION ancrage_refuse_change();"
        for table in TABLES
    )


class Migration(migrations.Migration):
    dependencies = [("rent_ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE + triggers(), migrations.RunSQL.noop),
        migrations.RunSQL(
            CLOSED_MONTH,
            migrations.RunSQL.noop,
        ),
        migrations.RunPython(chart, migrations.RunPython.noop),
    ]
