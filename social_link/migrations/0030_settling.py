"""How a household settles in: points that are ticked, furniture with what pays for it."""

import common.clock
import common.money
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
        ('social_link', '0029_rights_and_budgets'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FurnitureItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stay', models.BigIntegerField(verbose_name='occupation')),
                ('kind', models.CharField(choices=[('BED', 'Lit'), ('TABLE', 'Table et chaises'), ('STORAGE', 'Rangement'), ('FRIDGE', 'Réfrigérateur'), ('HOB', 'Plaques ou cuisinière'), ('WASHER', 'Lave-linge'), ('DISHES', 'Vaisselle'), ('LINEN', 'Linge de maison'), ('BABY', 'Équipement de bébé')], max_length=10, verbose_name='meuble')),
                ('quantity', models.PositiveSmallIntegerField(default=1, verbose_name='nombre')),
                ('aid_file', models.BigIntegerField(blank=True, null=True, verbose_name='dossier d’aide')),
                ('asked', common.money.EuroField(blank=True, null=True, verbose_name='demandé')),
                ('asked_on', models.DateField(blank=True, null=True, verbose_name='demandé le')),
                ('obtained', common.money.EuroField(blank=True, null=True, verbose_name='obtenu')),
                ('received_on', models.DateField(blank=True, null=True, verbose_name='reçu le')),
                ('noted_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leases.household', verbose_name='ménage')),
                ('scheme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.aidscheme', verbose_name='aide')),
            ],
            options={
                'verbose_name': 'meuble d’une installation',
                'verbose_name_plural': 'meubles des installations',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='FurnitureItemEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('stay', models.BigIntegerField(verbose_name='occupation')),
                ('kind', models.CharField(choices=[('BED', 'Lit'), ('TABLE', 'Table et chaises'), ('STORAGE', 'Rangement'), ('FRIDGE', 'Réfrigérateur'), ('HOB', 'Plaques ou cuisinière'), ('WASHER', 'Lave-linge'), ('DISHES', 'Vaisselle'), ('LINEN', 'Linge de maison'), ('BABY', 'Équipement de bébé')], max_length=10, verbose_name='meuble')),
                ('quantity', models.PositiveSmallIntegerField(default=1, verbose_name='nombre')),
                ('aid_file', models.BigIntegerField(blank=True, null=True, verbose_name='dossier d’aide')),
                ('asked', common.money.EuroField(blank=True, null=True, verbose_name='demandé')),
                ('asked_on', models.DateField(blank=True, null=True, verbose_name='demandé le')),
                ('obtained', common.money.EuroField(blank=True, null=True, verbose_name='obtenu')),
                ('received_on', models.DateField(blank=True, null=True, verbose_name='reçu le')),
                ('noted_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('author', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('household', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='leases.household', verbose_name='ménage')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.furnitureitem')),
                ('scheme', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='office.aidscheme', verbose_name='aide')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SettlingTick',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stay', models.BigIntegerField(verbose_name='occupation')),
                ('step', models.CharField(choices=[('INSURANCE', 'Assurance du logement'), ('ENERGY', 'Contrat d’énergie'), ('WATER', 'Contrat d’eau'), ('BENEFIT', 'Changement d’adresse à la CAF ou à la MSA'), ('OFFICES', 'Changement d’adresse aux autres organismes'), ('MAIL', 'Courrier et boîte aux lettres'), ('SCHOOL', 'École ou mode de garde'), ('FURNITURE', 'Liste du mobilier'), ('DISTRICT', 'Quartier, services et transports vus ensemble')], max_length=10, verbose_name='point')),
                ('on', models.DateField(verbose_name='le')),
                ('is_needless', models.BooleanField(default=False, verbose_name='sans objet')),
                ('noted_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leases.household', verbose_name='ménage')),
            ],
            options={
                'verbose_name': 'point d’une installation',
                'verbose_name_plural': 'points des installations',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='SettlingTickEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('stay', models.BigIntegerField(verbose_name='occupation')),
                ('step', models.CharField(choices=[('INSURANCE', 'Assurance du logement'), ('ENERGY', 'Contrat d’énergie'), ('WATER', 'Contrat d’eau'), ('BENEFIT', 'Changement d’adresse à la CAF ou à la MSA'), ('OFFICES', 'Changement d’adresse aux autres organismes'), ('MAIL', 'Courrier et boîte aux lettres'), ('SCHOOL', 'École ou mode de garde'), ('FURNITURE', 'Liste du mobilier'), ('DISTRICT', 'Quartier, services et transports vus ensemble')], max_length=10, verbose_name='point')),
                ('on', models.DateField(verbose_name='le')),
                ('is_needless', models.BooleanField(default=False, verbose_name='sans objet')),
                ('noted_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='saisi le')),
                ('author', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('household', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='leases.household', verbose_name='ménage')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.settlingtick')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='furnitureitem',
            index=models.Index(fields=['household'], name='furniture_household'),
        ),
        migrations.AddConstraint(
            model_name='furnitureitem',
            constraint=models.UniqueConstraint(fields=('stay', 'kind'), name='furniture_once', violation_error_message='Ce meuble est déjà dans la liste : changez son nombre.'),
        ),
        migrations.AddConstraint(
            model_name='furnitureitem',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['BED', 'TABLE', 'STORAGE', 'FRIDGE', 'HOB', 'WASHER', 'DISHES', 'LINEN', 'BABY'])), name='furniture_known', violation_error_message='Choisissez dans la liste.'),
        ),
        migrations.AddConstraint(
            model_name='furnitureitem',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 1), ('quantity__lte', 20)), name='furniture_counted', violation_error_message='De 1 à 20.'),
        ),
        migrations.AddConstraint(
            model_name='furnitureitem',
            constraint=models.CheckConstraint(condition=models.Q(('aid_file', None), models.Q(('asked', None), ('asked_on', None), ('obtained', None), ('scheme', None)), _connector='OR'), name='furniture_paid_by_its_file', violation_error_message='Le dossier d’aide dit l’aide et les montants : laissez-les vides.'),
        ),
        migrations.AddConstraint(
            model_name='furnitureitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('asked', None), ('asked_on', None), ('obtained', None), ('scheme', None)), models.Q(('asked__gt', 0), ('asked_on__isnull', False), ('scheme__isnull', False)), _connector='OR'), name='furniture_asked_whole', violation_error_message='Une demande dit à quelle aide, combien et quel jour.'),
        ),
        migrations.AddConstraint(
            model_name='furnitureitem',
            constraint=models.CheckConstraint(condition=models.Q(('obtained', None), ('obtained__gte', 0), _connector='OR'), name='furniture_obtained', violation_error_message='Le montant obtenu est de 0 € ou plus.'),
        ),
        migrations.AddConstraint(
            model_name='furnitureitem',
            constraint=models.CheckConstraint(condition=models.Q(('received_on', None), ('asked_on', None), ('received_on__gte', models.F('asked_on')), _connector='OR'), name='furniture_received_after', violation_error_message='Un meuble arrive après sa demande.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='furnitureitem',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_furnitureitemevent" ("aid_file", "asked", "asked_on", "author_id", "household_id", "id", "kind", "noted_at", "obtained", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity", "received_on", "scheme_id", "stay") VALUES (OLD."aid_file", OLD."asked", OLD."asked_on", OLD."author_id", OLD."household_id", OLD."id", OLD."kind", OLD."noted_at", OLD."obtained", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."quantity", OLD."received_on", OLD."scheme_id", OLD."stay"); RETURN NULL;', hash='5508b4f3003056807c8fe8903a0088f30540642b', operation='UPDATE', pgid='pgtrigger_before_update_67728', table='social_link_furnitureitem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='furnitureitem',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_furnitureitemevent" ("aid_file", "asked", "asked_on", "author_id", "household_id", "id", "kind", "noted_at", "obtained", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity", "received_on", "scheme_id", "stay") VALUES (OLD."aid_file", OLD."asked", OLD."asked_on", OLD."author_id", OLD."household_id", OLD."id", OLD."kind", OLD."noted_at", OLD."obtained", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."quantity", OLD."received_on", OLD."scheme_id", OLD."stay"); RETURN NULL;', hash='f5360c464eeacf32d860434c0e1bb7d38e9d68e6', operation='DELETE', pgid='pgtrigger_delete_delete_6ec79', table='social_link_furnitureitem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='furnitureitemevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d7ca118b8de7218e5410aac6474458b27f19363f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_402db', table='social_link_furnitureitemevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='settlingtick',
            index=models.Index(fields=['household'], name='settling_tick_household'),
        ),
        migrations.AddConstraint(
            model_name='settlingtick',
            constraint=models.UniqueConstraint(fields=('stay', 'step'), name='settling_tick_once', violation_error_message='Ce point est déjà réglé.'),
        ),
        migrations.AddConstraint(
            model_name='settlingtick',
            constraint=models.CheckConstraint(condition=models.Q(('step__in', ['INSURANCE', 'ENERGY', 'WATER', 'BENEFIT', 'OFFICES', 'MAIL', 'SCHOOL', 'FURNITURE', 'DISTRICT'])), name='settling_tick_known', violation_error_message='Choisissez dans la liste.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='settlingtick',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_settlingtickevent" ("author_id", "household_id", "id", "is_needless", "noted_at", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stay", "step") VALUES (OLD."author_id", OLD."household_id", OLD."id", OLD."is_needless", OLD."noted_at", OLD."on", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."stay", OLD."step"); RETURN NULL;', hash='f3d4fd8c1fe42924dd5421be15728bc90f4f0d84', operation='UPDATE', pgid='pgtrigger_before_update_60900', table='social_link_settlingtick', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='settlingtick',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_settlingtickevent" ("author_id", "household_id", "id", "is_needless", "noted_at", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stay", "step") VALUES (OLD."author_id", OLD."household_id", OLD."id", OLD."is_needless", OLD."noted_at", OLD."on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."stay", OLD."step"); RETURN NULL;', hash='5a870afe0dde69ead5163b6ca213a94c012b1a9a', operation='DELETE', pgid='pgtrigger_delete_delete_9a32d', table='social_link_settlingtick', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='settlingtickevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ee38cd36563752b6e3c98a11597ae1083e6d5a25', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_592cd', table='social_link_settlingtickevent', when='BEFORE')),
        ),
    ]
