"""In which order accounts in arrears are looked at: what is about to lapse, then gravity, each by facts that are named.

*About to lapse*: the day on which something that waits ends by itself. A declaration to the CAF or MSA has a day of the
law; a pause of the letters, a plan that the social service asks for, and the delay in which it answers have a day of
their own. *Gravity*: a sum of points that a page can tell one by one, no more than that: terms owed, a debt that grows
or shrinks, a first default since the entry, terms paid late. The points are dated parameters; what they order is only
what somebody looks at first: nothing is decided by them.

Source: row 45 of docs/features.md; house practice, no text: each point and delay is a dated parameter.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from common.money import ZERO
from common.reasons import Reason
from rent_ledger.arrears.codes import LetterHoldSource
from rent_ledger.arrears.rules.case_facts import CaseFacts, LaneParams, has_lapsed
from rent_ledger.arrears.rules.lanes import lateness
from rent_ledger.books.codes import LaneWhy, OrderWhy

MOST_TERMS = 12
"""Terms beyond which a debt is no graver: one year."""


@dataclass(frozen=True, slots=True)
class OrderParams:
    """Points of each fact (whole, ≥ 0), months of payments looked at and months back to the debt compared with."""

    term_points: int
    trend_points: int
    first_points: int
    late_points: int
    months: int
    trend_months: int


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What an account paid in the months before. `due`: terms that fell due and whose days of grace are over; `on_time`
    of them were paid within these days. `owed_before`: its balance `trend_months` earlier, in euros, below zero in
    advance; `owed`: its balance of today, counted alike."""

    due: int = 0
    on_time: int = 0
    owed_before: Decimal = ZERO
    owed: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Order:
    """`lapses_on`: the first day on which something lapses, `lapse` says what; None where nothing does. `gravity`: the
    points of `facts`, each with its own in the figure `points`."""

    lapses_on: date | None
    lapse: Reason | None
    gravity: int
    facts: tuple[Reason, ...]

    @property
    def why(self) -> tuple[Reason, ...]:
        """What lapses, then the facts of the gravity."""
        return ((self.lapse,) if self.lapse else ()) + self.facts


def order_of(f: CaseFacts, b: Behaviour, lanes: LaneParams, p: OrderParams) -> Order:
    """The place of an account in arrears."""
    lapse = min(_lapses(f, lanes, p), key=lambda found: found[0], default=None)
    # What a plan that runs holds is not late: nothing of it is grave.
    facts = tuple(_gravity(f, b, lanes, p)) if f.arrears > 0 else ()
    return Order(
        lapse[0] if lapse else None,
        lapse[1] if lapse else None,
        max(sum(int(fact.figures["points"]) for fact in facts), 0),
        facts,
    )


def _lapses(f: CaseFacts, lanes: LaneParams, p: OrderParams) -> list[tuple[date, Reason]]:
    if f.report_due_on and f.reported_on is None:
        # A day of the law moves for nothing else.
        return [(f.report_due_on, Reason(OrderWhy.REPORT, {"on": f.report_due_on}))]
    found = []
    if f.hold_until and f.hold_source == LetterHoldSource.RENT:
        found.append((f.hold_until, Reason(OrderWhy.PAUSE, {"on": f.hold_until})))
    elif f.hold_until:
        found.append((f.hold_until, Reason(OrderWhy.SOCIAL_PAUSE, {"on": f.hold_until})))
    # One that nobody answered in time follows its course: it comes first no more.
    if f.plan_asked and f.answered_on and not has_lapsed(f, lanes):
        on = f.answered_on + timedelta(days=lanes.plan_days)
        found.append((on, Reason(OrderWhy.PLAN, {"on": on})))
    if f.requested_on:
        on = lanes.answer_until(f.requested_on)
        found.append((on, Reason(OrderWhy.ANSWER, {"on": on})))
    return found


def _gravity(f: CaseFacts, b: Behaviour, lanes: LaneParams, p: OrderParams) -> list[Reason]:
    found = []
    if f.net_term:
        terms = f.arrears / f.net_term
        points = _whole(min(terms, Decimal(MOST_TERMS)) * p.term_points)
        found.append(Reason(OrderWhy.TERMS, {"terms": terms.quantize(Decimal("0.1"), ROUND_HALF_UP), "points": points}))
    if b.owed_before > 0 and b.owed != b.owed_before:
        rises = b.owed > b.owed_before
        figures = {"before": b.owed_before, "months": p.trend_months}
        if rises:
            found.append(Reason(OrderWhy.RISES, figures | {"points": p.trend_points}))
        else:
            found.append(Reason(OrderWhy.FALLS, figures | {"off": p.trend_points, "points": -p.trend_points}))
    late = lateness(f, lanes)
    if late.code == LaneWhy.FIRST_SINCE_ENTRY:
        found.append(Reason(OrderWhy.FIRST, {"points": p.first_points}))
    if b.due:
        missed = b.due - b.on_time
        points = _whole(Decimal(p.late_points * missed) / b.due)
        found.append(Reason(OrderWhy.ON_TIME, {"on_time": b.on_time, "due": b.due, "points": points}))
    return found


def _whole(points: Decimal) -> int:
    return int(points.quantize(Decimal(1), ROUND_HALF_UP))
