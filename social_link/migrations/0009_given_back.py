"""An alert that was taken is given back to who had it."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('social_link', '0008_how_it_went'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='alert',
            name='state_flow',
        ),
        migrations.AddField(
            model_name='alert',
            name='taken_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='prise à'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alert',
            trigger=pgtrigger.compiler.Trigger(name='state_flow', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('ACK', 'ANSWERED'), ('ACK', 'RAISED'), ('ANSWERED', 'ACK'), ('DROPPED', 'RAISED'), ('RAISED', 'ACK'), ('RAISED', 'ANSWERED'), ('RAISED', 'DROPPED')))", func="\n            RAISE EXCEPTION 'the state of % % does not go from % to %', TG_TABLE_NAME, OLD.id, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;\n        ", hash='3bd0e19c2a96fb5378a0ce5cef9a984165a26df1', operation='UPDATE OF "state"', pgid='pgtrigger_state_flow_a11a6', table='social_link_alert', when='BEFORE')),
        ),
    ]
