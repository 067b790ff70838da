"""Addresses without account: where a partner fills referrals, and reads how far one is."""

import common.clock
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0032_refund_iban'),
        ('social_link', '0034_agreements'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReferralLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('INTAKE', 'Fiche à remplir'), ('STATE', 'Suivi d’une saisine')], max_length=6, verbose_name='ouvre')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True, verbose_name='empreinte')),
                ('referrer', models.CharField(blank=True, choices=[('HOUSEHLD', 'Le ménage lui-même'), ('MDD', 'Maison du Département'), ('CCAS', 'CCAS ou CIAS'), ('TOWN', 'Mairie'), ('CAF_DESK', 'CAF'), ('MSA', 'MSA'), ('PREFECT', 'Préfecture'), ('ENERGY', 'Fournisseur d’énergie ou d’eau'), ('LANDLORD', 'Bailleur'), ('MEDIAT', 'Commission de médiation'), ('ADIL', 'ADIL'), ('HOUSDESK', 'Maison de l’habitat'), ('FUND', 'FSL ou FUL'), ('OTHER', 'Autre partenaire')], max_length=8, verbose_name='qui saisit')),
                ('ends_on', models.DateField(verbose_name='jusqu’au')),
                ('made_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='créée le')),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='fermée le')),
                ('last_used_on', models.DateField(blank=True, editable=False, null=True, verbose_name='dernière lecture')),
            ],
            options={
                'verbose_name': 'adresse de saisine',
                'verbose_name_plural': 'adresses de saisine',
                'ordering': ['-id'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='referral',
            name='before_update',
        ),
        migrations.AddField(
            model_name='referral',
            name='request_key',
            field=models.UUIDField(blank=True, editable=False, null=True, unique=True, verbose_name='clé de saisie'),
        ),
        migrations.AddField(
            model_name='referralevent',
            name='request_key',
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name='clé de saisie'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='referral',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_referralevent" ("aims", "assignee_id", "author_id", "came_by_id", "commission_on", "consented_on", "contact_email", "contact_name", "contact_phone", "despite", "exclusions", "first_name", "household_id", "id", "joined_to_id", "last_name", "measure_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "received_on", "recorded_at", "referrer", "request_key", "situation", "state", "urgency", "withdrawn_at") VALUES (OLD."aims", OLD."assignee_id", OLD."author_id", OLD."came_by_id", OLD."commission_on", OLD."consented_on", OLD."contact_email", OLD."contact_name", OLD."contact_phone", OLD."despite", OLD."exclusions", OLD."first_name", OLD."household_id", OLD."id", OLD."joined_to_id", OLD."last_name", OLD."measure_id", OLD."organisation_id", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."phone", OLD."received_on", OLD."recorded_at", OLD."referrer", OLD."request_key", OLD."situation", OLD."state", OLD."urgency", OLD."withdrawn_at"); RETURN NULL;', hash='12b4ce24f9c7d23b9dc713f3e4c320e43fc8dd2d', operation='UPDATE', pgid='pgtrigger_before_update_fdb96', table='social_link_referral', when='AFTER')),
        ),
        migrations.AddField(
            model_name='referrallink',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.AddField(
            model_name='referrallink',
            name='organisation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.organisation', verbose_name='organisme'),
        ),
        migrations.AddField(
            model_name='referrallink',
            name='referral',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='social_link.referral', verbose_name='saisine'),
        ),
        migrations.AddField(
            model_name='referral',
            name='came_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='brought', to='social_link.referrallink', verbose_name='venue par'),
        ),
        migrations.AddField(
            model_name='referralevent',
            name='came_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.referrallink', verbose_name='venue par'),
        ),
        migrations.AddConstraint(
            model_name='referrallink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'STATE'), ('organisation', None), ('referral__isnull', False), ('referrer', '')), models.Q(('kind', 'INTAKE'), ('referral', None), models.Q(('referrer__in', ['', 'HOUSEHLD']), _negated=True)), _connector='OR'), name='referral_link_opens_one', violation_error_message='Une adresse ouvre la fiche d’un partenaire, ou le suivi d’une saisine.'),
        ),
        migrations.AddConstraint(
            model_name='referrallink',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'STATE'), ('revoked_at', None)), fields=('referral',), name='referral_link_one_state', violation_error_message='Une adresse de suivi de cette saisine est déjà ouverte.'),
        ),
    ]
