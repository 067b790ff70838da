"""The two legal definitions of impayé, on both sides of 1 January 2027 (law.md A1.1, reading 7)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from common.params import Steps
from leases.contracts.codes import ArrearsFrame
from rent_ledger.arrears.codes import LegalWhy, Regime
from rent_ledger.arrears.rules.legal import (
    REGIMES,
    CountedDebt,
    LegalParams,
    detect,
    if_unpaid,
    outlook,
    regime_on,
    standing,
)
from rent_ledger.arrears.rules.term import MonthTerm

D = Decimal
PARAMS = LegalParams(
    switch_on=date(2027, 1, 1), multiple=D(2), amount=D("450.00"), months=3, report_months=2, all_report=False
)
ALWAYS = Steps.of(PARAMS)
LONG_AGO = date(2020, 1, 1)
# 480 € of rent and charges, 267 € of benefit paid to us: 213 € net.
DIRECT = (MonthTerm(LONG_AGO, D("400.00"), D("80.00"), aid=D("267.00"), is_aided=True, is_direct=True),)
# The same, the benefit paid to the household: the month is gross, and R. 824-4 gives us no delay.
TO_TENANT = (replace(DIRECT[0], aid=D("0.00"), is_direct=False),)
NONE_AT_ALL = (replace(TO_TENANT[0], is_aided=False),)


def day_of(text: str) -> date:
    return date.fromisoformat(text)


def debts(*pairs: tuple[str, ...]) -> list[CountedDebt]:
    """(due day, amount) or (due day, amount, day on which it was known to stand again)."""
    return [CountedDebt(day_of(p[0]), day_of(p[2] if len(p) > 2 else p[0]), D(p[1])) for p in pairs]


def found(*pairs: tuple[str, ...], day: str, bank: str | None = "", months=DIRECT, **kwargs):
    known = None if bank is None else day_of(bank or day)
    defaults = {"frame": ArrearsFrame.LEASE, "params": ALWAYS}
    return detect(
        day=day_of(day), bank_known_until=known, debts=debts(*pairs), months=months, **(defaults | kwargs)
    )  # fmt: skip


# (what, debts, day of the search, months, threshold day or None)
UNTIL_2026 = [
    ("exactly 2 × net", [("2026-10-01", "213.00"), ("2026-11-01", "213.00")], "2026-11-05", DIRECT, "2026-11-01"),
    ("a cent under 2 × net", [("2026-10-01", "213.00"), ("2026-11-01", "212.99")], "2026-11-05", DIRECT, None),
    ("benefit paid to the tenant: 2 × net is not 2 × gross", [("2026-10-01", "480.00")], "2026-11-05", TO_TENANT, None),
    ("exactly 2 × gross", [("2026-10-01", "480.00"), ("2026-11-01", "480.00")], "2026-11-05", TO_TENANT, "2026-11-01"),
    ("not due yet does not count", [("2026-10-01", "213.00"), ("2026-11-06", "213.00")], "2026-11-05", DIRECT, None),
    ("the due day itself is not over", [("2026-10-01", "213.00"), ("2026-11-05", "213.00")], "2026-11-05", DIRECT,
     None),
    ("the day after, from the due day", [("2026-10-01", "213.00"), ("2026-11-05", "213.00")], "2026-11-06", DIRECT,
     "2026-11-05"),
    ("more than 450 € is nothing before 2027", [("2026-07-01", "470.00")], "2026-12-31", TO_TENANT, None),
    ("six months old is nothing before 2027", [("2026-06-01", "10.00")], "2026-12-31", DIRECT, None),
    ("31 December, found on 1 January", [("2026-12-31", "426.00")], "2027-01-01", DIRECT, "2026-12-31"),
    ("part payments count: an amount test", [("2026-08-01", "100.00"), ("2026-09-01", "113.00"),
     ("2026-10-01", "213.00")], "2026-11-05", DIRECT, "2026-10-01"),
    # D3: paid on 5 October, returned on 20 October; noted on 20 October.
    ("a return counts from the day on which it was known", [("2026-09-05", "426.00", "2026-10-20")], "2026-11-05",
     DIRECT, "2026-10-20"),
    ("a return known today waits for tomorrow", [("2026-09-05", "426.00", "2026-10-20")], "2026-10-20", DIRECT, None),
    # D4: gross 450, benefit of 300 from 1 November, 350 owed since 5 October: 2 × 450 was not reached then.
    ("the month is that of the day tested", [("2026-10-05", "350.00")], "2026-11-10",
     (MonthTerm(LONG_AGO, D("450.00"), is_aided=True),
      MonthTerm(date(2026, 11, 1), D("450.00"), aid=D("300.00"), is_aided=True, is_direct=True)), "2026-11-01"),
    # D4: a right from the day of entry; in the month of entry nothing is expected, so the month is gross.
    ("one term of the month of entry, three days late", [("2026-11-05", "450.00")], "2026-11-08",
     (MonthTerm(date(2026, 11, 1), D("450.00"), is_aided=True, is_direct=True),), None),
    # D6: the contract ended on 21 August, the benefit of the occupation began on 1 October (net 150).
    ("contract ended, benefit changed since", [("2026-10-05", "150.00"), ("2026-11-05", "150.00")], "2026-11-20",
     (MonthTerm(LONG_AGO, D("450.00"), is_aided=True),
      MonthTerm(date(2026, 10, 1), D("450.00"), aid=D("300.00"), is_aided=True, is_direct=True)), "2026-11-05"),
    # Case 24.
    ("no benefit at all: no impayé in this sense", [("2026-09-05", "480.00"), ("2026-10-05", "480.00")], "2026-11-05",
     NONE_AT_ALL, None),
    ("a benefit that begins on 1 November makes it one then", [("2026-09-05", "480.00"), ("2026-10-05", "480.00")],
     "2026-11-05", (NONE_AT_ALL[0], replace(TO_TENANT[0], since=date(2026, 11, 1))), "2026-11-01"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("pairs", "day", "months", "threshold"), [c[1:] for c in UNTIL_2026], ids=[c[0] for c in UNTIL_2026]
)
def test_r824_1_until_2026(pairs, day, months, threshold):
    got = found(*pairs, day=day, months=months)
    assert got.threshold_on == (day_of(threshold) if threshold else None)
    if threshold:
        assert got.regime == Regime.UNTIL_2026


FROM_2027 = [
    ("exactly 450.00 is not more than 450", [("2027-01-01", "450.00")], "2027-01-03", None),
    ("450.01", [("2027-01-01", "450.01")], "2027-01-02", "2027-01-01"),
    ("450.01 on its due day, which is not over", [("2027-01-05", "450.01")], "2027-01-05", None),
    ("the day that adds up to more than 450", [("2027-01-01", "300.00"), ("2027-02-01", "150.01")], "2027-02-03",
     "2027-02-01"),
    ("three months, whatever the amount", [("2027-01-15", "0.01")], "2027-04-16", "2027-04-15"),
    ("the day of three months is not over", [("2027-01-15", "449.00")], "2027-04-15", None),
    ("three months from 30 November end on the last of February", [("2026-11-30", "20.00")], "2027-03-01",
     "2027-02-28"),
    ("a leap February", [("2027-11-30", "20.00")], "2028-03-01", "2028-02-29"),
    ("not on 28 February of a leap year", [("2027-11-30", "20.00")], "2028-02-29", None),
    ("already three months old on 1 January 2027", [("2026-08-01", "20.00")], "2027-01-04", "2027-01-01"),
    ("three months old that very day", [("2026-10-01", "20.00")], "2027-01-02", "2027-01-01"),
    ("three months old on 2 January", [("2026-10-02", "20.00")], "2027-01-02", None),
    ("more than 450 since before the switch", [("2026-12-01", "451.00")], "2027-01-02", "2027-01-01"),
    ("no counted debt, no default", [], "2027-06-01", None),
    # D3: due 5 August 2027, paid, returned on 20 December: constituted on 20 December, reported by 20 February.
    ("a return of December for a due day of August", [("2027-08-05", "480.00", "2027-12-20")], "2027-12-21",
     "2027-12-20"),
    ("three months run from the day on which the return was known", [("2027-08-05", "20.00", "2027-12-20")],
     "2028-03-20", None),
    ("three months after the return", [("2027-08-05", "20.00", "2027-12-20")], "2028-03-21", "2028-03-20"),
    ("a return of a part leaves the rest its age", [("2027-08-05", "5.00"), ("2027-08-05", "20.00", "2027-12-20")],
     "2027-12-21", "2027-11-05"),
]  # fmt: skip


@pytest.mark.parametrize(("pairs", "day", "threshold"), [c[1:] for c in FROM_2027], ids=[c[0] for c in FROM_2027])
def test_decree_2026_84_from_2027(pairs, day, threshold):
    # A gross of 480 € paid to the tenant: the first regime asks 960 € and never speaks here.
    got = found(*pairs, day=day, months=TO_TENANT)
    assert got.regime == Regime.FROM_2027
    assert got.threshold_on == (day_of(threshold) if threshold else None)


@pytest.mark.parametrize("pairs", [[("2026-06-01", "900.00")], [("2027-01-05", "900.00")]])
def test_without_a_benefit_nothing_is_constituted_from_2027_either(pairs):
    got = found(*pairs, day="2027-06-01", months=NONE_AT_ALL)
    assert (got.threshold_on, got.report_due_on, got.base, got.debt) == (None, None, None, D("900.00"))
    assert got.reason.rule.code == LegalWhy.NO_BENEFIT


# (what, amount, held until, day of the search, threshold day): due on 1 March 2027 and held until that day.
HELD = [
    ("three months passed while it was held", "20.00", "2027-08-04", "2027-08-05", "2027-08-04"),
    ("the day of its release is not over", "20.00", "2027-08-04", "2027-08-04", None),
    ("more than 450 while it was held", "451.00", "2027-04-04", "2027-08-05", "2027-04-04"),
    ("released before the three months", "20.00", "2027-05-01", "2027-08-05", "2027-06-01"),
]


@pytest.mark.parametrize(("amount", "until", "day", "threshold"), [c[1:] for c in HELD], ids=[c[0] for c in HELD])
def test_nothing_is_dated_back_into_a_hold(amount, until, day, threshold):
    # Reading 7: the counted debt is above zero; what is held is not counted. The age runs from the due day.
    debt = standing(due_on=date(2027, 3, 1), remaining=D(amount), taken_back=[], held_until=day_of(until))
    got = detect(
        frame=ArrearsFrame.LEASE,
        day=day_of(day),
        bank_known_until=day_of(day),
        debts=debt,
        months=DIRECT,
        params=ALWAYS,
    )
    assert got.threshold_on == (day_of(threshold) if threshold else None)


def test_until_2026_a_hold_keeps_the_amount_out():
    debt = standing(due_on=date(2026, 9, 1), remaining=D("426.00"), taken_back=[], held_until=date(2026, 10, 20))
    got = detect(
        frame=ArrearsFrame.LEASE, day=date(2026, 11, 5), bank_known_until=date(2026, 11, 5), debts=debt, months=DIRECT,
        params=ALWAYS,
    )  # fmt: skip
    assert got.threshold_on == date(2026, 10, 20)


def test_until_2026_nothing_is_owed_while_it_is_held_even_where_the_benefit_pays_the_whole_month():
    # Twice a month of 0.00 € is reached by any debt, but not by none.
    free = (replace(DIRECT[0], aid=D("480.00")),)
    debt = standing(due_on=date(2026, 9, 1), remaining=D("10.00"), taken_back=[], held_until=date(2026, 10, 20))
    got = detect(
        frame=ArrearsFrame.LEASE, day=date(2026, 11, 5), bank_known_until=date(2026, 11, 5), debts=debt, months=free,
        params=ALWAYS,
    )  # fmt: skip
    assert got.threshold_on == date(2026, 10, 20)


REPORTS = [
    ("two calendar months", [("2026-10-01", "426.00")], "2026-12-01", "2026-12-01"),
    ("31 December ends on the last of February", [("2026-12-31", "426.00")], "2027-01-05", "2027-02-28"),
    ("31 December 2027 ends on 29 February", [("2027-12-31", "451.00")], "2028-01-05", "2028-02-29"),
    ("a return known on 20 December", [("2027-08-05", "480.00", "2027-12-20")], "2027-12-21", "2028-02-20"),
]


@pytest.mark.parametrize(("pairs", "day", "report"), [c[1:] for c in REPORTS], ids=[c[0] for c in REPORTS])
def test_r824_4_gives_two_months(pairs, day, report):
    assert found(*pairs, day=day).report_due_on == day_of(report)


def test_r824_4_binds_the_landlord_who_receives_the_benefit():
    pairs = [("2026-10-01", "960.00")]
    got = found(*pairs, day="2026-11-05", months=TO_TENANT)
    assert (got.threshold_on, got.report_due_on) == (date(2026, 10, 1), None)
    assert LegalWhy.NOT_OURS in [part.code for part in got.reason.parts]
    every = replace(PARAMS, all_report=True)
    assert found(*pairs, day="2026-11-05", months=TO_TENANT, params=Steps.of(every)).report_due_on == date(2026, 12, 1)


def test_the_same_debt_on_both_sides_of_the_switch():
    pairs = [("2026-10-01", "213.00"), ("2026-11-01", "100.00")]
    assert found(*pairs, day="2027-01-01").threshold_on is None
    after = found(*pairs, day="2027-01-02")
    assert (after.regime, after.threshold_on, after.base) == ("R2027", date(2027, 1, 1), D("450.00"))


def test_what_was_constituted_before_the_switch_keeps_its_regime_even_found_late():
    got = found(("2026-10-01", "213.00"), ("2026-12-01", "213.00"), day="2027-01-05")
    assert (got.regime, got.threshold_on, got.report_due_on) == ("R2026", date(2026, 12, 1), date(2027, 2, 1))


def test_a_month_of_january_makes_no_impaye_of_december():
    # D4 (A000195): net 450 in December, net 100 from January: 200 owed since December is no impayé of R. 824-1.
    months = (replace(DIRECT[0], aid=D("30.00")), replace(DIRECT[0], since=date(2027, 1, 1), aid=D("380.00")))
    assert found(("2026-12-20", "200.00"), day="2027-01-05", months=months).threshold_on is None


def test_nothing_is_constituted_beyond_the_bank():
    pairs = [("2026-10-01", "213.00"), ("2026-11-01", "213.00")]
    assert found(*pairs, day="2026-11-05", bank="2026-10-31").threshold_on is None
    assert found(*pairs, day="2026-11-05", bank=None).threshold_on is None
    assert found(*pairs, day="2026-11-05", bank="2026-11-01").threshold_on == date(2026, 11, 1)
    # After the switch too: known to 31 December, the second regime says nothing yet.
    old = found(("2026-08-01", "20.00"), day="2027-01-04", bank="2026-12-31")
    assert (old.threshold_on, old.regime) == (None, "R2027")


def test_a_debt_is_a_default_from_the_day_after_its_due_day_or_from_the_day_of_its_return():
    got = found(("2026-11-01", "20.00"), ("2026-09-30", "20.00"), day="2026-11-05")
    assert (got.counts_from, got.debt) == (date(2026, 10, 1), D("40.00"))
    assert found(("2026-09-01", "20.00", "2026-10-20"), day="2026-11-05").counts_from == date(2026, 10, 20)


@pytest.mark.parametrize(
    ("frame", "constituted"),
    [
        (ArrearsFrame.LEASE, True),
        (ArrearsFrame.SOCIAL_SUBLET, True),
        (ArrearsFrame.SLIDING, True),
        # CCH, art. R. 824-3 and R. 824-31: the redevance of a logement-foyer is taken for a rent.
        (ArrearsFrame.RESIDENCE, True),
        (ArrearsFrame.OCCUPATION, False),
    ],
)
def test_the_frame_decides_whether_it_is_a_housing_expense(frame, constituted):
    got = found(("2026-10-01", "5000.00"), day="2026-11-01", frame=frame)
    assert (got.threshold_on is not None, got.debt) == (constituted, D("5000.00"))
    assert (got.reason.rule.code == LegalWhy.NO_LEASE) == (not constituted)


def test_an_unknown_month_has_no_threshold_before_2027():
    got = found(("2026-01-01", "5000.00"), day="2026-12-31", months=())
    assert (got.threshold_on, got.base) == (None, None)


def test_a_net_term_of_zero_still_needs_a_debt():
    free = (replace(DIRECT[0], aid=D("480.00")),)
    assert found(day="2026-12-02", months=free).threshold_on is None
    assert found(("2026-12-01", "0.01"), day="2026-12-02", months=free).threshold_on == date(2026, 12, 1)


def test_the_figures_are_parameters():
    ours = replace(PARAMS, switch_on=date(2027, 2, 1), amount=D("300.00"), months=2, report_months=1)
    assert regime_on(date(2027, 1, 31), ours) == "R2026"
    got = found(("2027-02-01", "300.01"), day="2027-02-03", params=Steps.of(ours))
    assert (got.threshold_on, got.report_due_on) == (date(2027, 2, 1), date(2027, 3, 1))


def test_the_regime_begins_on_its_day():
    assert [regime_on(day, PARAMS) for day in (date(2026, 12, 31), date(2027, 1, 1))] == ["R2026", "R2027"]
    # Stored with what they constituted: a rule that changes takes another number.
    assert {code: regime.version for code, regime in REGIMES.items()} == {"R2026": 4, "R2027": 4}


def test_the_base_is_that_of_the_day_found_and_says_how_it_is_made():
    # Net 213 until 31 October, 150 from November on; constituted in October.
    months = (DIRECT[0], replace(DIRECT[0], since=date(2026, 11, 1), aid=D("330.00")))
    got = found(("2026-10-01", "426.00"), day="2026-11-05", months=months)
    assert (got.threshold_on, got.base) == (date(2026, 10, 1), D("426.00"))
    threshold = got.reason.parts[1]
    assert (threshold.code, threshold.amount) == (LegalWhy.THRESHOLD_MULTIPLE, D("426.00"))
    assert (threshold.detail.code, threshold.detail.figures["month"]) == (LegalWhy.MONTH_NET, D("213.00"))
    gross = found(("2026-10-01", "100.00"), day="2026-11-05", months=TO_TENANT)
    assert (gross.base, gross.reason.parts[1].detail.code) == (D("960.00"), LegalWhy.MONTH_GROSS)
    later = found(("2027-01-01", "460.00"), day="2027-01-05", months=TO_TENANT).reason.parts[1]
    assert (later.code, later.amount) == (LegalWhy.THRESHOLD_AMOUNT, D("450.00"))


def test_what_falls_due_today_is_owed_and_each_due_day_is_told():
    got = found(("2026-11-05", "20.00"), ("2026-10-05", "10.00"), ("2026-11-06", "1.00"), day="2026-11-05")
    assert got.debt == D("30.00")
    assert [(part.code, part.amount) for part in got.reason.parts[0].parts] == [
        (LegalWhy.DUE, D("10.00")), (LegalWhy.DUE, D("20.00")),
    ]  # fmt: skip


def test_an_unknown_month_constitutes_nothing_from_2027_either():
    got = found(("2026-01-01", "5000.00"), day="2027-06-01", months=())
    assert (got.threshold_on, got.base) == (None, None)


def test_an_occupation_agreement_has_nothing_to_compare_with():
    got = found(("2026-10-01", "5000.00"), day="2026-11-01", frame=ArrearsFrame.OCCUPATION)
    assert (got.base, [part.code for part in got.reason.parts]) == (None, [LegalWhy.COUNTED, LegalWhy.BANK_KNOWN])


# -- figures that change ----------------------------------------------------------------------------------------------

# (what, field, before, after, since, debts, months, day of the search, threshold day, regime). Reading 7: the first day
# on which its condition holds, by the figures in force on that day. 2 × 213 is 426, 3 × 213 is 639.
CHANGED = [
    ("a higher multiple leaves the past", "multiple", D(2), D(3), "2026-11-01", [("2026-10-05", "426.00")], DIRECT,
     "2026-11-02", "2026-10-05", "R2026"),
    ("a lower multiple speaks from its day", "multiple", D(3), D(2), "2026-11-01", [("2026-10-05", "426.00")], DIRECT,
     "2026-11-02", "2026-11-01", "R2026"),
    ("a debt grown since is weighed by the new multiple", "multiple", D(2), D(3), "2026-11-01",
     [("2026-10-05", "300.00"), ("2026-11-05", "200.00")], DIRECT, "2026-11-06", None, "R2026"),
    ("a higher amount leaves the past", "amount", D("450.00"), D("600.00"), "2027-03-01", [("2027-02-05", "500.00")],
     TO_TENANT, "2027-03-02", "2027-02-05", "R2027"),
    ("a lower amount speaks from its day", "amount", D("600.00"), D("450.00"), "2027-03-01",
     [("2027-02-05", "500.00")], TO_TENANT, "2027-03-02", "2027-03-01", "R2027"),
    ("the day of the change is not over", "amount", D("600.00"), D("450.00"), "2027-03-01",
     [("2027-02-05", "500.00")], TO_TENANT, "2027-03-01", None, "R2027"),
    ("a longer age leaves the past", "months", 3, 6, "2027-06-01", [("2027-02-05", "20.00")], TO_TENANT, "2027-06-02",
     "2027-05-05", "R2027"),
    ("a shorter age speaks from its day", "months", 6, 3, "2027-06-01", [("2027-02-05", "20.00")], TO_TENANT,
     "2027-06-02", "2027-06-01", "R2027"),
    ("a longer age before it is reached", "months", 3, 6, "2027-05-01", [("2027-02-05", "20.00")], TO_TENANT,
     "2027-08-06", "2027-08-05", "R2027"),
    ("a shorter age before it is reached", "months", 6, 3, "2027-05-01", [("2027-02-05", "20.00")], TO_TENANT,
     "2027-05-06", "2027-05-05", "R2027"),
    ("a switch put off later leaves the past", "switch_on", date(2027, 1, 1), date(2027, 4, 1), "2027-02-01",
     [("2027-01-05", "500.00")], TO_TENANT, "2027-02-02", "2027-01-05", "R2027"),
    ("a switch brought forward speaks from that day", "switch_on", date(2027, 4, 1), date(2027, 1, 1), "2027-02-01",
     [("2027-01-05", "500.00")], TO_TENANT, "2027-02-02", "2027-02-01", "R2027"),
    ("a switch put off in time", "switch_on", date(2027, 1, 1), date(2027, 4, 1), "2026-12-15",
     [("2027-01-05", "500.00")], TO_TENANT, "2027-04-02", "2027-04-01", "R2027"),
    ("under a switch put off, the first regime", "switch_on", date(2027, 1, 1), date(2027, 4, 1), "2027-02-01",
     [("2027-02-05", "426.00")], DIRECT, "2027-04-02", "2027-02-05", "R2026"),
]  # fmt: skip


def changing(name: str, before, after, since: str) -> Steps[LegalParams]:
    return Steps.of(replace(PARAMS, **{name: before}), (day_of(since), replace(PARAMS, **{name: after})))


@pytest.mark.parametrize(
    ("name", "before", "after", "since", "pairs", "months", "day", "threshold", "regime"),
    [c[1:] for c in CHANGED], ids=[c[0] for c in CHANGED],
)  # fmt: skip
def test_the_figures_are_those_of_the_day_tested(
    name, before, after, since, pairs, months, day, threshold, regime
):  # fmt: skip
    got = found(*pairs, day=day, months=months, params=changing(name, before, after, since))
    assert (got.threshold_on, got.regime) == (day_of(threshold) if threshold else None, regime)


# (what, field, before, after, debts, months, report by): the figures change on 1 November 2026; asked on 6 November.
REPORTS_CHANGED = [
    ("constituted before: the old delay", "report_months", 2, 3, [("2026-10-05", "960.00")], DIRECT, "2026-12-05"),
    ("constituted since: the new delay", "report_months", 2, 3, [("2026-11-05", "960.00")], DIRECT, "2027-02-05"),
    ("constituted before all reported", "all_report", False, True, [("2026-10-05", "960.00")], TO_TENANT, None),
    ("constituted since all report", "all_report", False, True, [("2026-11-05", "960.00")], TO_TENANT, "2027-01-05"),
]


@pytest.mark.parametrize(
    ("name", "before", "after", "pairs", "months", "report"),
    [c[1:] for c in REPORTS_CHANGED], ids=[c[0] for c in REPORTS_CHANGED],
)  # fmt: skip
def test_the_delay_is_that_of_the_day_constituted(name, before, after, pairs, months, report):
    got = found(*pairs, day="2026-11-06", months=months, params=changing(name, before, after, "2026-11-01"))
    assert got.report_due_on == (day_of(report) if report else None)


def test_what_is_told_is_by_the_figures_of_the_day_found_else_of_the_day():
    figures = changing("multiple", D(2), D(3), "2026-11-01")
    got = found(("2026-10-05", "426.00"), day="2026-11-02", params=figures)
    assert (got.base, got.reason.rule.figures["multiple"]) == (D("426.00"), D(2))
    assert got.reason.parts[1].figures["multiple"] == D(2)
    none = found(("2026-10-05", "1.00"), day="2026-11-02", params=figures)
    assert (none.base, none.reason.rule.figures["multiple"]) == (D("639.00"), D(3))


def test_the_outlook_is_by_the_figures_of_the_first_day_of_the_regime():
    figures = changing("amount", D("450.00"), D("300.00"), "2027-01-01")
    owed = debts(("2026-11-05", "400.00"))
    got = outlook(frame=ArrearsFrame.LEASE, day=date(2026, 11, 28), debts=owed, months=DIRECT, params=figures)
    assert (got.threshold_on, got.base) == (date(2027, 1, 1), D("300.00"))


# -- the outlook ----------------------------------------------------------------------------------------------------


def test_the_outlook_takes_the_same_debts_and_cites_the_text_of_2027():
    # Exactness 4.2: 216.93 owed today; December's term is no part of it.
    today = debts(("2026-11-05", "216.93"), ("2026-12-05", "216.93"))
    got = outlook(frame=ArrearsFrame.LEASE, day=date(2026, 11, 28), debts=today, months=DIRECT, params=ALWAYS)
    assert (got.debt, got.threshold_on, got.regime) == (D("216.93"), None, Regime.FROM_2027)
    assert got.reason.rule.code == LegalWhy.TEXT_2027_AGED
    old = debts(("2026-09-05", "216.93"))
    aged = outlook(frame=ArrearsFrame.LEASE, day=date(2026, 11, 28), debts=old, months=DIRECT, params=ALWAYS)
    assert (aged.threshold_on, aged.report_due_on) == (date(2027, 1, 1), date(2027, 3, 1))


def test_the_text_of_2027_says_when_the_first_debt_is_three_months_old():
    owed = debts(("2026-11-05", "20.00"), ("2026-09-05", "20.00"))
    got = outlook(frame=ArrearsFrame.LEASE, day=date(2026, 11, 28), debts=owed, months=DIRECT, params=ALWAYS)
    assert got.reason.rule.figures["aged"] == date(2026, 12, 5)


@pytest.mark.parametrize("frame", [ArrearsFrame.LEASE, ArrearsFrame.OCCUPATION])
def test_an_outlook_of_nothing_is_nothing(frame):
    owed = [] if frame == ArrearsFrame.LEASE else debts(("2026-01-05", "900.00"))
    got = outlook(frame=frame, day=date(2026, 11, 28), debts=owed, months=DIRECT, params=ALWAYS)
    assert got.threshold_on is None
    # No day of the bank: it is of a day to come.
    assert LegalWhy.BANK_KNOWN not in [part.code for part in got.reason.parts]
    assert got.reason.rule.code == (LegalWhy.TEXT_2027 if frame == ArrearsFrame.LEASE else LegalWhy.NO_LEASE)


@pytest.mark.parametrize("months", [NONE_AT_ALL, ()], ids=["no benefit", "an unknown month"])
def test_an_outlook_without_a_benefit_is_no_impaye(months):
    got = outlook(frame=ArrearsFrame.LEASE, day=date(2026, 11, 28), debts=debts(("2026-01-05", "900.00")),
                  months=months, params=ALWAYS)  # fmt: skip
    assert (got.threshold_on, got.report_due_on, got.base, got.debt) == (None, None, None, D("900.00"))


def test_there_is_no_outlook_once_the_regime_runs():
    assert outlook(frame=ArrearsFrame.LEASE, day=date(2027, 1, 1), debts=[], months=DIRECT, params=ALWAYS) is None


# -- the reason -----------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_reason_adds_up_names_the_text_and_comes_back_as_it_was_stored():
    got = found(("2026-10-01", "213.00"), ("2026-11-01", "213.00"), day="2026-11-05").reason
    owed = got.parts[0]
    assert sum(part.amount for part in owed.parts) == owed.amount == D("426.00")
    assert plain(got.rule.text()) == "CCH, art. R. 824-1 : dette d’au moins 2 fois le loyer et les charges du mois"
    assert [plain(part.text()) for part in got.parts] == [
        "Dette comptée pour le seuil", "Seuil : 2 × le montant du mois",
        "Constitué le 1er nov. 2026 : 2 fois le montant du mois",
        "À déclarer au plus tard le 1er janv. 2027 (CCH, art. R. 824-4)", "Banque connue jusqu’au 5 nov. 2026",
    ]  # fmt: skip
    again = type(got).from_json(got.to_json(), LegalWhy)
    assert [part.text() for part in again.parts] == [part.text() for part in got.parts]
    assert again.rule.text() == got.rule.text()


def test_the_reason_says_what_stands_again():
    got = found(("2026-09-05", "426.00", "2026-10-20"), day="2026-11-05").reason
    assert plain(got.parts[0].parts[0].text()) == "Échéance du 5 sept. 2026, de nouveau due le 20 oct. 2026"


# What is owed, the day, the next due day, the month: whether it would be an impayé then. Net 213 €, gross 480 €.
NEXT = [
    ("one term and the next: 2 × net", [("2026-11-01", "213.00")], "2026-11-06", "2026-12-01", DIRECT, "MULTIPLE"),
    ("a cent less", [("2026-11-01", "212.99")], "2026-11-06", "2026-12-01", DIRECT, None),
    ("not due yet on the day", [("2026-11-07", "213.00")], "2026-11-06", "2026-12-01", DIRECT, None),
    ("gross where the household has the benefit", [("2026-11-01", "213.00")], "2026-11-06", "2026-12-01", TO_TENANT,
     None),
    ("no benefit, no impayé", [("2026-11-01", "480.00")], "2026-11-06", "2026-12-01", NONE_AT_ALL, None),
    # The next term falls under the second regime: 237.01 + 213 > 450.
    ("more than 450 € from 2027", [("2026-12-01", "237.01")], "2026-12-06", "2027-01-01", DIRECT, "AMOUNT"),
    ("450 € exactly", [("2026-12-01", "237.00")], "2026-12-06", "2027-01-01", DIRECT, None),
    ("three months old by then", [("2026-11-01", "5.00")], "2027-01-06", "2027-02-01", DIRECT, "AGE"),
    ("three months but a day", [("2026-11-02", "5.00")], "2027-01-06", "2027-02-01", DIRECT, None),
    ("a month that the benefit pays whole adds nothing, and ages", [("2026-11-01", "5.00")], "2027-01-06",
     "2027-02-01", (replace(DIRECT[0], aid=D("480.00")),), "AGE"),
    ("nothing owed", [], "2026-11-06", "2026-12-01", DIRECT, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("pairs", "day", "due_on", "months", "by"), [case[1:] for case in NEXT], ids=[case[0] for case in NEXT]
)
def test_what_the_next_term_would_make_of_it(pairs, day, due_on, months, by):
    would = if_unpaid(
        frame=ArrearsFrame.LEASE, day=day_of(day), due_on=day_of(due_on), debts=debts(*pairs), months=months,
        params=ALWAYS,
    )  # fmt: skip
    assert (would.reason.code.name.removeprefix("BY_") if would else None) == by
    assert would is None or would.on == day_of(due_on)


def test_a_frame_that_the_law_does_not_look_at_has_no_next_term():
    assert if_unpaid(
        frame=ArrearsFrame.OCCUPATION, day=day_of("2026-11-06"), due_on=day_of("2026-12-01"),
        debts=debts(("2026-11-01", "480.00")), months=DIRECT, params=ALWAYS,
    ) is None  # fmt: skip
