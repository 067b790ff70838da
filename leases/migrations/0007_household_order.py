"""The first page of the households without sorting all of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leases", "0006_lease_draft")]
    operations = [
        migrations.AddIndex("household", models.Index(fields=["sort_key", "id"], name="household_order")),
    ]
