"""The place in the list: cases by hand, of what lapses and of each point (features.md 45)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rent_ledger.arrears.rules.case_facts import CaseFacts
from rent_ledger.arrears.rules.order import Behaviour, Order, OrderParams, order_of
from rent_ledger.books.codes import OrderWhy
from tests.rent_ledger.arrears.rules.test_lanes import LATE, LONG, PARAMS, PLAN, TWO

D = Decimal
POINTS = OrderParams(
    term_points=10, trend_points=10, first_points=5, late_points=20, months=12, trend_months=3
)  # fmt: skip
GOOD = Behaviour(due=12, on_time=12, owed=D("213.00"))
FIRST = replace(LATE, late_before_on=None)


def placed(f: CaseFacts, b: Behaviour = GOOD) -> Order:
    return order_of(f, b, PARAMS, POINTS)


@pytest.mark.parametrize(
    ("what", "facts", "behaviour", "points"),
    [
        # 213.00 / 213.00: one term.
        ("one term, always on time", LATE, GOOD, {OrderWhy.TERMS: 10, OrderWhy.ON_TIME: 0}),
        # 306.00 / 213.00 = 1.4366…: 14 points.
        ("a term and a part", TWO, GOOD, {OrderWhy.TERMS: 14, OrderWhy.ON_TIME: 0}),
        # 1.05 × 10 = 10.5: the half goes up.
        ("half a point", replace(LATE, arrears=D("223.65")), GOOD, {OrderWhy.TERMS: 11, OrderWhy.ON_TIME: 0}),
        ("beyond a year", replace(LATE, arrears=D("4260.00")), GOOD, {OrderWhy.TERMS: 120, OrderWhy.ON_TIME: 0}),
        ("no term known", replace(LATE, net_term=None), GOOD, {OrderWhy.ON_TIME: 0}),
        # 5 late of 12: 20 × 5 / 12 = 8.33.
        ("late five times", LATE, replace(GOOD, on_time=7), {OrderWhy.TERMS: 10, OrderWhy.ON_TIME: 8}),
        ("never on time", LATE, replace(GOOD, on_time=0), {OrderWhy.TERMS: 10, OrderWhy.ON_TIME: 20}),
        ("nothing fell due before", LATE, Behaviour(), {OrderWhy.TERMS: 10}),
        ("more than three months ago", LATE, replace(GOOD, owed_before=D("212.99")),
         {OrderWhy.TERMS: 10, OrderWhy.RISES: 10, OrderWhy.ON_TIME: 0}),
        ("less than three months ago", LATE, replace(GOOD, owed_before=D("213.01")),
         {OrderWhy.TERMS: 10, OrderWhy.FALLS: -10, OrderWhy.ON_TIME: 0}),
        ("as much", LATE, replace(GOOD, owed_before=D("213.00")), {OrderWhy.TERMS: 10, OrderWhy.ON_TIME: 0}),
        # In advance then: new, not rising.
        ("no debt then", LATE, replace(GOOD, owed_before=D("-20.00")), {OrderWhy.TERMS: 10, OrderWhy.ON_TIME: 0}),
        ("the first since the entry", FIRST, GOOD, {OrderWhy.TERMS: 10, OrderWhy.FIRST: 5, OrderWhy.ON_TIME: 0}),
        ("two terms are no first lateness", replace(TWO, late_before_on=None), GOOD,
         {OrderWhy.TERMS: 14, OrderWhy.ON_TIME: 0}),
    ],
)  # fmt: skip
def test_each_fact_has_its_points(what: str, facts: CaseFacts, behaviour: Behaviour, points: dict[str, int]) -> None:
    found = placed(facts, behaviour)
    assert {fact.code: fact.figures["points"] for fact in found.facts} == points, what
    assert found.gravity == max(sum(points.values()), 0)
    for fact in found.why:
        assert fact.text()


def test_no_gravity_is_below_zero() -> None:
    small = replace(LATE, arrears=D("10.65"))
    assert placed(small, replace(GOOD, owed_before=D("300.00"))).gravity == 0


PAUSED = replace(LATE, hold_source="RENT", hold_until=date(2026, 11, 9))


@pytest.mark.parametrize(
    ("what", "facts", "lapse", "on"),
    [
        ("nothing lapses", LATE, None, None),
        ("a pause of ours", PAUSED, OrderWhy.PAUSE, date(2026, 11, 9)),
        ("of the social service", replace(PAUSED, hold_source="SOCIAL"), OrderWhy.SOCIAL_PAUSE, date(2026, 11, 9)),
        ("of a rule of alert", replace(PAUSED, hold_source="RULE"), OrderWhy.SOCIAL_PAUSE, date(2026, 11, 9)),
        # Asked on the 4th, 30 days.
        ("a plan that is asked", PLAN, OrderWhy.PLAN, date(2026, 12, 4)),
        ("on its last day", replace(PLAN, day=date(2026, 12, 4)), OrderWhy.PLAN, date(2026, 12, 4)),
        ("that nobody answered", replace(PLAN, day=date(2026, 12, 5)), None, None),
        # Fifteen working days, without the 11th.
        ("a request", replace(LATE, requested_on=date(2026, 11, 2)), OrderWhy.ANSWER, date(2026, 11, 24)),
        ("the first to end", replace(PAUSED, requested_on=date(2026, 10, 18)), OrderWhy.ANSWER, date(2026, 11, 6)),
        ("a day of the law before all", replace(PAUSED, report_due_on=date(2026, 12, 24)), OrderWhy.REPORT,
         date(2026, 12, 24)),
        ("declared, it lapses no more",
         replace(PAUSED, report_due_on=date(2026, 12, 24), reported_on=date(2026, 11, 3)), OrderWhy.PAUSE,
         date(2026, 11, 9)),
    ],
)  # fmt: skip
def test_what_lapses_first(what: str, facts: CaseFacts, lapse: OrderWhy | None, on: date | None) -> None:
    found = placed(facts)
    assert (found.lapse.code if found.lapse else None, found.lapses_on) == (lapse, on), what


def test_a_request_lapses_by_the_holidays_of_the_house() -> None:
    """Fifteen working days from the 17th of December: the 26th is one of them but in Alsace and Moselle."""
    facts, alsace = replace(LATE, requested_on=date(2025, 12, 17)), replace(PARAMS, alsace_moselle=True)
    found = [order_of(facts, GOOD, lanes, POINTS).lapses_on for lanes in (PARAMS, alsace)]
    assert found == [date(2026, 1, 9), date(2026, 1, 12)]


def test_what_a_plan_holds_is_not_grave() -> None:
    found = placed(replace(LATE, arrears=D(0), held=D("213.00"), terms=()), replace(GOOD, on_time=0))
    assert (found.gravity, found.facts) == (0, ())


def test_a_long_lateness_is_no_first_one_by_its_age() -> None:
    assert OrderWhy.FIRST not in {fact.code for fact in placed(LONG).facts}
