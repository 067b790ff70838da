"""Dwellings held, occupied and empty: of the whole stock, or of some agreements."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from common.money import ZERO
from common.reasons import Reason
from common.typography import counted, euros, number, short_day
from desk.codes import FigureWhy
from desk.queries.figures import Figure, count_of, percent, rounded
from stock.dwellings.codes import VacancyReason


@dataclass(frozen=True, slots=True)
class EmptyDays:
    """Days of one dwelling for one reason (a code, or "" where nobody told any). `cost`: None where the rent owed to
    its owner is unknown."""

    dwelling: int
    reason: str
    days: int
    cost: Decimal | None

    @property
    def label(self) -> str:
        return VacancyReason(self.reason).label if self.reason else "Sans motif dit"


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """What one reason made of the period. `cost`: None where no rent of it is known; `unknown`: dwellings whose rent
    is unknown; `word`: the reason in an address."""

    label: str
    word: str
    dwellings: int
    days: int
    cost: Decimal | None
    unknown: int


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Days lost in a period, by dwelling and reason, and what the owners were owed for them where it is known."""

    empty_now: int
    rows: list[EmptyDays]

    @property
    def days(self) -> int:
        return sum(row.days for row in self.rows)

    @property
    def cost(self) -> Decimal:
        return sum((row.cost for row in self.rows if row.cost is not None), ZERO)

    @property
    def known_cost(self) -> Decimal | None:
        """What is known of `cost`: None where days were lost and no rent of them is known."""
        is_unknown = bool(self.rows) and all(row.cost is None for row in self.rows)
        return None if is_unknown else self.cost

    @property
    def dwellings(self) -> int:
        return len({row.dwelling for row in self.rows})

    @property
    def unknown_cost(self) -> int:
        return len({row.dwelling for row in self.rows if row.cost is None})

    @property
    def reasons(self) -> list[ReasonRow]:
        """In the order of the codes, what nobody told last."""
        found = []
        for code in [*VacancyReason.values, ""]:
            if rows := [row for row in self.rows if row.reason == code]:
                part = Vacancy(0, rows)
                found.append(
                    ReasonRow(
                        rows[0].label, code or "aucun", part.dwellings, part.days, part.known_cost, part.unknown_cost
                    )
                )
        return found


_OCCUPIED = """
SELECT count(*), count(*) FILTER (
    WHERE stock.dwelling_id IN (SELECT o.dwelling_id FROM leases_occupancy o WHERE o.period @> %(day)s::date)
)
FROM (
    SELECT DISTINCT l.dwelling_id FROM stock_agreementdwelling l WHERE l.period @> %(day)s::date AND {scope}
) stock
"""


def occupancy(day: date, agreements: Collection[int] | None = None) -> tuple[int, int]:
    """Dwellings in the stock on `day` (of these agreements), and how many of them somebody holds."""
    with connection.cursor() as cursor:
        cursor.execute(_OCCUPIED.format(scope=_scope(agreements)), {"day": day, "agreements": _listed(agreements)})
        dwellings, occupied = cursor.fetchone()
    return dwellings, occupied


def _scope(agreements: Collection[int] | None) -> str:
    return "true" if agreements is None else "l.agreement_id = ANY(%(agreements)s)"


def _listed(agreements: Collection[int] | None) -> list[int] | None:
    return None if agreements is None else list(agreements)


# Days in the stock without an occupant: multiranges are subtracted. Dwellings occupied by one stay for the whole time
# (nearly all of them) are skipped first.
_VACANCY = """
WITH span AS (SELECT daterange(%(start)s, %(end)s) AS days),
stock AS (
    SELECT l.dwelling_id, range_agg(l.period * span.days) AS days, max(l.upstream_rent) AS rent
    FROM stock_agreementdwelling l, span
    WHERE l.period && span.days AND l.gives_title AND {scope}
      AND l.dwelling_id NOT IN (
          SELECT o.dwelling_id FROM leases_occupancy o WHERE o.period @> daterange(%(start)s, %(end)s)
      )
    GROUP BY l.dwelling_id
), held AS (
    SELECT o.dwelling_id, range_agg(o.period * span.days) AS days
    FROM leases_occupancy o, span
    WHERE o.period && span.days AND o.dwelling_id IN (SELECT dwelling_id FROM stock) GROUP BY o.dwelling_id
), empty AS (
    SELECT s.dwelling_id, s.rent, coalesce(s.days - h.days, s.days) AS days
    FROM stock s LEFT JOIN held h USING (dwelling_id)
), months AS (
    SELECT daterange(m::date, (m + interval '1 month')::date) AS days
    FROM generate_series(date_trunc('month', %(start)s::date), %(end)s::date, interval '1 month') m
), told AS (
    -- Each reason until the next one is told, somebody has the keys, or the dwelling leaves the stock.
    SELECT v.dwelling_id, v.reason, daterange(v.since, least(
        min(v.since) OVER (
            PARTITION BY v.dwelling_id ORDER BY v.since, v.id ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING
        ),
        (SELECT min(lower(o.period)) FROM leases_occupancy o
         WHERE o.dwelling_id = v.dwelling_id AND coalesce(upper(o.period) > v.since, true)
           AND lower(o.period) >= v.since),
        (SELECT min(upper(l.period)) FROM stock_agreementdwelling l
         WHERE l.dwelling_id = v.dwelling_id AND l.gives_title AND upper(l.period) > v.since
           AND NOT EXISTS (SELECT FROM stock_agreementdwelling n
                           WHERE n.dwelling_id = v.dwelling_id AND n.gives_title AND n.period @> upper(l.period)))
    )) AS days
    FROM stock_vacancytold v
    WHERE v.withdrawn_at IS NULL AND v.dwelling_id IN (SELECT dwelling_id FROM empty)
      AND NOT EXISTS (SELECT FROM leases_occupancy o WHERE o.dwelling_id = v.dwelling_id AND o.period @> v.since)
), reasons AS (
    SELECT e.dwelling_id, e.rent, t.reason, e.days * range_agg(t.days) AS days
    FROM empty e JOIN told t USING (dwelling_id) GROUP BY e.dwelling_id, e.rent, e.days, t.reason
    UNION ALL
    SELECT e.dwelling_id, e.rent, '', coalesce(
        e.days - (SELECT range_agg(t.days) FROM told t WHERE t.dwelling_id = e.dwelling_id), e.days
    )
    FROM empty e
), by_month AS (
    SELECT r.dwelling_id, r.rent, r.reason, months.days AS month, sum(upper(d) - lower(d)) AS n
    FROM reasons r CROSS JOIN months CROSS JOIN LATERAL unnest(r.days * datemultirange(months.days)) d
    GROUP BY r.dwelling_id, r.rent, r.reason, months.days
), so_far AS (
    SELECT *, sum(n) OVER (PARTITION BY dwelling_id, month ORDER BY reason) AS until FROM by_month
)
-- Of each month its own days: a dwelling that was empty for a whole one costs its rent, whatever its reasons.
SELECT dwelling_id, reason, sum(n),
    sum(round(rent * until / (upper(month) - lower(month)), 2)
      - round(rent * (until - n) / (upper(month) - lower(month)), 2))
FROM so_far GROUP BY dwelling_id, reason ORDER BY dwelling_id, reason
"""


def vacancy_between(start: date, end: date, empty_now: int, agreements: Collection[int] | None = None) -> Vacancy:
    """Cost: the rent owed to the owner, by the days of each month, to the cent, where the agreement says it (one
    query)."""
    params: dict[str, Any] = {"start": start, "end": end, "agreements": _listed(agreements)}
    with connection.cursor() as cursor:
        cursor.execute(_VACANCY.format(scope=_scope(agreements)), params)
        rows = [EmptyDays(pk, reason, int(days), cost) for pk, reason, days, cost in cursor.fetchall()]
    return Vacancy(empty_now, rows)


def occupancy_figure(dwellings: int, occupied: int, day: date) -> Figure:
    """It is of one day, where the figures beside it are of a period: it says which."""
    share = Decimal(occupied * 100) / dwellings if dwellings else None
    parts = (count_of(FigureWhy.STOCK, dwellings), count_of(FigureWhy.WITH_KEYS, occupied))
    why = Reason(FigureWhy.OCCUPIED, parts=parts, rule=Reason(FigureWhy.BY_ROOM))
    note = f"{number(occupied)} sur {counted(dwellings, 'logement')}, au {short_day(day, today=day)}"
    return Figure("Occupation", percent(share), note, why, rounded(share))


def vacancy_figure(v: Vacancy) -> Figure:
    parts = [count_of(FigureWhy.EMPTY_DAYS, v.days), count_of(FigureWhy.EMPTY_DWELLINGS, v.dwellings)]
    if v.cost:
        parts.append(Reason(FigureWhy.EMPTY_COST, amount=v.cost))
    if v.unknown_cost:
        parts.append(Reason(FigureWhy.EMPTY_UNKNOWN, detail=Reason(FigureWhy.DWELLINGS, {"n": v.unknown_cost})))
    why = Reason(FigureWhy.VACANCY, parts=tuple(parts), rule=Reason(FigureWhy.EMPTY_RULE))
    note = f"{counted(v.dwellings, 'logement')}, {euros(v.cost, 0)}" if v.cost else counted(v.dwellings, "logement")
    return Figure("Vacance", counted(v.days, "j,j"), note, why, Decimal(v.days), "j,j")
