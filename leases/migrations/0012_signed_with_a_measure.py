"""The number of a contract with its day of signature: what a measure signed with it refers to."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leases', '0011_guarantees'),
        ('office', '0031_calendar_feed'),
        ('stock', '0004_vacancy_told'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='lease',
            constraint=models.UniqueConstraint(fields=('id', 'signed_on'), name='lease_with_its_signature'),
        ),
    ]
