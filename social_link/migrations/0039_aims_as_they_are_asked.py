"""The aims of a measure are those that a referral asks for."""

import django.contrib.postgres.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leases', '0012_signed_with_a_measure'),
        ('office', '0032_refund_iban'),
        ('social_link', '0038_letters_to_households'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='measure',
            name='measure_aims_known',
        ),
        migrations.AlterField(
            model_name='measure',
            name='aims',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('INSERT', 'Insertion durable dans le logement'), ('LANDLORD', 'Lever les réticences d’un bailleur (impayé, voisinage)'), ('KEEPING', 'Accompagner l’entrée ou le maintien'), ('FITTING', 'Un logement décent, adapté au budget')], max_length=8), blank=True, default=list, size=None, verbose_name='buts'),
        ),
        migrations.AlterField(
            model_name='measureevent',
            name='aims',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('INSERT', 'Insertion durable dans le logement'), ('LANDLORD', 'Lever les réticences d’un bailleur (impayé, voisinage)'), ('KEEPING', 'Accompagner l’entrée ou le maintien'), ('FITTING', 'Un logement décent, adapté au budget')], max_length=8), blank=True, default=list, size=None, verbose_name='buts'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('aims__contained_by', ['INSERT', 'LANDLORD', 'KEEPING', 'FITTING'])), name='measure_aims_known', violation_error_message='Choisissez parmi les quatre buts.'),
        ),
    ]
