"""An occupancy repeats its unit's dwelling for its constraints: the database holds it to that dwelling."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("leases", "0001_initial"), ("stock", "0001_initial")]
    operations = [
        migrations.RunSQL(
            sql="""
                ALTER TABLE leases_occupancy ADD CONSTRAINT occupancy_unit_of_dwelling
                FOREIGN KEY (unit_id, dwelling_id) REFERENCES stock_unit (id, dwelling_id)
            """,
            reverse_sql="ALTER TABLE leases_occupancy DROP CONSTRAINT occupancy_unit_of_dwelling",
        )
    ]
