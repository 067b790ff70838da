"""A changed policy played on the past: on which days R1 and R2 would have told the social service, and what two
policies have in common. What they send is `rules.steps`.

The rules themselves are `rent_ledger.arrears.rules.defaults`: here are only the days on which they are asked. Nothing
is judged: figures in, alerts by month out. House practice, no text: what is played are dated parameters.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from common.money import ZERO
from rent_ledger.arrears.rules.case_facts import Habit, LegalNow
from rent_ledger.arrears.rules.defaults import DefaultFacts, DefaultParams, UnpaidTerm, default_of
from rent_ledger.arrears.rules.term import MonthTerm, term_on

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PastDebt:
    """A debt of a term, in euros. `known_from`: the day from which it counts. `paid`: what was laid on it, each with
    its day, below zero where it was taken back. `held`: the periods `[first, end)` of its plan, freeze or dispute; None
    is no end. `is_term`: R1 and R2 read it."""

    due_on: date
    known_from: date
    amount: Decimal
    paid: tuple[tuple[date, Decimal], ...] = ()
    held: tuple[tuple[date, date | None], ...] = ()
    is_term: bool = True

    def is_held_on(self, day: date) -> bool:
        return any(first <= day and (end is None or day < end) for first, end in self.held)

    def unpaid_on(self, day: date) -> Decimal:
        """What was left of it on `day`, held or not; nothing before it was known."""
        if day < self.known_from:
            return ZERO
        return self.amount - sum((amount for on, amount in self.paid if on <= day), ZERO)

    def left_on(self, day: date) -> Decimal:
        """What was left of it on `day`; nothing while it was held, or not known."""
        return ZERO if self.is_held_on(day) else self.unpaid_on(day)


class PastPlan(NamedTuple):
    """A plan that ran from `signed_on` to the day before `ended_on` (None: it runs); `is_broken`: it ended unpaid."""

    signed_on: date
    ended_on: date | None
    is_broken: bool


class PastHold(NamedTuple):
    """A pause of the letters that a person decided: from `first` to `last`, both included, lifting included."""

    source: str
    first: date
    last: date


class PastStep(NamedTuple):
    """A step that moved a legal procedure on. `ended_on`: the day on which the procedure did."""

    now: LegalNow
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class PastLife:
    """What happened to an account beside its debts, each oldest first. `payments`: day and euros; `returns`: payments
    that came back; `aids`: what was expected of the payer; `first_aid_on`: when its first money came, `awaits_aid`: a
    right is paid to us; `habits`: the usual day of payment, by the first of the month; `answers` of the social service:
    the day, and whether it met somebody."""

    lease_kind: str = ""
    entry_on: date | None = None
    gone_on: date | None = None
    awaits_aid: bool = False
    first_aid_on: date | None = None
    payments: tuple[tuple[date, Decimal], ...] = ()
    returns: tuple[date, ...] = ()
    aids: tuple[PastDebt, ...] = ()
    habits: Mapping[date, Habit] = field(default_factory=dict)
    holds: tuple[PastHold, ...] = ()
    answers: tuple[tuple[date, bool], ...] = ()
    plans: tuple[PastPlan, ...] = ()
    legal: tuple[PastStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """An account over the past. `facts`: what does not move, its terms left out; `known_until` of them is the last day
    of which the bank tells. `months`: what a month was worth. `life`: what the steps read beside (`rules.steps`)."""

    account_id: int
    facts: DefaultFacts
    months: Sequence[MonthTerm]
    debts: Sequence[PastDebt]
    life: PastLife = field(default_factory=PastLife)


def facts_on(past: Past, day: date) -> DefaultFacts:
    """What R1 and R2 read of the account as it stood on `day`."""
    left: dict[date, Decimal] = {}
    asked: dict[date, Decimal] = {}
    for debt in past.debts:
        if debt.is_term and debt.due_on < day and (rest := debt.left_on(day)) > 0:
            left[debt.due_on] = left.get(debt.due_on, ZERO) + rest
            asked[debt.due_on] = asked.get(debt.due_on, ZERO) + debt.amount
    month = term_on(past.months, day)
    known = past.facts.known_until
    return replace(
        past.facts,
        terms=tuple(UnpaidTerm(due.replace(day=1), due, asked[due], left[due]) for due in sorted(left)),
        net_term=month.asked if month else None,
        known_until=min(day, known) if known else None,
    )


def alerts_between(past: Past, start: date, end: date, params: DefaultParams) -> dict[tuple[str, date | int], date]:
    """The alerts of `[start, end)`: each by its rule and the due day that made it, with the day on which it left. Once,
    as the alerts of every day; what stood before `start` had alerted then."""
    # What was paid in time, and never taken back, tells nothing.
    past = replace(past, debts=[debt for debt in past.debts if debt.is_term and may_be_late(debt, params.grace_days)])
    found: dict[tuple[str, date | int], date] = {}
    if not past.debts:
        return found
    before = _alert_on(past, start - DAY, params)
    for day in _days(past, start, end, params):
        key = _alert_on(past, day, params)
        if key is not None and key != before:
            found.setdefault(key, day)
    return found


def may_be_late(debt: PastDebt, grace_days: int) -> bool:
    """Whether something of it was ever unpaid after the days of grace: what was not tells nothing."""
    if debt.held or any(amount < 0 for _, amount in debt.paid):
        return True
    return debt.left_on(max(debt.due_on + timedelta(days=grace_days), debt.known_from)) > 0


def _alert_on(past: Past, day: date, params: DefaultParams) -> tuple[str, date] | None:
    default = default_of(facts_on(past, day), day=day, params=params)
    return (str(default.rule), default.trigger_on) if default else None


def _days(past: Past, start: date, end: date, params: DefaultParams) -> list[date]:
    """The days on which a default may begin or become another one: a term is late enough, money came or was taken back,
    a hold began or ended, a month is worth something else."""
    days = {start, *(month.since for month in past.months)}
    for debt in past.debts:
        days |= {debt.due_on + timedelta(days=params.grace_days), debt.known_from}
        days |= {on for on, _ in debt.paid}
        days |= {day for held in debt.held for day in held if day is not None}
    return sorted(day for day in days if start <= day < end)


Steps = Mapping[tuple[str, date | int], date]
"""What a policy does on an account, each with its day: alerts by rule and due day, the others by code and number."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What two policies do. `now`, `changed`: how many, by code and month. By code: `only_now` and `only_changed` are
    those that the other does not have, `both` those of both, `sooner` the days by which the changed one was sooner,
    together."""

    now: Mapping[tuple[str, date], int]
    changed: Mapping[tuple[str, date], int]
    only_now: Mapping[str, int]
    only_changed: Mapping[str, int]
    both: Mapping[str, int]
    sooner: Mapping[str, int]


def compare(played: Iterable[tuple[Steps, Steps]]) -> Compared:
    """Both policies on the same facts: of each account, what the one in force does and what the changed one does."""
    sums: tuple[dict[tuple[str, date], int], dict[tuple[str, date], int]] = ({}, {})
    of_code: tuple[dict[str, int], ...] = ({}, {}, {}, {})
    only_now, only_changed, both, sooner = of_code
    for first, second in played:
        for steps, months in zip((first, second), sums, strict=True):
            for (code, _), on in steps.items():
                _add(months, (code, on.replace(day=1)))
        for key in first.keys() | second.keys():
            code = key[0]
            if key not in second:
                _add(only_now, code)
            elif key not in first:
                _add(only_changed, code)
            else:
                _add(both, code)
                _add(sooner, code, (first[key] - second[key]).days)
    return Compared(*sums, *of_code)


def _add(sums: dict[Any, int], key: Any, n: int = 1) -> None:
    sums[key] = sums.get(key, 0) + n
