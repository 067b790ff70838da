"""When a debt is told to the CCAPEX (loi 89-462, art. 24 I and II; law.md A1.3-3, A1.3-4)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from common.params import Steps
from leases.contracts.codes import ArrearsFrame
from office.house.codes import OwnerKind
from rent_ledger.arrears.codes import CcapexWhy
from rent_ledger.arrears.rules.ccapex import CcapexParams, weigh, writ_from
from rent_ledger.arrears.rules.legal import CountedDebt
from rent_ledger.arrears.rules.term import MonthTerm

D = Decimal
PARAMS = CcapexParams(months=2, multiple=D(2), writ_months=2)
ALWAYS = Steps.of(PARAMS)
# 400 € of rent, 80 € of charges: the threshold is 800 €, not 960 €. A benefit changes nothing.
MONTHS = (MonthTerm(date(2020, 1, 1), D("400.00"), D("80.00"), aid=D("267.00"), is_aided=True, is_direct=True),)


def day_of(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def found(*pairs, day, since=None, bank="", **facts):
    defaults = {"landlord": OwnerKind.PERSON, "frame": ArrearsFrame.LEASE, "months": MONTHS, "params": ALWAYS}
    debts = [CountedDebt(day_of(d), day_of(d), D(amount)) for d, amount in pairs]
    known = day_of(day if bank == "" else bank)
    return weigh(
        day=day_of(day), bank_known_until=known, debts=debts, in_debt_since=day_of(since), **(defaults | facts)
    )  # fmt: skip


# (what, debts, day of the search, in debt since, day reached)
CASES = [
    ("twice the rent without charges", [("2026-10-05", "480.00"), ("2026-11-05", "320.00")], "2026-11-06", "2026-10-05",
     "2026-11-05"),
    ("a cent under", [("2026-10-05", "480.00"), ("2026-11-05", "319.99")], "2026-11-06", "2026-10-05", None),
    ("the due day is not over", [("2026-11-05", "800.00")], "2026-11-05", "2026-11-05", None),
    ("what is not due counts nothing", [("2026-10-05", "480.00"), ("2026-12-05", "480.00")], "2026-11-20",
     "2026-10-05", None),
    ("two months without interruption, whatever the amount", [("2026-11-05", "1.00")], "2026-11-20", "2026-09-10",
     "2026-11-10"),
    ("a day short of two months", [("2026-09-10", "1.00")], "2026-11-10", "2026-09-10", None),
    ("the oldest term was paid, the debt never stopped", [("2026-11-05", "480.00")], "2026-12-10", "2026-10-05",
     "2026-12-05"),
    ("it stopped: two months from the last time", [("2026-11-05", "480.00")], "2026-12-10", "2026-11-05", None),
    ("the earlier of the two", [("2026-09-05", "480.00"), ("2026-10-05", "480.00")], "2026-11-20", "2026-09-05",
     "2026-10-05"),
    ("from 31 December to the last of February", [("2026-12-31", "5.00")], "2027-03-02", "2026-12-31", "2027-02-28"),
    ("nothing is owed", [], "2026-11-20", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("pairs", "day", "since", "reached"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_art_24_i(pairs, day, since, reached):
    got = found(*pairs, day=day, since=since)
    assert (got.applies, got.reached_on) == (True, day_of(reached))


def test_a_debt_counts_from_the_day_on_which_its_hold_ended():
    """Two terms disputed, released on 20 December: nothing dates back into the hold."""
    held, today = date(2026, 12, 20), date(2026, 12, 28)
    debts = [CountedDebt(due, due, D("480.00"), held) for due in (date(2026, 11, 5), date(2026, 12, 5))]
    got = weigh(
        frame=ArrearsFrame.LEASE, landlord=OwnerKind.PERSON, day=today, bank_known_until=today,
        debts=debts, in_debt_since=held, months=MONTHS, params=ALWAYS,
    )  # fmt: skip
    assert got.reached_on == held


@pytest.mark.parametrize(
    ("landlord", "frame", "applies", "why"),
    [
        (OwnerKind.PERSON, ArrearsFrame.LEASE, True, CcapexWhy.SIGNAL),
        (OwnerKind.FAMILY_COMPANY, ArrearsFrame.LEASE, True, CcapexWhy.SIGNAL),
        (OwnerKind.LEGAL_PERSON, ArrearsFrame.LEASE, False, CcapexWhy.LEGAL_PERSON),
        (OwnerKind.LEGAL_PERSON, ArrearsFrame.SOCIAL_SUBLET, False, CcapexWhy.LEGAL_PERSON),
        (OwnerKind.LEGAL_PERSON, ArrearsFrame.SLIDING, False, CcapexWhy.LEGAL_PERSON),
        (OwnerKind.LEGAL_PERSON, ArrearsFrame.PRIVATE_SUBLET, False, CcapexWhy.NO_LEASE),
        (OwnerKind.PERSON, ArrearsFrame.OCCUPATION, False, CcapexWhy.NO_LEASE),
        (OwnerKind.PERSON, ArrearsFrame.RESIDENCE, False, CcapexWhy.NO_LEASE),
    ],
)
def test_for_whom(landlord, frame, applies, why):
    got = found(("2026-01-05", "5000.00"), day="2026-11-20", since="2026-01-05", landlord=landlord, frame=frame)
    assert (got.applies, got.reached_on is not None, got.reason.code) == (applies, applies, why)
    # What counts for the CCAPEX is said of these alone.
    assert got.is_of_lease == (why != CcapexWhy.NO_LEASE)


def test_nothing_is_reached_beyond_the_bank():
    pairs = [("2026-10-05", "480.00"), ("2026-11-05", "480.00")]
    assert found(*pairs, day="2026-11-20", since="2026-10-05", bank="2026-11-04").reached_on is None
    assert found(*pairs, day="2026-11-20", since="2026-10-05", bank="2026-11-05").reached_on == date(2026, 11, 5)
    assert found(*pairs, day="2026-11-20", since="2026-10-05", bank=None).reached_on is None


def test_the_rent_is_that_of_the_day_tested():
    lower = (MONTHS[0], replace(MONTHS[0], since=date(2026, 11, 1), rent=D("300.00")))
    got = found(("2026-10-05", "600.00"), day="2026-11-20", since="2026-10-05", months=lower)
    assert got.reached_on == date(2026, 11, 1)


def test_the_figures_are_parameters():
    ours = CcapexParams(months=3, multiple=D(1), writ_months=1)
    assert found(
        ("2026-10-05", "400.00"), day="2026-10-06", since="2026-10-05", params=Steps.of(ours)
    ).reached_on == date(2026, 10, 5)
    assert found(("2026-10-05", "1.00"), day="2027-01-05", since="2026-10-05", params=Steps.of(ours)).reached_on is None
    assert writ_from(date(2026, 12, 31), ours.writ_months) == date(2027, 2, 1)


# (what, field, before, after, since, amount due on 5 June 2026, day of the search, day reached). Rent of 400 €: twice
# is 800 €, three times 1 200 €; two months of age on 5 August, three on 5 September.
CHANGED = [
    ("a higher multiple leaves the past", "multiple", D(2), D(3), "2026-07-01", "900.00", "2026-07-02", "2026-06-05"),
    ("a lower multiple speaks from its day", "multiple", D(3), D(2), "2026-07-01", "900.00", "2026-07-02",
     "2026-07-01"),
    ("the day of the change is not over", "multiple", D(3), D(2), "2026-07-01", "900.00", "2026-07-01", None),
    ("a longer age leaves the past", "months", 2, 3, "2026-08-20", "1.00", "2026-08-21", "2026-08-05"),
    ("a shorter age speaks from its day", "months", 3, 2, "2026-08-20", "1.00", "2026-08-21", "2026-08-20"),
    ("a longer age before it is reached", "months", 2, 3, "2026-08-01", "1.00", "2026-09-06", "2026-09-05"),
    ("a shorter age before it is reached", "months", 3, 2, "2026-08-01", "1.00", "2026-08-06", "2026-08-05"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "before", "after", "since", "amount", "day", "reached"),
    [c[1:] for c in CHANGED], ids=[c[0] for c in CHANGED],
)  # fmt: skip
def test_the_figures_are_those_of_the_day_tested(name, before, after, since, amount, day, reached):
    figures = Steps.of(replace(PARAMS, **{name: before}), (day_of(since), replace(PARAMS, **{name: after})))
    got = found(("2026-06-05", amount), day=day, since="2026-06-05", params=figures)
    assert got.reached_on == day_of(reached)
    # What is told: by the figures of the day reached, else of the day of the search.
    told = day_of(reached) or day_of(day)
    assert got.reason.rule.figures[name] == (before if told < day_of(since) else after)


def test_what_is_told_is_the_rent_of_the_day_reached():
    higher = (MONTHS[0], replace(MONTHS[0], since=date(2026, 11, 1), rent=D("500.00")))
    got = found(("2026-10-05", "800.00"), day="2026-11-20", since="2026-10-05", months=higher)
    assert (got.reached_on, got.reason.parts[1].amount) == (date(2026, 10, 5), D("800.00"))


def test_what_is_owed_on_the_day_is_told_the_due_day_included():
    got = found(("2026-10-05", "100.00"), ("2026-11-20", "10.00"), ("2026-11-21", "1.00"), day="2026-11-20")
    assert got.reason.parts[0].amount == D("110.00")


def test_without_a_debt_its_age_says_nothing():
    assert found(day="2026-11-20", since="2026-01-05").reached_on is None


def test_where_no_month_is_known_the_age_alone_counts():
    got = found(("2026-09-05", "900.00"), day="2026-11-20", since="2026-09-05", months=())
    assert (got.reached_on, len(got.reason.parts)) == (date(2026, 11, 5), 2)


def test_a_rent_of_nothing_still_needs_a_debt():
    free = (replace(MONTHS[0], rent=D("0.00")),)
    got = found(("2026-11-05", "0.50"), day="2026-11-20", since="2026-11-05", months=free)
    assert got.reached_on == date(2026, 11, 5)


def test_art_24_ii_two_months_before_the_writ():
    assert writ_from(date(2026, 12, 31), PARAMS.writ_months) == date(2027, 3, 1)


def test_the_reason_names_the_base_without_charges():
    got = found(("2026-10-05", "800.00"), day="2026-10-06", since="2026-10-05").reason
    assert [part.text().replace("\u00a0", " ") for part in got.parts] == [
        "Dette de loyer et de charges", "Seuil : 2 × le loyer du mois, hors charges",
        "Seuil atteint le 5 oct. 2026 : 2 fois le loyer hors charges",
    ]  # fmt: skip
    assert [part.amount for part in got.parts[:2]] == [D("800.00"), D("800.00")]
