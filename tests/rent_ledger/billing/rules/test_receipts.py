"""Quittance or reçu: the table of loi 89-462, art. 21, and of decision 4."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rent_ledger.billing.rules.receipts import (
    AidOfDemand,
    Sums,
    TermState,
    choose,
    shares_of_shortfall,
)

# indemnity, counted, asked, household paid, household left, aid paid, aid left, given up → paper, why
CASES = [
    ("all paid by the household", False, "480", "480", "480", "0", "0", "0", "0", "FULL", "SETTLED"),
    ("household and aid paid", False, "480", "230", "230", "0", "250", "0", "0", "FULL", "SETTLED"),
    ("aid alone covers the term", False, "480", "0", "0", "0", "480", "0", "0", "FULL", "SETTLED"),
    ("shortfall paid by the household", False, "480", "280", "280", "0", "200", "0", "0", "FULL", "SETTLED"),
    ("nothing came in", False, "480", "480", "0", "480", "0", "0", "0", None, "NOTHING_RECEIVED"),
    ("a cent came in", False, "480", "480", "0.01", "479.99", "0", "0", "0", "PARTIAL", "LEFT_TO_PAY"),
    ("part paid", False, "480", "480", "100", "380", "0", "0", "0", "PARTIAL", "LEFT_TO_PAY"),
    ("net share paid, aid awaited", False, "480", "230", "230", "0", "0", "250", "0", "PARTIAL", "AID_AWAITED"),
    ("a cent of aid awaited", False, "480", "230", "230", "0", "249.99", "0.01", "0", "PARTIAL", "AID_AWAITED"),
    ("aid came, household did not pay", False, "480", "230", "0", "230", "250", "0", "0", "PARTIAL", "LEFT_TO_PAY"),
    ("shortfall left", False, "480", "280", "230", "50", "200", "0", "0", "PARTIAL", "LEFT_TO_PAY"),
    ("a cent left", False, "480", "480", "479.99", "0.01", "0", "0", "0", "PARTIAL", "LEFT_TO_PAY"),
    ("part given up", False, "480", "480", "400", "0", "0", "0", "80", "PARTIAL", "GIVEN_UP"),
    ("a cent given up", False, "480", "480", "479.99", "0", "0", "0", "0.01", "PARTIAL", "GIVEN_UP"),
    ("nothing asked, part of the aid came", False, "480", "0", "0", "0", "300", "180", "0", None, "NOTHING_ASKED"),
    ("a cent asked and paid, aid awaited", False, "480", "0.01", "0.01", "0", "0", "480", "0", "PARTIAL",
     "AID_AWAITED"),
    ("nothing that a quittance is for", False, "0", "30", "30", "0", "0", "0", "0", "PARTIAL", "NOT_RECEIPTED"),
    ("indemnity paid in full", True, "0", "480", "480", "0", "0", "0", "0", "PARTIAL", "INDEMNITY"),
    ("indemnity paid in full by aid", True, "0", "0", "0", "0", "480", "0", "0", "PARTIAL", "INDEMNITY"),
    ("indemnity unpaid", True, "0", "480", "0", "480", "0", "0", "0", None, "NOTHING_RECEIVED"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_paper_that_is_due(case):
    _, is_indemnity, *amounts, kind, why = case
    ruling = choose(TermState(is_indemnity, *map(Decimal, amounts)))
    assert (ruling.kind, ruling.is_full, ruling.reason.code) == (kind, kind == "FULL", why)
    assert ruling.reason.text()


def test_the_receipt_that_waits_for_aid_says_so():
    waiting = TermState(False, Decimal(480), Decimal(230), Decimal(230), Decimal(0), Decimal(0), Decimal(250))
    assert "l’aide au logement est encore attendue" in choose(waiting).reason.text()


# gross, benefit, household paid, household left, aid, aid left, shortfall, taken back, given up
#   → household paid, household left, aid paid, received
STATES = [
    ("paid in full", "480 0 480 0 0 0 0 0 0", "480 0 0 480"),
    ("net share and aid", "450 200 250 0 200 0 0 0 0", "250 0 200 450"),
    ("aid came short, its rest unpaid", "480 250 230 50 200 0 50 0 0", "230 50 200 430"),
    ("aid came short, its rest paid", "480 250 280 0 200 0 50 0 0", "280 0 200 480"),
    ("indu of 100, unpaid", "499 286 213 100 286 0 100 100 0", "213 100 186 399"),
    ("indu of 100, paid by the household", "499 286 313 0 286 0 100 100 0", "313 0 186 499"),
    ("indu of 100, part paid", "499 286 253 60 286 0 100 100 0", "253 60 186 439"),
    ("a surplus that paid the term, taken back", "225 0 135 90 90 0 90 90 0", "135 90 0 135"),
    ("a surplus that paid another term, taken back", "225 0 225 90 0 0 90 90 0", "225 0 0 225"),
    ("the same, repaid", "225 0 315 0 0 0 90 90 0", "225 0 0 225"),
    ("said to be stopped, then left in the month", "225 0 250 0 175 0 200 200 0", "225 0 0 225"),
    ("aid awaited, money beyond the term", "450 200 300 0 150 50 0 0 0", "250 0 150 400"),
    ("aid that lies elsewhere", "100 80 0 0 120 0 0 0 0", "0 0 100 100"),
    ("part given up", "480 0 400 0 0 0 0 0 80", "400 0 0 400"),
    ("given up, and said to be left too", "480 0 400 80 0 0 0 0 80", "400 0 0 400"),
]


@pytest.mark.parametrize(("facts", "expected"), [case[1:] for case in STATES], ids=[case[0] for case in STATES])
def test_what_a_term_got(facts, expected):
    gross, benefit, paid, left, aid, aid_left, shortfall, taken_back, written_off = map(Decimal, facts.split())
    state = TermState.of(
        is_indemnity=False, gross=gross, benefit=benefit, counted=gross, paid=paid, left=left, aid=aid,
        aid_left=aid_left, shortfall=shortfall, taken_back=taken_back, written_off=written_off,
    )  # fmt: skip
    found = (state.tenant_paid, state.tenant_left, state.aid_paid, state.received)
    assert found == tuple(map(Decimal, expected.split()))
    assert (state.aid_left, state.written_off, state.asked) == (aid_left, written_off, gross - benefit + shortfall)


@pytest.mark.parametrize(
    ("left", "aid_left", "given_up", "settled"),
    [("0", "0", "0", True), ("0.01", "0", "0", False), ("0", "0.01", "0", False), ("0", "0", "0.01", False)],
)
def test_a_term_is_settled_to_the_cent(left, aid_left, given_up, settled):
    state = TermState(False, Decimal(480), Decimal(480), Decimal(480), Decimal(left), Decimal(0), Decimal(aid_left),
                      Decimal(given_up))  # fmt: skip
    assert state.is_settled is settled


# A term of 330 that awaits 330 of aid and an indemnity that awaits 70.
# shortfalls: surplus, paid, given up, left; came and awaited of the term, of the indemnity
#   → surplus, paid, given up, left and taken back of the term, of the indemnity
SHARES = [
    ("350 came: 50 lack on the indemnity", "0 0 0 50", "330 0", "20 50", "0 0 0 0 0", "0 0 0 50 0"),
    ("300 came: 30 and 70 lack", "0 0 0 100", "300 30", "0 70", "0 0 0 30 0", "0 0 0 70 0"),
    ("the household pays 20 of them", "0 20 0 80", "300 30", "0 70", "0 20 0 10 0", "0 0 0 70 0"),
    ("it pays 50", "0 50 0 50", "300 30", "0 70", "0 30 0 0 0", "0 20 0 50 0"),
    ("a surplus of 25 lies on it, 10 are given up", "25 0 10 65", "300 30", "0 70", "25 0 5 0 0", "0 0 5 65 0"),
    ("all came, 60 are taken back", "0 0 0 60", "330 0", "70 0", "0 0 0 0 0", "0 0 0 60 60"),
    ("all came, 100 are taken back", "0 0 0 100", "330 0", "70 0", "0 0 0 30 30", "0 0 0 70 70"),
]


@pytest.mark.parametrize(
    ("moved", "term", "rest", "of_term", "of_rest"), [c[1:] for c in SHARES], ids=[c[0] for c in SHARES]
)
def test_what_each_demand_of_a_month_bears_of_a_shortfall(moved, term, rest, of_term, of_rest):
    sums = Sums(*map(Decimal, moved.split()))
    shares = shares_of_shortfall(sums, [AidOfDemand(*map(Decimal, aid.split())) for aid in (term, rest)])
    assert [(*share.of, share.taken_back) for share in shares] == [
        tuple(map(Decimal, expected.split())) for expected in (of_term, of_rest)
    ]


def test_one_demand_bears_all_of_a_shortfall():
    moved = Sums(*map(Decimal, (5, 20, 3, 80)))
    [share] = shares_of_shortfall(moved, [AidOfDemand(Decimal(10), Decimal(60))])
    assert (share.of, share.taken_back) == (moved, Decimal(48))


EUROS = st.integers(0, 90_000).map(lambda cents: Decimal(cents) / 100)


@given(EUROS, EUROS, EUROS, EUROS, EUROS)
def test_no_paper_says_more_than_the_term(gross, paid, left, aid, taken_back):
    state = TermState.of(
        is_indemnity=False, gross=gross, benefit=Decimal(0), counted=gross, paid=paid, left=left, aid=aid,
        aid_left=Decimal(0), shortfall=taken_back, taken_back=taken_back, written_off=Decimal(0),
    )  # fmt: skip
    assert 0 <= state.received <= state.received + state.tenant_left <= gross
    assert min(state.tenant_paid, state.tenant_left, state.aid_paid) >= 0
