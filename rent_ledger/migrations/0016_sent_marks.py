from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rent_ledger', '0015_answer_taken_back'),
    ]

    operations = [
        migrations.AddField(
            model_name='rentrun',
            name='sent_marks',
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name='envois notés à la main'),
        ),
    ]
