"""The reference of a household's transfers: ISO 11649."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from leases.contracts.rules.references import payment_reference


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", min_size=1, max_size=20).filter(lambda t: t.strip("-")))
def test_a_payment_reference_passes_the_norm(reference):
    made = payment_reference(reference)
    assert iso11649.is_valid(made)
    assert made[4:] == reference.replace("-", "")


def test_a_payment_reference_known_by_hand():
    assert payment_reference("B00042") == "RF76B00042"


@pytest.mark.parametrize("wrong", ["", "---", "A" * 22])
def test_an_unusable_reference_is_refused(wrong):
    with pytest.raises(ValueError, match="payment_reference"):
        payment_reference(wrong)


def test_the_longest_body_of_the_norm_is_accepted():
    assert len(payment_reference("A" * 21)) == 25


def test_small_letters_and_signs_are_written_as_the_norm_has_them():
    assert payment_reference("b-00 042") == payment_reference("B00042")
