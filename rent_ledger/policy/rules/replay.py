"""A changed policy played on the past: on which days R1 and R2 would have told the social service.

The rules themselves are `rent_ledger.arrears.rules.defaults`: here are only the days on which they are asked. Nothing
is judged: figures in, alerts by month out. House practice, no text: what is played are dated parameters.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from common.money import ZERO
from rent_ledger.arrears.rules.defaults import DefaultFacts, DefaultParams, UnpaidTerm, default_of
from rent_ledger.arrears.rules.term import MonthTerm, term_on

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PastDebt:
    """A debt of a term, in euros. `known_from`: the day from which it counts. `paid`: what was laid on it, each with
    its day, below zero where it was taken back. `held`: the periods `[first, end)` of its plan, freeze or dispute; None
    is no end."""

    due_on: date
    known_from: date
    amount: Decimal
    paid: tuple[tuple[date, Decimal], ...] = ()
    held: tuple[tuple[date, date | None], ...] = ()

    def left_on(self, day: date) -> Decimal:
        """What was left of it on `day`; nothing while it was held, or not known."""
        if day < self.known_from or any(first <= day and (end is None or day < end) for first, end in self.held):
            return ZERO
        return self.amount - sum((amount for on, amount in self.paid if on <= day), ZERO)


@dataclass(frozen=True, slots=True)
class Past:
    """An account over the past. `facts`: what does not move, its terms left out; `known_until` of them is the last day
    of which the bank tells. `months`: what a month was worth."""

    account_id: int
    facts: DefaultFacts
    months: Sequence[MonthTerm]
    debts: Sequence[PastDebt]


def facts_on(past: Past, day: date) -> DefaultFacts:
    """What R1 and R2 read of the account as it stood on `day`."""
    left: dict[date, Decimal] = {}
    asked: dict[date, Decimal] = {}
    for debt in past.debts:
        if debt.due_on < day and (rest := debt.left_on(day)) > 0:
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


def alerts_between(past: Past, start: date, end: date, params: DefaultParams) -> dict[tuple[str, date], date]:
    """The alerts of `[start, end)`: each by its rule and the due day that made it, with the day on which it left. Once,
    as the alerts of every day; what stood before `start` had alerted then."""
    # What was paid in time, and never taken back, tells nothing.
    past = replace(past, debts=[debt for debt in past.debts if _may_be_late(debt, params.grace_days)])
    found: dict[tuple[str, date], date] = {}
    if not past.debts:
        return found
    before = _alert_on(past, start - DAY, params)
    for day in _days(past, start, end, params):
        key = _alert_on(past, day, params)
        if key is not None and key != before:
            found.setdefault(key, day)
    return found


def _may_be_late(debt: PastDebt, grace_days: int) -> bool:
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


@dataclass(frozen=True, slots=True)
class Compared:
    """The alerts of two policies. `now`, `changed`: how many, by rule and month. By rule: `only_now` and `only_changed`
    are those that the other does not have, `both` those of both, `sooner` the days by which the changed one was sooner,
    together."""

    now: Mapping[tuple[str, date], int]
    changed: Mapping[tuple[str, date], int]
    only_now: Mapping[str, int]
    only_changed: Mapping[str, int]
    both: Mapping[str, int]
    sooner: Mapping[str, int]


def compare(pasts: Iterable[Past], start: date, end: date, *, now: DefaultParams, changed: DefaultParams) -> Compared:
    """Both policies played over `[start, end)`, on the same facts."""
    sums: tuple[dict[tuple[str, date], int], dict[tuple[str, date], int]] = ({}, {})
    of_rule: tuple[dict[str, int], ...] = ({}, {}, {}, {})
    only_now, only_changed, both, sooner = of_rule
    for past in pasts:
        played = [alerts_between(past, start, end, params) for params in (now, changed)]
        for alerts, months in zip(played, sums, strict=True):
            for (rule, _), on in alerts.items():
                _add(months, (rule, on.replace(day=1)))
        first, second = played
        for key in first.keys() | second.keys():
            rule = key[0]
            if key not in second:
                _add(only_now, rule)
            elif key not in first:
                _add(only_changed, rule)
            else:
                _add(both, rule)
                _add(sooner, rule, (first[key] - second[key]).days)
    return Compared(*sums, *of_rule)


def _add(sums: dict[Any, int], key: Any, n: int = 1) -> None:
    sums[key] = sums.get(key, 0) + n
