"""The rules of the alerts: one entry each, with what it sees, whom it tells and by when, its unique key and its query.

A new rule is its code, one entry here, its rule (`social_link.alerts.rules.alerts`) and its query (`facts`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from string import Formatter

from django.db.models import CharField, F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat

from common.reasons import Reason
from rent_ledger.arrears.parameters import (
    ANSWER_DAYS,
    FIRST_DEFAULT_DAYS,
    FIRST_MONTHS,
    LEGAL_REPORT,
    default_params,
)
from rent_ledger.arrears.queries.legal import if_next_unpaid
from rent_ledger.arrears.rules.defaults import Default, DefaultParams
from rent_ledger.benefits.parameters import BENEFIT_PERCENT
from rent_ledger.books.codes import DefaultRule
from social_link.alerts import parameters
from social_link.alerts.codes import AlertLevel, AlertRule
from social_link.alerts.rules import alerts as rules
from social_link.alerts.rules.alerts import AlertParams, CaseFacts, Found, Touch
from social_link.alerts.services import facts
from social_link.contacts.parameters import SILENCE_DAYS, silence_params
from social_link.measures.rules.rhythm import Limit


class Reading:
    """Facts of a day that several rules need, read once."""

    def __init__(self, day: date, params: AlertParams) -> None:
        self.day = day
        self.params = params

    @cached_property
    def cases(self) -> list[tuple[int, CaseFacts]]:
        return facts.case_facts(self.day)

    @cached_property
    def default_params(self) -> DefaultParams:
        return default_params(self.day)

    @cached_property
    def near(self) -> dict[int, date]:
        """The next due day of the cases that become an impayé if its term stays unpaid too, by case id."""
        open_ = {account: case.case_id for account, case in self.cases if case.constituted_on is None}
        return {open_[account]: would.on for account, would in if_next_unpaid(list(open_), day=self.day).items()}

    @cached_property
    def touches(self) -> dict[int, Touch]:
        """Who looked after each household of a case last, by household id."""
        return facts.touches({case.household_id for _, case in self.cases}, self.day)

    @cached_property
    def watched(self) -> dict[int, Limit]:
        """By when each household is to be met whose measure has a rhythm, or that is of type 2, by household id."""
        return facts.watched(self.day)

    @cached_property
    def _general_limit(self) -> int:
        return silence_params(self.day).limit_days

    def limit_days(self, household_id: int) -> int:
        """The most days without a contact: those of its measure, else the general ones."""
        limit = self.watched.get(household_id)
        return limit.days if limit else self._general_limit

    @cached_property
    def defaults(self) -> list[tuple[CaseFacts, Default]]:
        """The cases that have a default to tell."""
        told = [(case, rules.default_to_tell(case, day=self.day, params=self.default_params)) for _, case in self.cases]
        return [(case, default) for case, default in told if default is not None]


@dataclass(frozen=True, slots=True)
class Trigger:
    """What makes an alert: `key` is unique in the table of facts."""

    key: str
    rule: AlertRule
    level: AlertLevel
    household_id: int
    case_id: int | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Delays:
    """The keys of the parameters that say by when an alert is taken, and answered."""

    take: str = parameters.ACK_DAYS
    answer: str = ANSWER_DAYS


USUAL = Delays()
URGENT = Delays(parameters.URGENT_ACK_DAYS, parameters.URGENT_ANSWER_DAYS)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `seen`: in French, what it finds. It tells the referent of the household, else the head of the service;
    what is urgent tells the heads too, at once. `delays`: by when, `urgent` where the fact is urgent, as some of a rule
    that `may_be_urgent` are.

    `key`: a template of the unique key; `{rule}` is the rule's code. `find`: everything that the rule finds on the day,
    alerted before or not. `complete`: adds details to the new ones. `hold`: until when letters are held, computed from
    the day, the day the answer is due and the figures; `holds` says so in French. `params`: the dated
    parameters that the rule reads.
    """

    code: AlertRule
    level: AlertLevel
    seen: str
    key: str
    find: Callable[[Reading, "Rule"], Iterable[Found]]
    complete: Callable[[Reading, Sequence[Found]], Sequence[Found]] | None = None
    hold: Callable[[date, date, AlertParams], date] | None = None
    holds: str = "non"
    params: tuple[str, ...] = ()
    delays: Delays = USUAL
    urgent: Delays = URGENT
    may_be_urgent: bool = False

    def trigger(self, found: Found) -> Trigger:
        values = {"household_id": found.household_id, "case_id": found.case_id, **found.key}
        return Trigger(
            key=self.key.format(rule=self.code, **values),
            rule=self.code,
            level=found.level or self.level,
            household_id=found.household_id,
            case_id=found.case_id,
            reasons=found.reasons,
        )

    def key_of_row(self, **columns: str) -> Combinable:
        """The key as a database expression over the columns of a row, to compare with the stored keys."""
        parts: list[Combinable] = []
        for text, name, _, _ in Formatter().parse(self.key):
            parts += [Value(text)] if text else []
            if name == "rule":
                parts.append(Value(str(self.code)))
            elif name:
                parts.append(Cast(F(columns[name]), CharField()))
        return Concat(*parts, output_field=CharField())


def _defaults(reading: Reading, rule: DefaultRule) -> list[Found]:
    return [rules.unpaid(case, default, day=reading.day) for case, default in reading.defaults if default.rule is rule]


def _with_payments(reading: Reading, found: Sequence[Found]) -> list[Found]:
    """The same triggers, with the last payment and the pending benefit. Only new triggers are completed so."""
    defaults = {case.case_id: default for case, default in reading.defaults}
    return [rules.unpaid(case, defaults[case.case_id], day=reading.day) for case in _full(reading, found)]


def _full(reading: Reading, found: Sequence[Found]) -> list[CaseFacts]:
    """The facts of the cases that were found, with the last payment and the pending benefit."""
    wanted = {row.case_id for row in found}
    return facts.with_payments([row for row in reading.cases if row[1].case_id in wanted], reading.day)


def _thresholds(reading: Reading, rule: Rule) -> list[Found]:
    return _on_threshold(reading, [case for _, case in reading.cases])


def _on_threshold(reading: Reading, cases: Iterable[CaseFacts]) -> list[Found]:
    found = (
        rules.threshold(case, near_on=reading.near.get(case.case_id), day=reading.day, params=reading.default_params)
        for case in cases
    )
    return [row for row in found if row is not None]


def _silences(reading: Reading, rule: Rule) -> list[Found]:
    return _silent(reading, [case for _, case in reading.cases])


def _silent(reading: Reading, cases: Iterable[CaseFacts]) -> list[Found]:
    found = (
        rules.silence(
            case,
            reading.touches[case.household_id],
            day=reading.day,
            params=reading.default_params,
            limit_days=reading.limit_days(case.household_id),
        )
        for case in cases
    )
    return [row for row in found if row is not None]


def _over_rhythm(reading: Reading, rule: Rule) -> list[Found]:
    late = {pk: limit for pk, limit in reading.watched.items() if limit.is_late(reading.day)}
    touches = facts.touches(late, reading.day)
    found = (rules.over_rhythm(pk, limit, touches[pk], day=reading.day) for pk, limit in late.items())
    return [row for row in found if row is not None]


def _benefits(reading: Reading, rule: Rule) -> list[Found]:
    read = facts.benefit_facts(reading.day, reading.params)
    return [found for row in read if (found := rules.benefit_fell(row, params=reading.params))]


def _absences(reading: Reading, rule: Rule) -> list[Found]:
    return rules.repeated_absences(facts.absences(reading.day, reading.params), params=reading.params)


def _signals(reading: Reading, rule: Rule) -> list[Found]:
    key = rule.key_of_row(household_id="household_id", signal_id="id")
    return [rules.weak_signal(row) for row in facts.signals(reading.day, key=key)]


def _requests(reading: Reading, rule: Rule) -> list[Found]:
    key = rule.key_of_row(case_id="case_id", request_id="id")
    return [rules.asked(row, day=reading.day) for row in facts.requests(reading.day, key=key)]


_DEFAULT_KEY = "{rule}:C{case_id}:{due_on}"
RULES: dict[AlertRule, Rule] = {
    rule.code: rule
    for rule in (
        Rule(
            AlertRule.FIRST_DEFAULT,
            AlertLevel.NORMAL,
            "Un terme reste impayé, pour un ménage de type 2 ou dans les premiers mois de son séjour",
            _DEFAULT_KEY,
            find=lambda reading, rule: _defaults(reading, DefaultRule.FIRST),
            complete=_with_payments,
            # Until the answer.
            hold=lambda day, answer_due, params: max(answer_due, day),
            holds="jusqu’à la réponse",
            params=(FIRST_DEFAULT_DAYS, FIRST_MONTHS),
        ),
        Rule(
            AlertRule.SECOND_DEFAULT,
            AlertLevel.HIGH,
            "Deux termes restent impayés, plus d’un terme net ensemble : type 1, sous-location ou intermédiation",
            _DEFAULT_KEY,
            find=lambda reading, rule: _defaults(reading, DefaultRule.SECOND),
            complete=_with_payments,
            hold=lambda day, answer_due, params: day + timedelta(days=params.second_hold_days),
            holds="un temps fixe",
            params=(FIRST_DEFAULT_DAYS, parameters.SECOND_HOLD_DAYS),
        ),
        Rule(
            AlertRule.THRESHOLD,
            AlertLevel.NORMAL,
            "La dette est un impayé pour la CAF, ou le devient si le terme suivant n’est pas payé non plus",
            "{rule}:C{case_id}:{since}",
            find=_thresholds,
            complete=lambda reading, found: _on_threshold(reading, _full(reading, found)),
            params=(LEGAL_REPORT, FIRST_DEFAULT_DAYS),
        ),
        Rule(
            AlertRule.BENEFIT_FELL,
            AlertLevel.NORMAL,
            "L’aide au logement d’un mois manque, ou a baissé par rapport au mois d’avant",
            "{rule}:H{household_id}:L{lease_id}-{month}",
            find=_benefits,
            params=(BENEFIT_PERCENT,),
        ),
        Rule(
            AlertRule.SILENCE,
            AlertLevel.NORMAL,
            "Un terme reste impayé, et personne n’a rencontré le ménage depuis longtemps",
            "{rule}:C{case_id}:{since}",
            find=_silences,
            complete=lambda reading, found: _silent(reading, _full(reading, found)),
            params=(SILENCE_DAYS, FIRST_DEFAULT_DAYS),
        ),
        Rule(
            AlertRule.RHYTHM,
            AlertLevel.NORMAL,
            "Sans dette : personne n’a rencontré un ménage de type 2 dans le délai général, ou un autre dans celui de "
            "sa mesure",
            "{rule}:H{household_id}:{since}",
            find=_over_rhythm,
            params=(SILENCE_DAYS,),
        ),
        Rule(
            AlertRule.TWO_ABSENCES,
            AlertLevel.HIGH,
            "Deux visites manquées, du technicien ou du service social",
            "{rule}:H{household_id}:{absence}",
            find=_absences,
            params=(parameters.WINDOW_DAYS,),
        ),
        Rule(
            AlertRule.WEAK_SIGNAL,
            AlertLevel.NORMAL,
            "Un technicien signale ce qu’il a vu ; un danger ou une personne mal est urgent",
            "{rule}:H{household_id}:S{signal_id}",
            find=_signals,
            delays=Delays(answer=parameters.SIGNAL_ANSWER_DAYS),
            urgent=Delays(parameters.URGENT_ACK_DAYS, parameters.URGENT_SIGNAL_ANSWER_DAYS),
            may_be_urgent=True,
        ),
        Rule(
            AlertRule.REQUESTED,
            AlertLevel.NORMAL,
            "La gestion locative demande le service social sur un dossier, ou un plan vient d’être rompu",
            "{rule}:C{case_id}:{request_id}",
            find=_requests,
            # The gate of the letters asks for the request itself (`rent_ledger.arrears.gates`).
            holds="jusqu’à la réponse",
        ),
    )
}
