"""A measure that was renewed as another one becomes one measure, and an AVDL says which one it is.

One that ended by its term, and that another of its kind, funder and rank followed on the day after: the later one is a
renewal of the first, granted on the day on which it was typed. Former rows stay in the history of the table. An AVDL is
« dans le logement » where the household had a contract in force on its first day, « vers le logement » elsewhere.
"""

from typing import Any

from django.db import migrations

AVDL = """
UPDATE social_link_measure m
SET kind = CASE WHEN EXISTS (
        SELECT FROM leases_lease l
        WHERE l.household_id = m.household_id AND l.state <> 'DRAFT' AND l.period @> lower(m.period)
    ) THEN 'AVDLD' ELSE 'AVDLV' END
WHERE kind = 'AVDL'
"""
PAIRS = """
SELECT DISTINCT ON (lower(a.period), a.id) a.id, b.id
FROM social_link_measure a JOIN social_link_measure b
    ON b.household_id = a.household_id AND b.kind = a.kind AND b.is_lead = a.is_lead
    AND b.funder_id IS NOT DISTINCT FROM a.funder_id
    AND lower(b.period) = a.planned_end + 1
WHERE a.ended_on = a.planned_end AND a.end_reason = 'TERM'
ORDER BY lower(a.period) DESC, a.id DESC, b.id
"""
MERGE = """
WITH later AS (DELETE FROM social_link_measure WHERE id = %(later)s RETURNING *), renewed AS (
    INSERT INTO social_link_renewal
        (measure_id, period, proposed_by, proposed_on, progress, decision, decided_on, signed_on, author_id, created_at)
    SELECT %(first)s, daterange(lower(period), COALESCE(
        (SELECT min(lower(period)) FROM social_link_renewal WHERE measure_id = %(first)s), planned_end + 1)), '', (created_at AT TIME ZONE 'Europe/Paris')::date, '',
        'GRANTED', (created_at AT TIME ZONE 'Europe/Paris')::date, signed_on, author_id, created_at
    FROM later
)
SELECT upper(period), planned_end, ended_on, end_reason, referent_id, agreed_on FROM later
"""
LENGTHEN = """
UPDATE social_link_measure
SET period = daterange(lower(period), %s), planned_end = %s, ended_on = %s, end_reason = %s, referent_id = %s,
    agreed_on = COALESCE(agreed_on, CASE WHEN signed_on IS NULL OR %s <= signed_on THEN %s::date END)
WHERE id = %s
"""


def join(apps: Any, schema_editor: Any) -> None:
    """The last pair of a chain first: what renewed it already moves on to the one before."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(PAIRS)
        for first, later in cursor.fetchall():
            cursor.execute("UPDATE social_link_renewal SET measure_id = %s WHERE measure_id = %s", [first, later])
            cursor.execute(MERGE, {"first": first, "later": later})
            upper, term, ended_on, reason, referent, agreed_on = cursor.fetchone()
            cursor.execute(LENGTHEN, [upper, term, ended_on, reason, referent, agreed_on, agreed_on, first])


class Migration(migrations.Migration):
    dependencies = [
        ("leases", "0011_guarantees"),
        ("social_link", "0014_measures_are_renewed"),
    ]

    operations = [
        migrations.RunSQL(AVDL, migrations.RunSQL.noop),
        migrations.RunPython(join, migrations.RunPython.noop, elidable=False),
    ]
