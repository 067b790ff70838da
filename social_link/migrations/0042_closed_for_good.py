"""What was closed stays closed: the database says so."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('social_link', '0041_referral_receipt_is_given'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='referrallink',
            trigger=pgtrigger.compiler.Trigger(name='revoked_at_for_good', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.revoked_at IS NOT NULL AND OLD.revoked_at IS DISTINCT FROM NEW.revoked_at)', func="\n            RAISE EXCEPTION 'revoked_at of % % stands', TG_TABLE_NAME, OLD.id\n                USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;\n        ", hash='5e2f21ad83d1afe45ec9e904b0304cfe4af4c34c', operation='UPDATE OF "revoked_at"', pgid='pgtrigger_revoked_at_for_good_39a7a', table='social_link_referrallink', when='BEFORE')),
        ),
    ]
