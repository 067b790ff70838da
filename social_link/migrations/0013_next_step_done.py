"""Somebody says that the next step of an answer is done."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leases', '0011_guarantees'),
        ('rent_ledger', '0043_guarantees'),
        ('social_link', '0012_alert_threshold_and_silence'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='alert',
            name='step_done_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='étape faite le'),
        ),
        migrations.AddField(
            model_name='alert',
            name='step_done_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='étape faite par'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('step_done_at', None), ('step_done_by', None)), models.Q(('answer__isnull', False), ('step_done_at__isnull', False), ('step_done_by__isnull', False)), _connector='OR'), name='alert_step_of_an_answer', violation_error_message='Une étape est celle d’une réponse, et quelqu’un dit qu’elle est faite.'),
        ),
    ]
