from django.db import migrations
from django.db.models import F
from django.db.models.functions import Lower


def forget_others(apps, schema_editor):
    """Addresses that people added to their own account: allauth signs in by them, and nobody gave them."""
    address = apps.get_model("account", "EmailAddress")
    address.objects.annotate(given=Lower("user__email")).exclude(email__iexact=F("given")).delete()


class Migration(migrations.Migration):
    dependencies = [
        ('office', '0015_texts_are_bounded'),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(forget_others, migrations.RunPython.noop)]
