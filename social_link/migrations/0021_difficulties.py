"""The difficulties of a household: codes over days."""

import common.clock
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leases', '0012_signed_with_a_measure'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('social_link', '0020_masp_contract'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Difficulty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('RESOURCES', 'Ressources faibles'), ('HOUSING', 'Accès au logement ou maintien'), ('WANDERING', 'Errance'), ('HEALTH', 'Santé ou addiction'), ('PSYCHIC', 'Fragilité psychique'), ('DEFICIENCY', 'Déficience mentale'), ('ILLNESS', 'Maladie mentale'), ('ISOLATION', 'Isolement'), ('BUDGET', 'Budget et démarches')], max_length=10, verbose_name='difficulté')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='du … au …')),
                ('noted_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='notée le')),
                ('noted_in', models.UUIDField(editable=False, verbose_name='notée avec')),
                ('ended_in', models.UUIDField(blank=True, editable=False, null=True, verbose_name='finie avec')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='finie par')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='difficulties', to='leases.household', verbose_name='ménage')),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='notée par')),
            ],
            options={
                'verbose_name': 'difficulté d’un ménage',
                'verbose_name_plural': 'difficultés des ménages',
                'ordering': ['household', 'period', 'id'],
            },
        ),
        migrations.CreateModel(
            name='DifficultyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('RESOURCES', 'Ressources faibles'), ('HOUSING', 'Accès au logement ou maintien'), ('WANDERING', 'Errance'), ('HEALTH', 'Santé ou addiction'), ('PSYCHIC', 'Fragilité psychique'), ('DEFICIENCY', 'Déficience mentale'), ('ILLNESS', 'Maladie mentale'), ('ISOLATION', 'Isolement'), ('BUDGET', 'Budget et démarches')], max_length=10, verbose_name='difficulté')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='du … au …')),
                ('noted_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='notée le')),
                ('noted_in', models.UUIDField(editable=False, verbose_name='notée avec')),
                ('ended_in', models.UUIDField(blank=True, editable=False, null=True, verbose_name='finie avec')),
                ('ended_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='finie par')),
                ('household', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='leases.household', verbose_name='ménage')),
                ('noted_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='notée par')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.difficulty')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='difficulty',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('household', '='), ('kind', '='), ('period', '&&')], name='difficulty_once', violation_error_message='Cette difficulté est déjà notée sur ces jours.'),
        ),
        migrations.AddConstraint(
            model_name='difficulty',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False)), name='difficulty_dated', violation_error_message='Une difficulté est notée à partir d’un jour.'),
        ),
        migrations.AddConstraint(
            model_name='difficulty',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_by', None), ('ended_in', None), ('period__upper_inf', True)), models.Q(('ended_by__isnull', False), ('ended_in__isnull', False), ('period__upper_inf', False)), _connector='OR'), name='difficulty_ended_by_somebody', violation_error_message='Une difficulté finit quand quelqu’un le dit.'),
        ),
        migrations.AddConstraint(
            model_name='difficulty',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['RESOURCES', 'HOUSING', 'WANDERING', 'HEALTH', 'PSYCHIC', 'DEFICIENCY', 'ILLNESS', 'ISOLATION', 'BUDGET'])), name='difficulty_known', violation_error_message='Choisissez dans la liste.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='difficulty',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_difficultyevent" ("ended_by_id", "ended_in", "household_id", "id", "kind", "noted_at", "noted_by_id", "noted_in", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."ended_by_id", OLD."ended_in", OLD."household_id", OLD."id", OLD."kind", OLD."noted_at", OLD."noted_by_id", OLD."noted_in", OLD."period", _pgh_attach_context(), NOW(), \'before\', OLD."id"); RETURN NULL;', hash='dc8a7d5931aaa80a34dcfa339137c70891707090', operation='UPDATE', pgid='pgtrigger_before_update_88882', table='social_link_difficulty', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='difficulty',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_difficultyevent" ("ended_by_id", "ended_in", "household_id", "id", "kind", "noted_at", "noted_by_id", "noted_in", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."ended_by_id", OLD."ended_in", OLD."household_id", OLD."id", OLD."kind", OLD."noted_at", OLD."noted_by_id", OLD."noted_in", OLD."period", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='e38683d89d24f0eeb3b5073e38956c2a2b6ee043', operation='DELETE', pgid='pgtrigger_delete_delete_18cdc', table='social_link_difficulty', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='difficultyevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='429e85249adfa0bb0dc0e48d8ff8d92d8b3a7144', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_98167', table='social_link_difficultyevent', when='BEFORE')),
        ),
    ]
