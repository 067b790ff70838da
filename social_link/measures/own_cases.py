"""Whose cases a household is of: the SQL that nearly each page of the social service asks, several times.

Written by hand: as querysets, its four branches took Django longer to compile than PostgreSQL to answer.
"""

from datetime import date

from django.db.models import Q
from django.db.models.expressions import RawSQL

from common import clock

# Whom a row names, while it runs. A measure runs until its last day, included.
_REFERENTS = ("social_link_referent", "user_id", "x.period @> %s::date", 1)
_MEASURES = (
    "social_link_measure",
    "referent_id",
    "x.period @> %s::date AND (x.ended_on IS NULL OR x.ended_on >= %s)",
    2,
)
_MINE = "SELECT x.household_id FROM {table} x WHERE x.{who} = %s AND {runs}"
# The colleague who is named for the household, else the one who stands in for all of them.
_STOOD_IN = """
SELECT x.household_id
FROM social_link_absence a
JOIN {table} x ON x.{who} = a.user_id
LEFT JOIN social_link_standin n ON n.absence_id = a.id AND n.household_id = x.household_id
WHERE COALESCE(n.user_id, a.stand_in_id) = %s AND a.ended_at IS NULL AND a.period @> %s::date AND {runs}
"""


def _rows(named: tuple[str, str, str, int], user_id: int, day: date) -> tuple[str, list[int | date]]:
    """The households of the rows that name the user on `day`, or somebody for whom he stands in."""
    table, who, runs, days = named
    parts = [part.format(table=table, who=who, runs=runs) for part in (_MINE, _STOOD_IN)]
    return " UNION ALL ".join(parts), [user_id, *[day] * days, user_id, day, *[day] * days]


def own_households(user_id: int) -> tuple[str, list[int | date]]:
    """SQL, and its values, of the ids of the households that `user_id` accompanies today: referent, or open measure;
    his own, and those of a colleague for whom he stands in. One may stand there twice."""
    found = [_rows(named, user_id, clock.today()) for named in (_REFERENTS, _MEASURES)]
    return " UNION ALL ".join(sql for sql, _ in found), [value for _, values in found for value in values]


def own_cases(user_id: int, household: str) -> Q:
    """Rows whose `household` field names one of `own_households`."""
    return Q(**{f"{household}__in": RawSQL(*own_households(user_id))})  # noqa: S611  its values are apart
