"""A policy played on the past: alerts by hand, by the rules that the alerts of every day read."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rent_ledger.arrears.rules.defaults import DefaultFacts, DefaultParams
from rent_ledger.arrears.rules.term import MonthTerm
from rent_ledger.policy.rules.replay import Past, PastDebt, alerts_between, compare, facts_on

TERM = Decimal("213.00")
START, END = date(2025, 11, 1), date(2026, 11, 1)
USUAL, SLOWER = DefaultParams(grace_days=5, first_months=3), DefaultParams(grace_days=10, first_months=3)
MAR, APR, MAY = (date(2026, month, 1) for month in (3, 4, 5))


def debt(due: date, *paid: tuple[date, str], held: tuple[tuple[date, date | None], ...] = ()) -> PastDebt:
    return PastDebt(due, due, TERM, tuple((on, Decimal(amount)) for on, amount in paid), held)


def past(*debts: PastDebt, type_2: bool = True, known: date | None = date(2026, 11, 20)) -> Past:
    facts = DefaultFacts(known_until=known, is_type_2=type_2, is_type_1=not type_2, entered_on=date(2024, 1, 1))
    return Past(7, facts, (MonthTerm(date(2024, 1, 1), TERM),), debts)


@pytest.mark.parametrize(
    ("what", "debts", "alerts"),
    [
        ("paid on the last day of grace", [debt(MAR, (date(2026, 3, 6), "213.00"))], {}),
        ("paid the day after", [debt(MAR, (date(2026, 3, 7), "213.00"))], {("R1", MAR): date(2026, 3, 6)}),
        ("a cent is left", [debt(MAR, (date(2026, 3, 2), "212.99"))], {("R1", MAR): date(2026, 3, 6)}),
        # Two months without a payment are one default as long as the first stands.
        ("two terms", [debt(MAR), debt(APR)], {("R1", MAR): date(2026, 3, 6)}),
        ("the second one after the first was paid",
         [debt(MAR, (date(2026, 4, 2), "213.00")), debt(APR)],
         {("R1", MAR): date(2026, 3, 6), ("R1", APR): date(2026, 4, 6)}),
        ("the second one before the first was paid",
         [debt(MAR, (date(2026, 4, 20), "213.00")), debt(APR)],
         {("R1", MAR): date(2026, 3, 6), ("R1", APR): date(2026, 4, 20)}),
        ("the first one is held after the second was late", [debt(MAR, held=((date(2026, 4, 9), None),)), debt(APR)],
         {("R1", MAR): date(2026, 3, 6), ("R1", APR): date(2026, 4, 9)}),
        ("known on the 20th only", [replace(debt(MAR), known_from=date(2026, 3, 20))],
         {("R1", MAR): date(2026, 3, 20)}),
        ("held from the day on which it is late", [debt(MAR, held=((date(2026, 3, 6), None),))], {}),
        ("held from the day after", [debt(MAR, held=((date(2026, 3, 7), None),))], {("R1", MAR): date(2026, 3, 6)}),
        ("taken back in May", [debt(MAR, (date(2026, 3, 2), "213.00"), (date(2026, 5, 12), "-213.00"))],
         {("R1", MAR): date(2026, 5, 12)}),
        ("fifty cents taken back", [debt(MAR, (date(2026, 3, 2), "213.00"), (date(2026, 5, 12), "-0.50"))],
         {("R1", MAR): date(2026, 5, 12)}),
        ("held until the 20th", [debt(MAR, held=((MAR, date(2026, 3, 20)),))], {("R1", MAR): date(2026, 3, 20)}),
        ("held without end", [debt(MAR, held=((MAR, None),))], {}),
        ("it had alerted before", [debt(date(2025, 10, 1))], {}),
        ("it had, and was paid since", [debt(date(2025, 10, 1), (date(2025, 11, 10), "213.00"))], {}),
        ("the grace ends on the eve", [debt(date(2025, 10, 26))], {}),
        ("the grace ends as the year begins", [debt(date(2025, 10, 27))], {("R1", date(2025, 10, 27)): START}),
        ("the last day of the year", [debt(date(2026, 10, 26))], {("R1", date(2026, 10, 26)): date(2026, 10, 31)}),
        ("after it", [debt(date(2026, 10, 27))], {}),
    ],
)  # fmt: skip
def test_the_alerts_of_a_year(what: str, debts: list[PastDebt], alerts: dict[tuple[str, date], date]) -> None:
    assert alerts_between(past(*debts), START, END, USUAL) == alerts, what


def test_the_second_default_is_that_of_the_rule() -> None:
    assert alerts_between(past(debt(MAR), debt(APR), type_2=False), START, END, USUAL) == {
        ("R2", APR): date(2026, 4, 6)
    }


def test_the_second_default_begins_as_a_month_is_worth_less() -> None:
    """Two terms, 426 €: more than one net term from the 15th of May only."""
    months = (MonthTerm(date(2024, 1, 1), Decimal("500.00")), MonthTerm(date(2026, 5, 15), TERM))
    one = replace(past(debt(MAR), debt(APR), type_2=False), months=months)
    assert alerts_between(one, START, END, USUAL) == {("R2", APR): date(2026, 5, 15)}
    assert alerts_between(replace(one, months=()), START, END, USUAL) == {}


def test_nothing_is_said_unpaid_beyond_what_the_bank_tells() -> None:
    assert alerts_between(past(debt(MAR), known=date(2026, 3, 5)), START, END, USUAL) == {}
    assert alerts_between(past(debt(MAR), known=None), START, END, USUAL) == {}


def test_the_facts_of_a_day_are_what_was_left_then() -> None:
    one = past(debt(MAR, (date(2026, 3, 10), "100.00")), replace(debt(APR), known_from=date(2026, 4, 15)), debt(MAY),
               replace(debt(date(2026, 2, 1)), is_term=False))  # fmt: skip
    seen = {
        day: [(term.month, term.asked, term.remaining) for term in facts_on(one, day).terms]
        for day in (MAR, date(2026, 3, 9), date(2026, 3, 10), date(2026, 4, 14), date(2026, 4, 15))
    }
    left = TERM - 100
    assert seen == {
        MAR: [],
        date(2026, 3, 9): [(MAR, TERM, TERM)],
        date(2026, 3, 10): [(MAR, TERM, left)],
        date(2026, 4, 14): [(MAR, TERM, left)],
        date(2026, 4, 15): [(MAR, TERM, left), (APR, TERM, TERM)],
    }


def test_two_policies_are_compared_on_the_same_facts() -> None:
    """Ten days of grace: who paid on the 8th alerts no more, who paid nothing alerts five days later."""
    slow = past(debt(MAR, (date(2026, 3, 8), "213.00")))
    none = past(debt(MAY))

    def played(*policies: DefaultParams) -> list[Any]:
        return [tuple(alerts_between(one, START, END, policy) for policy in policies) for one in (slow, none)]

    found = compare(played(USUAL, SLOWER))
    assert (found.now, found.changed) == ({("R1", MAR): 1, ("R1", MAY): 1}, {("R1", MAY): 1})
    assert (found.only_now, found.only_changed, found.both, found.sooner) == ({"R1": 1}, {}, {"R1": 1}, {"R1": -5})
    back = compare(played(SLOWER, USUAL))
    assert (back.only_now, back.only_changed, back.sooner) == ({}, {"R1": 1}, {"R1": 5})
