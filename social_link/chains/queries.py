"""The ways of households: their days from what the house knows, one statement for all, then what was typed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from common.codes import with_codes
from social_link.alerts.codes import AlertState
from social_link.chains.codes import Link, LinkCause
from social_link.chains.models import ChainDay
from social_link.chains.rules.chain import LinkSum, Way, summed
from social_link.contacts.codes import MEETINGS, NOT_HELD
from social_link.measures.codes import MeasureEnd, Progress
from social_link.measures.models import Measure
from social_link.referrals.codes import ReferralState

# `led`: each measure with the end of what accompanied the household before it; a detection is not older than that, nor
# than a year. `ways`: measures, and referrals that led to none. The day of a step is the first that is known.
_WAYS = with_codes(
    """
WITH led AS (
    SELECT m.id AS measure, m.household_id AS household, lower(m.period) AS access,
        COALESCE(m.ended_on, m.planned_end) AS last, m.ended_on, m.end_reason,
        GREATEST(lower(m.period) - 365, (
            SELECT max(COALESCE(o.ended_on, o.planned_end)) FROM social_link_measure o
            WHERE o.household_id = m.household_id AND o.id <> m.id AND lower(o.period) < lower(m.period)
        )) AS since
    FROM social_link_measure m
), ways AS (
    SELECT led.*, r.id AS referral, r.state, r.received_on
    FROM led LEFT JOIN social_link_referral r ON r.measure_id = led.measure AND r.withdrawn_at IS NULL
    UNION ALL
    SELECT NULL, r.household_id, NULL, NULL, NULL, '', NULL, r.id, r.state, r.received_on
    FROM social_link_referral r
    WHERE r.measure_id IS NULL AND r.withdrawn_at IS NULL AND r.joined_to_id IS NULL
), first AS (
    SELECT w.*, alert.raised_on, alert.answered_on,
        (SELECT min(s."on") FROM social_link_referralstep s WHERE s.referral_id = w.referral
            AND s.kind IN (ReferralState.INSIDE, ReferralState.OUTSIDE, ReferralState.MEASURE)) AS oriented_on,
        (SELECT min(s."on") FROM social_link_referralstep s WHERE s.referral_id = w.referral
            AND s.kind = ReferralState.ASSESSED) AS assessed_on,
        (SELECT min(d."on") FROM social_link_diagnosis d WHERE d.household_id = w.household
            AND d.withdrawn_at IS NULL AND d."on" BETWEEN w.since AND w.last) AS diagnosed_on,
        (SELECT min(c.happened_on) FROM social_link_contact c WHERE c.household_id = w.household
            AND NOT c.is_planned AND c.kind IN MEETINGS AND c.outcome NOT IN NOT_HELD
            AND c.happened_on BETWEEN w.access AND w.last) AS met_on,
        (SELECT min(n.proposed_on) FROM social_link_renewal n WHERE n.measure_id = w.measure
            AND n.progress IN (Progress.REACHED, Progress.ON_THE_WAY)) AS fitted_on,
        CASE WHEN w.end_reason = MeasureEnd.GOALS_MET THEN w.ended_on END AS met_goals_on
    FROM ways w
    LEFT JOIN LATERAL (
        SELECT (a.raised_at AT TIME ZONE 'Europe/Paris')::date AS raised_on,
            (a.answered_at AT TIME ZONE 'Europe/Paris')::date AS answered_on
        FROM social_link_alert a
        WHERE a.household_id = w.household AND a.state <> AlertState.DROPPED
          AND (a.raised_at AT TIME ZONE 'Europe/Paris')::date BETWEEN w.since + 1 AND w.access
        ORDER BY a.raised_at, a.id LIMIT 1
    ) alert ON true
)
SELECT measure, access, raised_on, answered_on, received_on, oriented_on, assessed_on, diagnosed_on, met_on,
    fitted_on, met_goals_on,
    ended_on IS NOT NULL OR (measure IS NULL AND state IN (ReferralState.OUTSIDE, ReferralState.DROPPED)) AS is_over
FROM first WHERE %(every)s OR measure = ANY(%(measures)s::bigint[])
ORDER BY measure, referral
""",
    ReferralState,
    Progress,
    MeasureEnd,
    AlertState,
    MEETINGS=MEETINGS,
    NOT_HELD=NOT_HELD,
)
_KNOWN = (
    (Link.DETECTED, (("received_on", LinkCause.REFERRAL), ("raised_on", LinkCause.ALERT))),
    (Link.ORIENTED, (("oriented_on", LinkCause.REFERRAL), ("answered_on", LinkCause.ALERT))),
    (Link.DIAGNOSED, (("assessed_on", LinkCause.REFERRAL), ("diagnosed_on", LinkCause.DIAGNOSIS))),
    (Link.ACCESS, (("access", LinkCause.MEASURE),)),
    (Link.DELIVERED, (("met_on", LinkCause.CONTACT),)),
    (Link.FIT, (("fitted_on", LinkCause.RENEWAL), ("met_goals_on", LinkCause.END))),
)


@dataclass(frozen=True, slots=True)
class KnownWay:
    """A way, and what each of its days is known from. `measure`: None where it led to none."""

    measure: int | None
    way: Way
    causes: Mapping[Link, LinkCause]


def ways(measures: Collection[int] | None = None) -> list[KnownWay]:
    """The ways to these measures, or (None) all, with the referrals that led to none: two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_WAYS, {"every": measures is None, "measures": list(measures or [])})
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    typed: dict[int, dict[Link, date]] = {}
    days = ChainDay.objects.all() if measures is None else ChainDay.objects.filter(measure__in=measures)
    for measure, code, on in days.values_list("measure", "link", "on"):
        typed.setdefault(measure, {})[Link(code)] = on
    return [_known(row, typed.get(row["measure"], {})) for row in rows]


def _known(row: dict[str, Any], typed: Mapping[Link, date]) -> KnownWay:
    found: dict[Link, date] = {}
    causes: dict[Link, LinkCause] = {}
    for link, columns in _KNOWN:
        known = [(row[name], cause) for name, cause in columns if row[name] is not None]
        if link in typed:
            found[link], causes[link] = typed[link], LinkCause.TYPED
        elif known:
            found[link], causes[link] = min(known, key=lambda one: one[0])
    return KnownWay(row["measure"], Way(found, row["is_over"]), causes)


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A step of the way of a measure: its day and what that is known from, where it is known."""

    link: Link
    on: date | None
    cause: LinkCause | None


def way_of(measure: Measure) -> list[LinkLine]:
    """The six steps, in their order."""
    [known] = ways([measure.pk])
    return [LinkLine(link, known.way.days.get(link), known.causes.get(link)) for link in Link]


def chain_of(start: date, end: date) -> tuple[int, list[LinkSum]]:
    """How many ways began in `[start, end)`, and what became of them, step by step."""
    begun = [one.way for one in ways() if one.way.begun_on is not None and start <= one.way.begun_on < end]
    return len(begun), summed(begun)
