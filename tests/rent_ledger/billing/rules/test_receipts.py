"""Quittance or reçu: the table of loi 89-462, art. 21, and of decision 4."""

from decimal import Decimal

import pytest

from rent_ledger.rules.receipts import TermState, choose

# indemnity, counted, household paid, household left, aid paid, aid left, given up → paper
CASES = [
    ("all paid by the household", False, "480", "480", "0", "0", "0", "0", "FULL"),
    ("household and aid paid", False, "480", "230", "0", "250", "0", "0", "FULL"),
    ("aid alone covers the term", False, "480", "0", "0", "480", "0", "0", "FULL"),
    ("shortfall paid by the household", False, "480", "280", "0", "200", "0", "0", "FULL"),
    ("nothing came in", False, "480", "0", "480", "0", "0", "0", "NONE"),
    ("part paid", False, "480", "100", "380", "0", "0", "0", "PARTIAL"),
    ("net share paid, aid awaited", False, "480", "230", "0", "0", "250", "0", "PARTIAL"),
    ("aid came, household did not pay", False, "480", "0", "230", "250", "0", "0", "PARTIAL"),
    ("shortfall left", False, "480", "230", "50", "200", "0", "0", "PARTIAL"),
    ("a cent left", False, "480", "479.99", "0.01", "0", "0", "0", "PARTIAL"),
    ("part given up", False, "480", "400", "0", "0", "0", "80", "PARTIAL"),
    ("indemnity paid in full", True, "0", "480", "0", "0", "0", "0", "PARTIAL"),
    ("indemnity unpaid", True, "0", "0", "480", "0", "0", "0", "NONE"),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_paper_that_is_due(case: tuple[str, bool, str, str, str, str, str, str, str]):
    _, is_indemnity, *amounts, kind = case
    counted, paid, left, aid_paid, aid_left, given_up = map(Decimal, amounts)
    ruling = choose(TermState(is_indemnity, counted, paid, left, aid_paid, aid_left, given_up))
    assert ruling.kind == kind
    assert ruling.reason


def test_the_receipt_that_waits_for_aid_says_so():
    waiting = TermState(False, Decimal(480), Decimal(230), Decimal(0), Decimal(0), Decimal(250))
    assert "l’aide au logement est encore attendue" in choose(waiting).reason
