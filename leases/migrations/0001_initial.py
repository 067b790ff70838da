import common.clock
import common.fields
import common.money
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
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
        ('stock', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Household',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=20, unique=True, verbose_name='référence')),
                ('name', models.CharField(max_length=120, verbose_name='nom d’usage')),
                ('support_type', models.CharField(blank=True, choices=[('T1', 'Type 1'), ('T2', 'Type 2')], max_length=2, verbose_name='type')),
                ('manager', models.ForeignKey(blank=True, help_text='Lit l’adresse du ménage quand elle est protégée.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='managed_households', to=settings.AUTH_USER_MODEL, verbose_name='gestionnaire en charge')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='créé le')),
                ('sort_key', common.fields.SortKeyField(db_persist=True, expression=models.Func(django.db.models.functions.text.Concat(models.F('name'), models.Value(' '), models.F('reference'), output_field=models.TextField()), function='ancrage_sort_key', output_field=models.TextField()), output_field=models.TextField())),
            ],
            options={
                'verbose_name': 'ménage',
                'ordering': ['sort_key', 'id'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['sort_key'], name='household_search', opclasses=['gin_trgm_ops']), models.Index(fields=['sort_key', 'id'], name='household_order')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='household',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "leases_householdevent" ("created_at", "id", "manager_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "support_type") VALUES (NEW."created_at", NEW."id", NEW."manager_id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."support_type"); RETURN NULL;', hash='67c3ac7d1c33ac945723588c22280ef3c0641e81', operation='INSERT', pgid='pgtrigger_insert_insert_781a9', table='leases_household', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='household',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "leases_householdevent" ("created_at", "id", "manager_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "support_type") VALUES (NEW."created_at", NEW."id", NEW."manager_id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."support_type"); RETURN NULL;', hash='bb14a6e03c2e2de626c0befa428b0df05a86040b', operation='UPDATE', pgid='pgtrigger_update_update_5c899', table='leases_household', when='AFTER')),
        ),
        migrations.CreateModel(
            name='Lease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=20, unique=True, verbose_name='référence')),
                ('kind', models.CharField(choices=[('SUBLEASE', 'Sous-location'), ('SLIDING', 'Bail glissant'), ('MANAGED', 'Bail en mandat de gestion'), ('OCCUPANCY', 'Convention d’occupation')], max_length=10, verbose_name='famille')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leases', to='leases.household', verbose_name='ménage')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leases', to='stock.unit', verbose_name='local loué')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leases', to='stock.headagreement', verbose_name='convention')),
                ('state', models.CharField(choices=[('DRAFT', 'En préparation'), ('ACTIVE', 'En cours'), ('ENDED', 'Terminé')], default='DRAFT', max_length=6, verbose_name='état')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='du … au …')),
                ('signed_on', models.DateField(blank=True, null=True, verbose_name='signé le')),
                ('end_reason', models.CharField(blank=True, choices=[('SLID', 'Bail glissé au ménage'), ('SOCIAL', 'Logement social'), ('PRIVATE', 'Logement privé'), ('TRANSFER', 'Autre logement de l’association'), ('RESIDENCE', 'Résidence, pension de famille, soin'), ('FAMILY', 'Famille ou proches'), ('EVICTION', 'Expulsion'), ('UNKNOWN', 'Départ sans adresse'), ('DEATH', 'Décès')], max_length=10, verbose_name='issue')),
                ('notice_on', models.DateField(blank=True, null=True, verbose_name='congé reçu le')),
                ('collected_for', models.CharField(choices=[('ITSELF', 'L’association elle-même'), ('MANDANTS', 'Les mandants (loi Hoguet)'), ('PUBLIC_BODY', 'Une collectivité (mandat de recettes)')], default='ITSELF', max_length=12, verbose_name='loyer encaissé pour')),
                ('bank_account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='office.bankaccount', verbose_name='compte bancaire')),
                ('payment_reference', models.CharField(max_length=25, unique=True, verbose_name='référence de paiement')),
                ('clause_delay', models.CharField(choices=[('6_WEEKS', 'Six semaines'), ('2_MONTHS', 'Deux mois')], default='6_WEEKS', max_length=8, verbose_name='délai de la clause résolutoire')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='créé le')),
            ],
            options={
                'verbose_name': 'bail',
                'verbose_name_plural': 'baux',
                'ordering': ['reference'],
                'indexes': [models.Index(condition=models.Q(('state', 'DRAFT')), fields=['reference'], name='lease_draft')],
                'constraints': [models.CheckConstraint(condition=models.Q(('period__isempty', False)), name='lease_period_not_empty', violation_error_message='La date de fin précède celle de début.'), models.CheckConstraint(condition=models.Q(('state', 'DRAFT'), ('signed_on__isnull', False), _connector='OR'), name='lease_signed_unless_draft', violation_error_message='Un bail en cours ou terminé porte sa date de signature.'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'ENDED'), _negated=True), models.Q(('period__upper_inf', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='lease_ended_has_end', violation_error_message='Un bail terminé porte sa date de fin et son issue.'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'MANAGED'), _negated=True), ('collected_for', 'MANDANTS'), _connector='OR'), name='lease_managed_for_mandants', violation_error_message='Le loyer d’un bail en mandat est encaissé pour le mandant.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lease',
            trigger=pgtrigger.compiler.Trigger(name='state_flow', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('ACTIVE', 'ENDED'), ('DRAFT', 'ACTIVE')))", func="\n            RAISE EXCEPTION 'the state of % % does not go from % to %', TG_TABLE_NAME, OLD.id, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;\n        ", hash='a4c537ed633addf1fcdb18c3062d9a1ccdb58a6e', operation='UPDATE OF "state"', pgid='pgtrigger_state_flow_32d51', table='leases_lease', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lease',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "leases_leaseevent" ("agreement_id", "bank_account_id", "clause_delay", "collected_for", "created_at", "end_reason", "household_id", "id", "kind", "notice_on", "payment_reference", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "signed_on", "state", "unit_id") VALUES (NEW."agreement_id", NEW."bank_account_id", NEW."clause_delay", NEW."collected_for", NEW."created_at", NEW."end_reason", NEW."household_id", NEW."id", NEW."kind", NEW."notice_on", NEW."payment_reference", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."signed_on", NEW."state", NEW."unit_id"); RETURN NULL;', hash='cae2a00250189a9aac95fb59ee5bcc3f4f28dc46', operation='INSERT', pgid='pgtrigger_insert_insert_804a0', table='leases_lease', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lease',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "leases_leaseevent" ("agreement_id", "bank_account_id", "clause_delay", "collected_for", "created_at", "end_reason", "household_id", "id", "kind", "notice_on", "payment_reference", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "signed_on", "state", "unit_id") VALUES (NEW."agreement_id", NEW."bank_account_id", NEW."clause_delay", NEW."collected_for", NEW."created_at", NEW."end_reason", NEW."household_id", NEW."id", NEW."kind", NEW."notice_on", NEW."payment_reference", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."signed_on", NEW."state", NEW."unit_id"); RETURN NULL;', hash='f2bd637139f30b1147bfb5c9266c6a8d4e409580', operation='UPDATE', pgid='pgtrigger_update_update_e29ee', table='leases_lease', when='AFTER')),
        ),
        migrations.CreateModel(
            name='LeaseEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='leases.lease')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('reference', models.CharField(max_length=20, verbose_name='référence')),
                ('kind', models.CharField(choices=[('SUBLEASE', 'Sous-location'), ('SLIDING', 'Bail glissant'), ('MANAGED', 'Bail en mandat de gestion'), ('OCCUPANCY', 'Convention d’occupation')], max_length=10, verbose_name='famille')),
                ('household', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='leases.household', verbose_name='ménage')),
                ('unit', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='stock.unit', verbose_name='local loué')),
                ('agreement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='stock.headagreement', verbose_name='convention')),
                ('state', models.CharField(choices=[('DRAFT', 'En préparation'), ('ACTIVE', 'En cours'), ('ENDED', 'Terminé')], default='DRAFT', max_length=6, verbose_name='état')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='du … au …')),
                ('signed_on', models.DateField(blank=True, null=True, verbose_name='signé le')),
                ('end_reason', models.CharField(blank=True, choices=[('SLID', 'Bail glissé au ménage'), ('SOCIAL', 'Logement social'), ('PRIVATE', 'Logement privé'), ('TRANSFER', 'Autre logement de l’association'), ('RESIDENCE', 'Résidence, pension de famille, soin'), ('FAMILY', 'Famille ou proches'), ('EVICTION', 'Expulsion'), ('UNKNOWN', 'Départ sans adresse'), ('DEATH', 'Décès')], max_length=10, verbose_name='issue')),
                ('notice_on', models.DateField(blank=True, null=True, verbose_name='congé reçu le')),
                ('collected_for', models.CharField(choices=[('ITSELF', 'L’association elle-même'), ('MANDANTS', 'Les mandants (loi Hoguet)'), ('PUBLIC_BODY', 'Une collectivité (mandat de recettes)')], default='ITSELF', max_length=12, verbose_name='loyer encaissé pour')),
                ('bank_account', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.bankaccount', verbose_name='compte bancaire')),
                ('payment_reference', models.CharField(max_length=25, verbose_name='référence de paiement')),
                ('clause_delay', models.CharField(choices=[('6_WEEKS', 'Six semaines'), ('2_MONTHS', 'Deux mois')], default='6_WEEKS', max_length=8, verbose_name='délai de la clause résolutoire')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='créé le')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='leaseevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1321c2ef7f6464fb4ad897dff40708d3633d016e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9b201', table='leases_leaseevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='LeaseCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lease', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='leases.lease', verbose_name='bail')),
                ('item', models.CharField(choices=[('CONTRACT', 'Contrat signé'), ('INVENTORY', 'État des lieux d’entrée signé'), ('INSURANCE', 'Attestation d’assurance reçue'), ('TERMS', 'Loyer et charges fixés'), ('DUE_RULE', 'Échéance fixée'), ('HOLDER', 'Titulaire désigné'), ('SUPPORT', 'Contrat d’accompagnement signé'), ('TRIPARTITE', 'Convention tripartite signée')], max_length=10, verbose_name='point')),
                ('done_on', models.DateField(verbose_name='fait le')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('waiver', models.TextField(blank=True, verbose_name='dispense motivée')),
            ],
            options={
                'verbose_name': 'point de préparation',
                'verbose_name_plural': 'points de préparation',
                'ordering': ['lease', 'item'],
                'constraints': [models.UniqueConstraint(fields=('lease', 'item'), name='lease_check_once', violation_error_message='Ce point de préparation est déjà fait.')],
            },
        ),
        migrations.CreateModel(
            name='Occupancy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lease', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='occupancies', to='leases.lease', verbose_name='bail')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='occupancies', to='leases.household', verbose_name='ménage')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='occupancies', to='stock.unit', verbose_name='local loué')),
                ('dwelling', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='occupancies', to='stock.dwelling', verbose_name='logement')),
                ('is_whole', models.BooleanField(verbose_name='logement entier')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='occupation')),
                ('main_period', django.contrib.postgres.fields.ranges.DateRangeField(blank=True, null=True, verbose_name='au titre de résidence principale')),
                ('overlap_reason', models.CharField(blank=True, max_length=200, verbose_name='motif du chevauchement')),
            ],
            options={
                'verbose_name': 'occupation',
                'ordering': ['household', 'period'],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('unit', '='), ('period', '&&')], name='occupancy_unit_once', violation_error_message='Ce local est déjà occupé sur une partie de cette période.'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('dwelling', '='), (django.db.models.functions.comparison.Cast('is_whole', models.IntegerField()), '<>'), ('period', '&&')], name='occupancy_whole_or_rooms', violation_error_message='Ce logement est loué en entier ou par chambres, pas les deux à la fois.'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('household', '='), ('main_period', '&&')], name='occupancy_one_main_home', violation_error_message='Ce ménage occupe déjà un logement à cette date. Pour un changement de logement avec chevauchement, indiquez jusqu’à quand et pourquoi.'), models.CheckConstraint(condition=models.Q(('period__isempty', False)), name='occupancy_period_not_empty', violation_error_message='La date de fin précède celle de début.'), models.CheckConstraint(condition=models.Q(models.Q(('main_period', models.F('period')), ('main_period__isnull', False)), models.Q(models.Q(('main_period__isnull', True), ('main_period__contained_by', models.F('period')), _connector='OR'), models.Q(('overlap_reason', ''), _negated=True)), _connector='OR'), name='occupancy_exception_explained', violation_error_message='Un chevauchement demande ses dates et son motif.')],
            },
        ),
        migrations.CreateModel(
            name='RentTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lease', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rent_terms', to='leases.lease', verbose_name='bail')),
                ('nature', models.CharField(choices=[('RENT', 'Loyer'), ('CHARGES', 'Charges'), ('PARKING', 'Stationnement'), ('SERVICES', 'Prestations')], max_length=12, verbose_name='nature')),
                ('mode', models.CharField(blank=True, choices=[('PROVISION', 'Provision'), ('FLAT', 'Forfait')], max_length=9, verbose_name='mode')),
                ('amount', common.money.EuroField(verbose_name='montant mensuel')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='période')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='motif')),
                ('recorded_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
            ],
            options={
                'verbose_name': 'condition de loyer',
                'verbose_name_plural': 'conditions de loyer',
                'ordering': ['lease', 'nature', 'period'],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('lease', '='), ('nature', '='), ('period', '&&')], name='rent_term_no_overlap', violation_error_message='Un montant de cette nature couvre déjà une partie de la période.'), models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='rent_term_amount_positive', violation_error_message='Un loyer ou une charge n’est pas négatif.'), models.CheckConstraint(condition=models.Q(('period__isempty', False)), name='rent_term_period_not_empty', violation_error_message='La date de fin précède celle de début.'), models.CheckConstraint(condition=models.Q(models.Q(('nature', 'CHARGES'), models.Q(('mode', ''), _negated=True)), models.Q(models.Q(('nature', 'CHARGES'), _negated=True), ('mode', '')), _connector='OR'), name='rent_term_mode_iff_charges', violation_error_message='Dites si les charges sont une provision ou un forfait (les charges seulement).')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rentterm',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "leases_renttermevent" ("amount", "id", "lease_id", "mode", "nature", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at") VALUES (NEW."amount", NEW."id", NEW."lease_id", NEW."mode", NEW."nature", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."recorded_at"); RETURN NULL;', hash='abab4ada8f6892c92761decf516769a4fa2851a9', operation='INSERT', pgid='pgtrigger_insert_insert_1a1cf', table='leases_rentterm', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rentterm',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "leases_renttermevent" ("amount", "id", "lease_id", "mode", "nature", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at") VALUES (NEW."amount", NEW."id", NEW."lease_id", NEW."mode", NEW."nature", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."recorded_at"); RETURN NULL;', hash='d4b771ba61735e6a30caa34668654b00be511100', operation='UPDATE', pgid='pgtrigger_update_update_ccb7c', table='leases_rentterm', when='AFTER')),
        ),
        migrations.CreateModel(
            name='RentTermEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='leases.rentterm')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('lease', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='leases.lease', verbose_name='bail')),
                ('nature', models.CharField(choices=[('RENT', 'Loyer'), ('CHARGES', 'Charges'), ('PARKING', 'Stationnement'), ('SERVICES', 'Prestations')], max_length=12, verbose_name='nature')),
                ('mode', models.CharField(blank=True, choices=[('PROVISION', 'Provision'), ('FLAT', 'Forfait')], max_length=9, verbose_name='mode')),
                ('amount', common.money.EuroField(verbose_name='montant mensuel')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='période')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='motif')),
                ('recorded_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='renttermevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cb9365fe87aecd7357d5cec68af5db9fa447b8fc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7157c', table='leases_renttermevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='DueTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lease', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='due_terms', to='leases.lease', verbose_name='bail')),
                ('due_rule', models.CharField(choices=[('ADVANCE', 'À échoir'), ('ARREARS', 'Terme échu')], default='ADVANCE', max_length=7, verbose_name='échéance')),
                ('due_day', models.PositiveSmallIntegerField(default=1, verbose_name='jour d’échéance')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='période')),
            ],
            options={
                'verbose_name': 'échéance',
                'ordering': ['lease', 'period'],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('lease', '='), ('period', '&&')], name='due_terms_no_overlap', violation_error_message='Une échéance couvre déjà une partie de la période.'), models.CheckConstraint(condition=models.Q(('due_day__gte', 1), ('due_day__lte', 31)), name='due_terms_day_of_month', violation_error_message='Le jour d’échéance est compris entre 1 et 31.'), models.CheckConstraint(condition=models.Q(('period__isempty', False)), name='due_terms_period_not_empty', violation_error_message='La date de fin précède celle de début.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dueterms',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "leases_duetermsevent" ("due_day", "due_rule", "id", "lease_id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."due_day", NEW."due_rule", NEW."id", NEW."lease_id", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='feb7512c92f3f73e989dcfcaaabf9bc7fe89444d', operation='INSERT', pgid='pgtrigger_insert_insert_47655', table='leases_dueterms', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dueterms',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "leases_duetermsevent" ("due_day", "due_rule", "id", "lease_id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."due_day", NEW."due_rule", NEW."id", NEW."lease_id", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='c2a1deb6f482d59966f2cb4cacbef35fc2a49303', operation='UPDATE', pgid='pgtrigger_update_update_3d10f', table='leases_dueterms', when='AFTER')),
        ),
        migrations.CreateModel(
            name='DueTermsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='leases.dueterms')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('lease', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='leases.lease', verbose_name='bail')),
                ('due_rule', models.CharField(choices=[('ADVANCE', 'À échoir'), ('ARREARS', 'Terme échu')], default='ADVANCE', max_length=7, verbose_name='échéance')),
                ('due_day', models.PositiveSmallIntegerField(default=1, verbose_name='jour d’échéance')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='période')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='duetermsevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cbb6d9401c6effdfa266651fd18896585d90c96d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4c82e', table='leases_duetermsevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='HouseholdEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='leases.household')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('reference', models.CharField(max_length=20, verbose_name='référence')),
                ('name', models.CharField(max_length=120, verbose_name='nom d’usage')),
                ('support_type', models.CharField(blank=True, choices=[('T1', 'Type 1'), ('T2', 'Type 2')], max_length=2, verbose_name='type')),
                ('manager', models.ForeignKey(blank=True, db_constraint=False, help_text='Lit l’adresse du ménage quand elle est protégée.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='gestionnaire en charge')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='créé le')),
                ('sort_key', common.fields.SortKeyField(db_persist=True, expression=models.Func(django.db.models.functions.text.Concat(models.F('name'), models.Value(' '), models.F('reference'), output_field=models.TextField()), function='ancrage_sort_key', output_field=models.TextField()), output_field=models.TextField())),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='householdevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0478685e2916f80f9ae8606f0b4f761f50575693', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ab1b1', table='leases_householdevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('civility', models.CharField(choices=[('MME', 'Mme'), ('M', 'M.'), ('X', 'Sans civilité')], default='X', max_length=3, verbose_name='civilité')),
                ('first_name', models.CharField(max_length=60, verbose_name='prénom')),
                ('last_name', models.CharField(max_length=80, verbose_name='nom')),
                ('birth_date', models.DateField(blank=True, null=True, verbose_name='date de naissance')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='courriel')),
                ('is_address_protected', models.BooleanField(default=False, verbose_name='adresse protégée')),
                ('sort_key', common.fields.SortKeyField(db_persist=True, expression=models.Func(django.db.models.functions.text.Concat(models.F('last_name'), models.Value(' '), models.F('first_name'), output_field=models.TextField()), function='ancrage_sort_key', output_field=models.TextField()), output_field=models.TextField())),
            ],
            options={
                'verbose_name': 'personne',
                'ordering': ['sort_key', 'id'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['sort_key'], name='person_search', opclasses=['gin_trgm_ops'])],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "leases_personevent" ("birth_date", "civility", "email", "first_name", "id", "is_address_protected", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (NEW."birth_date", NEW."civility", NEW."email", NEW."first_name", NEW."id", NEW."is_address_protected", NEW."last_name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone"); RETURN NULL;', hash='af3461a8d1de2d89fa7cdf247ed0a372b5050e80', operation='INSERT', pgid='pgtrigger_insert_insert_a979e', table='leases_person', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "leases_personevent" ("birth_date", "civility", "email", "first_name", "id", "is_address_protected", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (NEW."birth_date", NEW."civility", NEW."email", NEW."first_name", NEW."id", NEW."is_address_protected", NEW."last_name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone"); RETURN NULL;', hash='ae99e326b017d31baa6540caf761ba8bdbbb3aa9', operation='UPDATE', pgid='pgtrigger_update_update_cb2c1', table='leases_person', when='AFTER')),
        ),
        migrations.CreateModel(
            name='LeaseParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lease', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='leases.lease', verbose_name='bail')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lease_parties', to='leases.person', verbose_name='personne')),
                ('role', models.CharField(choices=[('HOLDER', 'Titulaire'), ('CO_HOLDER', 'Cotitulaire'), ('SPOUSE', 'Conjoint'), ('GUARANTOR', 'Garant')], max_length=9, verbose_name='qualité')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='période')),
            ],
            options={
                'verbose_name': 'partie au bail',
                'verbose_name_plural': 'parties au bail',
                'ordering': ['lease', 'role', 'id'],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('lease', '='), ('person', '='), ('period', '&&')], name='lease_party_no_overlap', violation_error_message='Cette personne est déjà partie à ce bail sur cette période.'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role', 'HOLDER')), expressions=[('lease', '='), ('period', '&&')], name='lease_party_one_holder', violation_error_message='Ce bail a déjà un titulaire : ajoutez un cotitulaire.'), models.CheckConstraint(condition=models.Q(('period__isempty', False)), name='lease_party_period_not_empty', violation_error_message='La date de fin précède celle de début.')],
            },
        ),
        migrations.CreateModel(
            name='PersonEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='leases.person')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('civility', models.CharField(choices=[('MME', 'Mme'), ('M', 'M.'), ('X', 'Sans civilité')], default='X', max_length=3, verbose_name='civilité')),
                ('first_name', models.CharField(max_length=60, verbose_name='prénom')),
                ('last_name', models.CharField(max_length=80, verbose_name='nom')),
                ('birth_date', models.DateField(blank=True, null=True, verbose_name='date de naissance')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='courriel')),
                ('is_address_protected', models.BooleanField(default=False, verbose_name='adresse protégée')),
                ('sort_key', common.fields.SortKeyField(db_persist=True, expression=models.Func(django.db.models.functions.text.Concat(models.F('last_name'), models.Value(' '), models.F('first_name'), output_field=models.TextField()), function='ancrage_sort_key', output_field=models.TextField()), output_field=models.TextField())),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='personevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='943f8f7ba10e1259e469bf740df35fc622279951', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6d89b', table='leases_personevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='leases.household', verbose_name='ménage')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='leases.person', verbose_name='personne')),
                ('role', models.CharField(choices=[('ADULT', 'Adulte'), ('CHILD', 'Enfant')], default='ADULT', max_length=6, verbose_name='place')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='période')),
            ],
            options={
                'verbose_name': 'composition',
                'ordering': ['household', 'role', 'id'],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('person', '='), ('period', '&&')], name='membership_one_household', violation_error_message='Cette personne fait déjà partie d’un ménage sur cette période.'), models.CheckConstraint(condition=models.Q(('period__isempty', False)), name='membership_period_not_empty', violation_error_message='La date de fin précède celle de début.')],
            },
        ),
    ]
