"""Difficulties as they are counted, without any name, and what tells two states of a household's list apart."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from social_link.difficulties.codes import DifficultyKind
from social_link.difficulties.models import Difficulty
from social_link.difficulties.rules.counts import pairs, shown, shown_parts, shown_together

MANY = 5
"""So many difficulties and more are counted together."""
SETS = """
    SELECT kinds, count(*) FROM (
        SELECT array_agg(d.kind ORDER BY d.kind) AS kinds FROM social_link_difficulty d
        WHERE d.period @> %(day)s::date AND (%(every)s OR EXISTS (
            SELECT FROM social_link_measure m
            WHERE m.household_id = d.household_id AND m.period @> %(day)s::date
                AND (m.ended_on IS NULL OR m.ended_on >= %(day)s::date)
                AND (m.funder_id = ANY(%(funders)s::bigint[]) OR EXISTS (
                    SELECT FROM social_link_fundingshare s
                    WHERE s.measure_id = m.id AND s.period @> %(day)s::date AND s.funder_id = ANY(%(funders)s::bigint[])
                ))
        ))
        GROUP BY d.household_id
    ) standing GROUP BY kinds
"""


def seen_word(rows: Iterable[Difficulty]) -> str:
    """What stands, as one word: it changes when somebody notes something else."""
    return ",".join(sorted(f"{row.kind}:{row.pk}" for row in rows))


def kind_sets(day: date, funders: Collection[int] | None = None) -> dict[frozenset[str], int]:
    """How many households have each set of difficulties on `day`: all, or those of which one of these funders pays a
    measure, also in part. One query, whatever their number."""
    with connection.cursor() as cursor:
        cursor.execute(SETS, {"day": day, "every": funders is None, "funders": list(funders or [])})
        return {frozenset(kinds): count for kinds, count in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Counted:
    """Of one kind: how many households have it, and with each other kind; None is hidden."""

    label: str
    count: int | None
    along: list[int | None]


@dataclass(frozen=True, slots=True)
class DifficultyTotals:
    """`by_number`: how many households have 1, 2, … difficulties, the last `MANY` and more; they add up to `total`."""

    kinds: list[Counted]
    by_number: list[tuple[str, int | None]]
    total: int | None
    least: int


def _number(n: int) -> str:
    return f"{n} et plus" if n == MANY else str(n)


def difficulty_totals(day: date, least: int, funders: Collection[int] | None = None) -> DifficultyTotals:
    """What a director reads, and a funder of the households whose measures it pays: counts of `least` households or
    more. Where fewer than these have a list at all, nothing is told, not even that none has a difficulty: the rest
    would tell which ones go together."""
    sets = kind_sets(day, funders)
    if 0 < sum(sets.values()) < least:
        unknown: list[int | None] = [None] * len(DifficultyKind)
        untold = [Counted(kind.label, None, unknown) for kind in DifficultyKind]
        return DifficultyTotals(untold, [(_number(n), None) for n in range(1, MANY + 1)], None, least)
    alone = {kind: pairs(sets, kind, kind) for kind in DifficultyKind.values}
    numbers = [0] * MANY
    for kinds, count in sets.items():
        numbers[min(len(kinds), MANY) - 1] += count
    return DifficultyTotals(
        kinds=[
            Counted(
                kind.label,
                shown(alone[kind], least),
                [
                    shown_together(pairs(sets, kind, other), alone[kind], alone[other], least)
                    for other in DifficultyKind
                ],
            )
            for kind in DifficultyKind
        ],
        by_number=[(_number(n), count) for n, count in enumerate(shown_parts(numbers, least), start=1)],
        total=shown(sum(numbers), least),
        least=least,
    )
