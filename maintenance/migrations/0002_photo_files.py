"""Photos leave the database: their bytes go to the storage of files, with two smaller copies each."""

import hashlib
import io
import uuid

import common.clock
import django.db.models.deletion
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import migrations, models
from PIL import Image

# As the services of that day name and make them.
PREVIEWS = (320, 960)
QUALITY = 82


def move(apps, schema_editor):
    Photo = apps.get_model("maintenance", "Photo")
    Blob = apps.get_model("office", "Blob")
    seen = set()
    for pk in list(Photo.objects.order_by("pk").values_list("pk", flat=True)):
        photo = Photo.objects.select_related("intervention", "signal").get(pk=pk)
        data = bytes(photo.data)
        sha256 = hashlib.sha256(data).hexdigest()
        key = (photo.intervention_id, photo.signal_id, sha256)
        if key in seen:  # the same picture was sent twice
            photo.delete()
            continue
        seen.add(key)
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            if not Blob.objects.filter(pk=sha256).exists():
                write(sha256, data, picture)
                Blob.objects.create(
                    sha256=sha256, type="image/jpeg", size=len(data), width=picture.width, height=picture.height,
                    stored_at=photo.added_at,
                )
        photo.uuid = uuid.uuid4()
        photo.blob_id = sha256
        photo.name = f"photo-{photo.pk}.jpg"
        photo.author_id = photo.intervention.technician_id if photo.intervention else photo.signal.author_id
        # They were taken in the form that ends a passage.
        photo.stage = "AFTER" if photo.intervention else ""
        photo.save(update_fields=["uuid", "blob", "name", "author", "stage"])


def write(sha256, data, picture):
    """The bytes first: if the migration is undone, the sweep of each night erases them."""
    folder = f"files/{sha256[:2]}/{sha256}"
    default_storage.save(f"{folder}.jpg", ContentFile(data))
    for side in PREVIEWS:
        smaller, out = picture.copy(), io.BytesIO()
        smaller.thumbnail((side, side))
        smaller.save(out, "JPEG", quality=QUALITY, optimize=True)
        default_storage.save(f"{folder}.{side}.jpg", ContentFile(out.getvalue()))


class Migration(migrations.Migration):

    dependencies = [
        ('maintenance', '0001_initial'),
        ('office', '0004_files'),
    ]

    operations = [
        migrations.RenameField('photo', 'taken_at', 'added_at'),
        migrations.AddField('photo', 'uuid', models.UUIDField(null=True)),
        migrations.AddField('photo', 'blob', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.blob')),
        migrations.AddField('photo', 'name', models.CharField(default='', editable=False, max_length=100, verbose_name='nom'), preserve_default=False),
        migrations.AddField('photo', 'author', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
        migrations.AddField('photo', 'stage', models.CharField(blank=True, choices=[('BEFORE', 'Avant'), ('AFTER', 'Après')], default='', max_length=6, verbose_name='moment'), preserve_default=False),
        migrations.RunPython(move),
        migrations.AlterField('photo', 'added_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='ajouté le')),
        migrations.AlterField('photo', 'uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identifiant')),
        migrations.AlterField('photo', 'blob', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.blob', verbose_name='contenu')),
        migrations.RemoveField('photo', 'content_type'),
        migrations.RemoveField('photo', 'data'),
        migrations.RemoveField('photo', 'sha256'),
        migrations.RemoveConstraint('photo', 'photo_of_one_thing'),
        migrations.AddConstraint('photo', models.CheckConstraint(condition=models.Q(models.Q(('intervention__isnull', False), ('signal__isnull', True), models.Q(('stage', ''), _negated=True)), models.Q(('intervention__isnull', True), ('signal__isnull', False), ('stage', '')), _connector='OR'), name='photo_of_one_thing')),
        migrations.AddConstraint('photo', models.UniqueConstraint(fields=('intervention', 'blob'), name='photo_once_per_passage')),
        migrations.AddConstraint('photo', models.UniqueConstraint(fields=('signal', 'blob'), name='photo_once_per_signal')),
    ]
