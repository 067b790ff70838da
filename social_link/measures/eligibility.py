"""What a household can have, seen at once as a measure is opened (FLOWS 3 E): one row for each kind."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from leases.models import Household
from office.parameters.queries import params_on
from social_link.funding.queries import Funded, places_on
from social_link.measures.codes import MeasureKind, Paper
from social_link.measures.models import Measure
from social_link.measures.parameters import measure_rule
from social_link.measures.rules.kinds import KINDS
from social_link.measures.rules.measures import MeasureRule, Span, months_left


@dataclass(frozen=True, slots=True)
class Eligible:
    """`left`: months and days that the total leaves, None without a total. `open`: the measure of its family that runs,
    which goes on, or changes its type, instead of another one. `lines`: of conventions that pay it today."""

    rule: MeasureRule
    left: tuple[int, int] | None
    open: Measure | None
    paid_by: str
    between: str
    lines: list[Funded]

    @property
    def is_used_up(self) -> bool:
        return self.left == (0, 0)

    @property
    def asks_agreement(self) -> bool:
        return Paper.AGREEMENT in self.rule.asked

    @property
    def is_excluded(self) -> bool:
        """Whether something of the household has to be answered first."""
        return bool(self.rule.exclusions)


def eligible_kinds(household: Household, day: date) -> list[Eligible]:
    """In the order of the kinds (three queries)."""
    params, places = params_on(day), places_on(day)
    spans: dict[MeasureKind, list[Span]] = defaultdict(list)
    opened: dict[MeasureKind, Measure] = {}
    for row in Measure.objects.filter(household=household).order_by("period"):
        for kind in KINDS[MeasureKind(row.kind)].family:
            spans[kind].append(Span(row.period.lower, row.ended_on or row.planned_end))
            if row.ended_on is None:
                opened.setdefault(kind, row)
    found = []
    for kind in MeasureKind:
        rule = measure_rule(kind, day, params=params)
        left = months_left(rule, day, spans[kind])
        found.append(
            Eligible(rule, left, opened.get(kind), KINDS[kind].paid_by, KINDS[kind].between, places.get(kind, []))
        )
    return found
