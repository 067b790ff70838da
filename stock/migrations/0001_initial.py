import common.clock
import common.fields
import common.identifiers
import common.money
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('office', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HeadAgreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('PROVISION', 'Mise à disposition'), ('SERVICE', 'Marché de prestations'), ('HEAD_LEASE', 'Bail principal'), ('MANDATE', 'Mandat de gestion')], max_length=10, verbose_name='genre')),
                ('reference', models.CharField(max_length=40, unique=True, verbose_name='référence')),
                ('title', models.CharField(max_length=160, verbose_name='objet')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='owned_agreements', to='office.organisation', verbose_name='propriétaire')),
                ('ordered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ordered_agreements', to='office.organisation', verbose_name='donneur d’ordre')),
                ('operator', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='operated_agreements', to='office.organisation', verbose_name='opérateur (l’association si vide)')),
                ('rent_collected_for', models.CharField(choices=[('ITSELF', 'L’association elle-même'), ('MANDANTS', 'Les mandants (loi Hoguet)'), ('PUBLIC_BODY', 'Une collectivité (mandat de recettes)')], default='ITSELF', help_text='Mandat : les mandants. CCAS sous mandat de recettes : la collectivité.', max_length=12, verbose_name='loyers encaissés pour')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='période')),
                ('notice_months', models.PositiveSmallIntegerField(default=3, verbose_name='préavis (mois)')),
                ('fee_percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='honoraires (%)')),
                ('sort_key', common.fields.SortKeyField(db_persist=True, expression=models.Func(django.db.models.functions.text.Concat(models.F('reference'), models.Value(' '), models.F('title'), output_field=models.TextField()), function='ancrage_sort_key', output_field=models.TextField()), output_field=models.TextField())),
            ],
            options={
                'verbose_name': 'convention',
                'ordering': ['reference'],
                'constraints': [models.CheckConstraint(condition=models.Q(('period__isempty', False)), name='head_agreement_period_not_empty', violation_error_message='La date de fin précède celle de début.'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'MANDATE'), _negated=True), ('rent_collected_for', 'MANDANTS'), _connector='OR'), name='head_agreement_mandate_for_mandants', violation_error_message='Sous mandat de gestion, les loyers sont encaissés pour les mandants.'), models.CheckConstraint(condition=models.Q(('fee_percent__isnull', True), models.Q(('fee_percent__gte', 0), ('fee_percent__lt', 100)), _connector='OR'), name='head_agreement_fee_plausible', violation_error_message='Les honoraires sont un pourcentage entre 0 et 100.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='headagreement',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "stock_headagreementevent" ("fee_percent", "id", "kind", "notice_months", "operator_id", "ordered_by_id", "owner_id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "rent_collected_for", "title") VALUES (NEW."fee_percent", NEW."id", NEW."kind", NEW."notice_months", NEW."operator_id", NEW."ordered_by_id", NEW."owner_id", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."rent_collected_for", NEW."title"); RETURN NULL;', hash='2781a90601b0f087fe17db8f8c8a8d34be85c99f', operation='INSERT', pgid='pgtrigger_insert_insert_c3fcb', table='stock_headagreement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='headagreement',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "stock_headagreementevent" ("fee_percent", "id", "kind", "notice_months", "operator_id", "ordered_by_id", "owner_id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "rent_collected_for", "title") VALUES (NEW."fee_percent", NEW."id", NEW."kind", NEW."notice_months", NEW."operator_id", NEW."ordered_by_id", NEW."owner_id", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."rent_collected_for", NEW."title"); RETURN NULL;', hash='2c9146cc039a0e6fe63a79aa6da610effa8318a0', operation='UPDATE', pgid='pgtrigger_update_update_097e6', table='stock_headagreement', when='AFTER')),
        ),
        migrations.CreateModel(
            name='HeadAgreementEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='stock.headagreement')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('PROVISION', 'Mise à disposition'), ('SERVICE', 'Marché de prestations'), ('HEAD_LEASE', 'Bail principal'), ('MANDATE', 'Mandat de gestion')], max_length=10, verbose_name='genre')),
                ('reference', models.CharField(max_length=40, verbose_name='référence')),
                ('title', models.CharField(max_length=160, verbose_name='objet')),
                ('owner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='propriétaire')),
                ('ordered_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='donneur d’ordre')),
                ('operator', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='opérateur (l’association si vide)')),
                ('rent_collected_for', models.CharField(choices=[('ITSELF', 'L’association elle-même'), ('MANDANTS', 'Les mandants (loi Hoguet)'), ('PUBLIC_BODY', 'Une collectivité (mandat de recettes)')], default='ITSELF', help_text='Mandat : les mandants. CCAS sous mandat de recettes : la collectivité.', max_length=12, verbose_name='loyers encaissés pour')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='période')),
                ('notice_months', models.PositiveSmallIntegerField(default=3, verbose_name='préavis (mois)')),
                ('fee_percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='honoraires (%)')),
                ('sort_key', common.fields.SortKeyField(db_persist=True, expression=models.Func(django.db.models.functions.text.Concat(models.F('reference'), models.Value(' '), models.F('title'), output_field=models.TextField()), function='ancrage_sort_key', output_field=models.TextField()), output_field=models.TextField())),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='headagreementevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4da5a36083a287e81171709b8f684d33418282ab', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_498e9', table='stock_headagreementevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Building',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='nom')),
                ('street', models.CharField(max_length=200, verbose_name='voie')),
                ('postcode', models.CharField(max_length=5, verbose_name='code postal')),
                ('city', models.CharField(max_length=80, verbose_name='commune')),
                ('commune', models.CharField(max_length=5, validators=[common.identifiers.validate_commune], verbose_name='code commune')),
                ('access_notes', models.TextField(blank=True, help_text='Code, interphone, étage, stationnement.', verbose_name='accès')),
                ('sort_key', common.fields.SortKeyField(db_persist=True, expression=models.Func(django.db.models.functions.text.Concat(models.F('name'), models.Value(' '), models.F('street'), models.Value(' '), models.F('city'), output_field=models.TextField()), function='ancrage_sort_key', output_field=models.TextField()), output_field=models.TextField())),
            ],
            options={
                'verbose_name': 'immeuble',
                'ordering': ['sort_key', 'id'],
                'constraints': [models.UniqueConstraint(fields=('commune', 'street', 'name'), name='building_address_once', violation_error_message='Un immeuble existe déjà à cette adresse.')],
            },
        ),
        migrations.CreateModel(
            name='Dwelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=20, unique=True, verbose_name='référence')),
                ('building', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dwellings', to='stock.building', verbose_name='immeuble')),
                ('rpls_id', models.CharField(blank=True, max_length=10, null=True, unique=True, validators=[common.identifiers.validate_rpls_id], verbose_name='identifiant RPLS')),
                ('import_key', models.CharField(blank=True, editable=False, help_text='Empreinte de la ligne importée, quand le fichier ne porte pas d’identifiant.', max_length=64, null=True, unique=True, verbose_name='clé d’import')),
                ('fiscal_id', models.CharField(blank=True, max_length=12, null=True, unique=True, validators=[common.identifiers.validate_fiscal_id], verbose_name='identifiant fiscal')),
                ('dpe_number', models.CharField(blank=True, max_length=13, validators=[common.identifiers.validate_dpe], verbose_name='numéro DPE')),
                ('energy_class', models.CharField(blank=True, choices=[('A', 'A'), ('B', 'B'), ('C', 'C'), ('D', 'D'), ('E', 'E'), ('F', 'F'), ('G', 'G')], max_length=1, verbose_name='classe énergie')),
                ('climate_class', models.CharField(blank=True, choices=[('A', 'A'), ('B', 'B'), ('C', 'C'), ('D', 'D'), ('E', 'E'), ('F', 'F'), ('G', 'G')], max_length=1, verbose_name='classe climat')),
                ('stock_type', models.CharField(choices=[('RESIDENCE', 'Résidence sociale'), ('DIFFUSE', 'Logement d’insertion en diffus'), ('IML', 'Intermédiation locative')], default='DIFFUSE', max_length=12, verbose_name='parc')),
                ('construction', models.CharField(choices=[('I', 'Individuel'), ('C', 'Collectif'), ('E', 'Logement étudiant')], default='C', max_length=1, verbose_name='construction')),
                ('rooms', models.PositiveSmallIntegerField(verbose_name='pièces')),
                ('surface', models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True, verbose_name='surface habitable (m²)')),
                ('floor', models.SmallIntegerField(blank=True, null=True, verbose_name='étage')),
                ('door', models.CharField(blank=True, max_length=40, verbose_name='porte')),
                ('stairwell', models.CharField(blank=True, max_length=20, verbose_name='escalier')),
                ('built_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='année de construction')),
                ('financing', models.CharField(blank=True, max_length=4, verbose_name='financement (RPLS)')),
                ('is_qpv', models.BooleanField(default=False, verbose_name='quartier prioritaire')),
                ('access_notes', models.TextField(blank=True, verbose_name='accès')),
                ('safety_notice', models.CharField(blank=True, help_text='Courte et factuelle : « chien », « gaz ».', max_length=120, verbose_name='consigne avant d’entrer')),
                ('sort_key', common.fields.SortKeyField(db_persist=True, expression=models.Func(django.db.models.functions.text.Concat(models.F('reference'), models.Value(' '), models.F('door'), output_field=models.TextField()), function='ancrage_sort_key', output_field=models.TextField()), output_field=models.TextField())),
            ],
            options={
                'verbose_name': 'logement',
                'ordering': ['reference'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['sort_key'], name='dwelling_search', opclasses=['gin_trgm_ops'])],
                'constraints': [models.CheckConstraint(condition=models.Q(('rooms__gte', 1)), name='dwelling_rooms_positive', violation_error_message='Un logement a au moins une pièce.'), models.CheckConstraint(condition=models.Q(('surface__isnull', True), models.Q(('surface__gt', 0), ('surface__lte', 1000)), _connector='OR'), name='dwelling_surface_plausible', violation_error_message='La surface d’un logement est comprise entre 1 et 1 000 m².')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dwelling',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "stock_dwellingevent" ("access_notes", "building_id", "built_year", "climate_class", "construction", "door", "dpe_number", "energy_class", "financing", "fiscal_id", "floor", "id", "import_key", "is_qpv", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "rooms", "rpls_id", "safety_notice", "stairwell", "stock_type", "surface") VALUES (NEW."access_notes", NEW."building_id", NEW."built_year", NEW."climate_class", NEW."construction", NEW."door", NEW."dpe_number", NEW."energy_class", NEW."financing", NEW."fiscal_id", NEW."floor", NEW."id", NEW."import_key", NEW."is_qpv", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."rooms", NEW."rpls_id", NEW."safety_notice", NEW."stairwell", NEW."stock_type", NEW."surface"); RETURN NULL;', hash='cd401b3381d877b92c83ed581709c0334925bc24', operation='INSERT', pgid='pgtrigger_insert_insert_85d5c', table='stock_dwelling', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dwelling',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "stock_dwellingevent" ("access_notes", "building_id", "built_year", "climate_class", "construction", "door", "dpe_number", "energy_class", "financing", "fiscal_id", "floor", "id", "import_key", "is_qpv", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "rooms", "rpls_id", "safety_notice", "stairwell", "stock_type", "surface") VALUES (NEW."access_notes", NEW."building_id", NEW."built_year", NEW."climate_class", NEW."construction", NEW."door", NEW."dpe_number", NEW."energy_class", NEW."financing", NEW."fiscal_id", NEW."floor", NEW."id", NEW."import_key", NEW."is_qpv", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."rooms", NEW."rpls_id", NEW."safety_notice", NEW."stairwell", NEW."stock_type", NEW."surface"); RETURN NULL;', hash='a97ca1d5e95c74d5b8ff8cd243fc339194fc87c5', operation='UPDATE', pgid='pgtrigger_update_update_a3837', table='stock_dwelling', when='AFTER')),
        ),
        migrations.CreateModel(
            name='AgreementDwelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='stock.headagreement', verbose_name='convention')),
                ('dwelling', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreement_lines', to='stock.dwelling', verbose_name='logement')),
                ('gives_title', models.BooleanField(default=True, verbose_name='donne le droit de louer')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='entrée et sortie du parc')),
                ('upstream_rent', common.money.EuroField(blank=True, null=True, verbose_name='loyer dû au propriétaire')),
            ],
            options={
                'verbose_name': 'logement d’une convention',
                'verbose_name_plural': 'logements des conventions',
                'ordering': ['dwelling__reference', 'period'],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('agreement', '='), ('dwelling', '='), ('period', '&&')], name='agreement_dwelling_no_overlap', violation_error_message='Ce logement est déjà dans cette convention sur une partie de la période.'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('gives_title', True)), expressions=[('dwelling', '='), ('period', '&&')], name='agreement_dwelling_one_title', violation_error_message='Une autre convention donne déjà ce logement à louer sur cette période. Terminez-la d’abord.'), models.CheckConstraint(condition=models.Q(('period__isempty', False)), name='agreement_dwelling_period_not_empty', violation_error_message='La date de fin précède celle de début.'), models.CheckConstraint(condition=models.Q(('upstream_rent__isnull', True), ('upstream_rent__gte', 0), _connector='OR'), name='agreement_dwelling_rent_positive', violation_error_message='Le loyer dû au propriétaire n’est pas négatif.')],
            },
        ),
        migrations.CreateModel(
            name='DwellingEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='stock.dwelling')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('reference', models.CharField(max_length=20, verbose_name='référence')),
                ('building', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='stock.building', verbose_name='immeuble')),
                ('rpls_id', models.CharField(blank=True, max_length=10, null=True, validators=[common.identifiers.validate_rpls_id], verbose_name='identifiant RPLS')),
                ('import_key', models.CharField(blank=True, editable=False, help_text='Empreinte de la ligne importée, quand le fichier ne porte pas d’identifiant.', max_length=64, null=True, verbose_name='clé d’import')),
                ('fiscal_id', models.CharField(blank=True, max_length=12, null=True, validators=[common.identifiers.validate_fiscal_id], verbose_name='identifiant fiscal')),
                ('dpe_number', models.CharField(blank=True, max_length=13, validators=[common.identifiers.validate_dpe], verbose_name='numéro DPE')),
                ('energy_class', models.CharField(blank=True, choices=[('A', 'A'), ('B', 'B'), ('C', 'C'), ('D', 'D'), ('E', 'E'), ('F', 'F'), ('G', 'G')], max_length=1, verbose_name='classe énergie')),
                ('climate_class', models.CharField(blank=True, choices=[('A', 'A'), ('B', 'B'), ('C', 'C'), ('D', 'D'), ('E', 'E'), ('F', 'F'), ('G', 'G')], max_length=1, verbose_name='classe climat')),
                ('stock_type', models.CharField(choices=[('RESIDENCE', 'Résidence sociale'), ('DIFFUSE', 'Logement d’insertion en diffus'), ('IML', 'Intermédiation locative')], default='DIFFUSE', max_length=12, verbose_name='parc')),
                ('construction', models.CharField(choices=[('I', 'Individuel'), ('C', 'Collectif'), ('E', 'Logement étudiant')], default='C', max_length=1, verbose_name='construction')),
                ('rooms', models.PositiveSmallIntegerField(verbose_name='pièces')),
                ('surface', models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True, verbose_name='surface habitable (m²)')),
                ('floor', models.SmallIntegerField(blank=True, null=True, verbose_name='étage')),
                ('door', models.CharField(blank=True, max_length=40, verbose_name='porte')),
                ('stairwell', models.CharField(blank=True, max_length=20, verbose_name='escalier')),
                ('built_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='année de construction')),
                ('financing', models.CharField(blank=True, max_length=4, verbose_name='financement (RPLS)')),
                ('is_qpv', models.BooleanField(default=False, verbose_name='quartier prioritaire')),
                ('access_notes', models.TextField(blank=True, verbose_name='accès')),
                ('safety_notice', models.CharField(blank=True, help_text='Courte et factuelle : « chien », « gaz ».', max_length=120, verbose_name='consigne avant d’entrer')),
                ('sort_key', common.fields.SortKeyField(db_persist=True, expression=models.Func(django.db.models.functions.text.Concat(models.F('reference'), models.Value(' '), models.F('door'), output_field=models.TextField()), function='ancrage_sort_key', output_field=models.TextField()), output_field=models.TextField())),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dwellingevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='85e10d6434c1a09e152cf79b8eea0635a00c9e9b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e45a9', table='stock_dwellingevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dwelling', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='stock.dwelling', verbose_name='logement')),
                ('kind', models.CharField(choices=[('WHOLE', 'Logement entier'), ('ROOM', 'Chambre')], default='WHOLE', max_length=5, verbose_name='genre')),
                ('label', models.CharField(blank=True, max_length=40, verbose_name='intitulé')),
                ('surface', models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True, verbose_name='surface (m²)')),
            ],
            options={
                'verbose_name': 'local loué',
                'verbose_name_plural': 'locaux loués',
                'ordering': ['dwelling__reference', 'kind', 'label'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'WHOLE')), fields=('dwelling',), name='unit_whole_once', violation_error_message='Ce logement a déjà son local « logement entier ».'), models.UniqueConstraint(condition=models.Q(('kind', 'ROOM')), fields=('dwelling', 'label'), name='unit_room_label_once', violation_error_message='Une chambre de ce logement porte déjà ce nom.'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'WHOLE'), ('label', '')), models.Q(('kind', 'ROOM'), models.Q(('label', ''), _negated=True)), _connector='OR'), name='unit_label_iff_room', violation_error_message='Une chambre porte un nom, un logement entier n’en porte pas.'), models.UniqueConstraint(fields=('id', 'dwelling'), name='unit_with_dwelling')],
            },
        ),
        migrations.CreateModel(
            name='StockImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200, verbose_name='fichier')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='empreinte')),
                ('agreement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='stock.headagreement', verbose_name='convention')),
                ('created', models.PositiveIntegerField(default=0, verbose_name='logements créés')),
                ('updated', models.PositiveIntegerField(default=0, verbose_name='logements mis à jour')),
                ('unchanged', models.PositiveIntegerField(default=0, verbose_name='logements inchangés')),
                ('skipped', models.PositiveIntegerField(default=0, verbose_name='lignes laissées')),
                ('report', models.JSONField(default=dict, verbose_name='compte rendu')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='importé par')),
                ('imported_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='importé le')),
            ],
            options={
                'verbose_name': 'import de logements',
                'verbose_name_plural': 'imports de logements',
                'ordering': ['-id'],
            },
        ),
    ]
