"""The contract of a MASP 2: what it works on, which benefits are managed, and three signatures."""

import common.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('social_link', '0019_file_requests'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MaspContract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('threat', models.CharField(choices=[('HEALTH', 'Sa santé'), ('SAFETY', 'Sa sécurité'), ('BOTH', 'Sa santé et sa sécurité')], max_length=6, verbose_name='ce qui est menacé')),
                ('consented_on', models.DateField(verbose_name='accord de la personne du')),
                ('works_on', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('BUDGET', 'Budget'), ('BENEFITS', 'Gestion des prestations'), ('RENT', 'Loyer'), ('EVICTION', 'Prévention de l’expulsion'), ('RIGHTS', 'Accès aux droits'), ('CARE', 'Santé et soins'), ('INSERT', 'Insertion')], max_length=8), size=None, verbose_name='domaines')),
                ('benefits', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('RSA', 'RSA'), ('AAH', 'AAH'), ('HOUSING', 'Aide au logement'), ('FAMILY', 'Prestations familiales'), ('ACTIVITY', 'Prime d’activité'), ('OLD_AGE', 'ASPA'), ('OTHER', 'Autre prestation')], max_length=8), size=None, verbose_name='prestations gérées')),
                ('uses', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('RENT', 'Loyer et charges courantes'), ('ENERGY', 'Énergie et eau'), ('INSURE', 'Assurances'), ('DEBTS', 'Dettes'), ('FOOD', 'Vie quotidienne'), ('SAVINGS', 'Épargne')], max_length=7), size=None, verbose_name='ordre des paiements')),
                ('household_on', models.DateField(blank=True, null=True, verbose_name='signé par le ménage le')),
                ('house_on', models.DateField(blank=True, null=True, verbose_name='signé par l’association le')),
                ('department_on', models.DateField(blank=True, null=True, verbose_name='signé par le Département le')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('measure', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='masp', to='social_link.measure', verbose_name='mesure')),
            ],
            options={
                'verbose_name': 'contrat de MASP',
                'verbose_name_plural': 'contrats de MASP',
            },
        ),
        migrations.CreateModel(
            name='MaspContractEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('threat', models.CharField(choices=[('HEALTH', 'Sa santé'), ('SAFETY', 'Sa sécurité'), ('BOTH', 'Sa santé et sa sécurité')], max_length=6, verbose_name='ce qui est menacé')),
                ('consented_on', models.DateField(verbose_name='accord de la personne du')),
                ('works_on', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('BUDGET', 'Budget'), ('BENEFITS', 'Gestion des prestations'), ('RENT', 'Loyer'), ('EVICTION', 'Prévention de l’expulsion'), ('RIGHTS', 'Accès aux droits'), ('CARE', 'Santé et soins'), ('INSERT', 'Insertion')], max_length=8), size=None, verbose_name='domaines')),
                ('benefits', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('RSA', 'RSA'), ('AAH', 'AAH'), ('HOUSING', 'Aide au logement'), ('FAMILY', 'Prestations familiales'), ('ACTIVITY', 'Prime d’activité'), ('OLD_AGE', 'ASPA'), ('OTHER', 'Autre prestation')], max_length=8), size=None, verbose_name='prestations gérées')),
                ('uses', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('RENT', 'Loyer et charges courantes'), ('ENERGY', 'Énergie et eau'), ('INSURE', 'Assurances'), ('DEBTS', 'Dettes'), ('FOOD', 'Vie quotidienne'), ('SAVINGS', 'Épargne')], max_length=7), size=None, verbose_name='ordre des paiements')),
                ('household_on', models.DateField(blank=True, null=True, verbose_name='signé par le ménage le')),
                ('house_on', models.DateField(blank=True, null=True, verbose_name='signé par l’association le')),
                ('department_on', models.DateField(blank=True, null=True, verbose_name='signé par le Département le')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('measure', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.measure', verbose_name='mesure')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.maspcontract')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='maspcontract',
            constraint=models.CheckConstraint(condition=models.Q(('benefits__len__gt', 0), ('works_on__len__gt', 0)), name='masp_contract_whole', violation_error_message='Une MASP 2 a ses domaines et ses prestations gérées.'),
        ),
        migrations.AddConstraint(
            model_name='maspcontract',
            constraint=models.CheckConstraint(condition=models.Q(('uses__0', 'RENT')), name='masp_rent_first', violation_error_message='Le loyer et les charges courantes se paient d’abord (CASF, art. L. 271-2).'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='maspcontract',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_maspcontractevent" ("author_id", "benefits", "consented_on", "created_at", "department_on", "house_on", "household_on", "id", "measure_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "threat", "uses", "works_on") VALUES (OLD."author_id", OLD."benefits", OLD."consented_on", OLD."created_at", OLD."department_on", OLD."house_on", OLD."household_on", OLD."id", OLD."measure_id", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."threat", OLD."uses", OLD."works_on"); RETURN NULL;', hash='a33b5cab4a2ae7c3703ff1c2986a7070ea49ef8f', operation='UPDATE', pgid='pgtrigger_before_update_f377e', table='social_link_maspcontract', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='maspcontract',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_maspcontractevent" ("author_id", "benefits", "consented_on", "created_at", "department_on", "house_on", "household_on", "id", "measure_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "threat", "uses", "works_on") VALUES (OLD."author_id", OLD."benefits", OLD."consented_on", OLD."created_at", OLD."department_on", OLD."house_on", OLD."household_on", OLD."id", OLD."measure_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."threat", OLD."uses", OLD."works_on"); RETURN NULL;', hash='14a2f4cd6337a5491ee2415c3fe1128abb53f2e9', operation='DELETE', pgid='pgtrigger_delete_delete_89ef2', table='social_link_maspcontract', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='maspcontractevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c7bfaaa3f354b51a7d802d518eb507ac15460b3c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_36f5f', table='social_link_maspcontractevent', when='BEFORE')),
        ),
    ]
