"""First and second default: when an unpaid term is told to the social service (rules R1 and R2).

Source: starter rules R1 and R2 of `docs/features.md`; house practice, no text: each figure is a dated parameter. R2 is
read as reading 8 of `docs/architecture.md`: two terms wholly or partly unpaid, together more than one net term. Lanes,
alerts and pages ask here, so they say the same.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from common.money import ZERO
from common.periods import add_months
from common.reasons import Reason
from rent_ledger.books.codes import DefaultRule, DefaultWhy


@dataclass(frozen=True, slots=True)
class DefaultParams:
    """`grace_days` after a due day before a term counts as unpaid; `first_months` of a stay."""

    grace_days: int
    first_months: int


@dataclass(frozen=True, slots=True)
class UnpaidTerm:
    """What fell due on one day and is not wholly paid, in euros: `asked` of the household, `remaining` (> 0) of it."""

    month: date
    due_on: date
    asked: Decimal
    remaining: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultFacts:
    """What R1 and R2 read of an account. `terms`: out of plan, freeze and dispute, oldest first. `net_term`: what a
    month is worth for the household. `known_until`: last day of which the bank tells; a payment made after it may
    exist, so nothing is said unpaid beyond it."""

    terms: tuple[UnpaidTerm, ...] = ()
    net_term: Decimal | None = None
    known_until: date | None = None
    is_type_1: bool = False
    is_type_2: bool = False
    is_sublet: bool = False
    is_intermediation: bool = False
    entered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Default:
    """A default that stands. `terms`: those that make it, oldest first. `total`: what is left of them. `trigger_on`:
    due day of the term that made it, the same as long as it stands: the key of an alert."""

    rule: DefaultRule
    terms: tuple[UnpaidTerm, ...]
    total: Decimal
    trigger_on: date
    reason: Reason


def late_terms(facts: DefaultFacts, *, day: date, params: DefaultParams) -> tuple[UnpaidTerm, ...]:
    """The terms still unpaid `grace_days` after their due day, as far as the bank is known."""
    if facts.known_until is None:
        return ()
    limit = min(day, facts.known_until) - timedelta(days=params.grace_days)
    return tuple(sorted((t for t in facts.terms if t.due_on <= limit), key=lambda t: t.due_on))


def first_default(facts: DefaultFacts, *, day: date, params: DefaultParams) -> Default | None:
    """R1: a term unpaid `grace_days` after its due day, for a type 2 or in the first months of the stay."""
    late = late_terms(facts, day=day, params=params)
    if not late:
        return None
    oldest = late[0].due_on
    if facts.is_type_2:
        reason = Reason(DefaultWhy.TYPE_2)
    elif facts.entered_on is not None and oldest < add_months(facts.entered_on, params.first_months):
        reason = Reason(DefaultWhy.FIRST_MONTHS, {"entered_on": facts.entered_on, "months": params.first_months})
    else:
        return None
    return Default(DefaultRule.FIRST, late, _total(late), oldest, reason)


def second_default(facts: DefaultFacts, *, day: date, params: DefaultParams) -> Default | None:
    """R2: two terms wholly or partly unpaid, together more than one net term; type 1, sub-letting or intermediation."""
    if not (facts.is_type_1 or facts.is_sublet or facts.is_intermediation) or not facts.net_term:
        return None
    late = late_terms(facts, day=day, params=params)
    total = _total(late)
    if len(late) < 2 or total <= facts.net_term:
        return None
    reason = Reason(DefaultWhy.SECOND, {"terms": len(late), "total": total})
    return Default(DefaultRule.SECOND, late, total, late[1].due_on, reason)


def default_of(facts: DefaultFacts, *, day: date, params: DefaultParams) -> Default | None:
    """The default that stands on `day`: the second says more than the first."""
    return second_default(facts, day=day, params=params) or first_default(facts, day=day, params=params)


def _total(terms: tuple[UnpaidTerm, ...]) -> Decimal:
    return sum((term.remaining for term in terms), ZERO)
