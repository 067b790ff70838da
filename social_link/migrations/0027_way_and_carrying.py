"""Days of the way to a measure; its intensity and who carries it; what a household declined."""

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
        ('office', '0032_refund_iban'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('social_link', '0026_after_the_end'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Carrier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('WITH_US', 'Co-porteur'), ('MEMBER', 'Service du groupement qui porte')], max_length=7, verbose_name='rôle')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='du … au …')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carriers', to='social_link.measure', verbose_name='mesure')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.organisation', verbose_name='organisme')),
            ],
            options={
                'verbose_name': 'porteur d’une mesure',
                'verbose_name_plural': 'porteurs d’une mesure',
                'ordering': ['period', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CarrierEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('role', models.CharField(choices=[('WITH_US', 'Co-porteur'), ('MEMBER', 'Service du groupement qui porte')], max_length=7, verbose_name='rôle')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='du … au …')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('measure', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.measure', verbose_name='mesure')),
                ('organisation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='organisme')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.carrier')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ChainDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('link', models.CharField(choices=[('DETECT', 'Repérage'), ('ORIENT', 'Orientation'), ('DIAG', 'Diagnostic'), ('ACCESS', 'Accès effectif'), ('DELIVER', 'Accompagnement'), ('FIT', 'Adéquation')], max_length=7, verbose_name='étape')),
                ('on', models.DateField(verbose_name='le')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chain_days', to='social_link.measure', verbose_name='mesure')),
            ],
            options={
                'verbose_name': 'étape du parcours',
                'verbose_name_plural': 'étapes du parcours',
            },
        ),
        migrations.CreateModel(
            name='ChainDayEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('link', models.CharField(choices=[('DETECT', 'Repérage'), ('ORIENT', 'Orientation'), ('DIAG', 'Diagnostic'), ('ACCESS', 'Accès effectif'), ('DELIVER', 'Accompagnement'), ('FIT', 'Adéquation')], max_length=7, verbose_name='étape')),
                ('on', models.DateField(verbose_name='le')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('measure', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.measure', verbose_name='mesure')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.chainday')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Intensity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('LIGHT', 'Légère'), ('USUAL', 'Courante'), ('STRONG', 'Soutenue'), ('DENSE', 'Intensive')], max_length=6, verbose_name='intensité')),
                ('from_day', models.DateField(verbose_name='à partir du')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='intensities', to='social_link.measure', verbose_name='mesure')),
            ],
            options={
                'verbose_name': 'intensité',
                'ordering': ['from_day'],
            },
        ),
        migrations.CreateModel(
            name='IntensityEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('level', models.CharField(choices=[('LIGHT', 'Légère'), ('USUAL', 'Courante'), ('STRONG', 'Soutenue'), ('DENSE', 'Intensive')], max_length=6, verbose_name='intensité')),
                ('from_day', models.DateField(verbose_name='à partir du')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
                ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('measure', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.measure', verbose_name='mesure')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.intensity')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Refusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('SUPPORT', 'Un accompagnement'), ('RENEWAL', 'La suite d’une mesure'), ('VISIT', 'Des visites à domicile')], max_length=7, verbose_name='ce qui est décliné')),
                ('on', models.DateField(verbose_name='le')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refusals', to='leases.household', verbose_name='ménage')),
            ],
            options={
                'verbose_name': 'refus d’un accompagnement',
                'verbose_name_plural': 'refus d’un accompagnement',
                'ordering': ['-on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='RefusalEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('what', models.CharField(choices=[('SUPPORT', 'Un accompagnement'), ('RENEWAL', 'La suite d’une mesure'), ('VISIT', 'Des visites à domicile')], max_length=7, verbose_name='ce qui est décliné')),
                ('on', models.DateField(verbose_name='le')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('household', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='leases.household', verbose_name='ménage')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.refusal')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='carrier',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('measure', '='), ('organisation', '='), ('period', '&&')], name='carrier_once', violation_error_message='Cet organisme porte déjà la mesure sur ces jours.'),
        ),
        migrations.AddConstraint(
            model_name='carrier',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role', 'MEMBER')), expressions=[('measure', '='), ('period', '&&')], name='carrier_one_member', violation_error_message='Un autre service du groupement porte la mesure sur ces jours.'),
        ),
        migrations.AddConstraint(
            model_name='carrier',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False)), name='carrier_bounded', violation_error_message='Un porteur a un premier jour, et finit après lui.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='carrier',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_carrierevent" ("author_id", "created_at", "id", "measure_id", "organisation_id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") VALUES (OLD."author_id", OLD."created_at", OLD."id", OLD."measure_id", OLD."organisation_id", OLD."period", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."role"); RETURN NULL;', hash='51f273bb04f2f952bcaa27fb69a4888f151344da', operation='UPDATE', pgid='pgtrigger_before_update_c4d82', table='social_link_carrier', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='carrier',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_carrierevent" ("author_id", "created_at", "id", "measure_id", "organisation_id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") VALUES (OLD."author_id", OLD."created_at", OLD."id", OLD."measure_id", OLD."organisation_id", OLD."period", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."role"); RETURN NULL;', hash='8f50a6ec72cf7409c46d932d78aa992e26aec697', operation='DELETE', pgid='pgtrigger_delete_delete_3d274', table='social_link_carrier', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='carrierevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b34a0229d7fd85e57f67e40ef5d3f7942e4f35ee', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ecfb4', table='social_link_carrierevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='chainday',
            constraint=models.UniqueConstraint(fields=('measure', 'link'), name='chain_day_once', violation_error_message='Cette étape a déjà son jour.'),
        ),
        migrations.AddConstraint(
            model_name='chainday',
            constraint=models.CheckConstraint(condition=models.Q(('link__in', ['DETECT', 'ORIENT', 'DIAG', 'DELIVER', 'FIT'])), name='chain_day_typed', violation_error_message='L’accès effectif est le premier jour de la mesure.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='chainday',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_chaindayevent" ("author_id", "created_at", "id", "link", "measure_id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."author_id", OLD."created_at", OLD."id", OLD."link", OLD."measure_id", OLD."on", _pgh_attach_context(), NOW(), \'before\', OLD."id"); RETURN NULL;', hash='50a218750dacf75a1e6632460bdf4012d749eb69', operation='UPDATE', pgid='pgtrigger_before_update_bffcf', table='social_link_chainday', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='chainday',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_chaindayevent" ("author_id", "created_at", "id", "link", "measure_id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."author_id", OLD."created_at", OLD."id", OLD."link", OLD."measure_id", OLD."on", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='c701328f9721202e008a98807dca6579838c0a83', operation='DELETE', pgid='pgtrigger_delete_delete_9fc7c', table='social_link_chainday', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='chaindayevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='38009b46872476d848a01544f05cfd61e7fb520f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2f316', table='social_link_chaindayevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='intensity',
            constraint=models.UniqueConstraint(fields=('measure', 'from_day'), name='intensity_once_a_day', violation_error_message='L’intensité change déjà ce jour-là.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='intensity',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_intensityevent" ("author_id", "created_at", "from_day", "id", "level", "measure_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."author_id", OLD."created_at", OLD."from_day", OLD."id", OLD."level", OLD."measure_id", _pgh_attach_context(), NOW(), \'before\', OLD."id"); RETURN NULL;', hash='197d2a91b9812047e76e1df776c0bfe0ae9ae671', operation='UPDATE', pgid='pgtrigger_before_update_1649c', table='social_link_intensity', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='intensity',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_intensityevent" ("author_id", "created_at", "from_day", "id", "level", "measure_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."author_id", OLD."created_at", OLD."from_day", OLD."id", OLD."level", OLD."measure_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='cf30fc049dcf8223211864000d57450e879c6f32', operation='DELETE', pgid='pgtrigger_delete_delete_23f96', table='social_link_intensity', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='intensityevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1c98da9f179ffa4897c8c4aaed81b0612a73ee35', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_350da', table='social_link_intensityevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='refusal',
            constraint=models.UniqueConstraint(fields=('household', 'what', 'on'), name='refusal_once', violation_error_message='Ce refus est déjà noté.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='refusal',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_refusalevent" ("author_id", "created_at", "household_id", "id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "what") VALUES (OLD."author_id", OLD."created_at", OLD."household_id", OLD."id", OLD."on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."what"); RETURN NULL;', hash='1224d95f764e32f54f6a90f583cdfc178ebb870a', operation='DELETE', pgid='pgtrigger_delete_delete_9678a', table='social_link_refusal', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='refusalevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='372704474a0c9fe0591371552d6f66f043cbc2ee', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8d3e0', table='social_link_refusalevent', when='BEFORE')),
        ),
    ]
