"""A measure ends by its term at the latest.

One that was closed later had its days counted beyond its bounds: its last day is its term. The former row stays in its
history.
"""

from django.db import migrations, models

LATE = """
UPDATE social_link_measure
SET ended_on = planned_end,
    period = daterange(lower(period), planned_end + 1)
WHERE ended_on > planned_end
"""


class Migration(migrations.Migration):
    dependencies = [("social_link", "0006_late_with")]

    operations = [
        migrations.RunSQL(LATE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_on", None), ("ended_on__lte", models.F("planned_end")), _connector="OR"),
                name="measure_ended_by_its_term",
                violation_error_message="Une mesure finit au plus tard à son terme.",
            ),
        ),
    ]
