"""Append-only books, open months, and a key of two columns: what models can't say.

Triggers only refuse: UPDATE, DELETE and TRUNCATE of entries, postings, allocations and prints, another date or the end
of a month, and an entry in a month that is closed or that the books don't have.
`SET LOCAL ancrage.reset = 'on'` allows a TRUNCATE (demo reset, tests); UPDATE and DELETE are never allowed.

The general accounts, ids below 1000, are written after each `migrate` (`rent_ledger.apps`).
"""

from django.db import migrations

ACCOUNT_IDS = "ALTER SEQUENCE rent_ledger_account_id_seq RESTART WITH 1000"

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
# Table, prefix of the triggers' names, what a row refuses.
FROZEN = (
    ("rent_ledger_entry", "rent_ledger_entry", "UPDATE OR DELETE"),
    ("rent_ledger_posting", "rent_ledger_posting", "UPDATE OR DELETE"),
    ("rent_ledger_allocation", "rent_ledger_allocation", "UPDATE OR DELETE"),
    ("rent_ledger_ledgerprint", "ledger_print", "UPDATE OR DELETE"),
    ("rent_ledger_ledgermonth", "ledger_month", "DELETE OR UPDATE OF month"),
)
FREEZE = "".join(
    f"CREATE TRIGGER {name}_rows BEFORE {refused} ON {table} FOR EACH ROW EXECUTE FUNCTION ancrage_refuse_change();"
    f"CREATE TRIGGER {name}_truncate BEFORE TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION ancrage_refuse_change();"
    for table, name, refused in FROZEN
)

# Asked once per statement, in place of a key on each entry.
OPEN_MONTH = r"""
CREATE FUNCTION ancrage_refuse_closed_month() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE refused text;
BEGIN
  -- A posting in flight holds its month against a close.
  PERFORM 1 FROM rent_ledger_ledgermonth WHERE month IN (SELECT DISTINCT month FROM fresh) ORDER BY month FOR SHARE;
  SELECT string_agg(to_char(month, 'MM/YYYY'), ', ') INTO refused FROM rent_ledger_ledgermonth
    WHERE month IN (SELECT DISTINCT month FROM fresh) AND closed_at IS NOT NULL;
  IF refused IS NOT NULL THEN
    RAISE EXCEPTION 'Le mois % est clôturé : aucune écriture ne peut y entrer.', refused
      USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT string_agg(to_char(month, 'MM/YYYY'), ', ') INTO refused FROM (
    SELECT DISTINCT month FROM fresh EXCEPT SELECT month FROM rent_ledger_ledgermonth) missing;
  IF refused IS NOT NULL THEN
    RAISE EXCEPTION 'Le mois % n’est pas ouvert dans les comptes.', refused USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM fresh WHERE month <> date_trunc('month', booked_on)::date) THEN
    RAISE EXCEPTION 'Le mois comptable ne correspond pas à la date comptable.' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER entry_open_month AFTER INSERT ON rent_ledger_entry
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ancrage_refuse_closed_month();
"""

# A line is of its statement's account: one key on both instead of one each.
STATEMENT_ACCOUNT = """
ALTER TABLE rent_ledger_bankline ADD CONSTRAINT bank_line_statement_account
  FOREIGN KEY (statement_id, bank_account_id) REFERENCES rent_ledger_bankstatement (id, bank_account_id)
  DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("rent_ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop)
        for sql in (ACCOUNT_IDS, REFUSE, FREEZE, OPEN_MONTH, STATEMENT_ACCOUNT)
    ]
