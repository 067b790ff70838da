"""Keys that another key implies, and indexes for what the bank's inbox reads instead of those that nothing reads.

A line is of its statement's account: one key on both instead of one each. The month of an entry is asked for by the
trigger that asks whether it is open, once per statement; months then stay, as entries do.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STATEMENT_ACCOUNT = """
ALTER TABLE rent_ledger_bankline ADD CONSTRAINT bank_line_statement_account
  FOREIGN KEY (statement_id, bank_account_id) REFERENCES rent_ledger_bankstatement (id, bank_account_id)
  DEFERRABLE INITIALLY DEFERRED;
"""
OPEN_MONTH = """
CREATE OR REPLACE FUNCTION ancrage_refuse_closed_month() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER ledger_month_rows BEFORE DELETE OR UPDATE OF month ON rent_ledger_ledgermonth
  FOR EACH ROW EXECUTE FUNCTION ancrage_refuse_change();
CREATE TRIGGER ledger_month_truncate BEFORE TRUNCATE ON rent_ledger_ledgermonth
  FOR EACH STATEMENT EXECUTE FUNCTION ancrage_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0003_history_of_roles_and_identity"),
        ("rent_ledger", "0005_rent_demand_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="bankstatement",
            constraint=models.UniqueConstraint(fields=("id", "bank_account"), name="bank_statement_account"),
        ),
        migrations.AlterField(
            model_name="bankline",
            name="bank_account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="office.bankaccount",
                verbose_name="compte",
            ),
        ),
        migrations.AlterField(
            model_name="bankline",
            name="statement",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="rent_ledger.bankstatement",
                verbose_name="relevé",
            ),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(fields=["statement", "-booking_day", "id"], name="bank_line_statement"),
        ),
        migrations.RunSQL(STATEMENT_ACCOUNT, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("idempotency_key",), name="entry_idempotency_key"),
        ),
        migrations.AlterField(
            model_name="entry",
            name="idempotency_key",
            field=models.CharField(max_length=80, verbose_name="clé"),
        ),
        migrations.AlterField(
            model_name="entry",
            name="month",
            field=models.ForeignKey(
                db_column="month",
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="rent_ledger.ledgermonth",
                verbose_name="mois comptable",
            ),
        ),
        migrations.RunSQL(OPEN_MONTH, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="match",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to=settings.AUTH_USER_MODEL,
                verbose_name="par",
            ),
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(
                condition=models.Q(("is_accepted", False), ("undone_at__isnull", True)),
                fields=["line"],
                name="match_waiting",
            ),
        ),
    ]
