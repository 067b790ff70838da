"""Bordereaux as CSV: columns, months and amounts as payers and spreadsheets write them."""

from decimal import Decimal

import pytest

from common.errors import UnreadableFile
from common.periods import Month
from rent_ledger.rules.benefit_files import guess_mapping, parse_amount, parse_month, read_lines, read_table

CSV = "N° allocataire;Nom;Mois;Montant\n1234567;SARR Fatou;11/2026;213,40\n0998877;BENALI Karim;10/2026;-12,00\n"


def lines(text: str, mapping: dict[str, str] | None = None, month: Month | None = None):
    table = read_table(text.encode())
    return read_lines(table, mapping=mapping or dict(table.guessed), default_month=month)


def test_a_bordereau_is_read_by_its_titles() -> None:
    first, second = lines(CSV)
    assert (first.rank, first.number, first.name, first.month, first.amount) == (
        2, "1234567", "SARR Fatou", Month(2026, 11), Decimal("213.40"),
    )  # fmt: skip
    assert second.amount == Decimal("-12.00")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings_of_spreadsheets(encoding: str) -> None:
    data = "Numéro allocataire;Bénéficiaire;Mois;Montant\n1;Hélène;11/2026;1,00\n".encode(encoding)
    assert read_table(data).rows[0][1][1] == "Hélène"


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_delimiters(delimiter: str) -> None:
    table = read_table(f"allocataire{delimiter}mois{delimiter}montant\n1{delimiter}11/2026{delimiter}1.00\n".encode())
    assert dict(table.guessed) == {"number": "allocataire", "month": "mois", "amount": "montant"}


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("213,40", "213.40"), ("1 234,56 €", "1234.56"), ("1.234,56", "1234.56"), ("-12.30", "-12.30"),
        ("12,30-", "-12.30"), ("(12,30)", "-12.30"), ("0", "0"), ("\u202f1\u202f000,00", "1000.00"), ("−5,00", "-5.00"),
    ],
)  # fmt: skip
def test_amounts(text: str, amount: str) -> None:
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "abc", "12,345", "1e5", "NaN", "12,3,4"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="n’est pas un nombre"):
        parse_amount(text)


@pytest.mark.parametrize(
    "text",
    [
        "11/2026",
        "2026-11",
        "202611",
        "112026",
        "01/11/2026",
        "2026-11-01",
        "nov. 2026",
        "Novembre 2026",
        "11/26",
        "nov-26",
    ],
)
def test_months(text: str) -> None:
    assert parse_month(text) == Month(2026, 11)


@pytest.mark.parametrize("text", ["", "13/2026", "2026", "novembre", "99/99/9999", "11/1826"])
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(ValueError, match="n’est pas lisible"):
        parse_month(text)


def test_every_bad_line_is_told_with_its_number() -> None:
    with pytest.raises(UnreadableFile) as refusal:
        lines("allocataire;mois;montant\n1;11/2026;x\n2;99/2026;1,00\n;11/2026;1,00\n3;11/2026;1,00\n")
    assert [e.partition(" : ")[0] for e in refusal.value.errors] == ["Ligne 2", "Ligne 3", "Ligne 4"]


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"number": "allocataire", "month": "mois"}, "colonne du montant"),
        ({"amount": "montant", "month": "mois"}, "numéro allocataire, du nom ou de la référence"),
        ({"number": "allocataire", "amount": "montant"}, "Indiquez la colonne du mois"),
        ({"number": "allocataire", "amount": "allocataire", "month": "mois"}, "sert deux fois"),
        ({"number": "N°", "amount": "montant", "month": "mois"}, "n’est pas dans le fichier"),
    ],
)
def test_a_mapping_that_lacks_something(mapping: dict[str, str], message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        lines("allocataire;mois;montant\n1;11/2026;1,00\n", mapping)


def test_one_month_for_the_whole_file() -> None:
    [line] = lines("allocataire;montant\n1;1,00\n", month=Month(2026, 10))
    assert line.month == Month(2026, 10)


def test_the_foot_of_the_table_is_no_line() -> None:
    assert len(lines(CSV + ";TOTAL;;201,40\n")) == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "vide"), (b"PK\x03\x04rest", "classeur"), (b"%PDF-1.7", "PDF"), (b"une seule colonne\n1\n", "colonne"),
        (b"a;b\n", "ligne de titres"), (b"a;b\n\x00\x01;2\n", "fichier de texte"),
        (b"a;b\n" + b"1;2\n" * 3_000_000, "10 Mo"),
    ],
    ids=["empty", "workbook", "pdf", "one column", "titles only", "binary", "huge"],
)  # fmt: skip
def test_what_is_no_bordereau(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        read_table(data)


def test_guesses() -> None:
    assert guess_mapping(["Matricule", "NOM", "Réf. locataire", "Période", "Montant versé", "Nature"]) == {
        "number": "Matricule", "name": "NOM", "lease": "Réf. locataire", "month": "Période", "amount": "Montant versé",
        "kind": "Nature",
    }  # fmt: skip
