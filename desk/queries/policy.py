"""The policy of the arrears as it stands on a day, and what its early signs were worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import Count

from common import clock
from common.params import Parameter, declared
from common.periods import ONE_DAY
from common.typography import NBSP, number
from desk.policy import GROUPS, PARTS, STARTER_RULES, Part, StarterRule
from office.models import Job
from office.parameters.queries import InForce, in_force
from office.parameters.words import written
from rent_ledger.books.codes import DefaultRule
from rent_ledger.policy.models import SignMeasure
from rent_ledger.policy.parameters import REPLAYED, fewest_cases
from rent_ledger.policy.queries.sign_measures import last_measure
from social_link.models import AlertFact


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """A rule with its figures in words; blank where it has none."""

    rule: StarterRule
    take: str
    answer: str
    urgent: str
    figures: list[InForce]


@dataclass(frozen=True, slots=True)
class Policy:
    """`parts`: each with its parameters. `count`, `unverified`: of all the parameters shown."""

    parts: list[tuple[Part, list[InForce]]]
    rules: list[PolicyRule]
    count: int
    unverified: int


def policy_on(day: date) -> Policy:
    """The policy in force on `day`. One query. What no part names and belongs to the arrears has a part of its own."""
    rows = in_force(day)
    parts = [(part, [rows[key] for key in part.keys]) for part in PARTS]
    named = {key for part in PARTS for key in part.keys}
    if others := [row for key, row in rows.items() if row.parameter.group in GROUPS and key not in named]:
        parts.append((Part("autres", "Autres délais et seuils", "Ce qui complète ces règles.", ()), others))
    shown = {row.parameter.key: row for _, found in parts for row in found}
    return Policy(
        parts=parts,
        rules=[_rule(rule, rows) for rule in STARTER_RULES],
        count=len(shown),
        unverified=sum(not row.verified for row in shown.values()),
    )


def _rule(rule: StarterRule, rows: dict[str, InForce]) -> PolicyRule:
    usual, urgent = rule.delays, rule.urgent
    return PolicyRule(
        rule,
        take=_delay(rows[usual.take]) if usual else "",
        answer=_delay(rows[usual.answer]) if usual else "",
        urgent=f"urgente : prise {_delay(rows[urgent.take])}, répondue {_delay(rows[urgent.answer])}" if urgent else "",
        figures=[rows[key] for key in rule.keys],
    )


def _delay(row: InForce) -> str:
    """A delay in words: of none, the day itself."""
    return "le jour même" if row.value.startswith(f"0{NBSP}") else f"sous {row.value}"


@dataclass(frozen=True, slots=True)
class Measured:
    """The last measure: of the signs known from `first` to `last`, judged over `within_days`. `rows` has all kinds
    first; a share is told from `fewest` cases on."""

    first: date
    last: date
    within_days: int
    fewest: int
    rows: Sequence[SignMeasure]

    @property
    def lines(self) -> list[tuple[SignMeasure, str, str]]:
        """Each row with its precision and its recall in words."""
        return [(row, _share(row.precision(self.fewest)), _share(row.recall(self.fewest))) for row in self.rows]


def measured(day: date) -> Measured | None:
    """What was measured last; None where nothing was."""
    rows = last_measure()
    if not rows:
        return None
    period = rows[0].period
    return Measured(period.lower, period.upper - ONE_DAY, rows[0].within_days, fewest_cases(day), rows)


def _share(share: Decimal | None) -> str:
    return "pas assez de cas" if share is None else f"{number(share)} %"


def told_values(job: Job) -> list[tuple[Parameter, str, str]]:
    """Each value that a replay was started with: its parameter, the value of that day, the one that was played."""
    told = []
    for key in REPLAYED:
        parameter = declared()[key]
        now, changed = (written(parameter, parameter.parse(job.payload[which][key])) for which in ("now", "changed"))
        told.append((parameter, now, changed))
    return told


def really_sent(start: date, end: date) -> list[int]:
    """The facts of alert that were recorded in `[start, end)`, by rule in the order of `DefaultRule`. One query."""
    first, after = (datetime.combine(day, time.min, tzinfo=clock.PARIS) for day in (start, end))
    rows = (
        AlertFact.objects.filter(recorded_at__gte=first, recorded_at__lt=after, rule__in=DefaultRule.values)
        .order_by()
        .values_list("rule")
        .annotate(n=Count("pk"))
    )
    counts = dict(rows)
    return [counts.get(rule, 0) for rule in DefaultRule]
