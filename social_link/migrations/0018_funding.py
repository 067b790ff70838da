"""What funders pay: lines of their conventions, and the share that one takes over of another's measure."""

import common.clock
import common.money
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0031_calendar_feed'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('social_link', '0017_sealed_notes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FundingLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ASLL', 'ASLL'), ('IML', 'IML'), ('AVDLV', 'AVDL vers le logement'), ('AVDLL', 'AVDL lors de l’entrée'), ('AVDLD', 'AVDL dans le logement'), ('MASP1', 'MASP 1'), ('MASP2', 'MASP 2'), ('AEB', 'AEB'), ('SIMPLE', 'Accompagnement simple'), ('RENF', 'Accompagnement renforcé'), ('T1', 'Parc CCAS, type 1'), ('T2', 'Parc CCAS, type 2')], max_length=6, verbose_name='mesure')),
                ('reference', models.CharField(max_length=60, verbose_name='convention')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='du … au …')),
                ('places', models.PositiveSmallIntegerField(verbose_name='places')),
                ('rate', common.money.EuroField(blank=True, null=True, verbose_name='tarif du mois/mesure')),
                ('counting', models.CharField(choices=[('ANY_DAY', 'Tout mois commencé'), ('DAYS', 'Jours ÷ 30,4')], default='ANY_DAY', max_length=7, verbose_name='décompte')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('funder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='funding_lines', to='office.organisation', verbose_name='financeur')),
            ],
            options={
                'verbose_name': 'ligne de convention',
                'verbose_name_plural': 'lignes de convention',
                'ordering': ['funder', 'kind', 'period'],
            },
        ),
        migrations.CreateModel(
            name='FundingLineEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('ASLL', 'ASLL'), ('IML', 'IML'), ('AVDLV', 'AVDL vers le logement'), ('AVDLL', 'AVDL lors de l’entrée'), ('AVDLD', 'AVDL dans le logement'), ('MASP1', 'MASP 1'), ('MASP2', 'MASP 2'), ('AEB', 'AEB'), ('SIMPLE', 'Accompagnement simple'), ('RENF', 'Accompagnement renforcé'), ('T1', 'Parc CCAS, type 1'), ('T2', 'Parc CCAS, type 2')], max_length=6, verbose_name='mesure')),
                ('reference', models.CharField(max_length=60, verbose_name='convention')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='du … au …')),
                ('places', models.PositiveSmallIntegerField(verbose_name='places')),
                ('rate', common.money.EuroField(blank=True, null=True, verbose_name='tarif du mois/mesure')),
                ('counting', models.CharField(choices=[('ANY_DAY', 'Tout mois commencé'), ('DAYS', 'Jours ÷ 30,4')], default='ANY_DAY', max_length=7, verbose_name='décompte')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
                ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('funder', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='financeur')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.fundingline')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='FundingShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('parts', django.contrib.postgres.fields.ranges.IntegerRangeField(verbose_name='points')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='du … au …')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('funder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.organisation', verbose_name='financeur')),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='social_link.measure', verbose_name='mesure')),
            ],
            options={
                'verbose_name': 'part d’un financeur',
                'verbose_name_plural': 'parts de financeurs',
                'ordering': ['period', 'parts'],
            },
        ),
        migrations.CreateModel(
            name='FundingShareEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('parts', django.contrib.postgres.fields.ranges.IntegerRangeField(verbose_name='points')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='du … au …')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
                ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('funder', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='financeur')),
                ('measure', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.measure', verbose_name='mesure')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.fundingshare')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='fundingline',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('funder', '='), ('kind', '='), ('period', '&&')], name='funding_line_once', violation_error_message='Ce financeur paie déjà cette mesure sur ces jours : un mois serait compté deux fois. Corrigez les dates.'),
        ),
        migrations.AddConstraint(
            model_name='fundingline',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False), ('period__upper_inf', False)), name='funding_line_bounded', violation_error_message='Une convention a un premier et un dernier jour.'),
        ),
        migrations.AddConstraint(
            model_name='fundingline',
            constraint=models.CheckConstraint(condition=models.Q(('places__gt', 0)), name='funding_line_places', violation_error_message='Une place au moins.'),
        ),
        migrations.AddConstraint(
            model_name='fundingline',
            constraint=models.CheckConstraint(condition=models.Q(('rate', None), ('rate__gt', 0), _connector='OR'), name='funding_line_rate', violation_error_message='Le tarif est au-dessus de zéro.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingline',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_fundinglineevent" ("author_id", "counting", "created_at", "funder_id", "id", "kind", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "places", "rate", "reference") VALUES (OLD."author_id", OLD."counting", OLD."created_at", OLD."funder_id", OLD."id", OLD."kind", OLD."period", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."places", OLD."rate", OLD."reference"); RETURN NULL;', hash='e2c359e2f96f41ddc6e43ebef3510d3f117cd010', operation='UPDATE', pgid='pgtrigger_before_update_49c77', table='social_link_fundingline', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingline',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_fundinglineevent" ("author_id", "counting", "created_at", "funder_id", "id", "kind", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "places", "rate", "reference") VALUES (OLD."author_id", OLD."counting", OLD."created_at", OLD."funder_id", OLD."id", OLD."kind", OLD."period", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."places", OLD."rate", OLD."reference"); RETURN NULL;', hash='8426255af94c433b54c771e685824cf9e774bec0', operation='DELETE', pgid='pgtrigger_delete_delete_d23ab', table='social_link_fundingline', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundinglineevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f1f517e51a17ffa2fb75d85ad4d9b263bae83b20', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_51a4c', table='social_link_fundinglineevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='fundingshare',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('measure', '='), ('period', '&&'), ('parts', '&&')], name='funding_share_within_whole', violation_error_message='Les parts des financeurs dépassent 100 % sur ces jours.'),
        ),
        migrations.AddConstraint(
            model_name='fundingshare',
            constraint=models.CheckConstraint(condition=models.Q(('parts__contained_by', (0, 100)), ('parts__isempty', False)), name='funding_share_of_a_hundred', violation_error_message='Une part va de 1 à 100 %.'),
        ),
        migrations.AddConstraint(
            model_name='fundingshare',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False), ('period__upper_inf', False)), name='funding_share_bounded', violation_error_message='Une part a un premier et un dernier jour.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingshare',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_fundingshareevent" ("author_id", "created_at", "funder_id", "id", "measure_id", "parts", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."author_id", OLD."created_at", OLD."funder_id", OLD."id", OLD."measure_id", OLD."parts", OLD."period", _pgh_attach_context(), NOW(), \'before\', OLD."id"); RETURN NULL;', hash='991f5b8e72367028e4342cab6a3c5a98ce898fcf', operation='UPDATE', pgid='pgtrigger_before_update_0de8e', table='social_link_fundingshare', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingshare',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_fundingshareevent" ("author_id", "created_at", "funder_id", "id", "measure_id", "parts", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."author_id", OLD."created_at", OLD."funder_id", OLD."id", OLD."measure_id", OLD."parts", OLD."period", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='f5644ac3ed1117f0ee05762cc67edeb530ec4930', operation='DELETE', pgid='pgtrigger_delete_delete_7e0f4', table='social_link_fundingshare', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingshareevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8b0a2c9826833592f3ca83acb0ccb61358c4e431', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ef994', table='social_link_fundingshareevent', when='BEFORE')),
        ),
    ]
