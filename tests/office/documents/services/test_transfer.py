"""The QR code of a transfer: what is printed is read again, by a decoder that knows nothing of the house."""

from typing import Any

import pytest

from common import clock
from office.access.actor import Actor
from office.documents.services import identity, new_document
from office.documents.transfer import payload
from office.models import Document
from tests.factories import make_association
from tests.printed import scanned

ORDER = {
    "name": "Rive Neuve", "iban": "FR76 3000 6000 0112 3456 7890 189", "bic": "AGRIFRPP882", "amount": "266.57",
    "text": "RF76B00042",
}  # fmt: skip


def test_the_lines_of_the_guidelines_in_their_order() -> None:
    assert payload(**ORDER) == (
        "BCD\n002\n1\nSCT\nAGRIFRPP882\nRive Neuve\nFR7630006000011234567890189\nEUR266.57\n\n\nRF76B00042"
    )


def test_version_002_needs_no_bic() -> None:
    said = payload(**ORDER | {"bic": ""})
    assert said is not None
    assert said.split("\n")[4:7] == ["", "Rive Neuve", "FR7630006000011234567890189"]


@pytest.mark.parametrize("amount", ["0.00", "0", "-12.00", "1000000000.00"])
def test_there_is_no_code_without_an_amount_to_transfer(amount: str) -> None:
    assert payload(**ORDER | {"amount": amount}) is None


@pytest.mark.parametrize(
    ("amount", "written"), [("0.01", "EUR0.01"), ("999999999.99", "EUR999999999.99"), ("7", "EUR7.00")]
)
def test_the_amount_has_two_decimals_whatever_its_size(amount: str, written: str) -> None:
    said = payload(**ORDER | {"amount": amount})
    assert said is not None
    assert said.split("\n")[7] == written


def test_a_long_name_is_cut_and_a_long_text_has_no_code() -> None:
    said = payload(**ORDER | {"name": "é" * 80})
    assert said is not None
    assert said.split("\n")[5] == "é" * 70
    assert payload(**ORDER | {"text": "x" * 141}) is None
    # 70 letters of four bytes each and a full text pass 331 bytes.
    assert payload(**ORDER | {"name": "𝐀" * 70, "text": "x" * 140}) is None


def test_a_line_feed_begins_no_other_field() -> None:
    said = payload(**ORDER | {"name": "Rive\nNeuve ", "text": "RF76\r\nB00042"})
    assert said is not None
    assert said.split("\n")[5:] == ["Rive Neuve", "FR7630006000011234567890189", "EUR266.57", "", "", "RF76 B00042"]


def demand(**order: Any) -> Document:
    """An avis, not saved, as the rent papers make it."""
    transfer = ORDER | order
    data = {
        "recipient": ["Mme Fatou Sarr", "4 rue de l’Océan", "44000 Nantes"], "lease": "B00042", "home": "",
        "is_indemnity": False, "from": "2026-11-01", "to": "2026-11-30", "due_on": "2026-12-05", "gross": "499.00",
        "lines": [{"label": "Loyer", "detail": "", "amount": "499.00"}], "aid": None, "aid_from": "", "advance": None,
        "with_it": [], "instalment": None, "to_pay": transfer["amount"], "before": None, "coming": None,
        "payment_reference": transfer["text"], "bank": {"iban": transfer["iban"], "bic": transfer["bic"]},
        "credit_transfer": transfer,
    }  # fmt: skip
    return new_document(
        kind="rent_demand", number="AVIS-1", title="Avis d’échéance", data=data, actor=Actor.system(), house=identity()
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "order",
    [
        {},
        {"amount": "0.01", "bic": ""},
        {"amount": "12345.60", "text": "RF18539007547034", "name": "Association d’insertion « L’Œuvre » de l’Étoile"},
        {"iban": "DE89 3704 0044 0532 0130 00", "bic": "COBADEFF", "text": "RF" + "9" * 23},
        {"name": "é" * 80, "text": "x" * 110, "amount": "999999999.99"},
    ],
)
def test_the_printed_code_is_read_again(order: dict[str, str]) -> None:
    make_association()
    assert scanned(demand(**order)) == [payload(**ORDER | order)]


@pytest.mark.django_db
def test_what_was_cancelled_and_what_asks_nothing_have_no_code() -> None:
    make_association()
    cancelled = demand()
    cancelled.cancelled_at = clock.now()
    assert scanned(cancelled) == scanned(demand(amount="0.00")) == []
