"""What the writers write, the readers read back; the camt files also follow the ISO 20022 schemas."""

import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from rent_ledger.bank.formats.accounts import bban_account
from rent_ledger.bank.formats.cfonb120 import decode_amount, encode_amount
from rent_ledger.bank.formats.detect import read_bank_file
from rent_ledger.bank.formats.model import ReadStatement
from rent_ledger.bank.formats.write_camt053 import write_camt053
from rent_ledger.bank.formats.write_cfonb120 import write_cfonb120
from rent_ledger.bank.formats.written import WrittenEntry, WrittenStatement
from tests.rent_ledger.bank.formats.ibans import french_iban

XSD = Path(__file__).resolve().parents[3] / "data" / "bank" / "xsd"
OWN = french_iban("30003", "01234", "0123456789A")
OTHER = french_iban("20041", "01005", "00000123456")

# Words of Latin-1 letters: fixed-width records keep neither double spaces nor blanks at the ends.
_LETTERS = st.characters(codec="latin-1", categories=["L", "N", "P"])
WORDS = st.text(_LETTERS, min_size=1, max_size=9)
CODES = st.from_regex(r"\A[A-Z0-9][A-Z0-9/-]{0,14}\Z").filter(lambda code: code != "NONREF")


def _text(limit: int) -> st.SearchStrategy[str]:
    return st.lists(WORDS, max_size=8).map(lambda words: " ".join(words * 4)[:limit].strip())


DAYS = st.dates(date(2000, 1, 1), date(2059, 12, 31))
CENTS = st.integers(-(10**10), 10**10).map(lambda cents: Decimal(cents).scaleb(-2))
ENTRIES = st.builds(
    WrittenEntry,
    label=_text(140),
    amount=CENTS,
    booking_day=DAYS,
    value_day=DAYS,
    name=_text(70),
    iban=st.sampled_from(["", OTHER]),
    end_to_end=st.one_of(st.just(""), CODES),
    structured_reference=st.sampled_from(["", "RF18539007547034"]),
    mandate=st.one_of(st.just(""), CODES),
    return_reason=st.sampled_from(["", "AM04", "MD06"]),
    bank_reference=st.one_of(st.just(""), CODES),
)
STATEMENTS = st.builds(
    WrittenStatement,
    iban=st.just(OWN),
    opening=CENTS,
    opening_day=DAYS,
    closing_day=DAYS,
    entries=st.lists(ENTRIES, max_size=3).map(tuple),
    sequence=st.integers(1, 999),
    owner_name=_text(60),
)


def _check(read: ReadStatement, written: WrittenStatement) -> None:
    assert (read.opening, read.closing) == (written.opening, written.closing)
    assert (read.opening_day, read.closing_day) == (written.opening_day, written.closing_day)
    assert read.adds_up is True
    assert read.gap == 0
    assert read.currencies == {"EUR"}
    assert len(read.entries) == len(written.entries)
    for ours, theirs in zip(read.entries, written.entries, strict=True):
        assert ours.booked
        assert ours.signed_amount == theirs.amount
        assert (ours.booking_day, ours.value_day) == (theirs.booking_day, theirs.value_day)
        assert ours.label == theirs.label
        assert ours.counterparty_name == theirs.name
        assert ours.counterparty_iban == theirs.iban
        assert ours.end_to_end == theirs.end_to_end
        assert ours.structured_reference == theirs.structured_reference
        assert ours.mandate == theirs.mandate
        assert ours.return_reason == theirs.return_reason
        assert ours.is_return == bool(theirs.return_reason)


@pytest.mark.parametrize("version", ["02", "08"])
@settings(max_examples=60)
@given(statements=st.lists(STATEMENTS, min_size=1, max_size=2))
def test_camt_written_is_read_back(version: Any, statements: list[WrittenStatement]) -> None:
    content = read_bank_file(write_camt053(statements, version=version))
    assert content.format == f"camt.053.001.{version}"
    assert len(content.statements) == len(statements)
    for read, written in zip(content.statements, statements, strict=True):
        _check(read, written)
        assert read.iban == read.account == OWN
        assert read.owner_name == written.owner_name
        assert [e.bank_reference for e in read.entries] == [e.bank_reference for e in written.entries]


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "", "\n\n"])
@settings(max_examples=40)
@given(statements=st.lists(STATEMENTS, min_size=1, max_size=2))
def test_cfonb_written_is_read_back_whatever_the_line_ends(line_end: str, statements: list[WrittenStatement]) -> None:
    content = read_bank_file(write_cfonb120(statements, line_end=line_end))
    assert content.format == "CFONB120"
    assert len(content.statements) == len(statements)
    for read, written in zip(content.statements, statements, strict=True):
        _check(read, written)
        assert read.account == bban_account(OWN)
        assert read.iban is None
        assert [e.entry_reference for e in read.entries] == [e.bank_reference for e in written.entries]


@pytest.mark.parametrize("version", ["02", "08"])
@settings(max_examples=15)
@given(statement=STATEMENTS)
def test_camt_written_follows_its_schema(version: Any, statement: WrittenStatement) -> None:
    schema = etree.XMLSchema(etree.parse(XSD / f"camt.053.001.{version}.xsd"))
    schema.assertValid(etree.fromstring(write_camt053([statement], version=version)))


@given(st.integers(-(10**14 - 1), 10**14 - 1))
def test_signed_amounts_come_back(cents: int) -> None:
    text = encode_amount(cents)
    assert len(text) == 14
    assert decode_amount(text) == cents
    assert decode_amount(text.lower()) == cents


@given(st.text(max_size=16))
def test_any_other_text_is_no_amount(text: str) -> None:
    try:
        cents = decode_amount(text)
    except ValueError:
        return
    assert encode_amount(abs(cents))[:13] == text[:13].replace(" ", "0")


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("0000010173118I", 101731189),
        ("0000000001904}", -19040),
        ("0000000000000{", 0),
        ("0000000000000}", 0),
        ("0000000000010é", 100),  # the French 7-bit set prints { and } as é and è
        ("0000000000010è", -100),
        ("            1a", 11),
        ("00000000000000", 0),
    ],
)
def test_signed_amounts_as_the_brochure_says(text: str, cents: int) -> None:
    assert decode_amount(text) == cents


@pytest.mark.parametrize(
    "text", ["00000000000012", "0000000000001S", "00000 0000001A", "0000000000001 ", "1A", "-000000000001A"]
)
def test_amounts_whose_sign_is_not_clear_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a signed amount"):
        decode_amount(text)


def test_an_amount_too_long_for_the_record_is_refused() -> None:
    with pytest.raises(ValueError, match="too big"):
        encode_amount(10**14)


def test_cfonb_needs_a_french_account() -> None:
    statement = WrittenStatement(
        iban="NL77ABNA0574908765", opening=Decimal(0), opening_day=date(2026, 11, 1), closing_day=date(2026, 11, 2)
    )
    with pytest.raises(ValueError, match="not a French account"):
        write_cfonb120([statement])


@settings(max_examples=20)
@given(statements=st.lists(STATEMENTS, min_size=1, max_size=2))
def test_a_zip_is_read_as_its_files(statements: list[WrittenStatement]) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, statement in enumerate(statements):
            archive.writestr(f"releves/{number}.xml", write_camt053([statement]))
        archive.writestr("__MACOSX/._0.xml", b"\x00\x05")
    content = read_bank_file(buffer.getvalue())
    assert content.format == "camt.053.001.02"
    for read, written in zip(content.statements, statements, strict=True):
        _check(read, written)
