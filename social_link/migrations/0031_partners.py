"""People outside the house, and what they do for a household with its consent."""

import common.clock
import common.fields
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
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
        ('social_link', '0030_settling'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Partner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='nom')),
                ('function', models.CharField(choices=[('SECTOR', 'Référent de secteur'), ('GUARDIAN', 'Curateur ou tuteur'), ('DOCTOR', 'Médecin ou soignant'), ('SIAO', 'SIAO'), ('BENEFIT', 'CAF ou MSA'), ('WORK', 'Emploi ou mission locale'), ('CHILDREN', 'École, PMI ou enfance'), ('CCAS', 'CCAS'), ('LANDLORD', 'Bailleur'), ('TOWN', 'Mairie'), ('STATE', 'Préfecture'), ('TENANTS', 'Représentant de locataires'), ('OTHER', 'Autre association')], max_length=10, verbose_name='fonction')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='courriel')),
                ('sort_key', common.fields.SortKeyField(db_persist=True, expression=models.Func(models.F('name'), function='ancrage_sort_key', output_field=models.TextField()), output_field=models.TextField())),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.organisation', verbose_name='organisme')),
            ],
            options={
                'verbose_name': 'partenaire',
                'ordering': ['sort_key', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PartnerEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=120, verbose_name='nom')),
                ('function', models.CharField(choices=[('SECTOR', 'Référent de secteur'), ('GUARDIAN', 'Curateur ou tuteur'), ('DOCTOR', 'Médecin ou soignant'), ('SIAO', 'SIAO'), ('BENEFIT', 'CAF ou MSA'), ('WORK', 'Emploi ou mission locale'), ('CHILDREN', 'École, PMI ou enfance'), ('CCAS', 'CCAS'), ('LANDLORD', 'Bailleur'), ('TOWN', 'Mairie'), ('STATE', 'Préfecture'), ('TENANTS', 'Représentant de locataires'), ('OTHER', 'Autre association')], max_length=10, verbose_name='fonction')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='courriel')),
                ('sort_key', common.fields.SortKeyField(db_persist=True, expression=models.Func(models.F('name'), function='ancrage_sort_key', output_field=models.TextField()), output_field=models.TextField())),
                ('author', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='organisme')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.partner')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PartnerLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='du … au …')),
                ('given_on', models.DateField(blank=True, null=True, verbose_name='accord donné le')),
                ('how', models.CharField(blank=True, choices=[('WRITTEN', 'Par écrit'), ('SAID', 'De vive voix'), ('MANDATE', 'Par son représentant légal')], max_length=8, verbose_name='comment')),
                ('tells', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('CONTACT', 'Ses coordonnées et ses rendez-vous'), ('MEASURE', 'Où en est l’accompagnement'), ('HOUSING', 'Le logement'), ('BUDGET', 'Le budget et les droits')], max_length=8), blank=True, default=list, size=None, verbose_name='ce qui peut être dit')),
                ('withdrawn_on', models.DateField(blank=True, null=True, verbose_name='accord repris le')),
                ('noted_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='partners', to='leases.household', verbose_name='ménage')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='social_link.partner', verbose_name='partenaire')),
            ],
            options={
                'verbose_name': 'partenaire d’un ménage',
                'verbose_name_plural': 'partenaires des ménages',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='PartnerLinkEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='du … au …')),
                ('given_on', models.DateField(blank=True, null=True, verbose_name='accord donné le')),
                ('how', models.CharField(blank=True, choices=[('WRITTEN', 'Par écrit'), ('SAID', 'De vive voix'), ('MANDATE', 'Par son représentant légal')], max_length=8, verbose_name='comment')),
                ('tells', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('CONTACT', 'Ses coordonnées et ses rendez-vous'), ('MEASURE', 'Où en est l’accompagnement'), ('HOUSING', 'Le logement'), ('BUDGET', 'Le budget et les droits')], max_length=8), blank=True, default=list, size=None, verbose_name='ce qui peut être dit')),
                ('withdrawn_on', models.DateField(blank=True, null=True, verbose_name='accord repris le')),
                ('noted_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('author', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('household', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='leases.household', verbose_name='ménage')),
                ('partner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.partner', verbose_name='partenaire')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.partnerlink')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='partner',
            constraint=models.UniqueConstraint(fields=('sort_key', 'function', 'organisation'), name='partner_once', nulls_distinct=False, violation_error_message='Ce partenaire est déjà dans le carnet.'),
        ),
        migrations.AddConstraint(
            model_name='partner',
            constraint=models.CheckConstraint(condition=models.Q(('function__in', ['SECTOR', 'GUARDIAN', 'DOCTOR', 'SIAO', 'BENEFIT', 'WORK', 'CHILDREN', 'CCAS', 'LANDLORD', 'TOWN', 'STATE', 'TENANTS', 'OTHER'])), name='partner_function_known', violation_error_message='Choisissez dans la liste.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='partner',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_partnerevent" ("author_id", "email", "function", "id", "name", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (OLD."author_id", OLD."email", OLD."function", OLD."id", OLD."name", OLD."organisation_id", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."phone"); RETURN NULL;', hash='d1b0615a52d9dba85db85b06d2beb2ef05703f26', operation='UPDATE', pgid='pgtrigger_before_update_64cf0', table='social_link_partner', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='partner',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_partnerevent" ("author_id", "email", "function", "id", "name", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (OLD."author_id", OLD."email", OLD."function", OLD."id", OLD."name", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone"); RETURN NULL;', hash='b727df9ffcb14590cdcf3ae6177b72b06f3ece73', operation='DELETE', pgid='pgtrigger_delete_delete_44391', table='social_link_partner', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='partnerevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fb09f3504a39e84d128711bac692b817e3980bfc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ca127', table='social_link_partnerevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='partnerlink',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('household', '='), ('partner', '='), ('period', '&&')], name='partner_link_once', violation_error_message='Ce partenaire est déjà autour du ménage sur ces jours.'),
        ),
        migrations.AddConstraint(
            model_name='partnerlink',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False)), name='partner_link_dated', violation_error_message='Le dernier jour suit le premier.'),
        ),
        migrations.AddConstraint(
            model_name='partnerlink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('given_on', None), ('how', ''), ('tells', [])), models.Q(('given_on__isnull', False), ('how__in', ['WRITTEN', 'SAID', 'MANDATE']), ('tells__contained_by', ['CONTACT', 'MEASURE', 'HOUSING', 'BUDGET']), ('tells__len__gt', 0)), _connector='OR'), name='partner_consent_whole', violation_error_message='Un accord dit son jour, comment il a été donné et ce qui peut être dit.'),
        ),
        migrations.AddConstraint(
            model_name='partnerlink',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_on', None), models.Q(('given_on__isnull', False), ('withdrawn_on__gte', models.F('given_on'))), _connector='OR'), name='partner_consent_withdrawn_after', violation_error_message='Un accord est repris après avoir été donné.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='partnerlink',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_partnerlinkevent" ("author_id", "given_on", "household_id", "how", "id", "noted_at", "partner_id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tells", "withdrawn_on") VALUES (OLD."author_id", OLD."given_on", OLD."household_id", OLD."how", OLD."id", OLD."noted_at", OLD."partner_id", OLD."period", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."tells", OLD."withdrawn_on"); RETURN NULL;', hash='70ac81a8ad09c097a9c64e5118982950a2d4534d', operation='UPDATE', pgid='pgtrigger_before_update_59909', table='social_link_partnerlink', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='partnerlink',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_partnerlinkevent" ("author_id", "given_on", "household_id", "how", "id", "noted_at", "partner_id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tells", "withdrawn_on") VALUES (OLD."author_id", OLD."given_on", OLD."household_id", OLD."how", OLD."id", OLD."noted_at", OLD."partner_id", OLD."period", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."tells", OLD."withdrawn_on"); RETURN NULL;', hash='221df80f720d6e9f152b8967ca8013904876227e', operation='DELETE', pgid='pgtrigger_delete_delete_87eec', table='social_link_partnerlink', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='partnerlinkevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='76fdfef1db49cb5cbc5d5434b5aa1165f7b019b7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e0821', table='social_link_partnerlinkevent', when='BEFORE')),
        ),
    ]
