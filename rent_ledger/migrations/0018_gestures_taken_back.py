from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rent_ledger', '0017_payer_behind'),
    ]

    operations = [
        migrations.AddField(
            model_name='arrearscase',
            name='releases',
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name='remises en relance'),
        ),
        migrations.AddField(
            model_name='letterhold',
            name='lifts',
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name='levées'),
        ),
    ]
