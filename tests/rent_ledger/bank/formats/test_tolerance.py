"""What banks really deliver is read where it is clear: encodings, namespaces, versions, record habits."""

import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from rent_ledger.bank.formats.detect import read_bank_file
from rent_ledger.bank.formats.model import to_json
from rent_ledger.bank.formats.write_camt053 import write_camt053
from rent_ledger.bank.formats.write_cfonb120 import write_cfonb120
from rent_ledger.bank.formats.written import WrittenEntry, WrittenStatement
from tests.rent_ledger.bank.formats.ibans import french_iban

BANK = Path(__file__).resolve().parents[3] / "data" / "bank"
OWN = french_iban("30003", "01234", "01234567890")
DAY = date(2026, 11, 2)
STATEMENT = WrittenStatement(
    iban=OWN,
    opening=Decimal("100.00"),
    opening_day=date(2026, 10, 30),
    closing_day=DAY,
    entries=(
        WrittenEntry(label="LOYER NOÉMIE", amount=Decimal("450.50"), booking_day=DAY, name="Noémie Lefèvre"),
        WrittenEntry(label="FRAIS", amount=Decimal("-12.30"), booking_day=DAY),
    ),
)
CAMT = write_camt053([STATEMENT])
CFONB = write_cfonb120([STATEMENT])
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"


def _camt(body: str, *, name: str = "BkToCstmrStmt", kind: str = "Stmt", account: str = f"<IBAN>{OWN}</IBAN>") -> bytes:
    return (
        f'<Document xmlns="{NAMESPACE}"><{name}><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-03T08:00:00</CreDtTm></GrpHdr>'
        f"<{kind}><Id>S1</Id><Acct><Id>{account}</Id></Acct>{body}</{kind}></{name}></Document>"
    ).encode()


def _balance(kind: str, amount: str, day: str = "2026-11-02", currency: str = "EUR", indicator: str = "CRDT") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
        f"<CdtDbtInd>{indicator}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _entry(amount: str = "10.00", *, indicator: str = "CRDT", inside: str = "<Sts>BOOK</Sts>") -> str:
    return f"<Ntry><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>{indicator}</CdtDbtInd>{inside}</Ntry>"


def _check(data: bytes) -> None:
    (statement,) = read_bank_file(data).statements
    assert (statement.opening, statement.closing) == (Decimal("100.00"), Decimal("538.20"))
    assert statement.adds_up is True
    first, second = statement.entries
    assert first.label == "LOYER NOÉMIE"
    assert first.counterparty_name == "Noémie Lefèvre"
    assert (first.signed_amount, second.signed_amount) == (Decimal("450.50"), Decimal("-12.30"))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(CAMT, id="as written"),
        pytest.param(b"\xef\xbb\xbf" + CAMT, id="mark of UTF-8"),
        pytest.param(b"\r\n  " + CAMT, id="blank before"),
        pytest.param(CAMT + b"\r\n\r\n", id="blank after"),
        pytest.param(CAMT.decode().encode("latin-1"), id="declared UTF-8, bytes Latin-1"),
        pytest.param(CAMT.replace(b"'UTF-8'", b"'ISO-8859-1'"), id="declared Latin-1, bytes UTF-8"),
        pytest.param(
            CAMT.replace(b"'UTF-8'", b"'ISO-8859-1'").decode().encode("latin-1"), id="declared and written Latin-1"
        ),
        pytest.param(CAMT.replace(b"'UTF-8'", b"'windows-1252'").decode().encode("cp1252"), id="Windows"),
        pytest.param(CAMT.replace(b"'UTF-8'", b"'UTF-16'"), id="declared UTF-16, bytes UTF-8"),
        pytest.param(CAMT.decode().replace("UTF-8", "UTF-16").encode("utf-16"), id="UTF-16 with mark"),
        pytest.param(CAMT.decode().encode("utf-16-be"), id="UTF-16 without mark"),
        pytest.param(CAMT.replace(f' xmlns="{NAMESPACE}"'.encode(), b""), id="no namespace"),
        pytest.param(CAMT[CAMT.index(b"?>") + 2 :], id="no declaration"),
        pytest.param(CFONB, id="CFONB with CR LF"),
        pytest.param(b"\xef\xbb\xbf" + CFONB.decode("latin-1").encode(), id="CFONB in marked UTF-8"),
        pytest.param(CFONB.decode("latin-1").encode(), id="CFONB in UTF-8"),
        pytest.param(CFONB + b"\x1a", id="CFONB ended by Ctrl-Z"),
        pytest.param(b"\r\n\r\n" + CFONB.replace(b"\r\n", b"\r\n\r\n"), id="CFONB with blank lines"),
        pytest.param(CFONB.replace(b"\r\n", b""), id="CFONB without line ends"),
        pytest.param(b"\n".join(line.rstrip() for line in CFONB.split(b"\r\n")), id="CFONB without blanks at the ends"),
        pytest.param(CFONB.rstrip(), id="CFONB without the last blanks"),
    ],
)
def test_the_same_statement_whatever_its_clothes(data: bytes) -> None:
    _check(data)


def test_prefixed_namespaces_foreign_elements_and_envelopes() -> None:
    text = CAMT.decode()
    prefixed = text.replace("<", "<c:").replace("<c:/", "</c:").replace("<c:?", "<?").replace("xmlns=", "xmlns:c=")
    content = read_bank_file(prefixed.encode())
    assert content.format == "camt.053.001.02"
    _check(prefixed.encode())
    foreign = text.replace("<Ntry>", "<Ntry><x:Own xmlns:x='urn:bank'><x:Amt>9</x:Amt></x:Own><!-- note -->")
    _check(foreign.encode())
    body = text[text.index("<Document") :]
    _check(f"<Envelope><Header/><Body>{body}</Body></Envelope>".encode())
    _check(body[body.index("<BkToCstmrStmt>") :].replace("</Document>", "").encode())


@pytest.mark.parametrize("version", [f"{n:02d}" for n in range(1, 15)])
@pytest.mark.parametrize(
    ("name", "kind", "base"),
    [
        ("BkToCstmrAcctRpt", "Rpt", "camt.052"),
        ("BkToCstmrStmt", "Stmt", "camt.053"),
        ("BkToCstmrDbtCdtNtfctn", "Ntfctn", "camt.054"),
    ],
)
def test_every_version_names_itself(version: str, name: str, kind: str, base: str) -> None:
    wanted = f"{base}.001.{version}"
    status = "<Sts>BOOK</Sts>" if version < "08" else "<Sts><Cd>BOOK</Cd></Sts>"
    data = _camt(_entry(inside=status), name=name, kind=kind).replace(b"camt.053.001.02", wanted.encode())
    content = read_bank_file(data)
    assert content.format == wanted
    (statement,) = content.statements
    assert (statement.kind, statement.credits, statement.not_booked, statement.adds_up) == (kind, 1, 0, None)
    without = data.replace(f' xmlns="urn:iso:std:iso:20022:tech:xsd:{wanted}"'.encode(), b"")
    assert read_bank_file(without).format == base


@pytest.mark.parametrize(
    ("inside", "booked", "status"),
    [
        ("<Sts>BOOK</Sts>", True, "BOOK"),
        ("<Sts><Cd>BOOK</Cd></Sts>", True, "BOOK"),
        ("", True, ""),
        ("<Sts>PDNG</Sts>", False, "PDNG"),
        ("<Sts><Cd>INFO</Cd></Sts>", False, "INFO"),
        ("<Sts><Prtry>FUTR</Prtry></Sts>", False, "FUTR"),
    ],
)
def test_only_booked_entries_count(inside: str, booked: bool, status: str) -> None:
    body = _balance("OPBD", "5.00") + _balance("CLBD", "15.00" if booked else "5.00") + _entry(inside=inside)
    (statement,) = read_bank_file(_camt(body)).statements
    assert statement.entries[0].status == status
    assert (statement.credits, statement.not_booked) == ((1, 0) if booked else (0, 1))
    assert statement.adds_up is True


def test_balances_that_do_not_add_up_are_told_with_their_gap() -> None:
    body = _balance("OPBD", "5.00") + _balance("CLBD", "14.00") + _entry()
    content = read_bank_file(_camt(body))
    assert content.statements[0].adds_up is False
    assert content.statements[0].gap == Decimal("-1.00")
    printed = to_json(content)
    assert printed["statements"] == [
        {
            "account": OWN, "currency": None, "opening": "5.00", "closing": "14.00", "entries": 1, "credits": 1,
            "debits": 0, "sum_credits": "10.00", "sum_debits": "0", "not_booked": 0, "adds_up": False,
        }
    ]  # fmt: skip


def test_overdrawn_balances_previous_closing_and_days() -> None:
    body = (
        _balance("CLAV", "999.00")
        + _balance("PRCD", "20.00", "2026-10-30", indicator="DBIT")
        + _balance("CLBD", "30.00", indicator="DBIT")
        + _entry(indicator="DBIT")
    )
    (statement,) = read_bank_file(_camt(body)).statements
    assert (statement.opening, statement.closing) == (Decimal("-20.00"), Decimal("-30.00"))
    assert (statement.opening_day, statement.closing_day) == (date(2026, 10, 30), date(2026, 11, 2))
    assert statement.adds_up is True
    assert statement.entries[0].booking_day == date(2026, 11, 2)  # the statement's, where the entry has none


def test_five_decimals_zero_amounts_and_other_currencies() -> None:
    body = _entry("0") + _entry("1.23456") + _entry("10.00").replace("EUR", "CHF")
    (statement,) = read_bank_file(_camt(body)).statements
    assert [e.amount for e in statement.entries] == [Decimal(0), Decimal("1.23456"), Decimal("10.00")]
    assert statement.credits == 3
    assert statement.currencies == {"EUR", "CHF"}


def test_a_reversal_keeps_the_sign_that_its_indicator_gives() -> None:
    (statement,) = read_bank_file(_camt(_entry(indicator="DBIT", inside="<RvslInd>true</RvslInd>"))).statements
    assert (statement.credits, statement.debits) == (0, 1)
    assert statement.entries[0].is_return


def test_a_returned_direct_debit_names_the_tenant_its_mandate_and_reason() -> None:
    tenant = french_iban("20041", "01005", "00000123456")
    entry = WrittenEntry(
        label="PRLV REJETE",
        amount=Decimal("-450.50"),
        booking_day=DAY,
        name="Noémie Lefèvre",
        iban=tenant,
        end_to_end="AVIS-12",
        mandate="RUM-7",
        return_reason="AM04",
    )
    statement = WrittenStatement(iban=OWN, opening=Decimal(0), opening_day=DAY, closing_day=DAY, entries=(entry,))
    for data in (write_camt053([statement]), write_camt053([statement], version="08"), write_cfonb120([statement])):
        (read,) = read_bank_file(data).statements[0].entries
        assert read.is_return
        assert not read.credit
        assert (read.return_reason, read.mandate, read.end_to_end) == ("AM04", "RUM-7", "AVIS-12")
        assert (read.counterparty_name, read.counterparty_iban) == ("Noémie Lefèvre", tenant)


def test_a_batch_keeps_its_details() -> None:
    details = "".join(
        f"<TxDtls><Refs><EndToEndId>{e2e}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy='EUR'>{amount}</Amt>"
        "</TxAmt></AmtDtls>"
        f"<RltdPties><Dbtr><Nm>{name}</Nm></Dbtr></RltdPties></TxDtls>"
        for e2e, amount, name in (("A", "4.00", "UN"), ("NOTPROVIDED", "6.00", "DEUX"))
    )
    entry = _entry(
        inside=f"<Sts>BOOK</Sts><NtryDtls>{details}</NtryDtls><AddtlNtryInf>REMISE  DU\n JOUR</AddtlNtryInf>"
    )
    (read,) = read_bank_file(_camt(entry)).statements[0].entries
    assert (read.label, read.transactions, read.end_to_end, read.counterparty_name) == ("REMISE DU JOUR", 2, "", "")
    assert [(d.amount, d.end_to_end, d.counterparty_name) for d in read.details] == [
        (Decimal("4.00"), "A", "UN"),
        (Decimal("6.00"), "", "DEUX"),
    ]


def test_accounts_without_iban() -> None:
    for account in ("<Othr><Id>123 45</Id></Othr>", "<PrtryAcct><Id>123 45</Id></PrtryAcct>", "<BBAN>123 45</BBAN>"):
        (statement,) = read_bank_file(_camt("", account=account)).statements
        assert (statement.account, statement.iban, statement.entries) == ("123 45", None, ())
    (statement,) = read_bank_file(_camt("", account=f"<Othr><Id>{OWN[:4]} {OWN[4:]}</Id></Othr>")).statements
    assert statement.iban == statement.account == OWN


def test_several_statements_and_empty_ones() -> None:
    content = read_bank_file(write_camt053([STATEMENT, STATEMENT]))
    assert len(content.statements) == 2
    empty = WrittenStatement(iban=OWN, opening=Decimal(7), opening_day=DAY, closing_day=DAY)
    for data in (write_camt053([empty]), write_cfonb120([empty])):
        (statement,) = read_bank_file(data).statements
        assert (statement.entries, statement.adds_up) == ((), True)


def test_one_line_has_the_same_key_in_every_file_and_another_key_when_it_differs() -> None:
    first = read_bank_file(write_camt053([STATEMENT])).statements[0].entries
    second = read_bank_file(write_camt053([STATEMENT, STATEMENT])).statements[1].entries
    assert [e.content_key for e in first] == [e.content_key for e in second]
    assert first[0].content_key != first[1].content_key


# -- CFONB ----------------------------------------------------------------------------------------------------------


def _lines(data: bytes = CFONB) -> list[str]:
    return data.decode("latin-1").split("\r\n")[:-1]


def _join(lines: list[str]) -> bytes:
    return "\n".join(lines).encode("latin-1")


def test_cfonb_blank_currency_and_decimals_mean_what_the_movements_say() -> None:
    lines = [line if line[:2] == "04" else line[:16] + "    " + line[20:] for line in _lines()]
    (statement,) = read_bank_file(_join(lines)).statements
    assert (statement.currency, statement.closing) == ("EUR", Decimal("538.20"))
    lines = [line[:16] + "    " + line[20:] for line in _lines()]
    (statement,) = read_bank_file(_join(lines)).statements
    assert (statement.currency, statement.closing) == ("EUR", Decimal("538.20"))
    assert statement.entries[0].currency == "EUR"


def test_cfonb_decimals_count() -> None:
    lines = [line[:19] + "3" + line[20:] for line in _lines()]
    assert read_bank_file(_join(lines)).statements[0].closing == Decimal("53.82")


def test_cfonb_in_lower_case_and_with_texts_in_reserved_zones() -> None:
    _, *movements = _lines()
    opening = _lines()[0]
    opening = (
        opening[:48] + "** PAS DE MOUVEMENT CE JOUR **".ljust(42) + opening[90:104] + "  081           "[:16].ljust(16)
    )
    lower = [line[:90] + line[90:104].lower() + line[104:] for line in [opening, *movements]]
    (statement,) = read_bank_file(_join(lower)).statements
    assert (statement.opening, statement.closing) == (Decimal("100.00"), Decimal("538.20"))
    everything = read_bank_file(_join([line.lower() for line in _lines()])).statements[0]
    assert everything.closing == Decimal("538.20")
    assert everything.currency == "EUR"
    assert everything.entries[0].counterparty_name == "noémie lefèvre"


@pytest.mark.parametrize(("year", "day"), [("61", 1961), ("60", 2060), ("99", 1999), ("00", 2000), ("26", 2026)])
def test_cfonb_years_turn_at_60(year: str, day: int) -> None:
    lines = [line[:38] + year + line[40:] for line in _lines()]
    (statement,) = read_bank_file(_join(lines)).statements
    assert statement.opening_day is not None
    assert statement.opening_day.year == day
    assert statement.entries[0].booking_day.year == day


def test_cfonb_unknown_qualifiers_and_other_bank_codes_are_left_aside() -> None:
    lines = _lines()
    odd = "0599999    99999EUR2 01234567890  021126     " + "2'C" + "TEXTE LIBRE".ljust(72)
    closing = lines[-1][:2] + "30009" + lines[-1][7:]
    (statement,) = read_bank_file(_join([*lines[:-1], odd, closing])).statements
    assert statement.account == "30003-01234-01234567890"
    assert statement.entries[-1].label == "FRAIS"


def test_cfonb_several_accounts_in_one_file() -> None:
    other = WrittenStatement(
        iban=french_iban("20041", "01005", "00000123456"), opening=Decimal(1), opening_day=DAY, closing_day=DAY
    )
    content = read_bank_file(write_cfonb120([STATEMENT, other, STATEMENT]))
    assert [s.account for s in content.statements] == [
        "30003-01234-01234567890",
        "20041-01005-00000123456",
        "30003-01234-01234567890",
    ]


def test_a_zip_of_both_formats() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.xml", CAMT)
        archive.writestr("b.txt", CFONB)
    content = read_bank_file(buffer.getvalue())
    assert content.format == "camt.053.001.02 + CFONB120"
    assert [s.adds_up for s in content.statements] == [True, True]
