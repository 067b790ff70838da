"""Bordereaux as CSV: columns, months and amounts as payers and spreadsheets write them."""

from decimal import Decimal

import pytest

from common.errors import UnreadableFile
from common.periods import Month
from rent_ledger.benefits.rules.benefit_files import (
    guess_mapping,
    parse_amount,
    parse_month,
    read_lines,
    read_table,
)

CSV = "N° allocataire;Nom;Mois;Montant\n1234567;SARR Fatou;11/2026;213,40\n0998877;BENALI Karim;10/2026;-12,00\n"


TITLES = "allocataire;nom;ref bail;mois;montant"


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


def test_a_byte_that_no_spreadsheet_writes_is_read_all_the_same() -> None:
    # 0x81 is no character of cp1252.
    assert read_table(b"allocataire;nom\n1;H\xe9l\x81ne\n").rows[0][1][1] == "Hél\x81ne"


def test_empty_lines_are_passed_over_and_counted() -> None:
    [line] = lines("\n  \nallocataire;mois;montant\n;;\n\n7;11/2026;1,00\n")
    assert (line.rank, line.number) == (6, "7")


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_delimiters(delimiter: str) -> None:
    table = read_table(f"allocataire{delimiter}mois{delimiter}montant\n1{delimiter}11/2026{delimiter}1.00\n".encode())
    assert dict(table.guessed) == {"number": "allocataire", "month": "mois", "amount": "montant"}


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("213,40", "213.40"), ("1 234,56 €", "1234.56"), ("1.234,56", "1234.56"), ("-12.30", "-12.30"),
        ("12,30-", "-12.30"), ("(12,30)", "-12.30"), ("+12,30", "12.30"), ("0", "0"), ("-0,00", "0.00"),
        ("\u202f1\u202f000,00", "1000.00"), ("−5,00", "-5.00"),
    ],
)  # fmt: skip
def test_amounts(text: str, amount: str) -> None:
    assert str(parse_amount(text)) == amount


@pytest.mark.parametrize(
    "text", ["", "abc", "12,345", "1e5", "NaN", "12,3,4", "(12,30", "12,30)", "-12,30-", "(-12,30)", "()"]
)
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
        "2026-11-30",
        "30/11/26",
        "2026-11-01 00:00:00",
        "01 nov. 2026",
        "2026 nov.",
    ],
)
def test_months(text: str) -> None:
    assert parse_month(text) == Month(2026, 11)


@pytest.mark.parametrize(
    ("text", "month"), [("01/2000", Month(2000, 1)), ("12/2100", Month(2100, 12)), ("122100", Month(2100, 12))]
)
def test_the_first_and_the_last_month(text: str, month: Month) -> None:
    assert parse_month(text) == month


@pytest.mark.parametrize(
    "text",
    [
        "",
        "13/2026",
        "2026",
        "novembre",
        "99/99/9999",
        "11/1826",
        "1826-11",
        "12/1999",
        "01/2101",
        "31/11/2026",
        "2026-11-31",
        "1-1-1-2026",
    ],
)
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(ValueError, match="n’est pas lisible"):
        parse_month(text)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (";;;11/2026;1,00", "ni numéro allocataire, ni nom, ni référence de bail."),
        ("1234567890123456;;;11/2026;1,00", "le numéro allocataire « 1234567890123456 » est trop long"),
        ("1;;;;1,00", "le mois manque."),
        ("1;;;11/2026", "le montant «  » n’est pas un nombre"),
        ("1;;;11/2026;x", "le montant « x » n’est pas un nombre"),
    ],
    ids=["nobody", "16 characters", "no month", "a short line", "no number"],
)  # fmt: skip
def test_what_is_wrong_with_a_line(line: str, problem: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        lines(f"{TITLES}\n{line}\n")
    [error] = refusal.value.errors
    assert error.startswith(f"Ligne 2 : {problem}")


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("12 345.67a;;;11/2026;1,00", ("1234567A", "", "")),
        ("123456789012345;;;11/2026;1,00", ("123456789012345", "", "")),
        (";SARR  Fatou;;11/2026;1,00", ("", "SARR Fatou", "")),
        (";;B-12;11/2026;1,00", ("", "", "B-12")),
        # A person may be called Total: the line has a number.
        ("7;TOTAL Jean;;11/2026;1,00", ("7", "TOTAL Jean", "")),
    ],
)
def test_one_of_number_name_and_lease_is_enough(line: str, who: tuple[str, str, str]) -> None:
    [read] = lines(f"{TITLES}\n{line}\n")
    assert (read.number, read.name, read.lease) == who


def test_a_month_of_the_line_prevails_over_the_one_of_the_file() -> None:
    first, second = lines(f"{TITLES}\n1;;;11/2026;1,00\n2;;;;1,00\n", month=Month(2026, 10))
    assert (first.month, second.month) == (Month(2026, 11), Month(2026, 10))


def test_texts_are_cut_to_their_columns() -> None:
    [line] = lines(f"{TITLES};nature\n1;{'n' * 130};{'b' * 50};11/2026;1,00;{'k' * 30}\n")
    assert (len(line.name), len(line.lease), len(line.kind)) == (120, 40, 20)


@pytest.mark.parametrize(
    ("bad", "shown", "last"),
    [(50, 50, "Ligne 51 : "), (51, 51, "… et 1\xa0autre erreur."), (60, 51, "… et 10\xa0autres erreurs.")],
)
def test_fifty_errors_are_told(bad: int, shown: int, last: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        lines("allocataire;mois;montant\n" + "1;11/2026;x\n" * bad)
    assert len(refusal.value.errors) == shown
    assert refusal.value.errors[-1].startswith(last)


@pytest.mark.parametrize(("filename", "start"), [("caf.csv", "« caf.csv » : "), ("", "")])
def test_a_refusal_begins_with_the_name_of_the_file(filename: str, start: str) -> None:
    with pytest.raises(UnreadableFile, match=f"^{start}le fichier est vide"):
        read_table(b"", filename=filename)
    table = read_table(b"allocataire;mois;montant\n1;11/2026;x\n")
    with pytest.raises(UnreadableFile, match=f"^{start}Ligne 2"):
        read_lines(table, mapping=table.guessed, filename=filename)


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


@pytest.mark.parametrize("role", ["number", "name", "lease"])
def test_one_column_that_tells_whose_aid_it_is(role: str) -> None:
    [line] = lines("qui;mois;montant\nX1;11/2026;1,00\n", {role: "qui", "month": "mois", "amount": "montant"})
    assert getattr(line, role) == "X1"


def test_one_month_for_the_whole_file() -> None:
    [line] = lines("allocataire;montant\n1;1,00\n", month=Month(2026, 10))
    assert line.month == Month(2026, 10)


@pytest.mark.parametrize(
    "foot",
    [
        "Total;;;201,40",
        "Total général : 2;;;201,40",
        "Sous-total;;;201,40",
        "Nombre de lignes : 2;;;",
        "Nb d'allocataires 2;;;",
        ";Montant total;;201,40",
    ],
)
def test_a_foot_is_known_by_its_first_filled_cell(foot: str) -> None:
    assert len(lines(f"{CSV}{foot}\n")) == 2


def test_who_is_called_total_is_no_foot() -> None:
    assert len(lines(CSV + "7654321;TOTAL Jeanne;11/2026;12,00\n")) == 3


@pytest.mark.parametrize("amount", ["1000000,01", "-9999999999,99"])
def test_an_amount_that_no_aid_reaches_is_a_slip(amount: str) -> None:
    with pytest.raises(UnreadableFile, match="Ligne 4 : le montant"):
        lines(f"{CSV}1234567;X;11/2026;{amount}\n")


def test_the_foot_of_the_table_is_no_line() -> None:
    assert len(lines(CSV + ";TOTAL;;201,40\n")) == 2
    assert len(lines(CSV + ";;Total général;201,40\n")) == 2
    with pytest.raises(UnreadableFile, match="aucune ligne d’aide"):
        lines("allocataire;nom;mois;montant\n;TOTAL;;0,00\n")


def test_a_total_is_looked_for_in_the_first_three_columns() -> None:
    [line] = lines("nom;mois;montant;nature\nSARR;11/2026;1,00;total\n")
    assert line.kind == "total"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "vide"), (b"PK\x03\x04rest", "classeur"), (b"%PDF-1.7", "PDF"), (b"une seule colonne\n1\n", "colonne"),
        (b"a;b\n", "ligne de titres"), (b"a;b\n\x00\x01;2\n", "fichier de texte"),
        (b"a;b\n1;" + b"2" * 200_000 + b"\n", "abîmé"),
        (b"%PDF" + b" " * 9_999_996, "PDF"), (b"%PDF" + b" " * 9_999_997, "10 Mo"),
    ],
    ids=["empty", "workbook", "pdf", "one column", "titles only", "binary", "endless cell", "10 MB", "more"],
)  # fmt: skip
def test_what_is_no_bordereau(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        read_table(data)


def test_guesses() -> None:
    assert guess_mapping(["Matricule", "NOM", "Réf. locataire", "Période", "Montant versé", "Nature"]) == {
        "number": "Matricule", "name": "NOM", "lease": "Réf. locataire", "month": "Période", "amount": "Montant versé",
        "kind": "Nature",
    }  # fmt: skip


def test_the_first_word_that_fits_names_a_column_and_one_column_is_enough() -> None:
    assert guess_mapping(["Période", "Mois", "", "Montant"]) == {"month": "Mois", "amount": "Montant"}
