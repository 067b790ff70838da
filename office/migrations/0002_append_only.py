"""The access log can't be rewritten.

`SET LOCAL ancrage.reset = 'on'` allows a TRUNCATE (demo reset); UPDATE and DELETE are never allowed.
"""

from django.db import migrations

APPEND_ONLY = r"""
CREATE FUNCTION ancrage_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' AND current_setting('ancrage.reset', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'Ce journal ne se modifie pas : % refusé sur %.', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER office_accesslog_rows BEFORE UPDATE OR DELETE ON office_accesslog
  FOR EACH ROW EXECUTE FUNCTION ancrage_refuse_rewriting();
CREATE TRIGGER office_accesslog_truncate BEFORE TRUNCATE ON office_accesslog
  FOR EACH STATEMENT EXECUTE FUNCTION ancrage_refuse_rewriting();
"""
UNDO = r"""
DROP TRIGGER office_accesslog_rows ON office_accesslog;
DROP TRIGGER office_accesslog_truncate ON office_accesslog;
DROP FUNCTION ancrage_refuse_rewriting();
"""


class Migration(migrations.Migration):
    dependencies = [("office", "0001_initial")]
    operations = [migrations.RunSQL(APPEND_ONLY, UNDO)]
