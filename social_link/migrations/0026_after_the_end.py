"""What follows the end of a measure: orientations, steps, requests to begin again, each tied to that end."""

import common.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


def tied(table, name, column="measure_id"):
    """SQL that ties the rows of `table` to a measure and the day on which it ended, and its way back."""
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, ended_on) "
        "REFERENCES social_link_measure (id, ended_on) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('leases', '0012_signed_with_a_measure'),
        ('office', '0031_calendar_feed'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('social_link', '0025_seven_axes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Orientation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ended_on', models.DateField(editable=False, verbose_name='terminée le')),
                ('service', models.CharField(choices=[('HOUSE', 'Notre service'), ('DEPT', 'Service social du Département'), ('CCAS', 'CCAS ou mairie'), ('BENEFITS', 'CAF ou MSA'), ('FSL', 'Fonds de solidarité pour le logement (FSL)'), ('JOB', 'France Travail, mission locale ou insertion'), ('LANDLORD', 'Bailleur'), ('ADIL', 'ADIL ou maison de l’habitat'), ('DEBTS', 'Banque de France ou point conseil budget'), ('LAW', 'Accès au droit, protection juridique'), ('SIAO', 'SIAO ou autre accompagnement logement'), ('OTHER', 'Autre service')], max_length=8, verbose_name='service')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
            ],
            options={
                'verbose_name': 'orientation',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='OrientationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('ended_on', models.DateField(editable=False, verbose_name='terminée le')),
                ('service', models.CharField(choices=[('HOUSE', 'Notre service'), ('DEPT', 'Service social du Département'), ('CCAS', 'CCAS ou mairie'), ('BENEFITS', 'CAF ou MSA'), ('FSL', 'Fonds de solidarité pour le logement (FSL)'), ('JOB', 'France Travail, mission locale ou insertion'), ('LANDLORD', 'Bailleur'), ('ADIL', 'ADIL ou maison de l’habitat'), ('DEBTS', 'Banque de France ou point conseil budget'), ('LAW', 'Accès au droit, protection juridique'), ('SIAO', 'SIAO ou autre accompagnement logement'), ('OTHER', 'Autre service')], max_length=8, verbose_name='service')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Reopening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ended_on', models.DateField(editable=False, verbose_name='terminée le')),
                ('asked_by', models.CharField(choices=[('HOUSE', 'Le ménage'), ('PARTNER', 'Un partenaire'), ('WATCH', 'Notre veille')], max_length=7, verbose_name='demandée par')),
                ('asked_on', models.DateField(verbose_name='demandée le')),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('DEBT', 'Impayé de loyer'), ('BUDGET', 'Budget'), ('RIGHTS', 'Droits à ouvrir'), ('DWELLING', 'Logement à trouver ou à changer'), ('UPKEEP', 'Entretien du logement'), ('NEIGHB', 'Voisinage'), ('FAMILY', 'Changement de famille'), ('JOB', 'Emploi ou ressources'), ('EVICTION', 'Risque d’expulsion'), ('TIES', 'Isolement')], max_length=8), size=None, verbose_name='motifs')),
                ('service', models.CharField(blank=True, choices=[('HOUSE', 'Notre service'), ('DEPT', 'Service social du Département'), ('CCAS', 'CCAS ou mairie'), ('BENEFITS', 'CAF ou MSA'), ('FSL', 'Fonds de solidarité pour le logement (FSL)'), ('JOB', 'France Travail, mission locale ou insertion'), ('LANDLORD', 'Bailleur'), ('ADIL', 'ADIL ou maison de l’habitat'), ('DEBTS', 'Banque de France ou point conseil budget'), ('LAW', 'Accès au droit, protection juridique'), ('SIAO', 'SIAO ou autre accompagnement logement'), ('OTHER', 'Autre service')], max_length=8, verbose_name='orientée vers')),
                ('oriented_on', models.DateField(blank=True, null=True, verbose_name='orientée le')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='retirée le')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
            ],
            options={
                'verbose_name': 'demande de reprise',
                'verbose_name_plural': 'demandes de reprise',
                'ordering': ['-asked_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ReopeningEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('ended_on', models.DateField(editable=False, verbose_name='terminée le')),
                ('asked_by', models.CharField(choices=[('HOUSE', 'Le ménage'), ('PARTNER', 'Un partenaire'), ('WATCH', 'Notre veille')], max_length=7, verbose_name='demandée par')),
                ('asked_on', models.DateField(verbose_name='demandée le')),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('DEBT', 'Impayé de loyer'), ('BUDGET', 'Budget'), ('RIGHTS', 'Droits à ouvrir'), ('DWELLING', 'Logement à trouver ou à changer'), ('UPKEEP', 'Entretien du logement'), ('NEIGHB', 'Voisinage'), ('FAMILY', 'Changement de famille'), ('JOB', 'Emploi ou ressources'), ('EVICTION', 'Risque d’expulsion'), ('TIES', 'Isolement')], max_length=8), size=None, verbose_name='motifs')),
                ('service', models.CharField(blank=True, choices=[('HOUSE', 'Notre service'), ('DEPT', 'Service social du Département'), ('CCAS', 'CCAS ou mairie'), ('BENEFITS', 'CAF ou MSA'), ('FSL', 'Fonds de solidarité pour le logement (FSL)'), ('JOB', 'France Travail, mission locale ou insertion'), ('LANDLORD', 'Bailleur'), ('ADIL', 'ADIL ou maison de l’habitat'), ('DEBTS', 'Banque de France ou point conseil budget'), ('LAW', 'Accès au droit, protection juridique'), ('SIAO', 'SIAO ou autre accompagnement logement'), ('OTHER', 'Autre service')], max_length=8, verbose_name='orientée vers')),
                ('oriented_on', models.DateField(blank=True, null=True, verbose_name='orientée le')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='retirée le')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Watch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ended_on', models.DateField(editable=False, verbose_name='terminée le')),
                ('kind', models.CharField(choices=[('WATCH', 'Veille'), ('FOLLOW', 'Suivi après la sortie')], max_length=6, verbose_name='étape')),
                ('months', models.PositiveSmallIntegerField(verbose_name='mois après')),
                ('due_on', models.DateField(verbose_name='prévue le')),
                ('found', models.CharField(blank=True, choices=[('OWN', 'Logé, bail à son nom'), ('OURS', 'Logé chez nous'), ('STRUCT', 'En résidence ou en structure'), ('HOSTED', 'Hébergé par des proches'), ('NONE', 'Sans logement'), ('MOVED', 'Parti, adresse inconnue'), ('UNREACH', 'Injoignable'), ('REFUSED', 'Ne souhaite pas répondre'), ('DEAD', 'Décédé')], max_length=7, verbose_name='situation')),
                ('debt', models.CharField(blank=True, choices=[('NONE', 'Pas d’impayé connu'), ('SOME', 'Impayé connu'), ('UNKNOWN', 'Non connu')], max_length=7, verbose_name='loyer')),
                ('seen_on', models.DateField(blank=True, null=True, verbose_name='vue le')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
            ],
            options={
                'verbose_name': 'étape après la fin',
                'verbose_name_plural': 'étapes après la fin',
                'ordering': ['due_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='WatchEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('ended_on', models.DateField(editable=False, verbose_name='terminée le')),
                ('kind', models.CharField(choices=[('WATCH', 'Veille'), ('FOLLOW', 'Suivi après la sortie')], max_length=6, verbose_name='étape')),
                ('months', models.PositiveSmallIntegerField(verbose_name='mois après')),
                ('due_on', models.DateField(verbose_name='prévue le')),
                ('found', models.CharField(blank=True, choices=[('OWN', 'Logé, bail à son nom'), ('OURS', 'Logé chez nous'), ('STRUCT', 'En résidence ou en structure'), ('HOSTED', 'Hébergé par des proches'), ('NONE', 'Sans logement'), ('MOVED', 'Parti, adresse inconnue'), ('UNREACH', 'Injoignable'), ('REFUSED', 'Ne souhaite pas répondre'), ('DEAD', 'Décédé')], max_length=7, verbose_name='situation')),
                ('debt', models.CharField(blank=True, choices=[('NONE', 'Pas d’impayé connu'), ('SOME', 'Impayé connu'), ('UNKNOWN', 'Non connu')], max_length=7, verbose_name='loyer')),
                ('seen_on', models.DateField(blank=True, null=True, verbose_name='vue le')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.UniqueConstraint(fields=('id', 'ended_on'), name='measure_with_its_end'),
        ),
        migrations.AddField(
            model_name='orientation',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.AddField(
            model_name='orientation',
            name='measure',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orientations', to='social_link.measure', verbose_name='mesure'),
        ),
        migrations.AddField(
            model_name='orientation',
            name='organisation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.organisation', verbose_name='organisme'),
        ),
        migrations.AddField(
            model_name='orientationevent',
            name='author',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.AddField(
            model_name='orientationevent',
            name='measure',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.measure', verbose_name='mesure'),
        ),
        migrations.AddField(
            model_name='orientationevent',
            name='organisation',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='organisme'),
        ),
        migrations.AddField(
            model_name='orientationevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='orientationevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.orientation'),
        ),
        migrations.AddField(
            model_name='reopening',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='saisie par'),
        ),
        migrations.AddField(
            model_name='reopening',
            name='former',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reopenings', to='social_link.measure', verbose_name='mesure terminée'),
        ),
        migrations.AddField(
            model_name='reopening',
            name='measure',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reopening', to='social_link.measure', verbose_name='nouvelle mesure'),
        ),
        migrations.AddField(
            model_name='reopening',
            name='organisation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.organisation', verbose_name='organisme'),
        ),
        migrations.AddField(
            model_name='reopening',
            name='oriented_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='orientée par'),
        ),
        migrations.AddField(
            model_name='reopening',
            name='partner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.organisation', verbose_name='partenaire'),
        ),
        migrations.AddField(
            model_name='reopeningevent',
            name='author',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='saisie par'),
        ),
        migrations.AddField(
            model_name='reopeningevent',
            name='former',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.measure', verbose_name='mesure terminée'),
        ),
        migrations.AddField(
            model_name='reopeningevent',
            name='measure',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.measure', verbose_name='nouvelle mesure'),
        ),
        migrations.AddField(
            model_name='reopeningevent',
            name='organisation',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='organisme'),
        ),
        migrations.AddField(
            model_name='reopeningevent',
            name='oriented_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='orientée par'),
        ),
        migrations.AddField(
            model_name='reopeningevent',
            name='partner',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.organisation', verbose_name='partenaire'),
        ),
        migrations.AddField(
            model_name='reopeningevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='reopeningevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.reopening'),
        ),
        migrations.AddField(
            model_name='watch',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.AddField(
            model_name='watch',
            name='measure',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='watches', to='social_link.measure', verbose_name='mesure'),
        ),
        migrations.AddField(
            model_name='watch',
            name='noted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='notée par'),
        ),
        migrations.AddField(
            model_name='watchevent',
            name='author',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.AddField(
            model_name='watchevent',
            name='measure',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.measure', verbose_name='mesure'),
        ),
        migrations.AddField(
            model_name='watchevent',
            name='noted_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='notée par'),
        ),
        migrations.AddField(
            model_name='watchevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='watchevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.watch'),
        ),
        migrations.AddConstraint(
            model_name='orientation',
            constraint=models.UniqueConstraint(fields=('measure', 'service', 'organisation'), name='orientation_once', nulls_distinct=False, violation_error_message='Cette orientation est déjà notée.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='orientation',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_orientationevent" ("author_id", "created_at", "ended_on", "id", "measure_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "service") VALUES (OLD."author_id", OLD."created_at", OLD."ended_on", OLD."id", OLD."measure_id", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."service"); RETURN NULL;', hash='5ae2d2615aa0aef26419ee58d5a0d9cd4a184bb0', operation='DELETE', pgid='pgtrigger_delete_delete_b594a', table='social_link_orientation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='orientationevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6789e4b8057ae7bba429ba0f98e7e2436393a6b5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6a378', table='social_link_orientationevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.UniqueConstraint(condition=models.Q(('service', ''), ('withdrawn_at', None)), fields=('former',), name='reopening_waits_once', violation_error_message='Une demande de reprise attend déjà : orientez-la d’abord.'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.CheckConstraint(condition=models.Q(('asked_by', 'PARTNER'), ('partner', None), _connector='OR'), name='reopening_partner_who_asks', violation_error_message='Seule la demande d’un partenaire a un partenaire.'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.CheckConstraint(condition=models.Q(('asked_on__gt', models.F('ended_on')), ('reasons__len__gt', 0)), name='reopening_whole', violation_error_message='Une demande de reprise a un motif, et suit la fin de la mesure.'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('organisation', None), ('oriented_by', None), ('oriented_on', None), ('service', '')), models.Q(models.Q(('service', ''), _negated=True), ('oriented_on__gte', models.F('asked_on'))), _connector='OR'), name='reopening_oriented_whole', violation_error_message='Une orientation a son jour, et suit la demande.'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.CheckConstraint(condition=models.Q(('measure', None), models.Q(('service', 'HOUSE'), ('withdrawn_at', None), models.Q(('measure', models.F('former')), _negated=True)), _connector='OR'), name='reopening_measure_is_ours', violation_error_message='Une mesure s’ouvre pour une demande orientée vers notre service.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reopening',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_reopeningevent" ("asked_by", "asked_on", "author_id", "created_at", "ended_on", "former_id", "id", "measure_id", "organisation_id", "oriented_by_id", "oriented_on", "partner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons", "service", "withdrawn_at") VALUES (OLD."asked_by", OLD."asked_on", OLD."author_id", OLD."created_at", OLD."ended_on", OLD."former_id", OLD."id", OLD."measure_id", OLD."organisation_id", OLD."oriented_by_id", OLD."oriented_on", OLD."partner_id", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."reasons", OLD."service", OLD."withdrawn_at"); RETURN NULL;', hash='53dc8cc0b78672f30e80becc42b91049ad88fec2', operation='UPDATE', pgid='pgtrigger_before_update_44fb1', table='social_link_reopening', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reopening',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_reopeningevent" ("asked_by", "asked_on", "author_id", "created_at", "ended_on", "former_id", "id", "measure_id", "organisation_id", "oriented_by_id", "oriented_on", "partner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons", "service", "withdrawn_at") VALUES (OLD."asked_by", OLD."asked_on", OLD."author_id", OLD."created_at", OLD."ended_on", OLD."former_id", OLD."id", OLD."measure_id", OLD."organisation_id", OLD."oriented_by_id", OLD."oriented_on", OLD."partner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reasons", OLD."service", OLD."withdrawn_at"); RETURN NULL;', hash='5696622d279f0c0c67be44ecf90241124c27cab9', operation='DELETE', pgid='pgtrigger_delete_delete_024ac', table='social_link_reopening', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reopeningevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='15ed664718c5af6c3b87053b1bfb8ccb77dab481', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cf9cf', table='social_link_reopeningevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='watch',
            index=models.Index(condition=models.Q(('seen_on', None)), fields=['due_on'], name='watch_to_note'),
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.UniqueConstraint(fields=('measure', 'months'), name='watch_once_a_month', violation_error_message='Cette étape est déjà prévue.'),
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.CheckConstraint(condition=models.Q(('due_on__gt', models.F('ended_on')), ('months__gt', 0)), name='watch_after_the_end', violation_error_message='Une étape suit la fin de la mesure.'),
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('found', ''), ('noted_by', None), ('seen_on', None)), models.Q(('found__in', ['OWN', 'OURS', 'STRUCT', 'HOSTED', 'NONE', 'MOVED', 'UNREACH', 'REFUSED', 'DEAD']), ('seen_on__gt', models.F('ended_on'))), _connector='OR'), name='watch_noted_whole', violation_error_message='Une étape notée a son jour et la situation trouvée.'),
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('found__in', ['OURS', 'OWN']), ('debt__in', ['NONE', 'SOME', 'UNKNOWN'])), models.Q(models.Q(('found__in', ['OURS', 'OWN']), _negated=True), ('debt', '')), _connector='OR'), name='watch_debt_of_a_home', violation_error_message='Dites ce que vous savez du loyer, si le ménage a un logement à lui.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='watch',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_watchevent" ("author_id", "created_at", "debt", "due_on", "ended_on", "found", "id", "kind", "measure_id", "months", "noted_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "seen_on") VALUES (OLD."author_id", OLD."created_at", OLD."debt", OLD."due_on", OLD."ended_on", OLD."found", OLD."id", OLD."kind", OLD."measure_id", OLD."months", OLD."noted_by_id", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."seen_on"); RETURN NULL;', hash='02250a1bb92ba1e5a18afe464c2ec3502d523fb7', operation='UPDATE', pgid='pgtrigger_before_update_aef6a', table='social_link_watch', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='watch',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_watchevent" ("author_id", "created_at", "debt", "due_on", "ended_on", "found", "id", "kind", "measure_id", "months", "noted_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "seen_on") VALUES (OLD."author_id", OLD."created_at", OLD."debt", OLD."due_on", OLD."ended_on", OLD."found", OLD."id", OLD."kind", OLD."measure_id", OLD."months", OLD."noted_by_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."seen_on"); RETURN NULL;', hash='78b34e7ab8454a6288086fe576f9588bc7265ba1', operation='DELETE', pgid='pgtrigger_delete_delete_ee89d', table='social_link_watch', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='watchevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3d9e0ace8f4f4428ef92f6afcd119fd04ce034c5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fca87', table='social_link_watchevent', when='BEFORE')),
        ),
        migrations.RunSQL(*tied('social_link_orientation', 'orientation_of_an_end')),
        migrations.RunSQL(*tied('social_link_watch', 'watch_of_an_end')),
        migrations.RunSQL(*tied('social_link_reopening', 'reopening_of_an_end', 'former_id')),
    ]
