"""Letters to the household at the start, in the middle and at the end of its support."""

import common.clock
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('social_link', '0037_collective_themes_and_aims'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SupportLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moment', models.CharField(choices=[('START', 'Au début'), ('MIDDLE', 'En cours'), ('END', 'À la fin')], max_length=6, verbose_name='moment')),
                ('day', models.DateField(verbose_name='jour dont elle parle')),
                ('data', models.JSONField(verbose_name='contenu')),
                ('pdf', models.BinaryField(verbose_name='PDF')),
                ('sha256', models.CharField(editable=False, max_length=64, verbose_name='empreinte du PDF')),
                ('told_on', models.DateField(blank=True, null=True, verbose_name='dite le')),
                ('told_how', models.CharField(blank=True, choices=[('HAND', 'Remise en main propre'), ('READ', 'Lue ensemble'), ('POST', 'Postée')], max_length=4, verbose_name='comment')),
                ('made_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='écrite le')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='social_link.measure', verbose_name='mesure')),
            ],
            options={
                'verbose_name': 'lettre au ménage accompagné',
                'verbose_name_plural': 'lettres aux ménages accompagnés',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='SupportLetterEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('moment', models.CharField(choices=[('START', 'Au début'), ('MIDDLE', 'En cours'), ('END', 'À la fin')], max_length=6, verbose_name='moment')),
                ('day', models.DateField(verbose_name='jour dont elle parle')),
                ('data', models.JSONField(verbose_name='contenu')),
                ('pdf', models.BinaryField(verbose_name='PDF')),
                ('sha256', models.CharField(editable=False, max_length=64, verbose_name='empreinte du PDF')),
                ('told_on', models.DateField(blank=True, null=True, verbose_name='dite le')),
                ('told_how', models.CharField(blank=True, choices=[('HAND', 'Remise en main propre'), ('READ', 'Lue ensemble'), ('POST', 'Postée')], max_length=4, verbose_name='comment')),
                ('made_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='écrite le')),
                ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('measure', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.measure', verbose_name='mesure')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='social_link.supportletter')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='LetterText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moment', models.CharField(choices=[('START', 'Au début'), ('MIDDLE', 'En cours'), ('END', 'À la fin')], max_length=6, verbose_name='moment')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('body', models.TextField(max_length=4000, verbose_name='texte')),
                ('written_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='écrit le')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'texte des lettres au ménage',
                'verbose_name_plural': 'textes des lettres au ménage',
                'ordering': ['-version'],
                'constraints': [models.UniqueConstraint(fields=('moment', 'version'), name='letter_text_version_once'), models.CheckConstraint(condition=models.Q(('moment__in', ['START', 'MIDDLE', 'END']), ('version__gte', 1), models.Q(('body', ''), _negated=True)), name='letter_text_whole'), models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('body'), 4000), name='letter_text_body_bounded', violation_error_message='Ce texte dépasse 4\xa0000 caractères : raccourcissez-le.')],
            },
        ),
        migrations.AddConstraint(
            model_name='supportletter',
            constraint=models.UniqueConstraint(fields=('measure', 'moment'), name='support_letter_once', violation_error_message='Cette lettre est déjà écrite.'),
        ),
        migrations.AddConstraint(
            model_name='supportletter',
            constraint=models.CheckConstraint(condition=models.Q(('moment__in', ['START', 'MIDDLE', 'END']), models.Q(models.Q(('told_how', ''), ('told_on', None)), models.Q(('told_how__in', ['HAND', 'READ', 'POST']), ('told_on__isnull', False)), _connector='OR')), name='support_letter_told_whole', violation_error_message='Dites quel jour le ménage a eu la lettre, et comment.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supportletter',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_supportletterevent" ("author_id", "data", "day", "id", "made_at", "measure_id", "moment", "pdf", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "told_how", "told_on") VALUES (OLD."author_id", OLD."data", OLD."day", OLD."id", OLD."made_at", OLD."measure_id", OLD."moment", OLD."pdf", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."sha256", OLD."told_how", OLD."told_on"); RETURN NULL;', hash='f760e1fb25997fc321f2ad59eb5b58c09bf5e204', operation='UPDATE', pgid='pgtrigger_before_update_de2e8', table='social_link_supportletter', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supportletter',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_supportletterevent" ("author_id", "data", "day", "id", "made_at", "measure_id", "moment", "pdf", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "told_how", "told_on") VALUES (OLD."author_id", OLD."data", OLD."day", OLD."id", OLD."made_at", OLD."measure_id", OLD."moment", OLD."pdf", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."sha256", OLD."told_how", OLD."told_on"); RETURN NULL;', hash='c608b83b9a7e2c604aeadd9f4e8d1a2ed0d75839', operation='DELETE', pgid='pgtrigger_delete_delete_96bb7', table='social_link_supportletter', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='supportletterevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4e602af6935f1c02293e71a1d4c6d01f6e9d63fd', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d2785', table='social_link_supportletterevent', when='BEFORE')),
        ),
    ]
