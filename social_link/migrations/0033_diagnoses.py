"""The social evaluation of a household by codes, version by version."""

import common.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leases', '0012_signed_with_a_measure'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('social_link', '0032_watched_by_its_rhythm'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Diagnosis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='le')),
                ('needs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('SEARCH', 'Chercher un logement'), ('SETTLE', 'S’installer'), ('PLAN', 'Apurer une dette'), ('ADVICE', 'Conseil budgétaire'), ('OPEN', 'Ouvrir ou rétablir un droit'), ('PAPERS', 'Aide aux démarches'), ('MEDIAT', 'Médiation'), ('RELAY', 'Relais vers un autre service')], max_length=8), blank=True, default=list, size=None, verbose_name='besoins')),
                ('note_id', models.BigIntegerField(blank=True, null=True, verbose_name='note')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='retiré le')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='diagnoses', to='leases.household', verbose_name='ménage')),
            ],
            options={
                'verbose_name': 'diagnostic',
                'ordering': ['-on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='DiagnosisEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('on', models.DateField(verbose_name='le')),
                ('needs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('SEARCH', 'Chercher un logement'), ('SETTLE', 'S’installer'), ('PLAN', 'Apurer une dette'), ('ADVICE', 'Conseil budgétaire'), ('OPEN', 'Ouvrir ou rétablir un droit'), ('PAPERS', 'Aide aux démarches'), ('MEDIAT', 'Médiation'), ('RELAY', 'Relais vers un autre service')], max_length=8), blank=True, default=list, size=None, verbose_name='besoins')),
                ('note_id', models.BigIntegerField(blank=True, null=True, verbose_name='note')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='retiré le')),
                ('author', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('household', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='leases.household', verbose_name='ménage')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.diagnosis')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DiagnosisLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('theme', models.CharField(choices=[('DWELLING', 'Logement'), ('BUDGET', 'Budget et dettes'), ('RIGHTS', 'Droits et démarches'), ('JOB', 'Emploi et ressources'), ('FAMILY', 'Famille'), ('TIES', 'Liens et entourage')], max_length=8, verbose_name='thème')),
                ('standing', models.CharField(choices=[('WELL', 'Va bien'), ('WATCH', 'À surveiller'), ('WORK', 'À travailler'), ('URGENT', 'Urgent')], max_length=6, verbose_name='niveau')),
                ('diagnosis', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='social_link.diagnosis', verbose_name='diagnostic')),
            ],
            options={
                'verbose_name': 'ligne d’un diagnostic',
                'verbose_name_plural': 'lignes d’un diagnostic',
            },
        ),
        migrations.AddConstraint(
            model_name='diagnosis',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('household', 'on'), name='diagnosis_once_a_day', violation_error_message='Un diagnostic de ce jour est déjà noté : corrigez-le.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='diagnosis',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_diagnosisevent" ("author_id", "created_at", "household_id", "id", "needs", "note_id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "withdrawn_at") VALUES (OLD."author_id", OLD."created_at", OLD."household_id", OLD."id", OLD."needs", OLD."note_id", OLD."on", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."withdrawn_at"); RETURN NULL;', hash='264935ec5ebc731ac60080af170a82a05198fba7', operation='UPDATE', pgid='pgtrigger_before_update_1b7c0', table='social_link_diagnosis', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='diagnosis',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_diagnosisevent" ("author_id", "created_at", "household_id", "id", "needs", "note_id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "withdrawn_at") VALUES (OLD."author_id", OLD."created_at", OLD."household_id", OLD."id", OLD."needs", OLD."note_id", OLD."on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."withdrawn_at"); RETURN NULL;', hash='8e38739e607b67172028403fa2080ee20847f39f', operation='DELETE', pgid='pgtrigger_delete_delete_e6c70', table='social_link_diagnosis', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='diagnosisevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ffbdd8240c284da5eb209b08ad951b35d494e019', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_aaa54', table='social_link_diagnosisevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='diagnosisline',
            constraint=models.UniqueConstraint(fields=('diagnosis', 'theme'), name='diagnosis_line_once'),
        ),
    ]
