"""Referrals: who asks that which household be supported, and each step."""

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
        ('office', '0031_calendar_feed'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('social_link', '0022_objectives'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('received_on', models.DateField(verbose_name='reçue le')),
                ('referrer', models.CharField(choices=[('HOUSEHLD', 'Le ménage lui-même'), ('MDD', 'Maison du Département'), ('CCAS', 'CCAS ou CIAS'), ('TOWN', 'Mairie'), ('CAF_DESK', 'CAF'), ('MSA', 'MSA'), ('PREFECT', 'Préfecture'), ('ENERGY', 'Fournisseur d’énergie ou d’eau'), ('LANDLORD', 'Bailleur'), ('MEDIAT', 'Commission de médiation'), ('ADIL', 'ADIL'), ('HOUSDESK', 'Maison de l’habitat'), ('FUND', 'FSL ou FUL'), ('OTHER', 'Autre partenaire')], max_length=8, verbose_name='qui saisit')),
                ('contact_name', models.CharField(blank=True, max_length=120, verbose_name='interlocuteur')),
                ('contact_email', models.EmailField(blank=True, max_length=254, verbose_name='son courriel')),
                ('contact_phone', models.CharField(blank=True, max_length=20, verbose_name='son téléphone')),
                ('last_name', models.CharField(blank=True, max_length=80, verbose_name='nom')),
                ('first_name', models.CharField(blank=True, max_length=60, verbose_name='prénom')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('situation', models.CharField(blank=True, choices=[('SEEKER', 'Cherche un logement'), ('TENANT', 'Locataire'), ('SUBTEN', 'Sous-locataire'), ('OWNER', 'Propriétaire')], max_length=6, verbose_name='situation')),
                ('aims', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('INSERT', 'Insertion durable dans le logement'), ('LANDLORD', 'Lever les réticences d’un bailleur (impayé, voisinage)'), ('KEEPING', 'Accompagner l’entrée ou le maintien'), ('FITTING', 'Un logement décent, adapté au budget')], max_length=8), size=None, verbose_name='demande')),
                ('urgency', models.CharField(choices=[('NORMAL', 'Sans urgence'), ('URGENT', 'Urgent')], default='NORMAL', max_length=6, verbose_name='urgence')),
                ('commission_on', models.DateField(blank=True, null=True, verbose_name='commission du FUL du')),
                ('consented_on', models.DateField(blank=True, null=True, verbose_name='accord du ménage du')),
                ('exclusions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('HOSTED', 'Hébergé par une structure qui accompagne déjà'), ('SCHEME', 'Déjà suivi par un dispositif budget et insertion')], max_length=6), blank=True, default=list, size=None, verbose_name='exclusions')),
                ('despite', models.CharField(blank=True, max_length=200, verbose_name='suivie malgré cela, parce que')),
                ('state', models.CharField(choices=[('RECEIVED', 'Reçue'), ('ACKNOWL', 'Accusé de réception envoyé'), ('TO_COMPL', 'À compléter'), ('ASSESSED', 'En évaluation'), ('COMMISS', 'En commission'), ('INSIDE', 'Orientée dans la maison'), ('OUTSIDE', 'Orientée ailleurs'), ('DROPPED', 'Sans suite'), ('MEASURE', 'Mesure ouverte')], default='RECEIVED', max_length=8, verbose_name='état')),
                ('recorded_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='retirée le')),
                ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to=settings.AUTH_USER_MODEL, verbose_name='suivie par')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='saisie par')),
                ('household', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='leases.household', verbose_name='ménage')),
                ('joined_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='joined', to='social_link.referral', verbose_name='jointe à')),
                ('measure', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='referral', to='social_link.measure', verbose_name='mesure')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.organisation', verbose_name='organisme')),
            ],
            options={
                'verbose_name': 'saisine',
                'ordering': ['received_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ReferralEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('received_on', models.DateField(verbose_name='reçue le')),
                ('referrer', models.CharField(choices=[('HOUSEHLD', 'Le ménage lui-même'), ('MDD', 'Maison du Département'), ('CCAS', 'CCAS ou CIAS'), ('TOWN', 'Mairie'), ('CAF_DESK', 'CAF'), ('MSA', 'MSA'), ('PREFECT', 'Préfecture'), ('ENERGY', 'Fournisseur d’énergie ou d’eau'), ('LANDLORD', 'Bailleur'), ('MEDIAT', 'Commission de médiation'), ('ADIL', 'ADIL'), ('HOUSDESK', 'Maison de l’habitat'), ('FUND', 'FSL ou FUL'), ('OTHER', 'Autre partenaire')], max_length=8, verbose_name='qui saisit')),
                ('contact_name', models.CharField(blank=True, max_length=120, verbose_name='interlocuteur')),
                ('contact_email', models.EmailField(blank=True, max_length=254, verbose_name='son courriel')),
                ('contact_phone', models.CharField(blank=True, max_length=20, verbose_name='son téléphone')),
                ('last_name', models.CharField(blank=True, max_length=80, verbose_name='nom')),
                ('first_name', models.CharField(blank=True, max_length=60, verbose_name='prénom')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('situation', models.CharField(blank=True, choices=[('SEEKER', 'Cherche un logement'), ('TENANT', 'Locataire'), ('SUBTEN', 'Sous-locataire'), ('OWNER', 'Propriétaire')], max_length=6, verbose_name='situation')),
                ('aims', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('INSERT', 'Insertion durable dans le logement'), ('LANDLORD', 'Lever les réticences d’un bailleur (impayé, voisinage)'), ('KEEPING', 'Accompagner l’entrée ou le maintien'), ('FITTING', 'Un logement décent, adapté au budget')], max_length=8), size=None, verbose_name='demande')),
                ('urgency', models.CharField(choices=[('NORMAL', 'Sans urgence'), ('URGENT', 'Urgent')], default='NORMAL', max_length=6, verbose_name='urgence')),
                ('commission_on', models.DateField(blank=True, null=True, verbose_name='commission du FUL du')),
                ('consented_on', models.DateField(blank=True, null=True, verbose_name='accord du ménage du')),
                ('exclusions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('HOSTED', 'Hébergé par une structure qui accompagne déjà'), ('SCHEME', 'Déjà suivi par un dispositif budget et insertion')], max_length=6), blank=True, default=list, size=None, verbose_name='exclusions')),
                ('despite', models.CharField(blank=True, max_length=200, verbose_name='suivie malgré cela, parce que')),
                ('state', models.CharField(choices=[('RECEIVED', 'Reçue'), ('ACKNOWL', 'Accusé de réception envoyé'), ('TO_COMPL', 'À compléter'), ('ASSESSED', 'En évaluation'), ('COMMISS', 'En commission'), ('INSIDE', 'Orientée dans la maison'), ('OUTSIDE', 'Orientée ailleurs'), ('DROPPED', 'Sans suite'), ('MEASURE', 'Mesure ouverte')], default='RECEIVED', max_length=8, verbose_name='état')),
                ('recorded_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='retirée le')),
                ('assignee', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='suivie par')),
                ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='saisie par')),
                ('household', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='leases.household', verbose_name='ménage')),
                ('joined_to', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.referral', verbose_name='jointe à')),
                ('measure', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.measure', verbose_name='mesure')),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='organisme')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.referral')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReferralStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('RECEIVED', 'Reçue'), ('ACKNOWL', 'Accusé de réception envoyé'), ('TO_COMPL', 'À compléter'), ('ASSESSED', 'En évaluation'), ('COMMISS', 'En commission'), ('INSIDE', 'Orientée dans la maison'), ('OUTSIDE', 'Orientée ailleurs'), ('DROPPED', 'Sans suite'), ('MEASURE', 'Mesure ouverte')], max_length=8, verbose_name='étape')),
                ('on', models.DateField(verbose_name='le')),
                ('service', models.CharField(blank=True, choices=[('SUPPORT', 'Mesure d’accompagnement'), ('DUTY', 'Accueil ou permanence'), ('WORKSHOP', 'Ateliers collectifs'), ('HOUSING', 'Attribution d’un logement de la maison'), ('DEPT', 'Service social du Département'), ('CCAS', 'CCAS ou CIAS'), ('SIAO', 'SIAO ou service du logement'), ('ADIL', 'ADIL'), ('BUDGET', 'Point conseil budget ou surendettement'), ('ENERGY', 'Aide à l’énergie'), ('CARE', 'Service de soins'), ('OTHER', 'Autre organisme')], max_length=8, verbose_name='vers')),
                ('consented_on', models.DateField(blank=True, null=True, verbose_name='accord du ménage du')),
                ('why', models.CharField(blank=True, choices=[('GIVEN_UP', 'Le ménage n’en veut pas'), ('UNREACH', 'Le ménage n’a pas pu être joint'), ('EXCLUDED', 'Un autre accompagnement est en place'), ('SCOPE', 'Hors de notre champ ou de notre territoire'), ('REFUSED', 'Refusée en commission'), ('SETTLED', 'La situation s’est réglée'), ('NO_REPLY', 'Rien reçu de ce qui manquait')], max_length=8, verbose_name='motif')),
                ('recorded_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.organisation', verbose_name='organisme')),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='social_link.referral', verbose_name='saisine')),
            ],
            options={
                'verbose_name': 'étape d’une saisine',
                'verbose_name_plural': 'étapes d’une saisine',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ReferralStepEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('RECEIVED', 'Reçue'), ('ACKNOWL', 'Accusé de réception envoyé'), ('TO_COMPL', 'À compléter'), ('ASSESSED', 'En évaluation'), ('COMMISS', 'En commission'), ('INSIDE', 'Orientée dans la maison'), ('OUTSIDE', 'Orientée ailleurs'), ('DROPPED', 'Sans suite'), ('MEASURE', 'Mesure ouverte')], max_length=8, verbose_name='étape')),
                ('on', models.DateField(verbose_name='le')),
                ('service', models.CharField(blank=True, choices=[('SUPPORT', 'Mesure d’accompagnement'), ('DUTY', 'Accueil ou permanence'), ('WORKSHOP', 'Ateliers collectifs'), ('HOUSING', 'Attribution d’un logement de la maison'), ('DEPT', 'Service social du Département'), ('CCAS', 'CCAS ou CIAS'), ('SIAO', 'SIAO ou service du logement'), ('ADIL', 'ADIL'), ('BUDGET', 'Point conseil budget ou surendettement'), ('ENERGY', 'Aide à l’énergie'), ('CARE', 'Service de soins'), ('OTHER', 'Autre organisme')], max_length=8, verbose_name='vers')),
                ('consented_on', models.DateField(blank=True, null=True, verbose_name='accord du ménage du')),
                ('why', models.CharField(blank=True, choices=[('GIVEN_UP', 'Le ménage n’en veut pas'), ('UNREACH', 'Le ménage n’a pas pu être joint'), ('EXCLUDED', 'Un autre accompagnement est en place'), ('SCOPE', 'Hors de notre champ ou de notre territoire'), ('REFUSED', 'Refusée en commission'), ('SETTLED', 'La situation s’est réglée'), ('NO_REPLY', 'Rien reçu de ce qui manquait')], max_length=8, verbose_name='motif')),
                ('recorded_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
                ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='organisme')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.referralstep')),
                ('referral', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.referral', verbose_name='saisine')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('joined_to', None), ('state__in', ['RECEIVED', 'ACKNOWL', 'TO_COMPL', 'ASSESSED', 'COMMISS']), ('withdrawn_at', None)), fields=['received_on', 'id'], name='referral_queue'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.UniqueConstraint(condition=models.Q(('joined_to', None), ('state__in', ['RECEIVED', 'ACKNOWL', 'TO_COMPL', 'ASSESSED', 'COMMISS']), ('withdrawn_at', None)), fields=('household',), name='referral_one_waits', violation_error_message='Une saisine de ce ménage attend déjà : joignez celle-ci à l’autre.'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first_name', ''), ('household__isnull', False), ('last_name', ''), ('phone', '')), models.Q(('household', None), models.Q(('last_name', ''), _negated=True)), _connector='OR'), name='referral_named_once', violation_error_message='Donnez le ménage, ou le nom de la personne.'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('contact_email', ''), ('contact_name', ''), ('contact_phone', ''), ('organisation', None), ('referrer', 'HOUSEHLD')), models.Q(models.Q(('referrer', 'HOUSEHLD'), _negated=True), models.Q(('organisation__isnull', False), models.Q(('contact_name', ''), _negated=True), _connector='OR')), _connector='OR'), name='referral_partner_named', violation_error_message='Un partenaire a son organisme ou son interlocuteur ; un ménage n’en a pas.'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('aims__len__gt', 0)), name='referral_asks_something', violation_error_message='Dites ce qui est demandé.'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('commission_on', None), ('commission_on__lte', models.F('received_on')), _connector='OR'), name='referral_commission_before', violation_error_message='La commission précède la saisine.'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('exclusions', []), models.Q(('despite', ''), _negated=True), ('state__in', ['RECEIVED', 'ACKNOWL', 'TO_COMPL', 'ASSESSED', 'COMMISS', 'OUTSIDE', 'DROPPED']), _connector='OR'), name='referral_excluded_unless_why', violation_error_message='Dites pourquoi la saisine avance malgré ce qui l’exclut.'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('household__isnull', False), ('measure__isnull', False), ('state', 'MEASURE')), models.Q(models.Q(('state', 'MEASURE'), _negated=True), ('measure', None)), _connector='OR'), name='referral_measure_opened', violation_error_message='Choisissez la mesure qui a été ouverte.'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('joined_to', None), models.Q(('household__isnull', False), models.Q(('joined_to', models.F('id')), _negated=True)), _connector='OR'), name='referral_joined_to_another', violation_error_message='Une saisine se joint à une autre, du même ménage.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='referral',
            trigger=pgtrigger.compiler.Trigger(name='state_flow', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('ACKNOWL', 'ASSESSED'), ('ACKNOWL', 'COMMISS'), ('ACKNOWL', 'DROPPED'), ('ACKNOWL', 'INSIDE'), ('ACKNOWL', 'MEASURE'), ('ACKNOWL', 'OUTSIDE'), ('ACKNOWL', 'RECEIVED'), ('ACKNOWL', 'TO_COMPL'), ('ASSESSED', 'ACKNOWL'), ('ASSESSED', 'COMMISS'), ('ASSESSED', 'DROPPED'), ('ASSESSED', 'INSIDE'), ('ASSESSED', 'MEASURE'), ('ASSESSED', 'OUTSIDE'), ('ASSESSED', 'RECEIVED'), ('ASSESSED', 'TO_COMPL'), ('COMMISS', 'ACKNOWL'), ('COMMISS', 'ASSESSED'), ('COMMISS', 'DROPPED'), ('COMMISS', 'INSIDE'), ('COMMISS', 'MEASURE'), ('COMMISS', 'OUTSIDE'), ('COMMISS', 'RECEIVED'), ('COMMISS', 'TO_COMPL'), ('DROPPED', 'ACKNOWL'), ('DROPPED', 'ASSESSED'), ('DROPPED', 'COMMISS'), ('DROPPED', 'INSIDE'), ('DROPPED', 'RECEIVED'), ('DROPPED', 'TO_COMPL'), ('INSIDE', 'ACKNOWL'), ('INSIDE', 'ASSESSED'), ('INSIDE', 'COMMISS'), ('INSIDE', 'DROPPED'), ('INSIDE', 'MEASURE'), ('INSIDE', 'OUTSIDE'), ('INSIDE', 'RECEIVED'), ('INSIDE', 'TO_COMPL'), ('MEASURE', 'ACKNOWL'), ('MEASURE', 'ASSESSED'), ('MEASURE', 'COMMISS'), ('MEASURE', 'INSIDE'), ('MEASURE', 'RECEIVED'), ('MEASURE', 'TO_COMPL'), ('OUTSIDE', 'ACKNOWL'), ('OUTSIDE', 'ASSESSED'), ('OUTSIDE', 'COMMISS'), ('OUTSIDE', 'INSIDE'), ('OUTSIDE', 'RECEIVED'), ('OUTSIDE', 'TO_COMPL'), ('RECEIVED', 'ACKNOWL'), ('RECEIVED', 'ASSESSED'), ('RECEIVED', 'COMMISS'), ('RECEIVED', 'DROPPED'), ('RECEIVED', 'INSIDE'), ('RECEIVED', 'MEASURE'), ('RECEIVED', 'OUTSIDE'), ('RECEIVED', 'TO_COMPL'), ('TO_COMPL', 'ACKNOWL'), ('TO_COMPL', 'ASSESSED'), ('TO_COMPL', 'COMMISS'), ('TO_COMPL', 'DROPPED'), ('TO_COMPL', 'INSIDE'), ('TO_COMPL', 'MEASURE'), ('TO_COMPL', 'OUTSIDE'), ('TO_COMPL', 'RECEIVED')))", func="\n            RAISE EXCEPTION 'the state of % % does not go from % to %', TG_TABLE_NAME, OLD.id, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;\n        ", hash='4cd5a34324d4611d1a69d6c959be512ca34ad295', operation='UPDATE OF "state"', pgid='pgtrigger_state_flow_ded6d', table='social_link_referral', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='referral',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_referralevent" ("aims", "assignee_id", "author_id", "commission_on", "consented_on", "contact_email", "contact_name", "contact_phone", "despite", "exclusions", "first_name", "household_id", "id", "joined_to_id", "last_name", "measure_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "received_on", "recorded_at", "referrer", "situation", "state", "urgency", "withdrawn_at") VALUES (OLD."aims", OLD."assignee_id", OLD."author_id", OLD."commission_on", OLD."consented_on", OLD."contact_email", OLD."contact_name", OLD."contact_phone", OLD."despite", OLD."exclusions", OLD."first_name", OLD."household_id", OLD."id", OLD."joined_to_id", OLD."last_name", OLD."measure_id", OLD."organisation_id", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."phone", OLD."received_on", OLD."recorded_at", OLD."referrer", OLD."situation", OLD."state", OLD."urgency", OLD."withdrawn_at"); RETURN NULL;', hash='0c444ef21d9ac7479f102e3d9ad619487eafa1d1', operation='UPDATE', pgid='pgtrigger_before_update_fdb96', table='social_link_referral', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='referralevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c2568326c227da5d12c091f75aa7bdb329c1922a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6fee2', table='social_link_referralevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='referralstep',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'RECEIVED')), fields=('referral',), name='referral_step_received_once'),
        ),
        migrations.AddConstraint(
            model_name='referralstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'INSIDE'), ('service__in', ['SUPPORT', 'DUTY', 'WORKSHOP', 'HOUSING'])), models.Q(('kind', 'OUTSIDE'), ('service__in', ['DEPT', 'CCAS', 'SIAO', 'ADIL', 'BUDGET', 'ENERGY', 'CARE', 'OTHER'])), models.Q(models.Q(('kind__in', ['INSIDE', 'OUTSIDE']), _negated=True), ('service', '')), _connector='OR'), name='referral_step_oriented_somewhere', violation_error_message='Dites vers quoi le ménage est orienté.'),
        ),
        migrations.AddConstraint(
            model_name='referralstep',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'OUTSIDE'), models.Q(('consented_on', None), ('organisation', None)), _connector='OR'), name='referral_step_outside_only', violation_error_message='Un organisme et un accord ne se donnent que pour une orientation ailleurs.'),
        ),
        migrations.AddConstraint(
            model_name='referralstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'DROPPED'), ('why__in', ['GIVEN_UP', 'UNREACH', 'EXCLUDED', 'SCOPE', 'REFUSED', 'SETTLED', 'NO_REPLY'])), models.Q(models.Q(('kind', 'DROPPED'), _negated=True), ('why', '')), _connector='OR'), name='referral_step_dropped_for', violation_error_message='Dites pourquoi la saisine reste sans suite.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='referralstep',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_referralstepevent" ("author_id", "consented_on", "id", "kind", "on", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "referral_id", "service", "why") VALUES (OLD."author_id", OLD."consented_on", OLD."id", OLD."kind", OLD."on", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."referral_id", OLD."service", OLD."why"); RETURN NULL;', hash='b4836405920ae7eb5291c90184855ac95297052e', operation='DELETE', pgid='pgtrigger_delete_delete_55b4e', table='social_link_referralstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='referralstepevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ba0e0643760cf8e8cab240d63bd526a10f1f373f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_36858', table='social_link_referralstepevent', when='BEFORE')),
        ),
    ]
