
import common.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0002_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='SentRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(verbose_name='clé')),
                ('operation', models.CharField(max_length=80, verbose_name='opération')),
                ('digest', models.CharField(max_length=64, verbose_name='empreinte')),
                ('status', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='code de la réponse')),
                ('answer', models.TextField(blank=True, verbose_name='réponse')),
                ('sent_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='reçu le')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='personne')),
            ],
            options={
                'verbose_name': 'envoi',
                'verbose_name_plural': 'envois',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('status__isnull', False)), fields=['sent_at'], name='sent_request_answered')],
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='sent_request_once')],
            },
        ),
    ]
