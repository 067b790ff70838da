"""How measures ended over a period, and where those who left live since: counts without any name (S2-07, row 144)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Func

from common.codes import Code
from social_link.measures.codes import ExitOutcome, MeasureEnd, OutcomeDomain
from social_link.measures.models import Measure
from social_link.watches.codes import Debt, WatchKind
from social_link.watches.models import Watch
from social_link.watches.parameters import window_on
from social_link.watches.queries import standing, state_on
from social_link.watches.rules.after import Tally, tally

Counts = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Exits:
    """Of the measures that ended in the period: how many, by reason, by situation, by what was gained (a measure may
    have several). `after`: those who left, step by step."""

    ended: int
    reasons: Counts
    outcomes: Counts
    domains: Counts
    after: list[Tally]


def _counts(codes: type[Code], found: Counter[str], nothing: str = "") -> Counts:
    rows = [(code.label, found[code]) for code in codes if found[code]]
    return [*rows, (nothing, found[""])] if nothing and found[""] else rows


def exits_of(start: date, end: date, *, day: date) -> Exits:
    """Of the ends in `[start, end)`, as they stand on `day`: four queries, whatever their number."""
    ended = Measure.objects.filter(ended_on__gte=start, ended_on__lt=end).order_by()
    reasons: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for reason, outcome, count in ended.values_list("end_reason", "outcome").annotate(count=Count("pk")):
        reasons[reason] += count
        outcomes[outcome] += count
    domains = ended.annotate(domain=Func(F("domains"), function="unnest")).values_list("domain")
    gained = Counter(dict(domains.annotate(count=Count("pk"))))
    window = window_on(day)
    left = Watch.objects.filter(kind=WatchKind.FOLLOW_UP, ended_on__gte=start, ended_on__lt=end).order_by()
    steps: dict[int, list[Any]] = {}
    for row in standing(left):
        state = state_on(row, window=window, today=day)
        steps.setdefault(row.months, []).append((state, row.found, row.debt == Debt.SOME))
    return Exits(
        sum(reasons.values()),
        _counts(MeasureEnd, reasons),
        _counts(ExitOutcome, outcomes, "Non renseignée"),
        _counts(OutcomeDomain, gained),
        [tally(months, rows) for months, rows in sorted(steps.items())],
    )


EXITS_HEAD = ("Tableau", "Ligne", "Nombre")
_TALLIED = (
    ("left", "Sorties"), ("housed", "Logés, chez eux ou chez nous"), ("in_debt", "dont impayé connu"),
    ("elsewhere", "Logés autrement ou sans logement"), ("unknown", "Sans nouvelles"),
    ("back", "Accompagnés de nouveau"), ("dead", "Décès"), ("missed", "Non notés à temps"),
    ("waiting", "À venir ou à noter"),
)  # fmt: skip


def exit_rows(found: Exits) -> list[tuple[Any, ...]]:
    """The same figures as a sheet has them."""
    rows: list[tuple[Any, ...]] = [("Mesures terminées", "", found.ended)]
    for title, counts in (
        ("Motif de fin", found.reasons), ("Situation à la sortie", found.outcomes), ("Acquis", found.domains),
    ):  # fmt: skip
        rows += [(title, label, count) for label, count in counts]
    for step in found.after:
        rows += [(f"{step.months} mois après la sortie", label, getattr(step, name)) for name, label in _TALLIED]
    return rows
