"""Commissions: the meeting, its seats, what it is asked and what it decides."""

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
        ('social_link', '0023_referrals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Commission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ASLL', 'Commission ASLL'), ('FUL', 'Commission du fonds unique logement'), ('MASP', 'Commission MASP'), ('CCAS', 'Commission du CCAS'), ('INTERNAL', 'Commission interne')], max_length=8, verbose_name='commission')),
                ('held_on', models.DateField(verbose_name='jour')),
                ('at_time', models.TimeField(blank=True, null=True, verbose_name='heure')),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='lieu')),
                ('entries_until', models.DateField(verbose_name='inscriptions jusqu’au')),
                ('shows_names', models.BooleanField(default=False, verbose_name='les papiers portent les noms')),
                ('quorum', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='quorum')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='créée le')),
                ('closed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='close le')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='retirée le')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='close par')),
            ],
            options={
                'verbose_name': 'commission',
                'ordering': ['-held_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='CommissionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('ASLL', 'Commission ASLL'), ('FUL', 'Commission du fonds unique logement'), ('MASP', 'Commission MASP'), ('CCAS', 'Commission du CCAS'), ('INTERNAL', 'Commission interne')], max_length=8, verbose_name='commission')),
                ('held_on', models.DateField(verbose_name='jour')),
                ('at_time', models.TimeField(blank=True, null=True, verbose_name='heure')),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='lieu')),
                ('entries_until', models.DateField(verbose_name='inscriptions jusqu’au')),
                ('shows_names', models.BooleanField(default=False, verbose_name='les papiers portent les noms')),
                ('quorum', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='quorum')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='créée le')),
                ('closed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='close le')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='retirée le')),
                ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('closed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='close par')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.commission')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CommissionItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ask', models.CharField(choices=[('OPENING', 'Ouverture'), ('RENEWAL', 'Renouvellement'), ('CHANGE', 'Changement de type'), ('END', 'Fin')], max_length=7, verbose_name='demande')),
                ('kind', models.CharField(blank=True, choices=[('ASLL', 'ASLL'), ('IML', 'IML'), ('AVDLV', 'AVDL vers le logement'), ('AVDLL', 'AVDL lors de l’entrée'), ('AVDLD', 'AVDL dans le logement'), ('MASP1', 'MASP 1'), ('MASP2', 'MASP 2'), ('AEB', 'AEB'), ('SIMPLE', 'Accompagnement simple'), ('RENF', 'Accompagnement renforcé'), ('T1', 'Parc CCAS, type 1'), ('T2', 'Parc CCAS, type 2')], max_length=6, verbose_name='mesure demandée')),
                ('months', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='mois demandés')),
                ('proposed_by', models.CharField(blank=True, choices=[('INSTRUCT', 'Service instructeur'), ('DEPT', 'Référent social du Département'), ('STATE', 'État, SIAO ou commission DALO'), ('CCAS', 'CCAS'), ('HOUSE', 'Notre service')], max_length=8, verbose_name='proposée par')),
                ('agreed_on', models.DateField(blank=True, null=True, verbose_name='accord préalable du')),
                ('exclusions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('HOSTED', 'Hébergé par une structure qui accompagne déjà'), ('SCHEME', 'Déjà suivi par un dispositif budget et insertion')], max_length=6), blank=True, default=list, size=None, verbose_name='exclusions')),
                ('despite', models.CharField(blank=True, max_length=200, verbose_name='malgré cela, parce que')),
                ('end_reason', models.CharField(blank=True, choices=[('GOALS', 'Objectifs atteints'), ('TERM', 'Terme de la mesure'), ('NO_ADH', 'Non-adhésion'), ('MOVED', 'Départ du logement'), ('RELAY', 'Relais vers un autre service'), ('DEATH', 'Décès')], max_length=6, verbose_name='motif de fin')),
                ('opinion', models.CharField(blank=True, choices=[('FOR', 'Favorable'), ('RESERVED', 'Réservé'), ('AGAINST', 'Défavorable')], max_length=8, verbose_name='avis du référent')),
                ('words', models.CharField(blank=True, max_length=300, verbose_name='en quelques mots')),
                ('agreed_to_inform', models.BooleanField(default=False, verbose_name='le ménage est d’accord')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='inscrite le')),
                ('removed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='ôtée le')),
                ('decision', models.CharField(blank=True, choices=[('ACCORD', 'Oui'), ('RENEWED', 'Renouvelée'), ('ENDED', 'Terminée'), ('NO', 'Non'), ('ADJOURN', 'Ajournée')], max_length=7, verbose_name='décision')),
                ('day', models.DateField(blank=True, null=True, verbose_name='à compter du, ou jusqu’au')),
                ('granted', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='mois accordés')),
                ('conditions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('RENT', 'Loyer courant payé'), ('PLAN', 'Plan d’apurement tenu'), ('MEETINGS', 'Rendez-vous tenus'), ('BUDGET', 'Budget refait'), ('RIGHTS', 'Droits demandés'), ('HALFWAY', 'Point à mi-mesure')], max_length=8), blank=True, default=list, size=None, verbose_name='conditions')),
                ('made', models.BigIntegerField(blank=True, editable=False, null=True, verbose_name='changement de type')),
                ('decided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='décision saisie le')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('carried_from', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_to', to='social_link.commissionitem', verbose_name='ajournée de')),
                ('commission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='social_link.commission', verbose_name='commission')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='décision saisie par')),
                ('funder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.organisation', verbose_name='financeur')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='commission_items', to='leases.household', verbose_name='ménage')),
                ('informs', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.organisation', verbose_name='informer aussi')),
                ('measure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='commission_items', to='social_link.measure', verbose_name='mesure')),
                ('referent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='présenté par')),
                ('renewal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='commission_items', to='social_link.renewal', verbose_name='renouvellement')),
            ],
            options={
                'verbose_name': 'point d’une commission',
                'verbose_name_plural': 'points d’une commission',
                'ordering': ['rank', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CommissionItemEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('ask', models.CharField(choices=[('OPENING', 'Ouverture'), ('RENEWAL', 'Renouvellement'), ('CHANGE', 'Changement de type'), ('END', 'Fin')], max_length=7, verbose_name='demande')),
                ('kind', models.CharField(blank=True, choices=[('ASLL', 'ASLL'), ('IML', 'IML'), ('AVDLV', 'AVDL vers le logement'), ('AVDLL', 'AVDL lors de l’entrée'), ('AVDLD', 'AVDL dans le logement'), ('MASP1', 'MASP 1'), ('MASP2', 'MASP 2'), ('AEB', 'AEB'), ('SIMPLE', 'Accompagnement simple'), ('RENF', 'Accompagnement renforcé'), ('T1', 'Parc CCAS, type 1'), ('T2', 'Parc CCAS, type 2')], max_length=6, verbose_name='mesure demandée')),
                ('months', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='mois demandés')),
                ('proposed_by', models.CharField(blank=True, choices=[('INSTRUCT', 'Service instructeur'), ('DEPT', 'Référent social du Département'), ('STATE', 'État, SIAO ou commission DALO'), ('CCAS', 'CCAS'), ('HOUSE', 'Notre service')], max_length=8, verbose_name='proposée par')),
                ('agreed_on', models.DateField(blank=True, null=True, verbose_name='accord préalable du')),
                ('exclusions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('HOSTED', 'Hébergé par une structure qui accompagne déjà'), ('SCHEME', 'Déjà suivi par un dispositif budget et insertion')], max_length=6), blank=True, default=list, size=None, verbose_name='exclusions')),
                ('despite', models.CharField(blank=True, max_length=200, verbose_name='malgré cela, parce que')),
                ('end_reason', models.CharField(blank=True, choices=[('GOALS', 'Objectifs atteints'), ('TERM', 'Terme de la mesure'), ('NO_ADH', 'Non-adhésion'), ('MOVED', 'Départ du logement'), ('RELAY', 'Relais vers un autre service'), ('DEATH', 'Décès')], max_length=6, verbose_name='motif de fin')),
                ('opinion', models.CharField(blank=True, choices=[('FOR', 'Favorable'), ('RESERVED', 'Réservé'), ('AGAINST', 'Défavorable')], max_length=8, verbose_name='avis du référent')),
                ('words', models.CharField(blank=True, max_length=300, verbose_name='en quelques mots')),
                ('agreed_to_inform', models.BooleanField(default=False, verbose_name='le ménage est d’accord')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='inscrite le')),
                ('removed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='ôtée le')),
                ('decision', models.CharField(blank=True, choices=[('ACCORD', 'Oui'), ('RENEWED', 'Renouvelée'), ('ENDED', 'Terminée'), ('NO', 'Non'), ('ADJOURN', 'Ajournée')], max_length=7, verbose_name='décision')),
                ('day', models.DateField(blank=True, null=True, verbose_name='à compter du, ou jusqu’au')),
                ('granted', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='mois accordés')),
                ('conditions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('RENT', 'Loyer courant payé'), ('PLAN', 'Plan d’apurement tenu'), ('MEETINGS', 'Rendez-vous tenus'), ('BUDGET', 'Budget refait'), ('RIGHTS', 'Droits demandés'), ('HALFWAY', 'Point à mi-mesure')], max_length=8), blank=True, default=list, size=None, verbose_name='conditions')),
                ('made', models.BigIntegerField(blank=True, editable=False, null=True, verbose_name='changement de type')),
                ('decided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='décision saisie le')),
                ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('carried_from', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.commissionitem', verbose_name='ajournée de')),
                ('commission', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.commission', verbose_name='commission')),
                ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='décision saisie par')),
                ('funder', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='financeur')),
                ('household', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='leases.household', verbose_name='ménage')),
                ('informs', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='informer aussi')),
                ('measure', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.measure', verbose_name='mesure')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.commissionitem')),
                ('referent', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='présenté par')),
                ('renewal', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.renewal', verbose_name='renouvellement')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CommissionMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('function', models.CharField(max_length=80, verbose_name='fonction')),
                ('is_present', models.BooleanField(default=False, verbose_name='présent')),
                ('commission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='social_link.commission', verbose_name='commission')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.organisation', verbose_name='organisme')),
            ],
            options={
                'verbose_name': 'membre d’une commission',
                'verbose_name_plural': 'membres d’une commission',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='CommissionMemberEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('function', models.CharField(max_length=80, verbose_name='fonction')),
                ('is_present', models.BooleanField(default=False, verbose_name='présent')),
                ('commission', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.commission', verbose_name='commission')),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='organisme')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.commissionmember')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('kind', 'held_on'), name='commission_once_a_day', violation_error_message='Cette commission est déjà prévue ce jour-là. Ouvrez-la.'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(('entries_until__lte', models.F('held_on'))), name='commission_entries_before', violation_error_message='Les inscriptions finissent au plus tard le jour de la commission.'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_by', None)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='commission_closed_whole'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at', None), ('withdrawn_at', None), _connector='OR'), name='commission_closed_or_withdrawn', violation_error_message='Une commission close ne se retire pas.'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(('quorum', None), ('quorum__gt', 0), _connector='OR'), name='commission_quorum_positive', violation_error_message='Le quorum est d’un membre au moins, ou laissé vide.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commission',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_commissionevent" ("at_time", "author_id", "closed_at", "closed_by_id", "created_at", "entries_until", "held_on", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "quorum", "shows_names", "withdrawn_at") VALUES (OLD."at_time", OLD."author_id", OLD."closed_at", OLD."closed_by_id", OLD."created_at", OLD."entries_until", OLD."held_on", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."place", OLD."quorum", OLD."shows_names", OLD."withdrawn_at"); RETURN NULL;', hash='4e8394b6d8360903dbe2b0458625cf203ca3c947', operation='UPDATE', pgid='pgtrigger_before_update_49d60', table='social_link_commission', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commission',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_commissionevent" ("at_time", "author_id", "closed_at", "closed_by_id", "created_at", "entries_until", "held_on", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "quorum", "shows_names", "withdrawn_at") VALUES (OLD."at_time", OLD."author_id", OLD."closed_at", OLD."closed_by_id", OLD."created_at", OLD."entries_until", OLD."held_on", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place", OLD."quorum", OLD."shows_names", OLD."withdrawn_at"); RETURN NULL;', hash='b7e6ea24d21f96614c470bc9034185e3e51a0d69', operation='DELETE', pgid='pgtrigger_delete_delete_45caf', table='social_link_commission', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commissionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='718af422939e74fefe9b18667caace7881a3b623', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0dd8d', table='social_link_commissionevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='commissionitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ask', 'OPENING'), ('months__gt', 0), ('months__isnull', False), ('renewal', None), models.Q(('kind', ''), _negated=True)), models.Q(('ask', 'RENEWAL'), ('kind', ''), ('measure__isnull', False), ('renewal__isnull', False)), models.Q(('ask', 'CHANGE'), ('measure__isnull', False), ('renewal', None), models.Q(('kind', ''), _negated=True)), models.Q(('ask', 'END'), ('kind', ''), ('measure__isnull', False), ('renewal', None), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='commission_item_asks_whole', violation_error_message='Dites ce qui est demandé à la commission.'),
        ),
        migrations.AddConstraint(
            model_name='commissionitem',
            constraint=models.UniqueConstraint(fields=('commission', 'renewal'), name='commission_item_renewal_once', violation_error_message='Ce renouvellement est déjà à l’ordre du jour.'),
        ),
        migrations.AddConstraint(
            model_name='commissionitem',
            constraint=models.UniqueConstraint(condition=models.Q(('ask__in', ['CHANGE', 'END']), ('removed_at', None)), fields=('commission', 'measure', 'ask'), name='commission_item_measure_once', violation_error_message='Cette demande est déjà à l’ordre du jour.'),
        ),
        migrations.AddConstraint(
            model_name='commissionitem',
            constraint=models.UniqueConstraint(condition=models.Q(('ask', 'OPENING'), ('removed_at', None)), fields=('commission', 'household', 'kind'), name='commission_item_opening_once', violation_error_message='Cette ouverture est déjà à l’ordre du jour.'),
        ),
        migrations.AddConstraint(
            model_name='commissionitem',
            constraint=models.CheckConstraint(condition=models.Q(('decision', ''), ('decision__in', ['NO', 'ADJOURN']), models.Q(('ask__in', ['OPENING', 'CHANGE']), ('decision', 'ACCORD')), models.Q(('ask', 'RENEWAL'), ('decision__in', ['RENEWED', 'ENDED'])), models.Q(('ask', 'END'), ('decision', 'ENDED')), _connector='OR'), name='commission_item_answers_what_is_asked', violation_error_message='Cette décision ne répond pas à la demande.'),
        ),
        migrations.AddConstraint(
            model_name='commissionitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('conditions', []), ('day', None), ('decided_at', None), ('decided_by', None), ('decision', ''), ('granted', None), ('made', None)), models.Q(models.Q(('decision', ''), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), ('removed_at', None)), _connector='OR'), name='commission_item_decided_whole', violation_error_message='Une décision a son jour et qui l’a notée.'),
        ),
        migrations.AddConstraint(
            model_name='commissionitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision__in', ['ACCORD', 'RENEWED', 'ENDED']), _negated=True), models.Q(('day__isnull', False), ('decision', 'ENDED')), models.Q(('ask', 'OPENING'), ('day__isnull', False), ('granted__gt', 0), ('granted__isnull', False), ('measure__isnull', False)), models.Q(('ask', 'RENEWAL'), ('granted__gt', 0), ('granted__isnull', False)), models.Q(('ask', 'CHANGE'), ('day__isnull', False)), _connector='OR'), name='commission_item_granted_whole', violation_error_message='Dites à partir de quand, et pour combien de mois.'),
        ),
        migrations.AddConstraint(
            model_name='commissionitem',
            constraint=models.CheckConstraint(condition=models.Q(('conditions', []), ('decision__in', ['ACCORD', 'RENEWED']), _connector='OR'), name='commission_item_conditions_of_a_yes', violation_error_message='Une condition va avec un accord.'),
        ),
        migrations.AddConstraint(
            model_name='commissionitem',
            constraint=models.CheckConstraint(condition=models.Q(('agreed_to_inform', False), ('informs__isnull', False), _connector='OR'), name='commission_item_informs_one', violation_error_message='Dites qui est informé.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commissionitem',
            trigger=pgtrigger.compiler.Trigger(name='commission_open', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM social_link_commission c\n        WHERE c.id IN (OLD.commission_id, NEW.commission_id) AND c.closed_at IS NOT NULL\n    ) THEN\n        RAISE EXCEPTION 'commission % is closed', COALESCE(NEW.commission_id, OLD.commission_id)\n            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n", hash='d38f650e3ba7a77a78af7ed6dd770ee47c7b1ecb', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_commission_open_42ec6', table='social_link_commissionitem', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commissionitem',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_commissionitemevent" ("agreed_on", "agreed_to_inform", "ask", "author_id", "carried_from_id", "commission_id", "conditions", "created_at", "day", "decided_at", "decided_by_id", "decision", "despite", "end_reason", "exclusions", "funder_id", "granted", "household_id", "id", "informs_id", "kind", "made", "measure_id", "months", "opinion", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_by", "rank", "referent_id", "removed_at", "renewal_id", "words") VALUES (OLD."agreed_on", OLD."agreed_to_inform", OLD."ask", OLD."author_id", OLD."carried_from_id", OLD."commission_id", OLD."conditions", OLD."created_at", OLD."day", OLD."decided_at", OLD."decided_by_id", OLD."decision", OLD."despite", OLD."end_reason", OLD."exclusions", OLD."funder_id", OLD."granted", OLD."household_id", OLD."id", OLD."informs_id", OLD."kind", OLD."made", OLD."measure_id", OLD."months", OLD."opinion", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."proposed_by", OLD."rank", OLD."referent_id", OLD."removed_at", OLD."renewal_id", OLD."words"); RETURN NULL;', hash='e3c31bb9c9d87b25d07eed5d8054166e37af3ead', operation='UPDATE', pgid='pgtrigger_before_update_0271f', table='social_link_commissionitem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commissionitem',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_commissionitemevent" ("agreed_on", "agreed_to_inform", "ask", "author_id", "carried_from_id", "commission_id", "conditions", "created_at", "day", "decided_at", "decided_by_id", "decision", "despite", "end_reason", "exclusions", "funder_id", "granted", "household_id", "id", "informs_id", "kind", "made", "measure_id", "months", "opinion", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_by", "rank", "referent_id", "removed_at", "renewal_id", "words") VALUES (OLD."agreed_on", OLD."agreed_to_inform", OLD."ask", OLD."author_id", OLD."carried_from_id", OLD."commission_id", OLD."conditions", OLD."created_at", OLD."day", OLD."decided_at", OLD."decided_by_id", OLD."decision", OLD."despite", OLD."end_reason", OLD."exclusions", OLD."funder_id", OLD."granted", OLD."household_id", OLD."id", OLD."informs_id", OLD."kind", OLD."made", OLD."measure_id", OLD."months", OLD."opinion", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."proposed_by", OLD."rank", OLD."referent_id", OLD."removed_at", OLD."renewal_id", OLD."words"); RETURN NULL;', hash='384aa32f7d68b12bf69c0b2bb128d408db1a8e09', operation='DELETE', pgid='pgtrigger_delete_delete_585fb', table='social_link_commissionitem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commissionitemevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8fdfc71e87f4a701897f5c6d3f42025a47f3bb09', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4e0b6', table='social_link_commissionitemevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='commissionmember',
            constraint=models.UniqueConstraint(fields=('commission', 'organisation', 'function'), name='commission_member_once', nulls_distinct=False, violation_error_message='Ce membre est déjà dans la liste.'),
        ),
        migrations.AddConstraint(
            model_name='commissionmember',
            constraint=models.CheckConstraint(condition=models.Q(('function', ''), _negated=True), name='commission_member_function', violation_error_message='Dites sa fonction.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commissionmember',
            trigger=pgtrigger.compiler.Trigger(name='commission_open', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM social_link_commission c\n        WHERE c.id IN (OLD.commission_id, NEW.commission_id) AND c.closed_at IS NOT NULL\n    ) THEN\n        RAISE EXCEPTION 'commission % is closed', COALESCE(NEW.commission_id, OLD.commission_id)\n            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n", hash='b53cf2c206c69ded7d30c14b41e5d206afd68673', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_commission_open_202f4', table='social_link_commissionmember', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commissionmember',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_commissionmemberevent" ("commission_id", "function", "id", "is_present", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."commission_id", OLD."function", OLD."id", OLD."is_present", OLD."organisation_id", _pgh_attach_context(), NOW(), \'before\', OLD."id"); RETURN NULL;', hash='5667d4e0d92fb43926b561ce0858aab0bd7544e9', operation='UPDATE', pgid='pgtrigger_before_update_5b4d1', table='social_link_commissionmember', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commissionmember',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_commissionmemberevent" ("commission_id", "function", "id", "is_present", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."commission_id", OLD."function", OLD."id", OLD."is_present", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='721b03d006640721a126cf69baf2fed8a805897a', operation='DELETE', pgid='pgtrigger_delete_delete_32c94', table='social_link_commissionmember', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commissionmemberevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='aaa98f8c9cffecd044bbcca3971a27bf5115733c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c8da0', table='social_link_commissionmemberevent', when='BEFORE')),
        ),
    ]
