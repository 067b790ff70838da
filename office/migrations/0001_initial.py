import common.clock
import common.fields
import common.identifiers
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models

# The function behind every sort key. PostgreSQL ≥ 15, database encoding UTF8.
SORT_KEY = r"""
CREATE FUNCTION ancrage_sort_key(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN btrim(regexp_replace(
    lower(regexp_replace(
        normalize(replace(replace(replace(value, 'œ', 'oe'), 'Œ', 'OE'), 'æ', 'ae'), NFKD),
        '[\u0300-\u036f]', '', 'g')),
    '[^a-z0-9]+', ' ', 'g'))
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        # Exclusion constraints and searches in names need them: before all tables.
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.RunSQL(SORT_KEY, "DROP FUNCTION ancrage_sort_key(text)"),
        migrations.CreateModel(
            name='Association',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, verbose_name='nom')),
                ('short_name', models.CharField(max_length=40, verbose_name='nom court')),
                ('siret', models.CharField(max_length=14, validators=[common.identifiers.validate_siret], verbose_name='SIRET')),
                ('ics', models.CharField(blank=True, max_length=35, validators=[common.identifiers.validate_ics], verbose_name='identifiant créancier SEPA (ICS)')),
                ('address', models.TextField(verbose_name='adresse')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='courriel')),
                ('approval_ends_on', models.DateField(blank=True, null=True, verbose_name='fin de l’agrément (L.365-4)')),
            ],
            options={
                'verbose_name': 'association',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='association_single')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='association',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "office_associationevent" ("address", "approval_ends_on", "email", "ics", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "short_name", "siret") VALUES (NEW."address", NEW."approval_ends_on", NEW."email", NEW."ics", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."short_name", NEW."siret"); RETURN NULL;', hash='e0f451a681af665be70c17e6f288dee15f3a2e2a', operation='INSERT', pgid='pgtrigger_insert_insert_8578f', table='office_association', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='association',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "office_associationevent" ("address", "approval_ends_on", "email", "ics", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "short_name", "siret") VALUES (NEW."address", NEW."approval_ends_on", NEW."email", NEW."ics", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."short_name", NEW."siret"); RETURN NULL;', hash='54a6773a3b77f4b99765fc2c2082a317bcb83574', operation='UPDATE', pgid='pgtrigger_update_update_95203', table='office_association', when='AFTER')),
        ),
        migrations.CreateModel(
            name='AssociationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='office.association')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, serialize=False)),
                ('name', models.CharField(max_length=200, verbose_name='nom')),
                ('short_name', models.CharField(max_length=40, verbose_name='nom court')),
                ('siret', models.CharField(max_length=14, validators=[common.identifiers.validate_siret], verbose_name='SIRET')),
                ('ics', models.CharField(blank=True, max_length=35, validators=[common.identifiers.validate_ics], verbose_name='identifiant créancier SEPA (ICS)')),
                ('address', models.TextField(verbose_name='adresse')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='courriel')),
                ('approval_ends_on', models.DateField(blank=True, null=True, verbose_name='fin de l’agrément (L.365-4)')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='associationevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ce5e7f8337052c19242f504981600caff69c74b9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_02b68', table='office_associationevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='nom')),
                ('siret', models.CharField(blank=True, max_length=14, null=True, unique=True, validators=[common.identifiers.validate_siret], verbose_name='SIRET')),
                ('is_person', models.BooleanField(default=False, verbose_name='particulier')),
                ('is_family_company', models.BooleanField(default=False, verbose_name='SCI familiale')),
                ('address', models.TextField(blank=True, verbose_name='adresse')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='courriel')),
                ('iban', models.CharField(blank=True, max_length=34, validators=[common.identifiers.validate_iban], verbose_name='IBAN')),
                ('sort_key', common.fields.SortKeyField(db_persist=True, expression=models.Func(models.F('name'), function='ancrage_sort_key', output_field=models.TextField()), output_field=models.TextField())),
            ],
            options={
                'verbose_name': 'organisme',
                'ordering': ['sort_key', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('siret', ''), _negated=True), name='organisation_siret_null_not_empty', violation_error_message='Laissez le SIRET absent plutôt que vide.'), models.CheckConstraint(condition=models.Q(('is_person', False), ('is_family_company', False), _connector='OR'), name='organisation_person_or_company', violation_error_message='Un particulier n’est pas une SCI : choisissez l’un des deux.')],
            },
        ),
        migrations.CreateModel(
            name='BankAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=80, verbose_name='intitulé')),
                ('iban', models.CharField(max_length=34, unique=True, validators=[common.identifiers.validate_iban], verbose_name='IBAN')),
                ('bic', models.CharField(blank=True, max_length=11, verbose_name='BIC')),
                ('currency', models.CharField(default='EUR', max_length=3, verbose_name='monnaie')),
                ('held_for', models.CharField(choices=[('ITSELF', 'L’association elle-même'), ('MANDANTS', 'Les mandants (loi Hoguet)'), ('PUBLIC_BODY', 'Une collectivité (mandat de recettes)')], default='ITSELF', max_length=12, verbose_name='détenu pour')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bank_accounts', to='office.organisation', verbose_name='collectivité concernée')),
                ('is_active', models.BooleanField(default=True, verbose_name='actif')),
            ],
            options={
                'verbose_name': 'compte bancaire',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('held_for', 'PUBLIC_BODY'), _negated=True), ('organisation__isnull', False), _connector='OR'), name='bank_account_public_body_named', violation_error_message='Indiquez la collectivité pour laquelle ce compte est tenu.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bankaccount',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "office_bankaccountevent" ("bic", "currency", "held_for", "iban", "id", "is_active", "label", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."bic", NEW."currency", NEW."held_for", NEW."iban", NEW."id", NEW."is_active", NEW."label", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='c3fbd22f1ec130a9f6a079c78a2d6106cd22ae4e', operation='INSERT', pgid='pgtrigger_insert_insert_b923a', table='office_bankaccount', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bankaccount',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "office_bankaccountevent" ("bic", "currency", "held_for", "iban", "id", "is_active", "label", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."bic", NEW."currency", NEW."held_for", NEW."iban", NEW."id", NEW."is_active", NEW."label", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='b36434a49d270214b9f08518f05e338036a1a8bc', operation='UPDATE', pgid='pgtrigger_update_update_81e19', table='office_bankaccount', when='AFTER')),
        ),
        migrations.CreateModel(
            name='BankAccountEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='office.bankaccount')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('label', models.CharField(max_length=80, verbose_name='intitulé')),
                ('iban', models.CharField(max_length=34, validators=[common.identifiers.validate_iban], verbose_name='IBAN')),
                ('bic', models.CharField(blank=True, max_length=11, verbose_name='BIC')),
                ('currency', models.CharField(default='EUR', max_length=3, verbose_name='monnaie')),
                ('held_for', models.CharField(choices=[('ITSELF', 'L’association elle-même'), ('MANDANTS', 'Les mandants (loi Hoguet)'), ('PUBLIC_BODY', 'Une collectivité (mandat de recettes)')], default='ITSELF', max_length=12, verbose_name='détenu pour')),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='collectivité concernée')),
                ('is_active', models.BooleanField(default=True, verbose_name='actif')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bankaccountevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='65a29c4f04c566e0588b8f394262deb3958a33bf', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b435d', table='office_bankaccountevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='OrganisationRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roles', to='office.organisation', verbose_name='organisme')),
                ('kind', models.CharField(choices=[('CCAS', 'CCAS ou CIAS'), ('LANDLORD', 'Bailleur'), ('FUNDER', 'Financeur'), ('REFERRER', 'Prescripteur'), ('CONTRACTOR', 'Entreprise'), ('BENEFIT_PAYER', 'CAF ou MSA'), ('OPERATOR', 'Opérateur')], max_length=16, verbose_name='rôle')),
            ],
            options={
                'verbose_name': 'rôle d’un organisme',
                'constraints': [models.UniqueConstraint(fields=('organisation', 'kind'), name='organisation_role_once', violation_error_message='Cet organisme a déjà ce rôle.')],
            },
        ),
        migrations.CreateModel(
            name='Schedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('task', models.CharField(max_length=60, unique=True, verbose_name='tâche')),
                ('label', models.CharField(max_length=120, verbose_name='intitulé')),
                ('every', models.CharField(choices=[('MINUTE', 'Chaque minute'), ('DAY', 'Chaque jour'), ('MONTH', 'Chaque mois')], max_length=8, verbose_name='rythme')),
                ('at_hour', models.PositiveSmallIntegerField(default=0, verbose_name='à partir de (heure)')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'tâche planifiée',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ScheduleRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('schedule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='office.schedule', verbose_name='tâche planifiée')),
                ('period', models.CharField(max_length=16, verbose_name='période')),
                ('started_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='lancée le')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='terminée le')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='essais')),
                ('error', models.TextField(blank=True, verbose_name='erreur')),
            ],
            options={
                'verbose_name': 'passage d’une tâche',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(fields=('schedule', 'period'), name='schedule_run_once')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='courriel')),
                ('first_name', models.CharField(max_length=60, verbose_name='prénom')),
                ('last_name', models.CharField(max_length=80, verbose_name='nom')),
                ('job_title', models.CharField(blank=True, max_length=80, verbose_name='fonction')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('is_active', models.BooleanField(default=True, verbose_name='actif')),
                ('is_staff', models.BooleanField(default=False, verbose_name='accès à l’administration technique')),
                ('date_joined', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='arrivée')),
                ('sort_key', common.fields.SortKeyField(db_persist=True, expression=models.Func(django.db.models.functions.text.Concat(models.F('last_name'), models.Value(' '), models.F('first_name'), output_field=models.TextField()), function='ancrage_sort_key', output_field=models.TextField()), output_field=models.TextField())),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'personne de l’équipe',
                'verbose_name_plural': 'équipe',
                'ordering': ['sort_key', 'id'],
            },
        ),
        migrations.CreateModel(
            name='AccessLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=common.clock.now, editable=False, verbose_name='le')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accesses', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('subject', models.CharField(max_length=40, verbose_name='donnée')),
                ('object_type', models.CharField(max_length=40, verbose_name='objet')),
                ('object_id', models.BigIntegerField(verbose_name='numéro')),
                ('household_id', models.BigIntegerField(blank=True, db_index=True, null=True, verbose_name='ménage')),
                ('reason', models.TextField(blank=True, verbose_name='motif')),
            ],
            options={
                'verbose_name': 'consultation',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to=settings.AUTH_USER_MODEL, verbose_name='personne')),
                ('label', models.CharField(max_length=80, verbose_name='usage')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True, verbose_name='empreinte')),
                ('scopes', models.JSONField(default=list, verbose_name='portées')),
                ('made_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='créé le')),
                ('expires_on', models.DateField(verbose_name='expire le')),
                ('last_used_on', models.DateField(blank=True, editable=False, null=True, verbose_name='dernier usage')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='révoqué le')),
            ],
            options={
                'verbose_name': 'jeton d’API',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='genre')),
                ('number', models.CharField(max_length=40, verbose_name='numéro')),
                ('title', models.CharField(max_length=200, verbose_name='titre')),
                ('data', models.JSONField(verbose_name='données')),
                ('template_version', models.PositiveSmallIntegerField(default=1, verbose_name='version du modèle')),
                ('made_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='établi le')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='auteur')),
                ('sent_on', models.DateField(blank=True, null=True, verbose_name='envoyé le')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='annulé le')),
                ('pdf', models.BinaryField(blank=True, null=True, verbose_name='PDF')),
                ('sha256', models.CharField(blank=True, editable=False, max_length=64, verbose_name='empreinte')),
            ],
            options={
                'verbose_name': 'document',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'number'), name='document_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('pdf__isnull', True), ('sha256', '')), models.Q(('pdf__isnull', False), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='document_bytes_with_hash')],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='genre')),
                ('key', models.CharField(max_length=120, unique=True, verbose_name='clé')),
                ('title', models.CharField(max_length=200, verbose_name='titre')),
                ('payload', models.JSONField(default=dict, verbose_name='données')),
                ('state', models.CharField(choices=[('RUNNING', 'En cours'), ('DONE', 'Terminé'), ('FAILED', 'Échoué')], default='RUNNING', max_length=8, verbose_name='état')),
                ('step', models.CharField(blank=True, max_length=120, verbose_name='étape')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='à faire')),
                ('done', models.PositiveIntegerField(default=0, verbose_name='fait')),
                ('result', models.JSONField(default=dict, verbose_name='résultat')),
                ('error', models.TextField(blank=True, verbose_name='erreur')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='essais de la fin')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='lancé par')),
                ('started_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='lancé le')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='terminé le')),
            ],
            options={
                'verbose_name': 'travail',
                'verbose_name_plural': 'travaux',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('done__lte', models.F('total'))), name='job_done_within_total'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'RUNNING')), models.Q(models.Q(('state', 'RUNNING'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='job_ended_iff_not_running')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='job',
            trigger=pgtrigger.compiler.Trigger(name='state_flow', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('FAILED', 'RUNNING'), ('RUNNING', 'DONE'), ('RUNNING', 'FAILED')))", func="\n            RAISE EXCEPTION 'the state of % % does not go from % to %', TG_TABLE_NAME, OLD.id, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;\n        ", hash='a436a44fd48a358695c85c5c419013f9e9a77d19', operation='UPDATE OF "state"', pgid='pgtrigger_state_flow_ac89c', table='office_job', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='JobChunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='office.job', verbose_name='travail')),
                ('rank', models.PositiveIntegerField(verbose_name='rang')),
                ('payload', models.JSONField(default=dict, verbose_name='données')),
                ('size', models.PositiveIntegerField(default=1, verbose_name='taille')),
                ('state', models.CharField(choices=[('OPEN', 'À faire'), ('DONE', 'Fait'), ('FAILED', 'Échoué')], default='OPEN', max_length=6, verbose_name='état')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='essais')),
                ('error', models.TextField(blank=True, verbose_name='erreur')),
            ],
            options={
                'verbose_name': 'tranche',
                'ordering': ['job', 'rank'],
                'indexes': [models.Index(condition=models.Q(('state', 'OPEN')), fields=['job', 'rank'], name='job_chunk_open')],
                'constraints': [models.UniqueConstraint(fields=('job', 'rank'), name='job_chunk_rank_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='jobchunk',
            trigger=pgtrigger.compiler.Trigger(name='state_flow', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('FAILED', 'OPEN'), ('OPEN', 'DONE'), ('OPEN', 'FAILED')))", func="\n            RAISE EXCEPTION 'the state of % % does not go from % to %', TG_TABLE_NAME, OLD.id, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;\n        ", hash='b788890135ae3fd4f4cbd57bd8fd3ff92298b161', operation='UPDATE OF "state"', pgid='pgtrigger_state_flow_83522', table='office_jobchunk', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='ParameterValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60, verbose_name='paramètre')),
                ('scope', models.CharField(choices=[('NATIONAL', 'National'), ('DEPARTEMENT', 'Département'), ('ASSOCIATION', 'Association')], default='NATIONAL', max_length=12, verbose_name='portée')),
                ('territory', models.CharField(blank=True, max_length=3, verbose_name='département')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='période d’effet')),
                ('value', models.JSONField(blank=True, null=True, verbose_name='valeur')),
                ('source', models.TextField(verbose_name='source')),
                ('is_verified', models.BooleanField(default=False, verbose_name='vérifié')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='saisi par')),
                ('recorded_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
            ],
            options={
                'verbose_name': 'valeur de paramètre',
                'ordering': ['key', 'scope', 'territory', 'period'],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('key', '='), ('scope', '='), ('territory', '='), ('period', '&&')], name='parameter_value_no_overlap', violation_error_message='Une autre valeur couvre déjà une partie de cette période.'), models.CheckConstraint(condition=models.Q(('period__isempty', False)), name='parameter_value_period_not_empty'), models.CheckConstraint(condition=models.Q(models.Q(('scope', 'DEPARTEMENT'), models.Q(('territory', ''), _negated=True)), models.Q(models.Q(('scope', 'DEPARTEMENT'), _negated=True), ('territory', '')), _connector='OR'), name='parameter_value_territory_iff_departement', violation_error_message='Le département est requis pour une portée départementale, et pour elle seule.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='parametervalue',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "office_parametervalueevent" ("author_id", "id", "is_verified", "key", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "scope", "source", "territory", "value") VALUES (NEW."author_id", NEW."id", NEW."is_verified", NEW."key", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."recorded_at", NEW."scope", NEW."source", NEW."territory", NEW."value"); RETURN NULL;', hash='8ccc5f001e626f00ac8fef4e580dd14047a682b0', operation='INSERT', pgid='pgtrigger_insert_insert_5dee3', table='office_parametervalue', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='parametervalue',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "office_parametervalueevent" ("author_id", "id", "is_verified", "key", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "scope", "source", "territory", "value") VALUES (NEW."author_id", NEW."id", NEW."is_verified", NEW."key", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recorded_at", NEW."scope", NEW."source", NEW."territory", NEW."value"); RETURN NULL;', hash='7075ce99a0590b79823844f36d66a15420cb850e', operation='UPDATE', pgid='pgtrigger_update_update_63d6e', table='office_parametervalue', when='AFTER')),
        ),
        migrations.CreateModel(
            name='ParameterValueEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='office.parametervalue')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('key', models.CharField(max_length=60, verbose_name='paramètre')),
                ('scope', models.CharField(choices=[('NATIONAL', 'National'), ('DEPARTEMENT', 'Département'), ('ASSOCIATION', 'Association')], default='NATIONAL', max_length=12, verbose_name='portée')),
                ('territory', models.CharField(blank=True, max_length=3, verbose_name='département')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='période d’effet')),
                ('value', models.JSONField(blank=True, null=True, verbose_name='valeur')),
                ('source', models.TextField(verbose_name='source')),
                ('is_verified', models.BooleanField(default=False, verbose_name='vérifié')),
                ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='saisi par')),
                ('recorded_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='parametervalueevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='19cb8d8218004d3d64a11393682cce31cc537c82', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c98d5', table='office_parametervalueevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='nom')),
            ],
            options={
                'verbose_name': 'équipe',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='TeamMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='office.team', verbose_name='équipe')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='personne')),
            ],
            options={
                'verbose_name': 'membre d’équipe',
                'constraints': [models.UniqueConstraint(fields=('team', 'user'), name='team_member_once')],
            },
        ),
        migrations.AddField(
            model_name='team',
            name='members',
            field=models.ManyToManyField(related_name='teams', through='office.TeamMember', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='RoleGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to=settings.AUTH_USER_MODEL, verbose_name='personne')),
                ('role', models.CharField(choices=[('RENTAL_MANAGER', 'Gestion locative'), ('TECHNICIAN', 'Technique'), ('SOCIAL_WORKER', 'Travail social'), ('HEAD_OF_SOCIAL', 'Responsable du service social'), ('DIRECTOR', 'Direction'), ('FUNDER', 'CCAS ou financeur'), ('ADMINISTRATOR', 'Administration')], max_length=16, verbose_name='rôle')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='office.organisation', verbose_name='organisme')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='période')),
            ],
            options={
                'verbose_name': 'rôle attribué',
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('user', '='), ('role', '='), ('period', '&&')], name='role_grant_no_overlap', violation_error_message='Cette personne a déjà ce rôle sur une partie de la période.'), models.CheckConstraint(condition=models.Q(models.Q(('role', 'FUNDER'), _negated=True), ('organisation__isnull', False), _connector='OR'), name='role_grant_funder_named', violation_error_message='Indiquez l’organisme que cette personne représente.'), models.CheckConstraint(condition=models.Q(('period__isempty', False)), name='role_grant_period_not_empty')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rolegrant',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "office_rolegrantevent" ("id", "organisation_id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") VALUES (NEW."id", NEW."organisation_id", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."user_id"); RETURN NULL;', hash='8ebc86d0c6021e66abadfeda65af6800ca0ec7d1', operation='INSERT', pgid='pgtrigger_insert_insert_6ae72', table='office_rolegrant', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rolegrant',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "office_rolegrantevent" ("id", "organisation_id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") VALUES (NEW."id", NEW."organisation_id", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."user_id"); RETURN NULL;', hash='a83022c5cee820a2e30b831dc5834a46999be846', operation='UPDATE', pgid='pgtrigger_update_update_d9a28', table='office_rolegrant', when='AFTER')),
        ),
        migrations.CreateModel(
            name='RoleGrantEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='office.rolegrant')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='personne')),
                ('role', models.CharField(choices=[('RENTAL_MANAGER', 'Gestion locative'), ('TECHNICIAN', 'Technique'), ('SOCIAL_WORKER', 'Travail social'), ('HEAD_OF_SOCIAL', 'Responsable du service social'), ('DIRECTOR', 'Direction'), ('FUNDER', 'CCAS ou financeur'), ('ADMINISTRATOR', 'Administration')], max_length=16, verbose_name='rôle')),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='organisme')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='période')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rolegrantevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c2c2723206dd43b61c65cdd74d69bed3d50a4103', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6e2c3', table='office_rolegrantevent', when='BEFORE')),
        ),
    ]
