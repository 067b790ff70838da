import common.clock
import common.fields
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
        ('leases', '0001_initial'),
        ('stock', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=16, unique=True, verbose_name='référence')),
                ('dwelling', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='stock.dwelling', verbose_name='logement')),
                ('household', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='leases.household', verbose_name='ménage')),
                ('source', models.CharField(choices=[('DESK', 'Accueil ou téléphone'), ('HOUSEHOLD', 'Fiche du ménage'), ('VISIT', 'Visite')], default='DESK', max_length=9, verbose_name='origine')),
                ('trade', models.CharField(choices=[('PLUMBING', 'Plomberie'), ('ELECTRIC', 'Électricité'), ('HEATING', 'Chauffage et eau chaude'), ('JOINERY', 'Menuiserie, serrurerie'), ('DAMP', 'Humidité, ventilation'), ('PESTS', 'Nuisibles'), ('DEVICE', 'Équipement'), ('COMMON', 'Parties communes'), ('OTHER', 'Autre')], max_length=8, verbose_name='métier')),
                ('problem', models.CharField(blank=True, max_length=16, verbose_name='problème')),
                ('title', models.CharField(max_length=120, verbose_name='objet')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('priority', models.CharField(choices=[('URGENT', 'Urgence'), ('HIGH', 'Rapide'), ('NORMAL', 'Normale'), ('LOW', 'À planifier')], default='NORMAL', max_length=6, verbose_name='priorité')),
                ('state', models.CharField(choices=[('OPEN', 'À attribuer'), ('ASSIGNED', 'Attribuée'), ('STARTED', 'En cours'), ('DONE', 'Faite'), ('CANCEL', 'Annulée')], default='OPEN', max_length=8, verbose_name='état')),
                ('opened_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='ouverte le')),
                ('due_on', models.DateField(verbose_name='à faire au plus tard le')),
                ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to=settings.AUTH_USER_MODEL, verbose_name='technicien')),
                ('planned_on', models.DateField(blank=True, null=True, verbose_name='prévue le')),
                ('planned_at', models.TimeField(blank=True, null=True, verbose_name='à')),
                ('held_since', models.DateField(blank=True, null=True, verbose_name='en attente depuis')),
                ('held_until', models.DateField(blank=True, null=True, verbose_name='en attente jusqu’au')),
                ('hold_reason', models.CharField(blank=True, choices=[('PART', 'Pièce commandée'), ('TENANT', 'Attente du ménage'), ('OWNER', 'Accord du propriétaire'), ('FIRM', 'Entreprise prévenue'), ('LATER', 'Reportée')], max_length=6, verbose_name='motif de l’attente')),
                ('contact_name', models.CharField(blank=True, max_length=120, verbose_name='personne à prévenir')),
                ('contact_phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='close le')),
                ('paid_by', models.CharField(blank=True, choices=[('LANDLORD', 'Propriétaire'), ('OPERATOR', 'Association'), ('TENANT', 'Locataire (décret 87-712)'), ('INSURER', 'Assurance'), ('WEAR', 'Vétusté')], max_length=8, verbose_name='à la charge de')),
                ('request_key', models.UUIDField(blank=True, null=True, unique=True, verbose_name='clé de saisie')),
                ('sort_key', common.fields.SortKeyField(db_persist=True, expression=models.Func(django.db.models.functions.text.Concat(models.F('reference'), models.Value(' '), models.F('title'), output_field=models.TextField()), function='ancrage_sort_key', output_field=models.TextField()), output_field=models.TextField())),
            ],
            options={
                'verbose_name': 'demande technique',
                'verbose_name_plural': 'demandes techniques',
                'ordering': ['due_on', 'id'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['ASSIGNED', 'OPEN', 'STARTED'])), fields=['assignee', 'planned_on'], name='ticket_round'), django.contrib.postgres.indexes.GinIndex(fields=['sort_key'], name='ticket_search', opclasses=['gin_trgm_ops'])],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['OPEN', 'CANCEL']), ('assignee__isnull', False), _connector='OR'), name='ticket_assigned_has_assignee', violation_error_message='Choisissez le technicien.'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state__in', ['DONE', 'CANCEL'])), models.Q(models.Q(('state__in', ['DONE', 'CANCEL']), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='ticket_closed_iff_ended'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'DONE'), _negated=True), models.Q(('paid_by', ''), _negated=True), _connector='OR'), name='ticket_done_says_who_pays', violation_error_message='Dites qui paie l’intervention.'), models.CheckConstraint(condition=models.Q(models.Q(('held_since__isnull', True), ('held_until__isnull', True), ('hold_reason', '')), models.Q(('held_since__isnull', False), ('held_until__gte', models.F('held_since')), models.Q(('hold_reason', ''), _negated=True), ('state__in', ['OPEN', 'ASSIGNED'])), _connector='OR'), name='ticket_hold_whole', violation_error_message='Une mise en attente porte sa date de fin et son motif.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ticket',
            trigger=pgtrigger.compiler.Trigger(name='state_flow', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('ASSIGNED', 'ASSIGNED'), ('ASSIGNED', 'CANCEL'), ('ASSIGNED', 'DONE'), ('ASSIGNED', 'OPEN'), ('ASSIGNED', 'STARTED'), ('OPEN', 'ASSIGNED'), ('OPEN', 'CANCEL'), ('STARTED', 'ASSIGNED'), ('STARTED', 'DONE'), ('STARTED', 'OPEN')))", func="\n            RAISE EXCEPTION 'the state of % % does not go from % to %', TG_TABLE_NAME, OLD.id, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;\n        ", hash='f4db96b4371d8356fd2bd80ee8b2038be7162edd', operation='UPDATE OF "state"', pgid='pgtrigger_state_flow_4f611', table='maintenance_ticket', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Intervention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interventions', to='maintenance.ticket', verbose_name='demande')),
                ('technician', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='technicien')),
                ('started_at', models.DateTimeField(default=common.clock.now, verbose_name='commencée le')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='terminée le')),
                ('outcome', models.CharField(blank=True, choices=[('DONE', 'Faite'), ('ABSENT', 'Personne absente'), ('PART', 'Pièce manquante'), ('TRADE', 'Autre métier nécessaire')], max_length=6, verbose_name='issue')),
                ('report', models.TextField(blank=True, verbose_name='travail fait')),
            ],
            options={
                'verbose_name': 'intervention',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('ticket',), name='intervention_one_running', violation_error_message='Cette intervention est déjà commencée.'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('outcome', '')), models.Q(('ended_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='intervention_outcome_iff_ended')],
            },
        ),
        migrations.CreateModel(
            name='WeakSignal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signals', to='maintenance.ticket', verbose_name='demande')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signals', to='leases.household', verbose_name='ménage')),
                ('kind', models.CharField(choices=[('DANGER', 'Humidité ou danger'), ('CLUTTER', 'Logement très sale ou encombré'), ('UNWELL', 'Personne qui ne va pas bien'), ('ABSENCE', 'Personne absente depuis longtemps'), ('TENSION', 'Tensions de voisinage')], max_length=8, verbose_name='vu')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('seen_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='le')),
                ('request_key', models.UUIDField(unique=True, verbose_name='clé de saisie')),
            ],
            options={
                'verbose_name': 'signal',
                'verbose_name_plural': 'signaux',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('intervention', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='maintenance.intervention', verbose_name='intervention')),
                ('signal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='maintenance.weaksignal', verbose_name='signal')),
                ('content_type', models.CharField(max_length=40, verbose_name='type')),
                ('data', models.BinaryField(verbose_name='image')),
                ('sha256', models.CharField(editable=False, max_length=64, verbose_name='empreinte')),
                ('taken_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='prise le')),
            ],
            options={
                'verbose_name': 'photo',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('intervention__isnull', False), ('signal__isnull', True)), models.Q(('intervention__isnull', True), ('signal__isnull', False)), _connector='OR'), name='photo_of_one_thing')],
            },
        ),
    ]
