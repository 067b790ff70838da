import common.clock
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('leases', '0001_initial'),
        ('office', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('rent_ledger', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Referent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referents', to='leases.household', verbose_name='ménage')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='caseload', to=settings.AUTH_USER_MODEL, verbose_name='référent')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='période')),
            ],
            options={
                'verbose_name': 'référent social',
                'verbose_name_plural': 'référents sociaux',
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('household', '='), ('period', '&&')], name='referent_one_at_a_time', violation_error_message='Ce ménage a déjà un référent sur cette période.'), models.CheckConstraint(condition=models.Q(('period__isempty', False)), name='referent_period_not_empty')],
            },
        ),
        migrations.CreateModel(
            name='Measure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='leases.household', verbose_name='ménage')),
                ('kind', models.CharField(choices=[('ASLL', 'ASLL'), ('IML', 'IML'), ('AVDL', 'AVDL'), ('MASP2', 'MASP 2'), ('SIMPLE', 'Accompagnement simple'), ('RENF', 'Accompagnement renforcé'), ('T1', 'Parc CCAS, type 1'), ('T2', 'Parc CCAS, type 2')], max_length=6, verbose_name='mesure')),
                ('funder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.organisation', verbose_name='financeur')),
                ('referent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measures', to=settings.AUTH_USER_MODEL, verbose_name='référent')),
                ('is_lead', models.BooleanField(default=True, verbose_name='accompagnement principal')),
                ('signed_on', models.DateField(blank=True, null=True, verbose_name='contrat signé le')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='du … au …')),
                ('planned_end', models.DateField(verbose_name='fin prévue')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='terminée le')),
                ('end_reason', models.CharField(blank=True, choices=[('GOALS', 'Objectifs atteints'), ('TERM', 'Terme de la mesure'), ('NO_ADH', 'Non-adhésion'), ('MOVED', 'Départ du logement'), ('RELAY', 'Relais vers un autre service'), ('DEATH', 'Décès')], max_length=6, verbose_name='motif de fin')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='créée le')),
            ],
            options={
                'verbose_name': 'mesure',
                'ordering': ['-id'],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('is_lead', True)), expressions=[('household', '='), ('period', '&&')], name='measure_one_lead', violation_error_message='Ce ménage a déjà un accompagnement principal sur cette période.'), models.CheckConstraint(condition=models.Q(('period__isempty', False)), name='measure_period_not_empty'), models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_on__isnull', True)), models.Q(('ended_on__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='measure_end_explained', violation_error_message='Une mesure terminée porte sa date et son motif de fin.'), models.CheckConstraint(condition=models.Q(('period__startswith__lte', models.F('planned_end'))), name='measure_planned_after_start', violation_error_message='La fin prévue suit le début.')],
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='leases.household', verbose_name='ménage')),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='rent_ledger.arrearscase', verbose_name='dossier')),
                ('rule', models.CharField(choices=[('R1', 'Premier impayé'), ('R2', 'Deuxième impayé'), ('R5', 'Aide en baisse'), ('R9', 'Deux absences'), ('R10', 'Signal du technicien'), ('ASKED', 'Demande de la gestion locative')], max_length=6, verbose_name='règle')),
                ('level', models.CharField(choices=[('NORMAL', 'Normale'), ('HIGH', 'Haute'), ('URGENT', 'Urgente')], max_length=6, verbose_name='niveau')),
                ('state', models.CharField(choices=[('RAISED', 'À prendre'), ('ACK', 'Prise'), ('ANSWERED', 'Répondue')], default='RAISED', max_length=8, verbose_name='état')),
                ('assignee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to=settings.AUTH_USER_MODEL, verbose_name='destinataire')),
                ('raised_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='envoyée le')),
                ('ack_due_on', models.DateField(verbose_name='à prendre au plus tard le')),
                ('answer_due_on', models.DateField(verbose_name='réponse au plus tard le')),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True, verbose_name='prise le')),
                ('acknowledged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='prise par')),
                ('reassigned_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='réattribuée par')),
                ('reassign_reason', models.CharField(blank=True, max_length=120, verbose_name='motif de la réattribution')),
                ('escalated_at', models.DateTimeField(blank=True, null=True, verbose_name='remontée le')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='répondue le')),
                ('answer', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alert', to='rent_ledger.socialanswer', verbose_name='réponse')),
            ],
            options={
                'verbose_name': 'alerte',
                'ordering': ['ack_due_on', 'id'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['ACK', 'RAISED'])), fields=['assignee', 'ack_due_on'], name='alert_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['ACK', 'RAISED'])), fields=('household',), name='alert_one_open_per_household', violation_error_message='Ce ménage a déjà une alerte ouverte.'), models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at__isnull', True), ('state', 'RAISED')), models.Q(('state', 'RAISED'), _negated=True), _connector='OR'), name='alert_raised_not_acknowledged'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('state', 'ANSWERED')), models.Q(models.Q(('state', 'ANSWERED'), _negated=True), ('answered_at__isnull', True)), _connector='OR'), name='alert_answered_iff_dated')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alert',
            trigger=pgtrigger.compiler.Trigger(name='state_flow', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('ACK', 'ANSWERED'), ('ACK', 'RAISED'), ('RAISED', 'ACK'), ('RAISED', 'ANSWERED')))", func="\n            RAISE EXCEPTION 'the state of % % does not go from % to %', TG_TABLE_NAME, OLD.id, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;\n        ", hash='d1dc58137c6bc25089fe42700773bf68744c9591', operation='UPDATE OF "state"', pgid='pgtrigger_state_flow_a11a6', table='social_link_alert', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='AlertFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('alert', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='social_link.alert', verbose_name='alerte')),
                ('rule', models.CharField(choices=[('R1', 'Premier impayé'), ('R2', 'Deuxième impayé'), ('R5', 'Aide en baisse'), ('R9', 'Deux absences'), ('R10', 'Signal du technicien'), ('ASKED', 'Demande de la gestion locative')], max_length=6, verbose_name='règle')),
                ('key', models.CharField(max_length=80, unique=True, verbose_name='déclencheur')),
                ('reasons', models.JSONField(verbose_name='faits')),
                ('recorded_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='constaté le')),
            ],
            options={
                'verbose_name': 'fait d’alerte',
                'verbose_name_plural': 'faits d’alerte',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='leases.household', verbose_name='ménage')),
                ('kind', models.CharField(choices=[('VISIT', 'Visite à domicile'), ('OFFICE', 'Rendez-vous'), ('CALL', 'Appel'), ('ABSENCE', 'Absence'), ('WITH', 'Accompagnement'), ('DUTY', 'Permanence')], max_length=7, verbose_name='genre')),
                ('happened_on', models.DateField(verbose_name='le')),
                ('at_time', models.TimeField(blank=True, null=True, verbose_name='à')),
                ('is_planned', models.BooleanField(default=False, verbose_name='prévu')),
                ('alert', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='social_link.alert', verbose_name='alerte')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('recorded_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('request_key', models.UUIDField(unique=True, verbose_name='clé de saisie')),
            ],
            options={
                'verbose_name': 'contact',
                'ordering': ['-happened_on', '-id'],
                'indexes': [models.Index(fields=['household', '-happened_on'], name='contact_household')],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='leases.household', verbose_name='ménage')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='social_link.contact', verbose_name='contact')),
                ('level', models.CharField(choices=[('PRIVATE', 'Privée'), ('SHARED', 'Partagée'), ('SEALED', 'Scellée')], default='PRIVATE', max_length=7, verbose_name='niveau')),
                ('text', models.TextField(verbose_name='note')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('written_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='écrite le')),
            ],
            options={
                'verbose_name': 'note',
                'ordering': ['-id'],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_noteevent" ("author_id", "contact_id", "household_id", "id", "level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "written_at") VALUES (NEW."author_id", NEW."contact_id", NEW."household_id", NEW."id", NEW."level", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."text", NEW."written_at"); RETURN NULL;', hash='5587744fb862df760d671dcb0767dcb8389123f1', operation='INSERT', pgid='pgtrigger_insert_insert_88441', table='social_link_note', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_noteevent" ("author_id", "contact_id", "household_id", "id", "level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "written_at") VALUES (NEW."author_id", NEW."contact_id", NEW."household_id", NEW."id", NEW."level", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."text", NEW."written_at"); RETURN NULL;', hash='c9a0aa0a146366fa6a32e028bda1d3a3d66be0a1', operation='UPDATE', pgid='pgtrigger_update_update_550a3', table='social_link_note', when='AFTER')),
        ),
        migrations.CreateModel(
            name='NoteEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.note')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('household', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='leases.household', verbose_name='ménage')),
                ('contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.contact', verbose_name='contact')),
                ('level', models.CharField(choices=[('PRIVATE', 'Privée'), ('SHARED', 'Partagée'), ('SEALED', 'Scellée')], default='PRIVATE', max_length=7, verbose_name='niveau')),
                ('text', models.TextField(verbose_name='note')),
                ('author', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('written_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='écrite le')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='noteevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b8b4af2dfc79cc64643b61b986926ee7753cb305', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_30ef5', table='social_link_noteevent', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='NoteReader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readers', to='social_link.note', verbose_name='note')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='personne')),
            ],
            options={
                'verbose_name': 'lecteur d’une note scellée',
                'verbose_name_plural': 'lecteurs d’une note scellée',
                'constraints': [models.UniqueConstraint(fields=('note', 'user'), name='note_reader_once')],
            },
        ),
    ]
