import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import common.clock
import common.money


class Migration(migrations.Migration):

    dependencies = [
        ('rent_ledger', '0003_kept_answers'),
    ]

    operations = [
        migrations.CreateModel(
            name='RunPreview',
            fields=[
                ('month', models.DateField(primary_key=True, serialize=False, verbose_name='mois')),
                ('version', models.BigIntegerField(verbose_name='version des comptes')),
                ('made_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='calculé le')),
                ('draft_count', models.PositiveIntegerField(verbose_name='avis à produire')),
                ('drafted', common.money.EuroField(verbose_name='à payer par les ménages')),
                ('made_count', models.PositiveIntegerField(verbose_name='avis déjà produits')),
                ('lease_count', models.PositiveIntegerField(verbose_name='contrats à facturer')),
                ('before_count', models.PositiveIntegerField(verbose_name='contrats du mois précédent')),
                ('before_total', common.money.EuroField(verbose_name='total du mois précédent')),
                ('now_total', common.money.EuroField(verbose_name='total du mois')),
                ('changed_count', models.PositiveIntegerField(verbose_name='contrats différents')),
                ('same_count', models.PositiveIntegerField(verbose_name='contrats identiques')),
                ('held_count', models.PositiveIntegerField(verbose_name='contrats retenus')),
                ('held_monthly', common.money.EuroField(verbose_name='montant mensuel retenu')),
                ('group_sums', models.JSONField(default=list, verbose_name='écarts par motif')),
            ],
            options={
                'verbose_name': 'aperçu d’un quittancement',
                'verbose_name_plural': 'aperçus de quittancement',
            },
        ),
        migrations.CreateModel(
            name='RunPreviewHeld',
            fields=[
                ('preview', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='rent_ledger.runpreview', verbose_name='aperçu')),
                ('position', models.PositiveIntegerField(verbose_name='rang')),
                ('lease_id', models.BigIntegerField(verbose_name='bail')),
                ('lease_reference', models.CharField(max_length=20, verbose_name='référence')),
                ('household_id', models.BigIntegerField(verbose_name='ménage')),
                ('household_name', models.CharField(max_length=120, verbose_name='nom')),
                ('before', common.money.EuroField(null=True, verbose_name='mois précédent')),
                ('pk', models.CompositePrimaryKey('preview_id', 'position', blank=True, editable=False, primary_key=True, serialize=False)),
                ('monthly', common.money.EuroField(verbose_name='montant mensuel')),
                ('why', models.JSONField(verbose_name='raison')),
                ('what_to_do', models.JSONField(verbose_name='remède')),
            ],
            options={
                'verbose_name': 'contrat retenu d’un aperçu',
                'verbose_name_plural': 'contrats retenus d’un aperçu',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='RunPreviewRow',
            fields=[
                ('preview', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='rent_ledger.runpreview', verbose_name='aperçu')),
                ('position', models.PositiveIntegerField(verbose_name='rang')),
                ('lease_id', models.BigIntegerField(verbose_name='bail')),
                ('lease_reference', models.CharField(max_length=20, verbose_name='référence')),
                ('household_id', models.BigIntegerField(verbose_name='ménage')),
                ('household_name', models.CharField(max_length=120, verbose_name='nom')),
                ('before', common.money.EuroField(null=True, verbose_name='mois précédent')),
                ('pk', models.CompositePrimaryKey('preview_id', 'position', blank=True, editable=False, primary_key=True, serialize=False)),
                ('now', common.money.EuroField(null=True, verbose_name='mois')),
                ('search', models.TextField(verbose_name='recherche')),
                ('why', models.JSONField(default=list, verbose_name='écarts')),
                ('groups', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=9), default=list, size=None, verbose_name='motifs')),
                ('is_made', models.BooleanField(verbose_name='avis déjà produit')),
            ],
            options={
                'verbose_name': 'ligne d’aperçu',
                'verbose_name_plural': 'lignes d’aperçu',
                'ordering': ['position'],
            },
        ),
        migrations.AddConstraint(
            model_name='runpreview',
            constraint=models.CheckConstraint(condition=models.Q(('month__day', 1)), name='run_preview_month_first_day'),
        ),
    ]
