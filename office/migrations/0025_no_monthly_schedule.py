from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0024_values_of_a_departement_are_over'),
    ]

    operations = [
        migrations.AlterField(
            model_name='schedule',
            name='every',
            field=models.CharField(choices=[('MINUTE', 'Chaque minute'), ('DAY', 'Chaque jour')], max_length=8, verbose_name='rythme'),
        ),
    ]
