"""R1 and R2 (FEATURES, starter rules; reading 8): each boundary, and the one that says more."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rent_ledger.arrears.rules.defaults import (
    DefaultFacts,
    DefaultParams,
    UnpaidTerm,
    default_of,
    first_default,
    late_terms,
    second_default,
)
from rent_ledger.books.codes import DefaultRule, DefaultWhy

D = Decimal
PARAMS = DefaultParams(grace_days=5, first_months=3)


def term(day: str, left: str = "213.00", asked: str = "213.00") -> UnpaidTerm:
    due_on = date.fromisoformat(day)
    return UnpaidTerm(due_on.replace(day=1), due_on, D(asked), D(left))


ONE = DefaultFacts(
    terms=(term("2026-11-05"),), net_term=D("213.00"), known_until=date(2026, 12, 31), is_type_2=True,
    entered_on=date(2024, 3, 15),
)  # fmt: skip
TWO = replace(ONE, terms=(term("2026-10-05", "10.00"), term("2026-11-05", "250.00")), is_type_2=False, is_type_1=True)

R1 = [
    ("five days after the due day", ONE, "2026-11-10", True),
    ("four days after the due day", ONE, "2026-11-09", False),
    ("the bank is known to the fourth day only", replace(ONE, known_until=date(2026, 11, 9)), "2026-11-20", False),
    ("the bank is known to the fifth day", replace(ONE, known_until=date(2026, 11, 10)), "2026-11-20", True),
    ("no bank known", replace(ONE, known_until=None), "2026-11-20", False),
    ("a cent left", replace(ONE, terms=(term("2026-11-05", "0.01"),)), "2026-11-10", True),
    ("neither type 2 nor new", replace(ONE, is_type_2=False), "2026-11-20", False),
    ("type 1 of long standing", replace(ONE, is_type_2=False, is_type_1=True), "2026-11-20", False),
    ("due the day before three months of stay", replace(ONE, is_type_2=False, entered_on=date(2026, 8, 6)),
     "2026-11-10", True),
    ("due on the day of three months of stay", replace(ONE, is_type_2=False, entered_on=date(2026, 8, 5)),
     "2026-11-10", False),
    ("an entry that nobody knows", replace(ONE, is_type_2=False, entered_on=None), "2026-11-10", False),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "day", "stands"), [c[1:] for c in R1], ids=[c[0] for c in R1])
def test_first_default(facts, day, stands):
    found = first_default(facts, day=date.fromisoformat(day), params=PARAMS)
    assert (found is not None) == stands
    if found:
        assert (found.rule, found.trigger_on) == (DefaultRule.FIRST, date(2026, 11, 5))


R2 = [
    ("10 and 250 are more than 213", TWO, "2026-11-10", True),
    ("the second term is four days old", TWO, "2026-11-09", False),
    ("just one net term in all", replace(TWO, terms=(term("2026-10-05", "3.00"), term("2026-11-05", "210.00"))),
     "2026-11-10", False),
    ("a cent above one net term", replace(TWO, terms=(term("2026-10-05", "3.01"), term("2026-11-05", "210.00"))),
     "2026-11-10", True),
    ("one term, however large", replace(TWO, terms=(term("2026-10-05", "900.00"),)), "2026-11-10", False),
    ("sub-letting without a type", replace(TWO, is_type_1=False, is_sublet=True), "2026-11-10", True),
    ("intermediation without a type", replace(TWO, is_type_1=False, is_intermediation=True), "2026-11-10", True),
    ("none of the three", replace(TWO, is_type_1=False), "2026-11-10", False),
    ("no known term", replace(TWO, net_term=None), "2026-11-10", False),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "day", "stands"), [c[1:] for c in R2], ids=[c[0] for c in R2])
def test_second_default(facts, day, stands):
    found = second_default(facts, day=date.fromisoformat(day), params=PARAMS)
    assert (found is not None) == stands
    if found:
        assert (found.rule, found.trigger_on) == (DefaultRule.SECOND, date(2026, 11, 5))


def test_the_second_says_more_than_the_first():
    facts = replace(TWO, is_type_2=True)
    found = default_of(facts, day=date(2026, 11, 10), params=PARAMS)
    assert found is not None
    assert (found.rule, found.total, found.reason.code) == (DefaultRule.SECOND, D("260.00"), DefaultWhy.SECOND)
    only = default_of(facts, day=date(2026, 11, 9), params=PARAMS)
    assert only is not None
    assert (only.rule, only.total) == (DefaultRule.FIRST, D("10.00"))


def test_the_first_default_is_that_of_the_oldest_term():
    # Entered on 1 August: the term of October is of the first three months, that of November is not.
    facts = replace(TWO, is_type_1=False, entered_on=date(2026, 8, 1))
    found = first_default(facts, day=date(2026, 11, 10), params=PARAMS)
    assert found is not None
    assert (found.trigger_on, len(found.terms)) == (date(2026, 10, 5), 2)


def test_a_household_of_which_nothing_is_known_makes_no_default():
    facts = DefaultFacts(terms=TWO.terms, net_term=D("213.00"), known_until=date(2026, 12, 31))
    assert default_of(facts, day=date(2026, 12, 20), params=PARAMS) is None
    assert late_terms(replace(facts, known_until=None), day=date(2026, 12, 20), params=PARAMS) == ()


def test_a_third_term_keeps_the_day_that_triggered():
    facts = replace(TWO, terms=(*TWO.terms, term("2026-12-05")))
    found = second_default(facts, day=date(2026, 12, 20), params=PARAMS)
    assert found is not None
    assert (len(found.terms), found.trigger_on) == (3, date(2026, 11, 5))


def test_terms_come_oldest_first_and_the_figures_are_parameters():
    facts = replace(TWO, terms=TWO.terms[::-1])
    assert [t.due_on.month for t in late_terms(facts, day=date(2026, 11, 10), params=PARAMS)] == [10, 11]
    patient = DefaultParams(grace_days=10, first_months=1)
    assert late_terms(ONE, day=date(2026, 11, 14), params=patient) == ()
    assert late_terms(ONE, day=date(2026, 11, 15), params=patient) == ONE.terms
