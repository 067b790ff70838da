"""The version of the books: a sequence that moves when a table moves from which a kept answer is read (ADR 15).

`ancrage_books_changed()` is called by a trigger before each statement that writes such a table. `ancrage_books_version()`
says the version, and whether what is read from now on belongs to it. Both run as their owner: a role that may write a
table needs no right on the sequence.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

SEQUENCE = "CREATE SEQUENCE books_version AS bigint CACHE 1; SELECT nextval('books_version');"
# The lock first: whoever sees a version also sees who made it, until he has committed.
CHANGED = r"""
CREATE FUNCTION ancrage_books_changed() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7203, 116);
  PERFORM nextval('books_version');
END $$;
"""
# The version first, then who is writing. A transaction that keeps one snapshot took it before: it may lack what this
# version has.
VERSION = r"""
CREATE FUNCTION ancrage_books_version(OUT version bigint, OUT is_settled boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  SELECT last_value INTO version FROM books_version;
  is_settled := current_setting('transaction_isolation') = 'read committed' AND NOT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 7203 AND objid = 116 AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND pid IS DISTINCT FROM pg_backend_pid());
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("office", "0004_files")]
    operations = [
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE books_version"),
        migrations.RunSQL(CHANGED, "DROP FUNCTION ancrage_books_changed()"),
        migrations.RunSQL(VERSION, "DROP FUNCTION ancrage_books_version()"),
        pgtrigger.migrations.AddTrigger(
            model_name='parametervalue',
            trigger=pgtrigger.compiler.Trigger(name='books_version', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM ancrage_books_changed(); RETURN NULL;', hash='6f56cee55f84fd60c1edf33b582cd443c4e9c817', level='STATEMENT', operation='INSERT OR UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_books_version_f6542', table='office_parametervalue', when='BEFORE')),
        ),
    ]
