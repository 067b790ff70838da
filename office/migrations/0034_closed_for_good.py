"""What was closed stays closed: the database says so."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0033_keyed_digests'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='apitoken',
            trigger=pgtrigger.compiler.Trigger(name='revoked_at_for_good', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.revoked_at IS NOT NULL AND OLD.revoked_at IS DISTINCT FROM NEW.revoked_at)', func="\n            RAISE EXCEPTION 'revoked_at of % % stands', TG_TABLE_NAME, OLD.id\n                USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;\n        ", hash='ab01cb7ef55f263484d46d808cb8f0dfed339aa3', operation='UPDATE OF "revoked_at"', pgid='pgtrigger_revoked_at_for_good_f7227', table='office_apitoken', when='BEFORE')),
        ),
    ]
