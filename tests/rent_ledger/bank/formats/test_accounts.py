"""IBAN, BBAN and the key of a French account; RF references."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schwifty import IBAN
from stdnum import iban as stdnum_iban
from stdnum import iso11649

from rent_ledger.bank.formats.accounts import bban_account, clean_iban
from rent_ledger.bank.formats.references import find_rf
from tests.rent_ledger.bank.formats.ibans import french_iban

BANKS = st.from_regex(r"\A[0-9]{5}\Z")
ACCOUNTS = st.from_regex(r"\A[0-9A-Z]{11}\Z")


@given(BANKS, BANKS, ACCOUNTS)
def test_french_iban_is_valid_with_its_rib_key_and_comes_back_as_bban(bank: str, branch: str, account: str) -> None:
    iban = french_iban(bank, branch, account)
    assert stdnum_iban.is_valid(iban)
    if bank != "00000":
        IBAN(iban, validate_bban=True)
    assert bban_account(iban) == f"{bank}-{branch}-{account}"
    assert clean_iban(f" {iban[:4]} {iban[4:].lower()} ") == iban


@pytest.mark.parametrize(
    "text", ["", "FR76", "FR7630001007941234567890186", "NL77ABNA0574908766", "50000000054910000003", "FRé630001"]
)
def test_what_is_no_iban_is_refused(text: str) -> None:
    assert clean_iban(text) == ""
    assert bban_account(text) is None


def test_a_foreign_iban_has_no_french_bban() -> None:
    assert clean_iban("NL77 ABNA 0574 9087 65") == "NL77ABNA0574908765"
    assert bban_account("NL77ABNA0574908765") is None


@given(st.from_regex(r"\A[0-9A-Z]{1,21}\Z"))
def test_an_rf_reference_is_found_in_a_label_in_one_piece_and_in_groups(body: str) -> None:
    check = 98 - int("".join(str(int(char, 36)) for char in body + "RF00")) % 97
    reference = f"RF{check:02d}{body}"
    assert iso11649.is_valid(reference)
    assert find_rf(f"LOYER {reference}, MERCI") == reference
    grouped = " ".join(reference[i : i + 4] for i in range(0, len(reference), 4))
    assert find_rf(f"LOYER {grouped}; MERCI") == reference


@pytest.mark.parametrize("text", ["", "PERF18539", "RF18539007547035", "RF", "rf00 loyer", "SURF18539007547034"])
def test_what_only_looks_like_a_reference_is_none(text: str) -> None:
    assert find_rf(text) == ""
