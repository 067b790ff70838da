"""How a contact went and how long it took, where it is told; a note has a level for the social team alone.

What was noted before has neither, and keeps its level.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leases', '0010_parties_have_a_history'),
        ('social_link', '0007_ended_by_its_term'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='contact',
            name='before_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contact',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='contact',
            name='minutes',
            field=models.PositiveSmallIntegerField(blank=True, choices=[(15, '15 min'), (30, '30 min'), (45, '45 min'), (60, '60 min')], null=True, verbose_name='durée en minutes'),
        ),
        migrations.AddField(
            model_name='contact',
            name='outcome',
            field=models.CharField(blank=True, choices=[('SEEN', 'Vu'), ('ALLSEEN', 'Vus tous'), ('PUT_OFF', 'Reporté')], default='', max_length=7, verbose_name='issue'),
        ),
        migrations.AddField(
            model_name='contactevent',
            name='minutes',
            field=models.PositiveSmallIntegerField(blank=True, choices=[(15, '15 min'), (30, '30 min'), (45, '45 min'), (60, '60 min')], null=True, verbose_name='durée en minutes'),
        ),
        migrations.AddField(
            model_name='contactevent',
            name='outcome',
            field=models.CharField(blank=True, choices=[('SEEN', 'Vu'), ('ALLSEEN', 'Vus tous'), ('PUT_OFF', 'Reporté')], default='', max_length=7, verbose_name='issue'),
        ),
        migrations.AlterField(
            model_name='note',
            name='level',
            field=models.CharField(choices=[('PRIVATE', 'Privée'), ('TEAM', 'Équipe sociale'), ('SHARED', 'Partagée'), ('SEALED', 'Scellée')], default='PRIVATE', max_length=7, verbose_name='niveau'),
        ),
        migrations.AlterField(
            model_name='noteevent',
            name='level',
            field=models.CharField(choices=[('PRIVATE', 'Privée'), ('TEAM', 'Équipe sociale'), ('SHARED', 'Partagée'), ('SEALED', 'Scellée')], default='PRIVATE', max_length=7, verbose_name='niveau'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_contactevent" ("alert_id", "at_time", "author_id", "happened_on", "household_id", "id", "is_planned", "kind", "minutes", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "request_key") VALUES (OLD."alert_id", OLD."at_time", OLD."author_id", OLD."happened_on", OLD."household_id", OLD."id", OLD."is_planned", OLD."kind", OLD."minutes", OLD."outcome", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."recorded_at", OLD."request_key"); RETURN NULL;', hash='278741556124c75dac6e95f8c3cfcc14ed16b2a1', operation='UPDATE', pgid='pgtrigger_before_update_e571c', table='social_link_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_contactevent" ("alert_id", "at_time", "author_id", "happened_on", "household_id", "id", "is_planned", "kind", "minutes", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "request_key") VALUES (OLD."alert_id", OLD."at_time", OLD."author_id", OLD."happened_on", OLD."household_id", OLD."id", OLD."is_planned", OLD."kind", OLD."minutes", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."request_key"); RETURN NULL;', hash='9244902ac4a0c49c4679063bac500bb3fd318a5a', operation='DELETE', pgid='pgtrigger_delete_delete_d3762', table='social_link_contact', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('outcome', ''), models.Q(('is_planned', False), ('outcome__in', ['SEEN', 'ALLSEEN', 'PUT_OFF']), models.Q(('kind', 'ABSENCE'), _negated=True)), _connector='OR'), name='contact_outcome_of_a_meeting', violation_error_message='Seul un contact qui a eu lieu a une issue ; une absence n’en a pas d’autre.'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('minutes', None), models.Q(('is_planned', False), ('minutes__in', (15, 30, 45, 60))), _connector='OR'), name='contact_minutes_known', violation_error_message='Un contact qui a eu lieu dure 15, 30, 45 ou 60 minutes.'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ['PRIVATE', 'TEAM', 'SHARED', 'SEALED'])), name='note_level_known', violation_error_message='Choisissez qui peut lire la note.'),
        ),
    ]
