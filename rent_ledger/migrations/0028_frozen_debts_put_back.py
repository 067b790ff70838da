from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rent_ledger', '0027_early_signs'),
    ]

    operations = [
        migrations.AddField(
            model_name='frozendebt',
            name='put_back_on',
            field=models.DateField(blank=True, null=True, verbose_name='remise en file le'),
        ),
    ]
