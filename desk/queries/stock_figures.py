"""Dwellings held, occupied and empty: of the whole stock, or of some agreements."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from common.reasons import Reason
from common.typography import counted, euros, number, short_day
from desk.codes import FigureWhy
from desk.queries.figures import Figure, count_of, percent, rounded


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Days lost between `start` and `end` (excluded), and what the owners were owed for them where it is known."""

    empty_now: int
    days: int
    cost: Decimal
    dwellings: int
    unknown_cost: int


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
), counted AS (
    SELECT e.dwelling_id, e.rent, (SELECT coalesce(sum(upper(d) - lower(d)), 0) FROM unnest(e.days) d) AS days
    FROM empty e
), months AS (
    SELECT daterange(m::date, (m + interval '1 month')::date) AS days
    FROM generate_series(date_trunc('month', %(start)s::date), %(end)s::date, interval '1 month') m
), costs AS (
    -- Of each month its own days: a dwelling that was empty for a whole one costs its rent.
    SELECT round(e.rent * sum(upper(d) - lower(d)) / (upper(months.days) - lower(months.days)), 2) AS cost
    FROM empty e CROSS JOIN months CROSS JOIN LATERAL unnest(e.days * datemultirange(months.days)) d
    WHERE e.rent IS NOT NULL GROUP BY e.dwelling_id, e.rent, months.days
)
SELECT coalesce(sum(days), 0), count(*) FILTER (WHERE days > 0), (SELECT coalesce(sum(cost), 0.00) FROM costs),
    count(*) FILTER (WHERE days > 0 AND rent IS NULL)
FROM counted
"""


def vacancy_between(start: date, end: date, empty_now: int, agreements: Collection[int] | None = None) -> Vacancy:
    """Cost: the rent owed to the owner, by the days of each month, to the cent, where the agreement says it."""
    params: dict[str, Any] = {"start": start, "end": end, "agreements": _listed(agreements)}
    with connection.cursor() as cursor:
        cursor.execute(_VACANCY.format(scope=_scope(agreements)), params)
        days, dwellings, cost, unknown = cursor.fetchone()
    return Vacancy(empty_now, int(days), cost, dwellings, unknown)


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
