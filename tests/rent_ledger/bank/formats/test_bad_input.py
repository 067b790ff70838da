"""What can't be read is refused whole, in French, with the place; nothing else than `UnreadableFile` ever comes out."""

import random
import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import UnreadableFile
from rent_ledger.bank.formats.detect import check_size, read_bank_file
from rent_ledger.bank.formats.model import (
    MAX_BYTES,
    MAX_ERRORS,
    BankFileContent,
    to_json,
    unreadable_to_json,
)
from tests.rent_ledger.bank.formats.test_tolerance import (
    CAMT,
    CFONB,
    _balance,
    _camt,
    _entry,
    _join,
    _lines,
)

BANK = Path(__file__).resolve().parents[3] / "data" / "bank"
REAL_FILES = sorted(path for path in BANK.glob("c*/*") if path.name != "EXPECTED.json")
SMALL_FILES = [path for path in REAL_FILES if path.stat().st_size < 12_000]


def _refused(data: bytes, *parts: str, filename: str = "") -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read_bank_file(data, filename=filename)
    text = "\n".join(caught.value.errors)
    for part in parts:
        assert part in text
    return caught.value


# -- hostile --------------------------------------------------------------------------------------------------------

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]>"
)


@pytest.mark.parametrize(
    "start",
    [
        LAUGHS,
        '<!DOCTYPE Document [<!ENTITY file SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Document SYSTEM "http://example.org/x.dtd">',
        "<!DOCTYPE Document>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_a_document_type_is_refused_at_once(start: str, encoding: str) -> None:
    body = CAMT.decode()[CAMT.decode().index("<Document") :].replace("LOYER", "&file;&j;")
    error = _refused((start + body).encode(encoding), "DOCTYPE")
    assert error.code == "hostile_file"


def test_an_unknown_entity_is_refused() -> None:
    _refused(CAMT.replace(b"LOYER", b"&nbsp;"), "mal formé", "Ligne")


def test_a_big_file_is_refused_by_its_size_alone() -> None:
    error = _refused(b"<" * (MAX_BYTES + 1), "50,1 Mo", "la limite est de 50 Mo", filename="gros.xml")
    assert error.code == "file_too_big"
    assert error.message.startswith("« gros.xml » : ")
    with pytest.raises(UnreadableFile, match=r"« gros\.xml » : Le fichier fait 200,0 Mo"):
        check_size(200_000_000, filename="gros.xml")
    check_size(MAX_BYTES)


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_zip_bombs_and_zips_in_zips_are_refused() -> None:
    bomb = _zip({"a.xml": b"\0" * (MAX_BYTES + 1)})
    assert len(bomb) < 100_000
    assert _refused(bomb, "décompressée", "50 Mo").code == "file_too_big"
    _refused(_zip({f"{n}.xml": b"" for n in range(501)}), "501 fichiers")
    _refused(_zip({"a.zip": _zip({"a.xml": CAMT})}), "a.zip", "archive dans l’archive")
    # The directory announces another size than the stream unpacks.
    lying = bytearray(bomb)
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        position = lying.index(mark) + offset
        lying[position : position + 4] = (1000).to_bytes(4, "little")
    _refused(bytes(lying), "zip")


def test_a_zip_is_read_whole_or_not_at_all() -> None:
    _refused(_zip({"bon.xml": CAMT, "mauvais.txt": b"bonjour"}), "« mauvais.txt »", "ni du camt")
    _refused(_zip({}), "aucun fichier")
    _refused(_zip({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "bureautique")
    _refused(_zip({"a.xml": CAMT})[:-30], "zip")
    damaged = bytearray(_zip({"a.xml": CAMT}))
    damaged[200] ^= 0xFF
    _refused(bytes(damaged), "zip")


# -- another format -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "vide"),
        (b" \r\n\t\n", "vide"),
        (b"\xef\xbb\xbf", "vide"),
        (b"%PDF-1.7\n%\xe2\xe3", "un PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"<!DOCTYPE html><html><body>Session</body></html>", "page web"),
        (b"<html><body>Session</body></html>", "page web"),
        (b"Date;Libelle;Montant;Devise\n01/11/2026;LOYER;450,50;EUR\n", "CSV"),
        (b"Date,Libelle,Montant\n01/11/2026,LOYER,450.50\n", "CSV"),
        (b"04/11/2026;VIR;450,50;EUR\n04/11/2026;VIR;450,50;EUR\n", "CSV"),
        (b":20:STARTUMS\n:25:1234\n", "MT940"),
        (b"OFXHEADER:100\nDATA:OFXSGML\n", "OFX"),
        (b"<OFX><SIGNONMSGSRSV1/></OFX>", "OFX"),
        (b'{"statements": []}', "JSON"),
        (b"bonjour", "ni du camt"),
        (bytes(range(256)), "ni du camt"),
        ("01".encode("cp500") + CFONB[2:120].decode("latin-1").encode("cp500"), "EBCDIC"),
        (b"<a><b/></a>", "« a »"),
        (
            b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn/></Document>',
            "pain.001",
        ),
        (
            b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.008.001.02"><CstmrDrctDbtInitn/></Document>',
            "prélèvement",
        ),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.09"><RsltnOfInvstgtn/></Document>', "camt.029"),
    ],
)
def test_another_format_is_named(data: bytes, part: str) -> None:
    _refused(data, part)


@pytest.mark.parametrize("version", ["053.001.02", "053.001.08", "052.001.02", "054.001.08"])
def test_a_camt_file_without_any_statement_is_called_empty(version: str) -> None:
    data = f'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{version}"></Document>'
    _refused(data.encode(), f"camt.{version} est vide", "aucun relevé")


@pytest.mark.parametrize("line_end", ["\r\n", ""])
@pytest.mark.parametrize(("length", "codes"), [(160, ("03", "06", "08")), (240, ("31", "34", "39"))])
def test_other_cfonb_lengths_are_named(length: int, codes: tuple[str, ...], line_end: str) -> None:
    records = [code.ljust(length - 1, "0") + "X" for code in codes]
    _refused(line_end.join(records).encode(), f"CFONB {length}")


def test_the_160_characters_of_another_kind_of_record() -> None:
    _refused("\n".join(line.ljust(160) + "" for line in _lines()).encode("latin-1") + b"\n", "160 caractères")


# -- truncated, damaged ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", REAL_FILES, ids=lambda path: path.name)
def test_a_truncated_file_is_refused(path: Path) -> None:
    data = path.read_bytes().rstrip()
    cuts = {len(data) // 2, len(data) * 9 // 10, len(data) - 20}
    if path.suffix == ".xml":
        cuts |= {len(data) - 1, len(data) - 11}
    for cut in sorted(cuts):
        part = data[:cut]
        complete_before = path.parent.name == "cfonb120" and part.rstrip().splitlines()[-1][:2] == b"07"
        if complete_before and len(part.rstrip().splitlines()[-1]) == 120:
            continue  # cut exactly between two statements of the file: nothing tells it
        _refused(part)


def test_a_truncated_xml_says_so() -> None:
    _refused(CAMT[:-30], "tronqué", "Ligne")
    _refused(CAMT.replace(b"</Stmt>", b"</Stmtt>"), "mal formé", "Ligne")


def test_an_unknown_encoding_is_named() -> None:
    _refused(CAMT.replace(b"'UTF-8'", b"'martian'"), "martian")
    _refused(CAMT.replace(b"'UTF-8'", b"'rot13'"), "rot13")
    _refused(CAMT.decode().encode("utf-16")[:-1], "UTF-16")


# -- camt -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        (_entry("12,50"), ("écriture n° 1", "« 12,50 »")),
        (_entry("1e3"), ("« 1e3 »",)),
        (_entry("NaN"), ("« NaN »",)),
        (_entry(""), ("montant est vide",)),
        (_entry("-5.00"), ("négatif",)),
        (_entry(indicator=""), ("CdtDbtInd", "manque")),
        (_entry(indicator="CREDIT"), ("« CREDIT »",)),
        ("<Ntry><CdtDbtInd>CRDT</CdtDbtInd></Ntry>", ("montant manque",)),
        (_entry() + _entry(inside="<BookgDt><Dt>2026-02-30</Dt></BookgDt>"), ("écriture n° 2", "« 2026-02-30 »")),
        (_balance("OPBD", "x"), ("solde", "« x »")),
        (_balance("OPBD", "-1", indicator="DBIT"), ("signe",)),
        (_balance("OPBD", "1", indicator="PLUS"), ("« PLUS »",)),
    ],
)
def test_camt_errors_say_which_entry_and_why(body: str, parts: tuple[str, ...]) -> None:
    _refused(_camt(body), "Relevé n° 1", *parts)


def test_camt_errors_say_the_line() -> None:
    _refused(_camt("\n\n" + _entry("x")), "écriture n° 1 (ligne 3)")


def test_camt_without_account_or_statement_or_date() -> None:
    _refused(_camt("", account=""), "compte n’est pas indiqué")
    _refused(_camt("", kind="Autre"), "aucun relevé")
    _refused(_camt(_entry()).replace(b"<CreDtTm>2026-11-03T08:00:00</CreDtTm>", b""), "date comptable manque")


def test_all_errors_of_a_file_are_told_up_to_a_limit() -> None:
    error = _refused(_camt(_entry("x") * 3))
    assert len(error.errors) == 3
    assert error.message.endswith(" (et 2\xa0autres erreurs)")
    assert _refused(_camt(_entry("x") * 2)).message.endswith(" (et 1\xa0autre erreur)")
    many = _refused(_camt(_entry("x") * 200))
    assert len(many.errors) == MAX_ERRORS + 1
    assert many.errors[-1] == "… et 150\xa0autres erreurs du même fichier."
    assert _refused(_camt(_entry("x") * (MAX_ERRORS + 1))).errors[-1] == "… et 1\xa0autre erreur du même fichier."


def test_an_unreadable_file_as_json() -> None:
    error = _refused(_camt(_entry("x")))
    assert unreadable_to_json(error) == {"format": None, "statements": [], "errors": error.errors}


# -- CFONB ----------------------------------------------------------------------------------------------------------


def test_cfonb_records_out_of_order() -> None:
    opening, *middle, closing = _lines()
    _refused(_join([*middle, closing]), "Ligne 1", "sans ancien solde (01)")
    _refused(_join([opening, *middle]), "Ligne 1", "pas de nouveau solde (07)")
    _refused(_join([opening, *middle, opening, closing]), "Ligne 1", "pas de nouveau solde (07)", "ligne 5")
    _refused(_join([opening, middle[1], closing]), "Ligne 2", "sans mouvement (04)")
    _refused(_join([opening, closing, closing]), "Ligne 3", "sans ancien solde (01)")
    _refused(_join([opening, closing, middle[1]]), "Ligne 3", "complément (05)")
    _refused(_join([opening, "02" + middle[0][2:], closing]), "Ligne 2", "« 02 »")


def test_cfonb_records_of_another_length() -> None:
    opening, movement, *rest = _lines()
    _refused(_join([opening, movement[:-1], *rest]), "Ligne 2", "119 caractères au lieu de 120")
    _refused(_join([opening, movement + " ", *rest]), "Ligne 2", "121 caractères au lieu de 120")
    _refused(_join([opening[:100], movement, *rest]), "Ligne 1", "100 caractères au lieu de 120")
    _refused("".join([opening, movement, *rest])[:-40].encode("latin-1"), "80 caractères au lieu de 120")


def test_cfonb_zones_that_cannot_be_read() -> None:
    opening, movement, *rest = _lines()

    def changed(line: str, position: int, text: str) -> str:
        return line[: position - 1] + text + line[position - 1 + len(text) :]

    _refused(_join([opening, changed(movement, 91, "00000000045050"), *rest]), "Ligne 2", "positions 91 à 104")
    _refused(_join([opening, changed(movement, 91, " " * 14), *rest]), "Ligne 2", "montant")
    _refused(_join([opening, changed(movement, 35, "310226"), *rest]), "Ligne 2", "« 310226 »", "JJMMAA")
    _refused(_join([opening, changed(movement, 35, "      "), *rest]), "Ligne 2", "date comptable", "manque")
    _refused(_join([opening, changed(movement, 20, "X"), *rest]), "Ligne 2", "décimales")
    _refused(_join([opening, changed(movement, 22, "99999999999"), *rest]), "Ligne 2", "99999999999", "01234567890")
    _refused(_join([changed(opening, 22, " " * 11), movement, *rest]), "Ligne 1", "numéro de compte")
    _refused(_join([changed(opening, 91, "bonjour bonjou"), movement, *rest]), "Ligne 1", "« bonjour bonjou »")


# -- anything at all ------------------------------------------------------------------------------------------------


def _readable_or_refused(data: bytes) -> None:
    error: UnreadableFile | None
    try:
        content = read_bank_file(data, filename="x")
    except UnreadableFile as refusal:
        error = refusal
    else:
        error = None
    if error is not None:
        assert error.errors
        assert all(isinstance(line, str) and line for line in error.errors)
        return
    assert isinstance(content, BankFileContent)
    assert content.statements
    for statement in content.statements:
        assert statement.account
        assert isinstance(statement.sum_credits, Decimal)
        assert all(e.amount >= 0 and e.content_key for e in statement.entries)
    to_json(content)


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    _readable_or_refused(data)
    _readable_or_refused(b"<?xml version='1.0'?>" + data)
    _readable_or_refused(CFONB[:120] + data)
    _readable_or_refused(b"PK\x03\x04" + data)


@pytest.mark.parametrize("path", SMALL_FILES, ids=lambda path: path.name)
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_damaged_real_files(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(path.read_bytes())
    for _ in range(chance.randint(1, 4)):
        position = chance.randrange(len(data))
        data[position] ^= 1 << chance.randrange(8)
    _readable_or_refused(bytes(data))
    _readable_or_refused(bytes(data[: chance.randrange(len(data))]))
    _readable_or_refused(bytes(data[chance.randrange(len(data)) :]))
    archive = bytearray(_zip({path.name: bytes(path.read_bytes())}))
    archive[chance.randrange(len(archive))] ^= 1 << chance.randrange(8)
    _readable_or_refused(bytes(archive))
