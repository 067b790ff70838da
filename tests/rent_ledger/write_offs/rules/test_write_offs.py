"""Who signs a write-off, how much of each debt it takes, and what comes back: worked out by hand."""

from decimal import Decimal

import pytest

from rent_ledger.write_offs.codes import Signed
from rent_ledger.write_offs.rules.write_offs import WriteOffParams, needs_two, recovered, sign, taken

D = Decimal
PARAMS = WriteOffParams(one_signature_most=D("1000.00"))
ASKER, FIRST, OTHER = 1, 2, 3


@pytest.mark.parametrize(("amount", "two"), [("999.99", False), ("1000.00", False), ("1000.01", True)])
def test_above_the_ceiling_two_sign(amount: str, two: bool) -> None:
    assert needs_two(D(amount), PARAMS) is two


@pytest.mark.parametrize(
    ("signed", "signer", "of_two", "is_what"),
    [
        ([], OTHER, False, Signed.LAST),
        ([], ASKER, False, Signed.OWN),
        ([], FIRST, True, Signed.FIRST),
        ([FIRST], OTHER, True, Signed.LAST),
        ([FIRST], FIRST, True, Signed.TWICE),
        ([FIRST], ASKER, True, Signed.OWN),
        ([], ASKER, True, Signed.OWN),
    ],
)
def test_what_a_signature_is(signed: list[int], signer: int, of_two: bool, is_what: Signed) -> None:
    assert sign(asker=ASKER, signed=signed, signer=signer, of_two=of_two) == is_what


@pytest.mark.parametrize(
    ("amount", "left", "shares"),
    [
        ("400.00", ["200.00", "200.00"], ["200.00", "200.00"]),
        ("250.00", ["200.00", "200.00"], ["200.00", "50.00"]),
        ("200.00", ["200.00", "200.00"], ["200.00", "0.00"]),
        ("0.01", ["200.00"], ["0.01"]),
        ("400.01", ["200.00", "200.00"], None),
        ("1.00", [], None),
    ],
)
def test_the_oldest_debts_are_given_up_first(amount: str, left: list[str], shares: list[str] | None) -> None:
    found = taken(D(amount), [D(one) for one in left])
    assert found == (None if shares is None else [D(one) for one in shares])


@pytest.mark.parametrize(
    ("left", "credit", "back"),
    [("400", "150", "150"), ("150", "400", "150"), ("150", "150", "150"), ("0", "10", "0"), ("10", "0", "0")],
)
def test_so_much_comes_back_as_is_free_and_lost(left: str, credit: str, back: str) -> None:
    assert recovered(left=D(left), credit=D(credit)) == D(back)
