"""An IML is signed with the contract of the dwelling: the database holds the two days together.

One that was signed on the day of a contract of its household is tied to it; another one keeps its day, and no contract.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


SAME_DAY = """
ALTER TABLE social_link_measure ADD CONSTRAINT measure_signed_with_its_lease
FOREIGN KEY (lease_id, signed_on) REFERENCES leases_lease (id, signed_on) DEFERRABLE INITIALLY DEFERRED
"""
TIED = """
UPDATE social_link_measure m
SET lease_id = (SELECT min(l.id) FROM leases_lease l WHERE l.household_id = m.household_id AND l.signed_on = m.signed_on)
WHERE m.kind = 'IML' AND m.signed_on IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('leases', '0012_signed_with_a_measure'),
        ('social_link', '0015_renewed_measures_are_one'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='measure',
            name='before_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measure',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='measure',
            name='lease',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='leases.lease', verbose_name='signée avec le bail'),
        ),
        migrations.AddField(
            model_name='measureevent',
            name='lease',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='leases.lease', verbose_name='signée avec le bail'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measure',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_measureevent" ("advice", "agreed_on", "author_id", "created_at", "despite", "domains", "end_reason", "ended_on", "exclusions", "funder_id", "household_id", "id", "is_lead", "kind", "lease_id", "outcome", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_end", "proposed_by", "referent_id", "signed_on") VALUES (OLD."advice", OLD."agreed_on", OLD."author_id", OLD."created_at", OLD."despite", OLD."domains", OLD."end_reason", OLD."ended_on", OLD."exclusions", OLD."funder_id", OLD."household_id", OLD."id", OLD."is_lead", OLD."kind", OLD."lease_id", OLD."outcome", OLD."period", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."planned_end", OLD."proposed_by", OLD."referent_id", OLD."signed_on"); RETURN NULL;', hash='3bca22f99ec5b9e930d2435b1924543dfe1d4337', operation='UPDATE', pgid='pgtrigger_before_update_2cd51', table='social_link_measure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measure',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_measureevent" ("advice", "agreed_on", "author_id", "created_at", "despite", "domains", "end_reason", "ended_on", "exclusions", "funder_id", "household_id", "id", "is_lead", "kind", "lease_id", "outcome", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_end", "proposed_by", "referent_id", "signed_on") VALUES (OLD."advice", OLD."agreed_on", OLD."author_id", OLD."created_at", OLD."despite", OLD."domains", OLD."end_reason", OLD."ended_on", OLD."exclusions", OLD."funder_id", OLD."household_id", OLD."id", OLD."is_lead", OLD."kind", OLD."lease_id", OLD."outcome", OLD."period", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."planned_end", OLD."proposed_by", OLD."referent_id", OLD."signed_on"); RETURN NULL;', hash='f09ae6e33eaa32f34f55d98361df741e34c4f502', operation='DELETE', pgid='pgtrigger_delete_delete_bba0a', table='social_link_measure', when='AFTER')),
        ),
        migrations.RunSQL(SAME_DAY, "ALTER TABLE social_link_measure DROP CONSTRAINT measure_signed_with_its_lease"),
        # The last: what follows a change of rows in one transaction can't change the table.
        migrations.RunSQL(TIED, migrations.RunSQL.noop),
    ]
