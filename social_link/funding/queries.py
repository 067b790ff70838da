"""Months and places by line of a convention: one statement for all measures, without any name."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection

from common.codes import with_codes
from common.money import ZERO
from common.periods import ONE_DAY, DateRange
from common.typography import number
from office.models import Organisation
from social_link.contacts.codes import COLLECTIVE, NOT_HELD, ContactKind
from social_link.funding.codes import Counting
from social_link.measures.codes import MeasureKind
from social_link.measures.models import Measure
from social_link.objectives.codes import Theme

HUNDREDTH = Decimal("0.01")
DAYS_OF_A_MONTH = Decimal("30.4")
# What a measure was, when.
KINDS = """kinds AS MATERIALIZED (
    SELECT measure_id AS measure, kind,
        COALESCE(lag(until + 1) OVER (PARTITION BY measure_id ORDER BY until), '-infinity') AS first, until AS last
    FROM social_link_formerkind
    UNION ALL
    SELECT m.id, m.kind, COALESCE(former.last + 1, '-infinity'), 'infinity'
    FROM social_link_measure m
    LEFT JOIN (SELECT measure_id, max(until) AS last FROM social_link_formerkind GROUP BY measure_id) former
        ON former.measure_id = m.id
)"""
MONTHS = """months AS MATERIALIZED (
    SELECT month::date AS first, (month + interval '1 month')::date - 1 AS last
    FROM asked CROSS JOIN generate_series(date_trunc('month', asked.first), asked.last, interval '1 month') AS month
)"""
# `pieces`: who pays how much of a measure, when; a share that goes to another funder is taken off the measure's own.
# `met`: where one meets a line. `held`: what a line pays of a measure in all, over the days in which nothing changes.
FUNDED = f"""
WITH asked AS (
    SELECT %(start)s::date AS first, %(end)s::date - 1 AS last
), pieces AS MATERIALIZED (
    SELECT id AS measure, funder_id AS funder, 100 AS share, lower(period) AS first, upper(period) - 1 AS last
    FROM social_link_measure, asked WHERE funder_id IS NOT NULL AND period && daterange(asked.first, asked.last, '[]')
    UNION ALL
    SELECT m.id, part.funder, part.share, GREATEST(lower(s.period), lower(m.period)),
        LEAST(upper(s.period), upper(m.period)) - 1
    FROM social_link_fundingshare s JOIN social_link_measure m ON m.id = s.measure_id
    CROSS JOIN LATERAL (VALUES
        (s.funder_id, upper(s.parts) - lower(s.parts)), (m.funder_id, lower(s.parts) - upper(s.parts))
    ) AS part (funder, share)
), {KINDS}, lines AS MATERIALIZED (
    SELECT id, funder_id, kind, counting, GREATEST(lower(period), asked.first) AS first,
        LEAST(upper(period) - 1, asked.last) AS last
    FROM social_link_fundingline, asked WHERE period && daterange(asked.first, asked.last, '[]')
), met AS (
    SELECT line.id AS line, line.counting, p.measure, p.share,
        GREATEST(line.first, p.first, k.first) AS first, LEAST(line.last, p.last, k.last) AS last
    FROM pieces p JOIN kinds k ON k.measure = p.measure
    JOIN lines line ON line.funder_id = p.funder AND line.kind = k.kind
), changes AS (
    SELECT line, counting, measure, day, sum(by) AS share
    FROM met CROSS JOIN LATERAL (VALUES (first, met.share), (last + 1, -met.share)) AS change (day, by)
    WHERE first <= last GROUP BY line, counting, measure, day
), runs AS (
    SELECT line, counting, measure, day AS first, lead(day) OVER of_one - 1 AS last, sum(share) OVER of_one AS share
    FROM changes WINDOW of_one AS (PARTITION BY line, counting, measure ORDER BY day)
), held AS MATERIALIZED (
    SELECT * FROM runs WHERE share > 0
), {MONTHS}, cells AS (
    SELECT h.line, h.counting, h.measure, h.share, months.first AS month, GREATEST(h.first, months.first) AS first,
        LEAST(h.last, months.last) AS last
    FROM held h JOIN months ON h.first <= months.last AND h.last >= months.first
), counted AS (
    SELECT line, sum(CASE WHEN counting = %(days)s THEN (last - first + 1) * share / %(length)s
        WHEN last = final THEN share ELSE 0 END) / 100 AS months
    FROM (SELECT *, max(last) OVER (PARTITION BY measure, month) AS final FROM cells) AS c GROUP BY line
), stood AS (
    SELECT line, count(DISTINCT measure) AS measures,
        COALESCE(sum(share) FILTER (WHERE %(day)s::date BETWEEN first AND last), 0) / 100.0 AS used
    FROM held GROUP BY line
)
SELECT line.id, line.funder_id, o.name, line.kind, line.reference, lower(line.period), upper(line.period) - 1,
    line.places, line.rate, line.counting, COALESCE(counted.months, 0), COALESCE(stood.measures, 0),
    COALESCE(stood.used, 0), line.period @> %(day)s::date,
    (SELECT count(*) FROM months WHERE daterange(months.first, months.last, '[]') && line.period)
FROM social_link_fundingline line
JOIN asked ON line.period && daterange(asked.first, asked.last, '[]')
JOIN office_organisation o ON o.id = line.funder_id
LEFT JOIN counted ON counted.line = line.id
LEFT JOIN stood ON stood.line = line.id
WHERE %(every)s OR line.funder_id = ANY(%(funders)s::bigint[])
ORDER BY o.name, line.kind, lower(line.period)
"""  # noqa: S608 (both parts stand above)
# Every measure, whoever pays it: a month with a day of it, under the kind that it had on its last day of the month.
LASTED = f"""
WITH asked AS (
    SELECT %(start)s::date AS first, %(end)s::date - 1 AS last
), {KINDS}, {MONTHS}, cells AS (
    SELECT m.id AS measure, m.household_id AS household, LEAST(months.last, upper(m.period) - 1, asked.last) AS last
    FROM social_link_measure m, asked, months
    WHERE m.period && daterange(GREATEST(months.first, asked.first), LEAST(months.last, asked.last), '[]')
)
SELECT k.kind, count(*), count(DISTINCT c.household)
FROM cells c JOIN kinds k ON k.measure = c.measure AND c.last BETWEEN k.first AND k.last
GROUP BY k.kind
"""  # noqa: S608 (both parts stand above)


# The contacts of a year, each under the kind that the leading measure of its household had on its day, once.
CONTACTS = with_codes(
    f"""
WITH {KINDS}
SELECT COALESCE(k.kind, ''), c.theme, c.kind,
    count(*) FILTER (WHERE c.kind NOT IN COLLECTIVE), count(*) FILTER (WHERE c.kind IN COLLECTIVE),
    count(*) FILTER (WHERE c.by_partner)
FROM social_link_contact c
LEFT JOIN social_link_measure m
    ON m.household_id = c.household_id AND m.is_lead AND m.period @> c.happened_on
LEFT JOIN kinds k ON k.measure = m.id AND c.happened_on BETWEEN k.first AND k.last
WHERE c.happened_on >= %(start)s AND c.happened_on < %(end)s AND NOT c.is_planned
    AND c.kind <> ContactKind.ABSENCE AND c.outcome NOT IN NOT_HELD
    AND NOT (c.kind = ContactKind.WATCH AND c.outcome = '')
GROUP BY 1, 2, 3
""",  # noqa: S608 (the part stands above)
    ContactKind,
    COLLECTIVE=COLLECTIVE,
    NOT_HELD=NOT_HELD,
)
CONTACTS_HEAD = ("Par", "", "Contacts individuels", "Temps collectifs", "Dont par un partenaire")
LASTED_HEAD = ("Mesure", "Ménages", "Mois/mesures", "Durée moyenne, en mois")
SHEET_HEAD = (
    "Financeur", "Mesure", "Convention", "Du", "Au", "Places", "Places occupées", "Mois/mesures", "Mois possibles",
    "Au-delà des places", "Mesures", "Décompte", "Tarif", "Montant",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Funded:
    """A line over `[start, end)`. `months`: mois/mesures, to the hundredth; `measures`: how many had a day of it;
    `used`: places held on `day`, a share being a part of one; `possible`: months of all of its places."""

    id: int
    funder_id: int
    funder: str
    kind: str
    reference: str
    first: date
    last: date
    places: int
    rate: Decimal | None
    counting: str
    months: Decimal
    measures: int
    used: Decimal
    runs: bool
    possible: int

    @property
    def label(self) -> str:
        return str(MeasureKind(self.kind).label)

    @property
    def counted_by(self) -> str:
        return str(Counting(self.counting).label)

    @property
    def amount(self) -> Decimal | None:
        """What its months are worth, in euros; None without a rate."""
        return None if self.rate is None else (self.months * self.rate).quantize(HUNDREDTH, ROUND_HALF_UP)

    @property
    def used_words(self) -> str:
        """« 18 », « 18,5 »."""
        return number(self.used, 0 if self.used == self.used.to_integral_value() else 2)

    @property
    def is_full(self) -> bool:
        return self.used >= self.places

    @property
    def is_over(self) -> bool:
        return self.runs and self.used > self.places

    @property
    def is_beyond(self) -> bool:
        """More months than all of its places can have. By days, a month has up to 31 of them, of `DAYS_OF_A_MONTH`."""
        longest = 31 / DAYS_OF_A_MONTH if self.counting == Counting.DAYS else 1
        return self.months > self.possible * longest


_COLUMNS = tuple(column.name for column in fields(Funded))


def funded(start: date, end: date, *, day: date, funders: Collection[int] | None = None) -> list[Funded]:
    """The lines that run within `[start, end)`, of these funders or (None) of all (one query). Places are those of
    `day`, which is within it."""
    with connection.cursor() as cursor:
        cursor.execute(
            FUNDED,
            {
                "start": start, "end": end, "day": day, "days": Counting.DAYS.value, "length": DAYS_OF_A_MONTH,
                "every": funders is None, "funders": list(funders or []),
            },
        )  # fmt: skip
        rows = cursor.fetchall()
    found = []
    for row in rows:
        facts = dict(zip(_COLUMNS, row, strict=True))
        facts["possible"] *= facts["places"]
        for name in ("months", "used"):
            facts[name] = Decimal(facts[name]).quantize(HUNDREDTH, ROUND_HALF_UP)
        found.append(Funded(**facts))
    return found


@dataclass(frozen=True, slots=True)
class Lasted:
    """A kind over a year: how many months had a day of one of its measures, of how many households."""

    kind: str
    months: int
    households: int

    @property
    def label(self) -> str:
        return str(MeasureKind(self.kind).label)

    @property
    def mean(self) -> Decimal:
        """Months for each household, to the hundredth: 235 for 39 are 6,03 (S3-09)."""
        return (Decimal(self.months) / self.households).quantize(HUNDREDTH, ROUND_HALF_UP)


def lasted(start: date, end: date) -> list[Lasted]:
    """How long the measures lasted within `[start, end)`, by kind, whoever pays them; the kinds that had one (one
    query)."""
    with connection.cursor() as cursor:
        cursor.execute(LASTED, {"start": start, "end": end})
        found = {kind: Lasted(kind, months, households) for kind, months, households in cursor.fetchall()}
    return [found[kind] for kind in MeasureKind.values if kind in found]


@dataclass(frozen=True, slots=True)
class Told:
    """Contacts that took place: individual ones, collective ones, and of both those that a partner did."""

    label: str
    individual: int
    collective: int
    by_partner: int


@dataclass(frozen=True, slots=True)
class Contacts:
    """The same contacts three times: by kind of the leading measure, by theme, and by how and where one met (S1-07)."""

    by_kind: list[Told]
    by_theme: list[Told]
    by_way: list[Told]
    total: Told


def contacts_held(start: date, end: date) -> Contacts:
    """Of `[start, end)` (one query). A contact outside any measure, and one without theme, has a line of its own."""
    with connection.cursor() as cursor:
        cursor.execute(CONTACTS, {"start": start, "end": end})
        rows = cursor.fetchall()
    kinds = [(code.value, str(code.label)) for code in MeasureKind]
    themes = [(code.value, str(code.label)) for code in Theme]
    ways = [(code.value, str(code.label)) for code in ContactKind]
    return Contacts(
        _told([(row[0], row[3:]) for row in rows], [*kinds, ("", "Hors mesure")]),
        _told([(row[1], row[3:]) for row in rows], [*themes, ("", "Thème non dit")]),
        _told([(row[2], row[3:]) for row in rows], ways),
        Told("Total", *(sum(row[n] for row in rows) for n in (3, 4, 5))),
    )


def _told(rows: Sequence[tuple[str, tuple[int, int, int]]], labels: Sequence[tuple[str, str]]) -> list[Told]:
    found: list[Told] = []
    for code, label in labels:
        counts = [row for of, row in rows if of == code]
        if counts:
            found.append(Told(label, *(sum(column) for column in zip(*counts, strict=True))))
    return found


def contact_rows(contacts: Contacts) -> list[tuple[Any, ...]]:
    """The lines as a sheet has them."""
    parts = (
        ("Mesure", contacts.by_kind), ("Thème", contacts.by_theme), ("Comment", contacts.by_way),
        ("", [contacts.total]),
    )  # fmt: skip
    return [(by, row.label, row.individual, row.collective, row.by_partner) for by, rows in parts for row in rows]


def places_on(day: date) -> dict[str, list[Funded]]:
    """The lines that run on `day`, by kind, with the places that are held (one query)."""
    found: dict[str, list[Funded]] = defaultdict(list)
    for row in funded(day, day + ONE_DAY, day=day):
        found[row.kind].append(row)
    return found


def total_months(rows: Sequence[Funded]) -> Decimal:
    """Mois/mesures of all of these lines."""
    return sum((row.months for row in rows), ZERO)


def total_amount(rows: Sequence[Funded]) -> Decimal:
    """What these months are worth, those of a line without a rate left out."""
    return sum((row.amount for row in rows if row.amount is not None), ZERO)


def sheet_rows(rows: Sequence[Funded]) -> list[tuple[Any, ...]]:
    """The lines as a sheet has them, with their total: the figures of the page."""
    lines: list[tuple[Any, ...]] = [
        (
            row.funder, row.label, row.reference, row.first, row.last, row.places, row.used, row.months, row.possible,
            "oui" if row.is_over or row.is_beyond else "", row.measures, row.counted_by, row.rate, row.amount,
        )
        for row in rows
    ]  # fmt: skip
    return [*lines, ("Total", "", "", "", "", "", "", total_months(rows), "", "", "", "", "", total_amount(rows))]


@dataclass(frozen=True, slots=True)
class ShareOf:
    """What a funder takes over of a measure over days: `share` per cent, of all its pieces; `pk` is that of one."""

    pk: int
    funder: Organisation
    share: int
    period: DateRange

    @property
    def last_day(self) -> date:
        last: date = self.period.upper - ONE_DAY
        return last


def shares_of(measure: Measure) -> list[ShareOf]:
    """One line for each funder and days, in the order of the days. One query."""
    found: dict[tuple[int, DateRange], ShareOf] = {}
    for one in measure.shares.select_related("funder"):
        key = one.funder_id, one.period
        found[key] = ShareOf(one.pk, one.funder, one.share + (found[key].share if key in found else 0), one.period)
    return list(found.values())
