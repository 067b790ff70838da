"""Contacts by theme, collective ones, those of a partner; the aims of a measure."""

import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leases', '0012_signed_with_a_measure'),
        ('office', '0032_refund_iban'),
        ('social_link', '0036_contracts_as_they_came_back'),
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
        pgtrigger.migrations.RemoveTrigger(
            model_name='measure',
            name='before_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measure',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='contact',
            name='by_partner',
            field=models.BooleanField(default=False, verbose_name='assuré par un partenaire'),
        ),
        migrations.AddField(
            model_name='contact',
            name='theme',
            field=models.CharField(blank=True, choices=[('SEARCH', 'Recherche d’un logement'), ('SETTLE', 'Installation et appropriation'), ('SOLVENCY', 'Solvabilité et situation personnelle'), ('MEDIATE', 'Médiation')], default='', max_length=8, verbose_name='thème'),
        ),
        migrations.AddField(
            model_name='contactevent',
            name='by_partner',
            field=models.BooleanField(default=False, verbose_name='assuré par un partenaire'),
        ),
        migrations.AddField(
            model_name='contactevent',
            name='theme',
            field=models.CharField(blank=True, choices=[('SEARCH', 'Recherche d’un logement'), ('SETTLE', 'Installation et appropriation'), ('SOLVENCY', 'Solvabilité et situation personnelle'), ('MEDIATE', 'Médiation')], default='', max_length=8, verbose_name='thème'),
        ),
        migrations.AddField(
            model_name='measure',
            name='aims',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('LASTING', 'Insertion durable dans l’habitat'), ('LANDLORD', 'Lever les réticences d’un bailleur'), ('KEEPING', 'S’installer ou se maintenir'), ('FITTING', 'Logement décent, adapté au budget')], max_length=8), blank=True, default=list, size=None, verbose_name='buts'),
        ),
        migrations.AddField(
            model_name='measureevent',
            name='aims',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('LASTING', 'Insertion durable dans l’habitat'), ('LANDLORD', 'Lever les réticences d’un bailleur'), ('KEEPING', 'S’installer ou se maintenir'), ('FITTING', 'Logement décent, adapté au budget')], max_length=8), blank=True, default=list, size=None, verbose_name='buts'),
        ),
        migrations.AlterField(
            model_name='contact',
            name='kind',
            field=models.CharField(choices=[('VISIT', 'Visite à domicile'), ('OFFICE', 'Rendez-vous'), ('CALL', 'Appel'), ('ABSENCE', 'Absence'), ('WITH', 'Accompagnement'), ('DUTY', 'Permanence'), ('WATCH', 'Passage de veille'), ('GROUP', 'Atelier collectif'), ('INFO', 'Information collective')], max_length=7, verbose_name='genre'),
        ),
        migrations.AlterField(
            model_name='contactevent',
            name='kind',
            field=models.CharField(choices=[('VISIT', 'Visite à domicile'), ('OFFICE', 'Rendez-vous'), ('CALL', 'Appel'), ('ABSENCE', 'Absence'), ('WITH', 'Accompagnement'), ('DUTY', 'Permanence'), ('WATCH', 'Passage de veille'), ('GROUP', 'Atelier collectif'), ('INFO', 'Information collective')], max_length=7, verbose_name='genre'),
        ),
        migrations.AlterField(
            model_name='visit',
            name='planned_as',
            field=models.CharField(blank=True, choices=[('VISIT', 'Visite à domicile'), ('OFFICE', 'Rendez-vous'), ('CALL', 'Appel'), ('ABSENCE', 'Absence'), ('WITH', 'Accompagnement'), ('DUTY', 'Permanence'), ('WATCH', 'Passage de veille'), ('GROUP', 'Atelier collectif'), ('INFO', 'Information collective')], editable=False, max_length=7, verbose_name='genre prévu'),
        ),
        migrations.AlterField(
            model_name='visitevent',
            name='planned_as',
            field=models.CharField(blank=True, choices=[('VISIT', 'Visite à domicile'), ('OFFICE', 'Rendez-vous'), ('CALL', 'Appel'), ('ABSENCE', 'Absence'), ('WITH', 'Accompagnement'), ('DUTY', 'Permanence'), ('WATCH', 'Passage de veille'), ('GROUP', 'Atelier collectif'), ('INFO', 'Information collective')], editable=False, max_length=7, verbose_name='genre prévu'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_contactevent" ("absence_id", "alert_id", "at_time", "author_id", "by_partner", "happened_on", "household_id", "id", "is_planned", "kind", "minutes", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "request_key", "theme") VALUES (OLD."absence_id", OLD."alert_id", OLD."at_time", OLD."author_id", OLD."by_partner", OLD."happened_on", OLD."household_id", OLD."id", OLD."is_planned", OLD."kind", OLD."minutes", OLD."outcome", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."recorded_at", OLD."request_key", OLD."theme"); RETURN NULL;', hash='63edd6fcd4bcc0bfaa067dd8ee7643ccc76d3752', operation='UPDATE', pgid='pgtrigger_before_update_e571c', table='social_link_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_contactevent" ("absence_id", "alert_id", "at_time", "author_id", "by_partner", "happened_on", "household_id", "id", "is_planned", "kind", "minutes", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "request_key", "theme") VALUES (OLD."absence_id", OLD."alert_id", OLD."at_time", OLD."author_id", OLD."by_partner", OLD."happened_on", OLD."household_id", OLD."id", OLD."is_planned", OLD."kind", OLD."minutes", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."request_key", OLD."theme"); RETURN NULL;', hash='bd48257b8fcca2b410d722952111432621881bce', operation='DELETE', pgid='pgtrigger_delete_delete_d3762', table='social_link_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measure',
            trigger=pgtrigger.compiler.Trigger(name='before_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_measureevent" ("advice", "agreed_on", "aims", "author_id", "created_at", "despite", "domains", "end_reason", "ended_on", "exclusions", "funder_id", "household_id", "id", "is_lead", "kind", "lease_id", "outcome", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_end", "proposed_by", "referent_id", "signed_on") VALUES (OLD."advice", OLD."agreed_on", OLD."aims", OLD."author_id", OLD."created_at", OLD."despite", OLD."domains", OLD."end_reason", OLD."ended_on", OLD."exclusions", OLD."funder_id", OLD."household_id", OLD."id", OLD."is_lead", OLD."kind", OLD."lease_id", OLD."outcome", OLD."period", _pgh_attach_context(), NOW(), \'before\', OLD."id", OLD."planned_end", OLD."proposed_by", OLD."referent_id", OLD."signed_on"); RETURN NULL;', hash='644303f02c24059978d4c844d5aebf109c8894b4', operation='UPDATE', pgid='pgtrigger_before_update_2cd51', table='social_link_measure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measure',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_measureevent" ("advice", "agreed_on", "aims", "author_id", "created_at", "despite", "domains", "end_reason", "ended_on", "exclusions", "funder_id", "household_id", "id", "is_lead", "kind", "lease_id", "outcome", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_end", "proposed_by", "referent_id", "signed_on") VALUES (OLD."advice", OLD."agreed_on", OLD."aims", OLD."author_id", OLD."created_at", OLD."despite", OLD."domains", OLD."end_reason", OLD."ended_on", OLD."exclusions", OLD."funder_id", OLD."household_id", OLD."id", OLD."is_lead", OLD."kind", OLD."lease_id", OLD."outcome", OLD."period", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."planned_end", OLD."proposed_by", OLD."referent_id", OLD."signed_on"); RETURN NULL;', hash='228b84ea149f8d4f58352157e7fc92caad92da5e', operation='DELETE', pgid='pgtrigger_delete_delete_bba0a', table='social_link_measure', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('theme__in', ['', 'SEARCH', 'SETTLE', 'SOLVENCY', 'MEDIATE'])), name='contact_theme_known', violation_error_message='Choisissez l’un des quatre thèmes.'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['GROUP', 'INFO']), _negated=True), models.Q(('is_planned', False), ('outcome', '')), _connector='OR'), name='contact_collective_attended', violation_error_message='Un temps collectif se note une fois qu’il a eu lieu, pour qui y était.'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('aims__contained_by', ['LASTING', 'LANDLORD', 'KEEPING', 'FITTING'])), name='measure_aims_known', violation_error_message='Choisissez parmi les quatre buts.'),
        ),
    ]
