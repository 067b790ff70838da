"""Somebody is away, and a colleague stands in for him; what was handed over says so, and comes back."""

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
        ('leases', '0010_parties_have_a_history'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('social_link', '0009_given_back'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='période')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='terminée le')),
            ],
            options={
                'verbose_name': 'absence',
                'ordering': ['period', 'id'],
            },
        ),
        migrations.CreateModel(
            name='AbsenceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='période')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='terminée le')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StandIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': 'remplaçant d’un ménage',
                'verbose_name_plural': 'remplaçants d’un ménage',
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contact',
            name='before_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contact',
            name='delete_delete',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_contactevent" ("absence_id", "alert_id", "at_time", "author_id", "happened_on", "household_id", "id", "is_planned", "kind", "minutes", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "request_key") VALUES (OLD."absence_id", OLD."alert_id", OLD."at_time", OLD."author_id", OLD."happened_on", OLD."household_id", OLD."id", OLD."is_planned", OLD."kind", OLD."minutes", OLD."outcome", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."recorded_at", OLD."request_key"); RETURN NULL;', hash='d760d3ebb75efd3800be108d1e58bc93e651360e', operation='UPDATE', pgid='pgtrigger_before_update_e571c', table='social_link_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_contactevent" ("absence_id", "alert_id", "at_time", "author_id", "happened_on", "household_id", "id", "is_planned", "kind", "minutes", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "request_key") VALUES (OLD."absence_id", OLD."alert_id", OLD."at_time", OLD."author_id", OLD."happened_on", OLD."household_id", OLD."id", OLD."is_planned", OLD."kind", OLD."minutes", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."request_key"); RETURN NULL;', hash='01b2bb27e8052a46cde68b3e0df4a0b2998ac058', operation='DELETE', pgid='pgtrigger_delete_delete_d3762', table='social_link_contact', when='AFTER')),
        ),
        migrations.AddField(
            model_name='absence',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.AddField(
            model_name='absence',
            name='stand_in',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='remplaçant'),
        ),
        migrations.AddField(
            model_name='absence',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL, verbose_name='absent'),
        ),
        migrations.AddField(
            model_name='alert',
            name='absence',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='social_link.absence', verbose_name='pendant l’absence'),
        ),
        migrations.AddField(
            model_name='contact',
            name='absence',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='social_link.absence', verbose_name='pendant l’absence'),
        ),
        migrations.AddField(
            model_name='contactevent',
            name='absence',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.absence', verbose_name='pendant l’absence'),
        ),
        migrations.AddField(
            model_name='absenceevent',
            name='author',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.AddField(
            model_name='absenceevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='absenceevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.absence'),
        ),
        migrations.AddField(
            model_name='absenceevent',
            name='stand_in',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='remplaçant'),
        ),
        migrations.AddField(
            model_name='absenceevent',
            name='user',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='absent'),
        ),
        migrations.AddField(
            model_name='standin',
            name='absence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='named', to='social_link.absence', verbose_name='absence'),
        ),
        migrations.AddField(
            model_name='standin',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leases.household', verbose_name='ménage'),
        ),
        migrations.AddField(
            model_name='standin',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='remplaçant'),
        ),
        migrations.AddConstraint(
            model_name='absence',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('ended_at', None)), expressions=[('user', '='), ('period', '&&')], name='absence_one_at_a_time', violation_error_message='Cette personne est déjà absente sur cette période.'),
        ),
        migrations.AddConstraint(
            model_name='absence',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False), ('period__upper_inf', False)), name='absence_bounded', violation_error_message='Une absence a un premier et un dernier jour.'),
        ),
        migrations.AddConstraint(
            model_name='absence',
            constraint=models.CheckConstraint(condition=models.Q(('stand_in', models.F('user')), _negated=True), name='absence_by_another', violation_error_message='Personne ne se remplace soi-même.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='absence',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_absenceevent" ("author_id", "created_at", "ended_at", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stand_in_id", "user_id") VALUES (OLD."author_id", OLD."created_at", OLD."ended_at", OLD."id", OLD."period", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."stand_in_id", OLD."user_id"); RETURN NULL;', hash='7559c934c5e612b798cf7dfe9ef1574daaa407fc', operation='UPDATE', pgid='pgtrigger_before_update_88f30', table='social_link_absence', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='absence',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_absenceevent" ("author_id", "created_at", "ended_at", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stand_in_id", "user_id") VALUES (OLD."author_id", OLD."created_at", OLD."ended_at", OLD."id", OLD."period", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."stand_in_id", OLD."user_id"); RETURN NULL;', hash='8c194e17f6540da83b1f5227e6f13556a7ea0c11', operation='DELETE', pgid='pgtrigger_delete_delete_9758e', table='social_link_absence', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='absenceevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5ebb90f014fddc61b85e42c4d10b34390882f87d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a6790', table='social_link_absenceevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='standin',
            constraint=models.UniqueConstraint(fields=('absence', 'household'), name='stand_in_once'),
        ),
    ]
