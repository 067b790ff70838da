"""The contract of support: how each party signed it, and the files that came back."""

import common.clock
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0032_refund_iban'),
        ('social_link', '0035_referral_links'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AgreementScan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identifiant')),
                ('name', models.CharField(editable=False, max_length=100, verbose_name='nom')),
                ('added_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='ajouté le')),
            ],
            options={
                'verbose_name': 'contrat signé, numérisé',
                'verbose_name_plural': 'contrats signés, numérisés',
                'ordering': ['id'],
                'abstract': False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='agreementsignature',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='agreementsignature',
            name='stroke',
            field=models.TextField(blank=True, editable=False, max_length=4000, verbose_name='trait'),
        ),
        migrations.AddField(
            model_name='agreementsignature',
            name='way',
            field=models.CharField(choices=[('PAPER', 'Sur papier'), ('SCREEN', 'À l’écran')], default='PAPER', max_length=6, verbose_name='signé'),
        ),
        migrations.AddField(
            model_name='agreementsignatureevent',
            name='stroke',
            field=models.TextField(blank=True, editable=False, max_length=4000, verbose_name='trait'),
        ),
        migrations.AddField(
            model_name='agreementsignatureevent',
            name='way',
            field=models.CharField(choices=[('PAPER', 'Sur papier'), ('SCREEN', 'À l’écran')], default='PAPER', max_length=6, verbose_name='signé'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agreementsignature',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_agreementsignatureevent" ("agreement_id", "digest", "id", "name", "on", "party", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "stroke", "way") VALUES (OLD."agreement_id", OLD."digest", OLD."id", OLD."name", OLD."on", OLD."party", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."recorded_by_id", OLD."stroke", OLD."way"); RETURN NULL;', hash='ea17b832ae3ed48ed0ac0ac8e9a30bff1c0b9ea0', operation='DELETE', pgid='pgtrigger_delete_delete_5b7bd', table='social_link_agreementsignature', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='agreementsignature',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('stroke', ''), ('way', 'PAPER')), models.Q(('recorded_by__isnull', False), ('stroke__regex', '^(M[0-9]{1,3} [0-9]{1,3}(L[0-9]{1,3} [0-9]{1,3})+)+$'), ('way', 'SCREEN')), _connector='OR'), name='agreement_signature_drawn', violation_error_message='À l’écran, une signature a son trait et qui tenait l’appareil.'),
        ),
        migrations.AddConstraint(
            model_name='agreementsignature',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('stroke'), 4000), name='agreement_signature_stroke_bounded', violation_error_message='Ce texte dépasse 4\xa0000 caractères : raccourcissez-le.'),
        ),
        migrations.AddField(
            model_name='agreementscan',
            name='agreement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scans', to='social_link.agreement', verbose_name='contrat'),
        ),
        migrations.AddField(
            model_name='agreementscan',
            name='author',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.AddField(
            model_name='agreementscan',
            name='blob',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.blob', verbose_name='contenu'),
        ),
        migrations.AddConstraint(
            model_name='agreementscan',
            constraint=models.UniqueConstraint(fields=('agreement', 'blob'), name='agreement_scan_once'),
        ),
    ]
