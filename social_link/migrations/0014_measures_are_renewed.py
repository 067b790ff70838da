"""A measure is renewed by a further contract of its own, and changes its kind with its history.

A deferred trigger keeps the renewals of a measure in one piece up to its term, and its former kinds within it: what
changes these rows in a migration stands in a migration of its own.
"""

import common.clock
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

WHOLE = """
CREATE FUNCTION ancrage_measure_is_whole(which bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    whole record;
BEGIN
    SELECT lower(period) AS start, upper(period) - 1 AS last, planned_end INTO whole
    FROM social_link_measure WHERE id = which;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF EXISTS (
        SELECT FROM social_link_renewal
        WHERE measure_id = which AND decision = 'GRANTED'
        HAVING min(lower(period)) <= whole.start
            OR max(upper(period)) <> whole.planned_end + 1
            OR sum(upper(period) - lower(period)) <> max(upper(period)) - min(lower(period))
    ) OR EXISTS (
        SELECT FROM social_link_formerkind
        WHERE measure_id = which AND (until < whole.start OR until >= whole.last)
    ) THEN
        RAISE EXCEPTION 'the renewals or former kinds of measure % do not fit its days', which
            USING ERRCODE = 'check_violation', CONSTRAINT = 'measure_whole', TABLE = 'social_link_measure';
    END IF;
END
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('leases', '0011_guarantees'),
        ('office', '0031_calendar_feed'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('social_link', '0013_next_step_done'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(WHOLE, "DROP FUNCTION ancrage_measure_is_whole(bigint)"),
        migrations.CreateModel(
            name='FormerKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ASLL', 'ASLL'), ('IML', 'IML'), ('AVDLV', 'AVDL vers le logement'), ('AVDLL', 'AVDL lors de l’entrée'), ('AVDLD', 'AVDL dans le logement'), ('MASP1', 'MASP 1'), ('MASP2', 'MASP 2'), ('AEB', 'AEB'), ('SIMPLE', 'Accompagnement simple'), ('RENF', 'Accompagnement renforcé'), ('T1', 'Parc CCAS, type 1'), ('T2', 'Parc CCAS, type 2')], max_length=6, verbose_name='mesure')),
                ('until', models.DateField(verbose_name='jusqu’au')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
            ],
            options={
                'verbose_name': 'type d’avant',
                'verbose_name_plural': 'types d’avant',
                'ordering': ['until'],
            },
        ),
        migrations.CreateModel(
            name='FormerKindEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('ASLL', 'ASLL'), ('IML', 'IML'), ('AVDLV', 'AVDL vers le logement'), ('AVDLL', 'AVDL lors de l’entrée'), ('AVDLD', 'AVDL dans le logement'), ('MASP1', 'MASP 1'), ('MASP2', 'MASP 2'), ('AEB', 'AEB'), ('SIMPLE', 'Accompagnement simple'), ('RENF', 'Accompagnement renforcé'), ('T1', 'Parc CCAS, type 1'), ('T2', 'Parc CCAS, type 2')], max_length=6, verbose_name='mesure')),
                ('until', models.DateField(verbose_name='jusqu’au')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Renewal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='du … au …')),
                ('proposed_by', models.CharField(blank=True, choices=[('INSTRUCT', 'Service instructeur'), ('DEPT', 'Référent social du Département'), ('STATE', 'État, SIAO ou commission DALO'), ('CCAS', 'CCAS'), ('HOUSE', 'Notre service')], max_length=8, verbose_name='proposé par')),
                ('proposed_on', models.DateField(verbose_name='proposé le')),
                ('progress', models.CharField(blank=True, choices=[('REACHED', 'Objectifs atteints'), ('ON_WAY', 'En bonne voie'), ('LITTLE', 'Peu avancé'), ('REVIEW', 'À revoir')], max_length=7, verbose_name='évaluation')),
                ('decision', models.CharField(blank=True, choices=[('GRANTED', 'Accord'), ('REFUSED', 'Refus'), ('ADJOURN', 'Ajourné')], max_length=7, verbose_name='décision')),
                ('decided_on', models.DateField(blank=True, null=True, verbose_name='décidé le')),
                ('signed_on', models.DateField(blank=True, null=True, verbose_name='contrat signé le')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
            ],
            options={
                'verbose_name': 'renouvellement',
                'ordering': ['period', 'id'],
            },
        ),
        migrations.CreateModel(
            name='RenewalEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='du … au …')),
                ('proposed_by', models.CharField(blank=True, choices=[('INSTRUCT', 'Service instructeur'), ('DEPT', 'Référent social du Département'), ('STATE', 'État, SIAO ou commission DALO'), ('CCAS', 'CCAS'), ('HOUSE', 'Notre service')], max_length=8, verbose_name='proposé par')),
                ('proposed_on', models.DateField(verbose_name='proposé le')),
                ('progress', models.CharField(blank=True, choices=[('REACHED', 'Objectifs atteints'), ('ON_WAY', 'En bonne voie'), ('LITTLE', 'Peu avancé'), ('REVIEW', 'À revoir')], max_length=7, verbose_name='évaluation')),
                ('decision', models.CharField(blank=True, choices=[('GRANTED', 'Accord'), ('REFUSED', 'Refus'), ('ADJOURN', 'Ajourné')], max_length=7, verbose_name='décision')),
                ('decided_on', models.DateField(blank=True, null=True, verbose_name='décidé le')),
                ('signed_on', models.DateField(blank=True, null=True, verbose_name='contrat signé le')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
            ],
            options={
                'abstract': False,
            },
        ),
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
            name='advice',
            field=models.TextField(blank=True, max_length=4000, verbose_name='conseils et orientations'),
        ),
        migrations.AddField(
            model_name='measure',
            name='despite',
            field=models.CharField(blank=True, max_length=200, verbose_name='ouverte malgré cela, parce que'),
        ),
        migrations.AddField(
            model_name='measure',
            name='domains',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('TIES', 'Liens sociaux'), ('RIGHTS', 'Droits ouverts'), ('CARE', 'Soins'), ('AUTONOMY', 'Autonomie'), ('RECOVERY', 'Rétablissement'), ('OWN_HOME', 'Accès à son propre logement')], max_length=8), blank=True, default=list, size=None, verbose_name='acquis'),
        ),
        migrations.AddField(
            model_name='measure',
            name='exclusions',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('HOSTED', 'Hébergé par une structure qui accompagne déjà'), ('SCHEME', 'Déjà suivi par un dispositif budget et insertion')], max_length=6), blank=True, default=list, size=None, verbose_name='exclusions'),
        ),
        migrations.AddField(
            model_name='measure',
            name='outcome',
            field=models.CharField(blank=True, choices=[('STAYED', 'Maintien dans le logement'), ('SLID', 'Bail glissé à son nom'), ('SOCIAL', 'Autre logement social'), ('PRIVATE', 'Logement privé'), ('FAMILY', 'Famille ou proches'), ('STRUCT', 'Résidence, pension de famille ou soins'), ('EVICT', 'Expulsion'), ('UNKNOWN', 'Départ sans adresse connue'), ('DEATH', 'Décès')], max_length=7, verbose_name='situation à la sortie'),
        ),
        migrations.AddField(
            model_name='measure',
            name='proposed_by',
            field=models.CharField(blank=True, choices=[('INSTRUCT', 'Service instructeur'), ('DEPT', 'Référent social du Département'), ('STATE', 'État, SIAO ou commission DALO'), ('CCAS', 'CCAS'), ('HOUSE', 'Notre service')], max_length=8, verbose_name='proposée par'),
        ),
        migrations.AddField(
            model_name='measureevent',
            name='advice',
            field=models.TextField(blank=True, max_length=4000, verbose_name='conseils et orientations'),
        ),
        migrations.AddField(
            model_name='measureevent',
            name='despite',
            field=models.CharField(blank=True, max_length=200, verbose_name='ouverte malgré cela, parce que'),
        ),
        migrations.AddField(
            model_name='measureevent',
            name='domains',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('TIES', 'Liens sociaux'), ('RIGHTS', 'Droits ouverts'), ('CARE', 'Soins'), ('AUTONOMY', 'Autonomie'), ('RECOVERY', 'Rétablissement'), ('OWN_HOME', 'Accès à son propre logement')], max_length=8), blank=True, default=list, size=None, verbose_name='acquis'),
        ),
        migrations.AddField(
            model_name='measureevent',
            name='exclusions',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('HOSTED', 'Hébergé par une structure qui accompagne déjà'), ('SCHEME', 'Déjà suivi par un dispositif budget et insertion')], max_length=6), blank=True, default=list, size=None, verbose_name='exclusions'),
        ),
        migrations.AddField(
            model_name='measureevent',
            name='outcome',
            field=models.CharField(blank=True, choices=[('STAYED', 'Maintien dans le logement'), ('SLID', 'Bail glissé à son nom'), ('SOCIAL', 'Autre logement social'), ('PRIVATE', 'Logement privé'), ('FAMILY', 'Famille ou proches'), ('STRUCT', 'Résidence, pension de famille ou soins'), ('EVICT', 'Expulsion'), ('UNKNOWN', 'Départ sans adresse connue'), ('DEATH', 'Décès')], max_length=7, verbose_name='situation à la sortie'),
        ),
        migrations.AddField(
            model_name='measureevent',
            name='proposed_by',
            field=models.CharField(blank=True, choices=[('INSTRUCT', 'Service instructeur'), ('DEPT', 'Référent social du Département'), ('STATE', 'État, SIAO ou commission DALO'), ('CCAS', 'CCAS'), ('HOUSE', 'Notre service')], max_length=8, verbose_name='proposée par'),
        ),
        migrations.AlterField(
            model_name='measure',
            name='kind',
            field=models.CharField(choices=[('ASLL', 'ASLL'), ('IML', 'IML'), ('AVDLV', 'AVDL vers le logement'), ('AVDLL', 'AVDL lors de l’entrée'), ('AVDLD', 'AVDL dans le logement'), ('MASP1', 'MASP 1'), ('MASP2', 'MASP 2'), ('AEB', 'AEB'), ('SIMPLE', 'Accompagnement simple'), ('RENF', 'Accompagnement renforcé'), ('T1', 'Parc CCAS, type 1'), ('T2', 'Parc CCAS, type 2')], max_length=6, verbose_name='mesure'),
        ),
        migrations.AlterField(
            model_name='measureevent',
            name='kind',
            field=models.CharField(choices=[('ASLL', 'ASLL'), ('IML', 'IML'), ('AVDLV', 'AVDL vers le logement'), ('AVDLL', 'AVDL lors de l’entrée'), ('AVDLD', 'AVDL dans le logement'), ('MASP1', 'MASP 1'), ('MASP2', 'MASP 2'), ('AEB', 'AEB'), ('SIMPLE', 'Accompagnement simple'), ('RENF', 'Accompagnement renforcé'), ('T1', 'Parc CCAS, type 1'), ('T2', 'Parc CCAS, type 2')], max_length=6, verbose_name='mesure'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measure',
            trigger=pgtrigger.compiler.Trigger(name='measure_whole', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func='\n    PERFORM ancrage_measure_is_whole(NEW.id);\n    RETURN NULL;\n', hash='5e8b5ed8db078d9d3d069ebc0376637c05e9d12f', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_measure_whole_ed8b7', table='social_link_measure', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measure',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_measureevent" ("advice", "agreed_on", "author_id", "created_at", "despite", "domains", "end_reason", "ended_on", "exclusions", "funder_id", "household_id", "id", "is_lead", "kind", "outcome", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_end", "proposed_by", "referent_id", "signed_on") VALUES (OLD."advice", OLD."agreed_on", OLD."author_id", OLD."created_at", OLD."despite", OLD."domains", OLD."end_reason", OLD."ended_on", OLD."exclusions", OLD."funder_id", OLD."household_id", OLD."id", OLD."is_lead", OLD."kind", OLD."outcome", OLD."period", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."planned_end", OLD."proposed_by", OLD."referent_id", OLD."signed_on"); RETURN NULL;', hash='52eb71745b21a50fbebe3a048c47d62c6e2dc007', operation='UPDATE', pgid='pgtrigger_before_update_2cd51', table='social_link_measure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measure',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_measureevent" ("advice", "agreed_on", "author_id", "created_at", "despite", "domains", "end_reason", "ended_on", "exclusions", "funder_id", "household_id", "id", "is_lead", "kind", "outcome", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_end", "proposed_by", "referent_id", "signed_on") VALUES (OLD."advice", OLD."agreed_on", OLD."author_id", OLD."created_at", OLD."despite", OLD."domains", OLD."end_reason", OLD."ended_on", OLD."exclusions", OLD."funder_id", OLD."household_id", OLD."id", OLD."is_lead", OLD."kind", OLD."outcome", OLD."period", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."planned_end", OLD."proposed_by", OLD."referent_id", OLD."signed_on"); RETURN NULL;', hash='d16ae1027ab50e1e0248ce47d2ecb161f637b6b4', operation='DELETE', pgid='pgtrigger_delete_delete_bba0a', table='social_link_measure', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on__isnull', False), models.Q(('advice', ''), ('domains', []), ('outcome', '')), _connector='OR'), name='measure_outcome_at_its_end', violation_error_message='La situation à la sortie se dit à la fin de la mesure.'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('exclusions', []), models.Q(('despite', ''), _negated=True), _connector='OR'), name='measure_excluded_unless_why', violation_error_message='Dites pourquoi la mesure s’ouvre malgré ce qui l’exclut.'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('advice'), 4000), name='measure_advice_bounded', violation_error_message='Ce texte dépasse 4\xa0000 caractères : raccourcissez-le.'),
        ),
        migrations.AddField(
            model_name='formerkind',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.AddField(
            model_name='formerkind',
            name='measure',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='formers', to='social_link.measure', verbose_name='mesure'),
        ),
        migrations.AddField(
            model_name='formerkindevent',
            name='author',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.AddField(
            model_name='formerkindevent',
            name='measure',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.measure', verbose_name='mesure'),
        ),
        migrations.AddField(
            model_name='formerkindevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='formerkindevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.formerkind'),
        ),
        migrations.AddField(
            model_name='renewal',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.AddField(
            model_name='renewal',
            name='measure',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='renewals', to='social_link.measure', verbose_name='mesure'),
        ),
        migrations.AddField(
            model_name='renewalevent',
            name='author',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.AddField(
            model_name='renewalevent',
            name='measure',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.measure', verbose_name='mesure'),
        ),
        migrations.AddField(
            model_name='renewalevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='renewalevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.renewal'),
        ),
        migrations.AddConstraint(
            model_name='formerkind',
            constraint=models.UniqueConstraint(fields=('measure', 'until'), name='former_kind_once', violation_error_message='Le type de cette mesure a déjà changé ce jour-là.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formerkind',
            trigger=pgtrigger.compiler.Trigger(name='measure_whole', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func='\n    PERFORM ancrage_measure_is_whole(COALESCE(NEW.measure_id, OLD.measure_id));\n    RETURN NULL;\n', hash='3c6c66a43b7982d8aabf1be4a773f2b06ae950b0', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_measure_whole_6dcbc', table='social_link_formerkind', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formerkind',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_formerkindevent" ("author_id", "created_at", "id", "kind", "measure_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "until") VALUES (OLD."author_id", OLD."created_at", OLD."id", OLD."kind", OLD."measure_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."until"); RETURN NULL;', hash='59f8289667ae4a06c4be739dca5770d5a52ddcbb', operation='DELETE', pgid='pgtrigger_delete_delete_1bc22', table='social_link_formerkind', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formerkindevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1eb36a6d2b2465f463fff8456e0138648f9b453f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_84b40', table='social_link_formerkindevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='renewal',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('decision', 'GRANTED')), expressions=[('measure', '='), ('period', '&&')], name='renewal_no_overlap', violation_error_message='Cette mesure est déjà renouvelée sur ces jours.'),
        ),
        migrations.AddConstraint(
            model_name='renewal',
            constraint=models.UniqueConstraint(condition=models.Q(('decision__in', ['', 'ADJOURN'])), fields=('measure',), name='renewal_waits_once', violation_error_message='Un renouvellement attend déjà sa décision : décidez-le d’abord.'),
        ),
        migrations.AddConstraint(
            model_name='renewal',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False), ('period__upper_inf', False)), name='renewal_bounded', violation_error_message='Un renouvellement a un premier et un dernier jour.'),
        ),
        migrations.AddConstraint(
            model_name='renewal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_on', None), ('decision', '')), models.Q(models.Q(('decision', ''), _negated=True), ('decided_on__gte', models.F('proposed_on')), ('decided_on__isnull', False)), _connector='OR'), name='renewal_decided_whole', violation_error_message='La décision a son jour, et suit la proposition.'),
        ),
        migrations.AddConstraint(
            model_name='renewal',
            constraint=models.CheckConstraint(condition=models.Q(('signed_on', None), ('decision', 'GRANTED'), _connector='OR'), name='renewal_signed_if_granted', violation_error_message='Le contrat se signe après l’accord.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='renewal',
            trigger=pgtrigger.compiler.Trigger(name='measure_whole', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func='\n    PERFORM ancrage_measure_is_whole(COALESCE(NEW.measure_id, OLD.measure_id));\n    RETURN NULL;\n', hash='38b30d67a45ee4569729a0963928c8f4e7b77757', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_measure_whole_66225', table='social_link_renewal', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='renewal',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_renewalevent" ("author_id", "created_at", "decided_on", "decision", "id", "measure_id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "progress", "proposed_by", "proposed_on", "signed_on") VALUES (OLD."author_id", OLD."created_at", OLD."decided_on", OLD."decision", OLD."id", OLD."measure_id", OLD."period", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."progress", OLD."proposed_by", OLD."proposed_on", OLD."signed_on"); RETURN NULL;', hash='703f077604023e40cda957b971117f9de0fecd37', operation='UPDATE', pgid='pgtrigger_before_update_11fc6', table='social_link_renewal', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='renewal',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_renewalevent" ("author_id", "created_at", "decided_on", "decision", "id", "measure_id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "progress", "proposed_by", "proposed_on", "signed_on") VALUES (OLD."author_id", OLD."created_at", OLD."decided_on", OLD."decision", OLD."id", OLD."measure_id", OLD."period", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."progress", OLD."proposed_by", OLD."proposed_on", OLD."signed_on"); RETURN NULL;', hash='7373a6bfc22b2f702da1fb80cd02d3423f26420f', operation='DELETE', pgid='pgtrigger_delete_delete_d43ce', table='social_link_renewal', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='renewalevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ac62e63ae6449eab0baa9e72fa90fcf8ecb0624b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_bde52', table='social_link_renewalevent', when='BEFORE')),
        ),
    ]
