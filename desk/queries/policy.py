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
from office.messages.codes import MessageState
from office.models import Job, Message
from office.parameters.queries import InForce, in_force
from office.parameters.words import written
from rent_ledger.arrears.codes import ABOUT_CASE, ArrearsMessage
from rent_ledger.books.codes import DefaultRule
from rent_ledger.models import HelpRequest
from rent_ledger.policy.codes import Played
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
    """Each value that a replay changes: its parameter, the value of that day, the one that was played."""
    told = []
    for key in REPLAYED:
        now, changed = (job.payload[which].get(key) for which in ("now", "changed"))
        if now != changed:
            parameter = declared()[key]
            before, after = (written(parameter, parameter.parse(value)) for value in (now, changed))
            told.append((parameter, before, after))
    return told


# The state of a message says whether it left: one that came back did.
_LEFT = (MessageState.SENT, MessageState.DELIVERED, MessageState.RETURNED)
_KINDS = {
    ArrearsMessage.COURTESY: Played.COURTESY,
    ArrearsMessage.CALL: Played.CALL,
    ArrearsMessage.REMINDER: Played.REMINDER,
    ArrearsMessage.FORMAL_NOTICE: Played.FORMAL,
    ArrearsMessage.GONE: Played.GONE,
}


def really_done(start: date, end: date) -> dict[str, int]:
    """What was really told and sent in `[start, end)`, by `Played`: facts of alert that were recorded, requests of
    people to the social service, messages that left. Three queries."""
    first, after = (datetime.combine(day, time.min, tzinfo=clock.PARIS) for day in (start, end))
    facts = AlertFact.objects.filter(recorded_at__gte=first, recorded_at__lt=after, rule__in=DefaultRule.values)
    counts = {str(rule): n for rule, n in facts.order_by().values_list("rule").annotate(n=Count("pk"))}
    asked = HelpRequest.objects.filter(requested_at__gte=first, requested_at__lt=after, withdrawn_at=None)
    counts[Played.ASKED] = asked.count()
    left = Message.objects.filter(about=ABOUT_CASE, kind__in=_KINDS, state__in=_LEFT, sent_at__gte=first)
    for kind, n in left.filter(sent_at__lt=after).order_by().values_list("kind").annotate(n=Count("pk")):
        counts[_KINDS[kind]] = n
    return counts
