"""How much is a month for a household, on each side of what changes it (CCH R. 823-10, R. 823-12, R. 824-1)."""

from datetime import date
from decimal import Decimal

import pytest

from leases.contracts.rules.billing import TermRow
from rent_ledger.arrears.rules.term import Contract, MonthTerm, month_terms, term_on
from rent_ledger.rights.rules.benefits import BenefitParams, RightRow

D = Decimal
PAY_DAYS = BenefitParams(apl_day=25, al_day=5)
RENT = TermRow(1, "RENT", D("400.00"), date(2026, 1, 1), None)
CHARGES = TermRow(2, "CHARGES", D("50.00"), date(2026, 1, 1), None)
PARKING = TermRow(3, "PARKING", D("30.00"), date(2026, 1, 1), None)


def right(amount: str, start: str, end: str | None = None, *, direct: bool = True) -> RightRow:
    upper = date.fromisoformat(end) if end else None
    return RightRow(1, 9, "APL", D(amount), date.fromisoformat(start), upper, direct)


def on(
    day: str,
    *,
    terms=(RENT, CHARGES),
    rights=(),
    entry: str = "2026-01-01",
    exit_on: str | None = None,
    died: bool = False,
) -> MonthTerm:
    contract = Contract(
        terms=terms, rights=rights, entry_on=date.fromisoformat(entry),
        exit_on=date.fromisoformat(exit_on) if exit_on else None, died=died,
    )  # fmt: skip
    asked = date.fromisoformat(day)
    found = term_on(month_terms(contract, start=date(2026, 1, 1), end=asked, params=PAY_DAYS), asked)
    assert found is not None
    return found


# (what, day, facts, rent and charges, net of the benefit paid to us, a benefit runs)
CASES = [
    ("no benefit: gross", "2026-10-05", {}, "450.00", "450.00", False),
    ("benefit paid to us: net", "2026-10-05", {"rights": [right("300.00", "2026-02-01")]}, "450.00", "150.00", True),
    ("benefit paid to the tenant: gross, but aided", "2026-10-05",
     {"rights": [right("300.00", "2026-02-01", direct=False)]}, "450.00", "450.00", True),
    ("the day before the benefit begins", "2026-10-31", {"rights": [right("300.00", "2026-11-01")]}, "450.00",
     "450.00", False),
    ("the day on which it begins", "2026-11-01", {"rights": [right("300.00", "2026-11-01")]}, "450.00", "150.00", True),
    ("the last day of a benefit that stops", "2026-10-31", {"rights": [right("300.00", "2026-02-01", "2026-11-01")]},
     "450.00", "150.00", True),
    ("the day after it stopped", "2026-11-01", {"rights": [right("300.00", "2026-02-01", "2026-11-01")]}, "450.00",
     "450.00", False),
    ("month of entry: nothing is expected (R. 823-10)", "2026-03-31",
     {"rights": [right("300.00", "2026-03-01")], "entry": "2026-03-01"}, "450.00", "450.00", True),
    ("the month after the entry", "2026-04-01", {"rights": [right("300.00", "2026-03-01")], "entry": "2026-03-01"},
     "450.00", "150.00", True),
    ("month of departure: nothing is expected", "2026-10-05",
     {"rights": [right("300.00", "2026-02-01")], "exit_on": "2026-10-20"}, "450.00", "450.00", True),
    ("departure after the last day of the month: expected", "2026-10-05",
     {"rights": [right("300.00", "2026-02-01")], "exit_on": "2026-11-01"}, "450.00", "150.00", True),
    ("a death keeps the benefit of its month (R. 823-12 al. 2)", "2026-10-05",
     {"rights": [right("300.00", "2026-02-01")], "exit_on": "2026-10-20", "died": True}, "450.00", "150.00", True),
    ("after a death: the month of the last day", "2026-12-05",
     {"rights": [right("300.00", "2026-02-01")], "exit_on": "2026-10-20", "died": True}, "450.00", "150.00", True),
    ("after the stay: the month of its last day", "2027-02-05",
     {"rights": [right("300.00", "2026-02-01", "2026-11-01")], "exit_on": "2026-11-01"}, "450.00", "150.00", True),
    ("never more than rent and charges", "2026-10-05", {"rights": [right("600.00", "2026-02-01")]}, "450.00", "0.00",
     True),
    ("a new rent from its first day", "2026-10-01",
     {"terms": [RENT._replace(upper=date(2026, 10, 1)), TermRow(4, "RENT", D("420.00"), date(2026, 10, 1), None),
                CHARGES]}, "470.00", "470.00", False),
    ("the day before the new rent", "2026-09-30",
     {"terms": [RENT._replace(upper=date(2026, 10, 1)), TermRow(4, "RENT", D("420.00"), date(2026, 10, 1), None),
                CHARGES]}, "450.00", "450.00", False),
    ("amounts that ended with the contract: the last ones", "2026-10-05",
     {"terms": [RENT._replace(upper=date(2026, 8, 22)), CHARGES._replace(upper=date(2026, 8, 22))]}, "450.00",
     "450.00", False),
]  # fmt: skip


@pytest.mark.parametrize(("day", "facts", "gross", "net", "aided"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_month_of_a_day(day, facts, gross, net, aided):
    found = on(day, **facts)
    assert (found.gross, found.net, found.is_aided) == (D(gross), D(net), aided)


def test_after_the_contract_s_end_the_benefit_of_the_occupation_counts():
    # CCH R. 824-14: the contract ended on 21 August, the household stays, its benefit begins again on 1 October.
    rights = [right("300.00", "2026-10-01")]
    assert on("2026-09-30", rights=rights).net == D("450.00")
    assert on("2026-11-05", rights=rights).net == D("150.00")


def test_parking_is_asked_but_is_no_rent_nor_charge():
    found = on("2026-10-05", terms=(RENT, CHARGES, PARKING), rights=[right("300.00", "2026-02-01")])
    assert (found.rent, found.gross, found.net, found.asked) == (D("400.00"), D("450.00"), D("150.00"), D("180.00"))


def test_a_right_without_a_first_day_and_one_paid_to_the_household():
    first = RightRow(1, 9, "APL", D("300.00"), None, date(2026, 11, 1), True)
    assert (on("2026-10-05", rights=[first]).net, on("2026-10-05", rights=[first]).is_direct) == (D("150.00"), True)
    own = [right("300.00", "2026-02-01", direct=False)]
    assert (on("2026-10-05", rights=own).is_aided, on("2026-10-05", rights=own).is_direct) == (True, False)


def test_where_a_day_has_no_amount_the_nearest_before_it_counts_else_the_first():
    ended = RENT._replace(upper=date(2026, 3, 1))
    later = TermRow(4, "RENT", D("420.00"), date(2026, 3, 1), date(2026, 6, 1))
    # The very day on which they ended, and a later one; the former amount is not the last.
    assert on("2026-06-01", terms=(ended, later)).rent == D("420.00")
    assert on("2026-12-31", terms=(ended, later)).rent == D("420.00")
    starts = later._replace(lower=date(2026, 4, 1), upper=None)
    assert on("2026-02-05", terms=(starts, TermRow(5, "RENT", D("430.00"), date(2026, 9, 1), None))).rent == D("420.00")
    short = TermRow(6, "RENT", D("440.00"), date(2026, 5, 31), date(2026, 6, 1))
    assert on("2026-07-01", terms=(short, later._replace(upper=date(2026, 5, 31)))).rent == D("440.00")


def test_a_gap_keeps_what_was_before_it():
    former = RENT._replace(upper=date(2026, 3, 1))
    later = TermRow(4, "RENT", D("420.00"), date(2026, 5, 1), date(2026, 9, 1))
    assert on("2026-04-05", terms=(former, later)).rent == D("400.00")


def test_nothing_is_said_of_a_period_that_ends_before_it_begins():
    contract = Contract(terms=(RENT,), entry_on=date(2026, 1, 1))
    assert month_terms(contract, start=date(2026, 3, 2), end=date(2026, 3, 1), params=PAY_DAYS) == ()
    assert len(month_terms(contract, start=date(2026, 3, 1), end=date(2026, 3, 1), params=PAY_DAYS)) == 1


def test_a_month_is_without_a_benefit_unless_one_is_told():
    bare = MonthTerm(date(2026, 1, 1), D("400.00"))
    assert (bare.is_aided, bare.is_direct, bare.asked) == (False, False, D("400.00"))


def test_the_stay_that_ended_keeps_the_amounts_of_its_last_day():
    changed = (RENT._replace(upper=date(2026, 10, 20)), TermRow(4, "RENT", D("420.00"), date(2026, 10, 20), None))
    assert on("2026-12-05", terms=changed, exit_on="2026-10-20").rent == D("400.00")
    assert on("2026-12-05", terms=changed, exit_on="2026-10-21").rent == D("420.00")


def test_one_row_per_change():
    contract = Contract(terms=(RENT, CHARGES), rights=[right("300.00", "2026-03-01")], entry_on=date(2026, 1, 15))
    found = month_terms(contract, start=date(2026, 1, 20), end=date(2026, 12, 31), params=PAY_DAYS)
    assert [(term.since, term.net) for term in found] == [
        (date(2026, 1, 20), D("450.00")), (date(2026, 3, 1), D("150.00")),
    ]  # fmt: skip
    assert term_on(found, date(2026, 1, 19)) is None


def test_a_stay_ends_without_a_death_unless_one_is_told():
    contract = Contract(
        terms=(RENT, CHARGES), rights=[right("300.00", "2026-02-01")], entry_on=date(2026, 1, 1),
        exit_on=date(2026, 10, 20),
    )  # fmt: skip
    [found] = month_terms(contract, start=date(2026, 10, 5), end=date(2026, 10, 5), params=PAY_DAYS)
    assert found.net == D("450.00")


def test_a_contract_without_amounts_has_no_month():
    contract = Contract(entry_on=date(2026, 1, 1))
    assert month_terms(contract, start=date(2026, 1, 1), end=date(2026, 2, 1), params=PAY_DAYS) == ()
