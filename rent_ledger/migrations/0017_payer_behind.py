from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rent_ledger', '0016_sent_marks'),
    ]

    operations = [
        migrations.AddField(
            model_name='bankline',
            name='counterparty_address',
            field=models.CharField(blank=True, max_length=200, verbose_name='adresse de la contrepartie'),
        ),
        migrations.AddField(
            model_name='bankline',
            name='ultimate_name',
            field=models.CharField(blank=True, max_length=140, verbose_name='au nom de'),
        ),
    ]
