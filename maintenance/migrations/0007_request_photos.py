"""A photo may come with a request."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('maintenance', '0006_trade_before'),
        ('office', '0032_refund_iban'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='photo',
            name='photo_of_one_thing',
        ),
        migrations.AddField(
            model_name='photo',
            name='ticket',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='maintenance.ticket', verbose_name='demande'),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('intervention__isnull', False), ('signal__isnull', True), ('ticket__isnull', True), models.Q(('stage', ''), _negated=True)), models.Q(('intervention__isnull', True), ('signal__isnull', False), ('stage', ''), ('ticket__isnull', True)), models.Q(('intervention__isnull', True), ('signal__isnull', True), ('stage', ''), ('ticket__isnull', False)), _connector='OR'), name='photo_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.UniqueConstraint(fields=('ticket', 'blob'), name='photo_once_per_ticket'),
        ),
    ]
