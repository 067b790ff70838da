import common.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0003_sent_requests'),
    ]

    operations = [
        migrations.CreateModel(
            name='Blob',
            fields=[
                ('sha256', models.CharField(editable=False, max_length=64, primary_key=True, serialize=False, verbose_name='empreinte')),
                ('type', models.CharField(choices=[('image/jpeg', 'Photo'), ('application/pdf', 'PDF')], editable=False, max_length=40, verbose_name='type')),
                ('size', models.PositiveIntegerField(editable=False, verbose_name='octets')),
                ('width', models.PositiveIntegerField(editable=False, null=True, verbose_name='largeur')),
                ('height', models.PositiveIntegerField(editable=False, null=True, verbose_name='hauteur')),
                ('stored_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='rangé le')),
            ],
            options={
                'verbose_name': 'contenu de fichier',
                'verbose_name_plural': 'contenus de fichiers',
                'ordering': ['stored_at'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='blob_named_by_digest'),
                    models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='blob_not_empty'),
                    models.CheckConstraint(condition=models.Q(models.Q(('height__gt', 0), ('height__isnull', False), ('type', 'image/jpeg'), ('width__gt', 0), ('width__isnull', False)), models.Q(models.Q(('type', 'image/jpeg'), _negated=True), ('height__isnull', True), ('width__isnull', True)), _connector='OR'), name='blob_picture_has_sides'),
                ],
            },
        ),
    ]
