"""What is noted of a visit by one gesture, and the incidents with neighbours."""

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
        ('maintenance', '0007_request_photos'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('social_link', '0027_way_and_carrying'),
        ('stock', '0005_conventioned_dwellings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NeighbourIncident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('happened_on', models.DateField(verbose_name='le')),
                ('kind', models.CharField(choices=[('NOISE', 'Bruit'), ('DISPUTE', 'Conflit entre voisins'), ('COMMON', 'Parties communes'), ('VISITORS', 'Passages'), ('ANIMALS', 'Animaux'), ('SMELL', 'Odeurs, déchets'), ('THREAT', 'Menaces, insultes')], max_length=8, verbose_name='quoi')),
                ('reported_by', models.CharField(choices=[('TEAM', 'Constaté par l’équipe'), ('HOUSE', 'Le ménage'), ('NEIGHB', 'Un voisin'), ('LANDLORD', 'Le bailleur ou le syndic'), ('TOWN', 'La mairie ou la police')], max_length=8, verbose_name='signalé par')),
                ('acts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('TALKED', 'Échange avec le ménage'), ('NEIGHB', 'Rencontre des voisins'), ('RULES', 'Rappel du règlement'), ('MEDIATOR', 'Médiateur saisi'), ('LANDLORD', 'Bailleur prévenu'), ('WORKS', 'Travaux demandés')], max_length=8), blank=True, default=list, size=None, verbose_name='ce qui a été fait')),
                ('settled_on', models.DateField(blank=True, null=True, verbose_name='réglé le')),
                ('recorded_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('request_key', models.UUIDField(unique=True, verbose_name='clé de saisie')),
            ],
            options={
                'verbose_name': 'incident de voisinage',
                'verbose_name_plural': 'incidents de voisinage',
                'ordering': ['-happened_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='NeighbourIncidentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('happened_on', models.DateField(verbose_name='le')),
                ('kind', models.CharField(choices=[('NOISE', 'Bruit'), ('DISPUTE', 'Conflit entre voisins'), ('COMMON', 'Parties communes'), ('VISITORS', 'Passages'), ('ANIMALS', 'Animaux'), ('SMELL', 'Odeurs, déchets'), ('THREAT', 'Menaces, insultes')], max_length=8, verbose_name='quoi')),
                ('reported_by', models.CharField(choices=[('TEAM', 'Constaté par l’équipe'), ('HOUSE', 'Le ménage'), ('NEIGHB', 'Un voisin'), ('LANDLORD', 'Le bailleur ou le syndic'), ('TOWN', 'La mairie ou la police')], max_length=8, verbose_name='signalé par')),
                ('acts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('TALKED', 'Échange avec le ménage'), ('NEIGHB', 'Rencontre des voisins'), ('RULES', 'Rappel du règlement'), ('MEDIATOR', 'Médiateur saisi'), ('LANDLORD', 'Bailleur prévenu'), ('WORKS', 'Travaux demandés')], max_length=8), blank=True, default=list, size=None, verbose_name='ce qui a été fait')),
                ('settled_on', models.DateField(blank=True, null=True, verbose_name='réglé le')),
                ('recorded_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('request_key', models.UUIDField(verbose_name='clé de saisie')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Observation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.CharField(choices=[('UPKEEP', 'Entretien'), ('DAMP', 'Humidité ou danger'), ('ENERGY', 'Énergie'), ('NEIGHB', 'Voisinage')], max_length=6, verbose_name='quoi')),
                ('finding', models.CharField(choices=[('FINE', 'RAS'), ('WATCH', 'À surveiller'), ('TREAT', 'À traiter')], max_length=5, verbose_name='état')),
            ],
            options={
                'verbose_name': 'observation du logement',
                'verbose_name_plural': 'observations du logement',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ObservationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('line', models.CharField(choices=[('UPKEEP', 'Entretien'), ('DAMP', 'Humidité ou danger'), ('ENERGY', 'Énergie'), ('NEIGHB', 'Voisinage')], max_length=6, verbose_name='quoi')),
                ('finding', models.CharField(choices=[('FINE', 'RAS'), ('WATCH', 'À surveiller'), ('TREAT', 'À traiter')], max_length=5, verbose_name='état')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('CALL', 'Rappeler le ménage'), ('PAPER', 'Papier à obtenir'), ('PARTNER', 'Appeler un partenaire'), ('FILE', 'Dossier à avancer'), ('OTHER', 'Revenir sur cette visite')], max_length=7, verbose_name='quoi')),
                ('due_on', models.DateField(verbose_name='pour le')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='fait le')),
            ],
            options={
                'verbose_name': 'rappel',
                'ordering': ['due_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ReminderEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('CALL', 'Rappeler le ménage'), ('PAPER', 'Papier à obtenir'), ('PARTNER', 'Appeler un partenaire'), ('FILE', 'Dossier à avancer'), ('OTHER', 'Revenir sur cette visite')], max_length=7, verbose_name='quoi')),
                ('due_on', models.DateField(verbose_name='pour le')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='fait le')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request_key', models.UUIDField(unique=True, verbose_name='clé de saisie')),
                ('digest', models.CharField(editable=False, max_length=64, verbose_name='empreinte')),
                ('planned_as', models.CharField(blank=True, choices=[('VISIT', 'Visite à domicile'), ('OFFICE', 'Rendez-vous'), ('CALL', 'Appel'), ('ABSENCE', 'Absence'), ('WITH', 'Accompagnement'), ('DUTY', 'Permanence')], editable=False, max_length=7, verbose_name='genre prévu')),
                ('planned_on', models.DateField(blank=True, editable=False, null=True, verbose_name='prévu le')),
                ('recorded_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
            ],
            options={
                'verbose_name': 'visite notée',
                'verbose_name_plural': 'visites notées',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='VisitEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('request_key', models.UUIDField(verbose_name='clé de saisie')),
                ('digest', models.CharField(editable=False, max_length=64, verbose_name='empreinte')),
                ('planned_as', models.CharField(blank=True, choices=[('VISIT', 'Visite à domicile'), ('OFFICE', 'Rendez-vous'), ('CALL', 'Appel'), ('ABSENCE', 'Absence'), ('WITH', 'Accompagnement'), ('DUTY', 'Permanence')], editable=False, max_length=7, verbose_name='genre prévu')),
                ('planned_on', models.DateField(blank=True, editable=False, null=True, verbose_name='prévu le')),
                ('recorded_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisie le')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='contact',
            name='contact_outcome_of_a_meeting',
        ),
        migrations.AlterField(
            model_name='contact',
            name='outcome',
            field=models.CharField(blank=True, choices=[('SEEN', 'Vu'), ('ALLSEEN', 'Vus tous'), ('PUT_OFF', 'Reporté'), ('REFUSED', 'Non souhaité')], default='', max_length=7, verbose_name='issue'),
        ),
        migrations.AlterField(
            model_name='contactevent',
            name='outcome',
            field=models.CharField(blank=True, choices=[('SEEN', 'Vu'), ('ALLSEEN', 'Vus tous'), ('PUT_OFF', 'Reporté'), ('REFUSED', 'Non souhaité')], default='', max_length=7, verbose_name='issue'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('outcome', ''), models.Q(('is_planned', False), ('outcome__in', ['SEEN', 'ALLSEEN', 'PUT_OFF', 'REFUSED']), models.Q(('kind', 'ABSENCE'), _negated=True)), _connector='OR'), name='contact_outcome_of_a_meeting', violation_error_message='Seul un contact qui a eu lieu a une issue ; une absence n’en a pas d’autre.'),
        ),
        migrations.AddField(
            model_name='neighbourincident',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.AddField(
            model_name='neighbourincident',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='leases.household', verbose_name='ménage'),
        ),
        migrations.AddField(
            model_name='neighbourincidentevent',
            name='author',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.AddField(
            model_name='neighbourincidentevent',
            name='household',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='leases.household', verbose_name='ménage'),
        ),
        migrations.AddField(
            model_name='neighbourincidentevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='neighbourincidentevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.neighbourincident'),
        ),
        migrations.AddField(
            model_name='observation',
            name='dwelling',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stock.dwelling', verbose_name='logement'),
        ),
        migrations.AddField(
            model_name='observation',
            name='ticket',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='maintenance.ticket', verbose_name='demande technique'),
        ),
        migrations.AddField(
            model_name='observationevent',
            name='dwelling',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='stock.dwelling', verbose_name='logement'),
        ),
        migrations.AddField(
            model_name='observationevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='observationevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.observation'),
        ),
        migrations.AddField(
            model_name='observationevent',
            name='ticket',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='maintenance.ticket', verbose_name='demande technique'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='done_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='fait par'),
        ),
        migrations.AddField(
            model_name='reminderevent',
            name='done_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='fait par'),
        ),
        migrations.AddField(
            model_name='reminderevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='reminderevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.reminder'),
        ),
        migrations.AddField(
            model_name='visit',
            name='contact',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='visit', to='social_link.contact', verbose_name='contact'),
        ),
        migrations.AddField(
            model_name='reminderevent',
            name='visit',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.visit', verbose_name='visite'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='visit',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reminder', to='social_link.visit', verbose_name='visite'),
        ),
        migrations.AddField(
            model_name='observationevent',
            name='visit',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.visit', verbose_name='visite'),
        ),
        migrations.AddField(
            model_name='observation',
            name='visit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='observations', to='social_link.visit', verbose_name='visite'),
        ),
        migrations.AddField(
            model_name='visitevent',
            name='contact',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.contact', verbose_name='contact'),
        ),
        migrations.AddField(
            model_name='visitevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='visitevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.visit'),
        ),
        migrations.AddIndex(
            model_name='neighbourincident',
            index=models.Index(fields=['household', '-happened_on'], name='incident_household'),
        ),
        migrations.AddConstraint(
            model_name='neighbourincident',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['NOISE', 'DISPUTE', 'COMMON', 'VISITORS', 'ANIMALS', 'SMELL', 'THREAT']), ('reported_by__in', ['TEAM', 'HOUSE', 'NEIGHB', 'LANDLORD', 'TOWN'])), name='incident_coded', violation_error_message='Choisissez ce qui s’est passé, et qui l’a signalé.'),
        ),
        migrations.AddConstraint(
            model_name='neighbourincident',
            constraint=models.CheckConstraint(condition=models.Q(('acts__contained_by', ['TALKED', 'NEIGHB', 'RULES', 'MEDIATOR', 'LANDLORD', 'WORKS'])), name='incident_acts_known', violation_error_message='Choisissez ce qui a été fait dans la liste.'),
        ),
        migrations.AddConstraint(
            model_name='neighbourincident',
            constraint=models.CheckConstraint(condition=models.Q(('settled_on', None), ('settled_on__gte', models.F('happened_on')), _connector='OR'), name='incident_settled_on_a_day', violation_error_message='Un incident réglé l’est le jour même ou après.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='neighbourincident',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_neighbourincidentevent" ("acts", "author_id", "happened_on", "household_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "reported_by", "request_key", "settled_on") VALUES (OLD."acts", OLD."author_id", OLD."happened_on", OLD."household_id", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."recorded_at", OLD."reported_by", OLD."request_key", OLD."settled_on"); RETURN NULL;', hash='4724de52bcbdfd157ad50463fca425700cd14e9a', operation='UPDATE', pgid='pgtrigger_before_update_184a7', table='social_link_neighbourincident', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='neighbourincident',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_neighbourincidentevent" ("acts", "author_id", "happened_on", "household_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "reported_by", "request_key", "settled_on") VALUES (OLD."acts", OLD."author_id", OLD."happened_on", OLD."household_id", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."reported_by", OLD."request_key", OLD."settled_on"); RETURN NULL;', hash='9441e7226023729783e2f92618ffac2fc718f8cc', operation='DELETE', pgid='pgtrigger_delete_delete_9b5f3', table='social_link_neighbourincident', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='neighbourincidentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='73c7a3042625264bc579943dd7ac617dfb3b6834', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_983c0', table='social_link_neighbourincidentevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('planned_as', ''), ('planned_on', None)), models.Q(models.Q(('planned_as', ''), _negated=True), ('planned_on__isnull', False)), _connector='OR'), name='visit_planned_whole', violation_error_message='Une visite prévue l’était pour un jour.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_visitevent" ("contact_id", "digest", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_as", "planned_on", "recorded_at", "request_key") VALUES (OLD."contact_id", OLD."digest", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."planned_as", OLD."planned_on", OLD."recorded_at", OLD."request_key"); RETURN NULL;', hash='9375fca4cbdbfa2178ce8dcbd78ec3b8532125cc', operation='DELETE', pgid='pgtrigger_delete_delete_813c8', table='social_link_visit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reminderevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='54fd8c540c0bdb3fcd33b180b61b67d441714d23', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_90c1b', table='social_link_reminderevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['CALL', 'PAPER', 'PARTNER', 'FILE', 'OTHER'])), name='reminder_coded', violation_error_message='Choisissez ce qu’il faut vous rappeler.'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None)), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='reminder_done_by_somebody', violation_error_message='Un rappel est fait par quelqu’un.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reminder',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_reminderevent" ("done_at", "done_by_id", "due_on", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "visit_id") VALUES (OLD."done_at", OLD."done_by_id", OLD."due_on", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."visit_id"); RETURN NULL;', hash='bb6a120196c67ddf3bab2819f613bd27005c1787', operation='DELETE', pgid='pgtrigger_delete_delete_1bdca', table='social_link_reminder', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='observationevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c8beb5e6431eda46ecf20b879a954f6498e607e7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a6f81', table='social_link_observationevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='observation',
            constraint=models.UniqueConstraint(fields=('visit', 'line'), name='observation_once', violation_error_message='Cette ligne est déjà notée à cette visite.'),
        ),
        migrations.AddConstraint(
            model_name='observation',
            constraint=models.CheckConstraint(condition=models.Q(('finding__in', ['FINE', 'WATCH', 'TREAT']), ('line__in', ['UPKEEP', 'DAMP', 'ENERGY', 'NEIGHB'])), name='observation_coded', violation_error_message='Choisissez l’état de chaque ligne.'),
        ),
        migrations.AddConstraint(
            model_name='observation',
            constraint=models.CheckConstraint(condition=models.Q(('ticket', None), models.Q(('finding', 'TREAT'), models.Q(('line', 'NEIGHB'), _negated=True)), _connector='OR'), name='observation_ticket_of_what_is_to_treat', violation_error_message='Seul ce qui est à traiter dans le logement a une demande technique.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='observation',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_observationevent" ("dwelling_id", "finding", "id", "line", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ticket_id", "visit_id") VALUES (OLD."dwelling_id", OLD."finding", OLD."id", OLD."line", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."ticket_id", OLD."visit_id"); RETURN NULL;', hash='b2f7c3561de359aa2cc482441432275c0ddc7852', operation='DELETE', pgid='pgtrigger_delete_delete_1fe54', table='social_link_observation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bb186aac7379f631d07182f3baa7a277d97f6253', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8550b', table='social_link_visitevent', when='BEFORE')),
        ),
    ]
