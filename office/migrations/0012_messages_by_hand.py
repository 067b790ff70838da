from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0011_message_on_paper_has_its_paper'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('channel__in', ['CALL', 'PAPER']), ('state__in', ['CREATED', 'SENDING', 'TEMPORARY'])), fields=['channel', 'state', 'due_at'], name='message_by_hand'),
        ),
    ]
