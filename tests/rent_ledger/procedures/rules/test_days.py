"""Loi n° 89-462, art. 24, CPCE, art. L. 412-1 and L. 412-6, CCH, art. R. 633-3: the days of a procedure, by hand."""

from datetime import date

import pytest

from leases.contracts.codes import ClauseDelay
from rent_ledger.procedures.rules.days import (
    ProcedureParams,
    clause_delay,
    delays_most,
    guarantor_by,
    hearing_from,
    leave_until,
    longer_most,
    new_lease_by,
    notice_until,
    out_of_truce,
    pay_until,
    prefect_by,
    protocol_most,
    writ_from,
)

D = date
PARAMS = ProcedureParams(
    clause_since=D(2023, 7, 29), clause_weeks=6, clause_months=2, guarantor_days=15, writ_months=2, prefect_weeks=6,
    delays_months=36, quit_months=2, notice_months=1, notice_terms=3, notice_multiple=2, truce_from=1101, truce_to=331,
    protocol_months=24, longer_months=36, new_lease_months=3,
)  # fmt: skip
SIX, TWO = ClauseDelay.SIX_WEEKS, ClauseDelay.TWO_MONTHS


@pytest.mark.parametrize(
    ("signed_on", "written", "chosen", "delay", "text"),
    [
        (D(2023, 7, 29), SIX, None, SIX, "loi 2023-668: from the day of its coming into force"),
        (D(2023, 7, 28), SIX, None, TWO, "Cass. avis 13 June 2024: the day before, the contract's two months"),
        (D(2024, 3, 15), TWO, None, TWO, "a contract that writes two months keeps them"),
        (None, SIX, None, TWO, "no day known: the longer one"),
        (D(2019, 1, 1), SIX, SIX, SIX, "renewed since: said by a person"),
        (D(2024, 3, 15), SIX, TWO, TWO, "read in the contract by a person"),
    ],
)
def test_the_delay_of_a_contract(signed_on, written, chosen, delay, text):
    assert clause_delay(signed_on=signed_on, written=written, chosen=chosen, params=PARAMS) == delay, text


@pytest.mark.parametrize(
    ("on", "delay", "last", "text"),
    [
        (D(2026, 11, 5), SIX, D(2026, 12, 17), "42 days: a Thursday"),
        (D(2026, 11, 5), TWO, D(2027, 1, 5), "the same day number, over the turn of the year"),
        (D(2026, 11, 13), SIX, D(2026, 12, 28), "25 December is a holiday, then a week-end: Monday the 28th"),
        (D(2027, 12, 31), TWO, D(2028, 2, 29), "31 December: no 31 February, the last day of a leap year"),
        (D(2026, 12, 31), TWO, D(2027, 3, 1), "28 February 2027 is a Sunday: Monday"),
        (D(2028, 1, 18), SIX, D(2028, 2, 29), "42 days on a leap day"),
        (D(2026, 10, 31), SIX, D(2026, 12, 14), "12 December 2026 is a Saturday: Monday"),
        (D(2026, 8, 31), TWO, D(2026, 11, 2), "31 October is a Saturday, 1 November a Sunday and a holiday"),
    ],
)
def test_until_when_a_commandement_is_paid(on, delay, last, text):
    assert pay_until(on, delay, PARAMS) == last, text


@pytest.mark.parametrize(
    ("on", "by"), [(D(2026, 11, 5), D(2026, 11, 20)), (D(2026, 12, 20), D(2027, 1, 4)), (D(2028, 2, 20), D(2028, 3, 6))]
)
def test_a_guarantor_within_fifteen_days(on, by):
    assert guarantor_by(on, PARAMS) == by


@pytest.mark.parametrize(
    ("until", "seized", "waits", "first", "text"),
    [
        (D(2026, 12, 17), None, False, D(2026, 12, 18), "a natural person: the day after the delay"),
        (D(2026, 12, 17), None, True, None, "a legal person: not before the CCAPEX"),
        (D(2026, 12, 17), D(2026, 11, 5), True, D(2027, 1, 6), "art. 24 II: two months, whose last day is over"),
        (D(2026, 12, 17), D(2026, 9, 1), True, D(2026, 12, 18), "seized long before: the delay decides"),
        (D(2027, 1, 5), D(2026, 12, 31), True, D(2027, 3, 1), "31 December: the day after the last one of February"),
        (D(2028, 1, 5), D(2027, 12, 31), True, D(2028, 3, 1), "a leap year: 29 February is its last day"),
    ],
)
def test_from_when_a_writ(until, seized, waits, first, text):
    assert writ_from(until, seized, PARAMS, waits=waits) == first, text


def test_the_prefect_six_weeks_before_the_hearing():
    assert prefect_by(D(2027, 3, 4), PARAMS) == D(2027, 1, 21)
    assert hearing_from(D(2027, 1, 21), PARAMS) == D(2027, 3, 4)
    assert prefect_by(D(2028, 3, 1), PARAMS) == D(2028, 1, 19)


def test_three_years_of_delays_at_most():
    assert delays_most(D(2026, 11, 5), PARAMS) == D(2029, 11, 5)
    assert delays_most(D(2028, 2, 29), PARAMS) == D(2031, 2, 28)


@pytest.mark.parametrize(
    ("on", "bad_faith", "last"),
    [
        (D(2026, 11, 5), False, D(2027, 1, 5)),
        (D(2026, 11, 5), True, D(2026, 11, 5)),
        (D(2027, 12, 31), False, D(2028, 2, 29)),
        (D(2026, 6, 14), False, D(2026, 8, 14)),
        (D(2026, 6, 15), False, D(2026, 8, 17)),
    ],
)
def test_until_when_a_household_may_leave(on, bad_faith, last):
    """CPCE, art. L. 412-1; 15 August 2026 is a holiday and a Saturday."""
    assert leave_until(on, PARAMS, bad_faith=bad_faith) == last


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (D(2026, 10, 31), D(2026, 10, 31)),
        (D(2026, 11, 1), D(2027, 4, 1)),
        (D(2026, 12, 31), D(2027, 4, 1)),
        (D(2027, 1, 1), D(2027, 4, 1)),
        (D(2028, 2, 29), D(2028, 4, 1)),
        (D(2027, 3, 31), D(2027, 4, 1)),
        (D(2027, 4, 1), D(2027, 4, 1)),
    ],
)
def test_no_eviction_in_winter(day, first):
    assert out_of_truce(day, PARAMS) == first


@pytest.mark.parametrize(
    ("on", "last"),
    [(D(2026, 11, 5), D(2026, 12, 7)), (D(2027, 1, 31), D(2027, 3, 1)), (D(2028, 1, 31), D(2028, 2, 29))],
)
def test_a_month_after_the_formal_notice_of_a_residence(on, last):
    """CCH, art. R. 633-3; 5 December 2026 is a Saturday, 28 February 2027 a Sunday."""
    assert notice_until(on, PARAMS) == last


def test_two_years_of_a_protocol_three_more_and_a_new_lease_in_three_months():
    """CCH, art. L. 442-6-5."""
    assert protocol_most(D(2026, 2, 28), PARAMS) == D(2028, 2, 28)
    assert protocol_most(D(2028, 2, 29), PARAMS) == D(2030, 2, 28)
    assert longer_most(D(2028, 2, 29), PARAMS) == D(2031, 2, 28)
    assert new_lease_by(D(2026, 11, 30), PARAMS) == D(2027, 2, 28)
