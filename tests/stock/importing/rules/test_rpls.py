"""Reading RPLS files: the real one, and the ways in which others differ."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import UnreadableFile
from stock.rules.rpls import MAX_BYTES, MAX_ERRORS, expand, read_rpls
from tests.paths import DATA

REAL = (DATA / "rpls" / "rpls_extract_first300.csv").read_bytes()
HEAD = "DEPCOM;CODEPOSTAL;LIBCOM;NUMVOIE;TYPVOIE;NOMVOIE;NBPIECE;SURFHAB;ETAGE;NUMAPPT;nb"


def lines(*rows: str, head: str = HEAD, encoding: str = "utf-8") -> bytes:
    return "\r\n".join([head, *rows, ""]).encode(encoding)


def one(row: str = "44109;44000;NANTES;14;R;DES CORDIERS;3;58.0;2;21;1.0", **options: str):
    (read,) = read_rpls(lines(row, **options)).rows
    return read


def errors(*rows: str) -> list[str]:
    return list(read_rpls(lines(*rows)).errors)


def test_the_real_file_is_read_whole():
    file = read_rpls(REAL)
    assert (len(file.rows), file.errors, file.delimiter) == (300, (), ";")
    assert sum(not row.is_group for row in file.rows) == 186
    assert len({row.import_key for row in file.rows}) == 300
    assert "CODSEGPATRIM" in file.ignored


def test_a_group_is_never_one_dwelling_and_expands_into_its_dwellings():
    first = read_rpls(REAL).rows[0]
    assert (first.count, first.surface, first.is_group) == (19, Decimal("1184.00"), True)
    made = expand([first])
    assert len(made) == 19
    assert {row.surface for row in made} == {Decimal("62.32")}
    assert [row.door for row in made[:2]] == ["4201 n° 1", "4201 n° 2"]
    assert len({row.import_key for row in made}) == 19
    assert not any(row.is_group for row in made)


def test_a_line_says_its_address_as_people_write_it():
    row = one()
    assert (row.street, row.city, row.door, row.floor) == ("14 rue des Cordiers", "Nantes", "21", 2)
    assert (row.rooms, row.surface, row.count) == (3, Decimal("58.00"), 1)
    assert row.label == "14 rue des Cordiers, Nantes, porte 21"


@pytest.mark.parametrize(
    "data",
    [
        lines("44109,44000,REZÉ,14,R,L'ÉCLUSE,3", head="DEPCOM,CODEPOSTAL,LIBCOM,NUMVOIE,TYPVOIE,NOMVOIE,NBPIECE"),
        lines(
            "3;L'ÉCLUSE;REZÉ;44000;44109;14;RUE",
            head="Nb_Piece;Nom voie;libcom;Code_Postal;DepCom;numvoie;TypeVoie",
            encoding="cp1252",
        ),
        lines(
            "44109;44000;REZÉ;14;R;L'ÉCLUSE;3",
            head="DEPCOM;CODEPOSTAL;LIBCOM;NUMVOIE;TYPVOIE;NOMVOIE;NBPIECE",
            encoding="utf-8-sig",
        ),
        lines(
            "44109\t44000\tREZÉ\t14\tR\tL'ÉCLUSE\t3.0",
            head="DEPCOM\tCODEPOSTAL\tLIBCOM\tNUMVOIE\tTYPVOIE\tNOMVOIE\tNBPIECE",
            encoding="latin-1",
        ),
    ],
    ids=["comma", "other order, case and encoding", "byte order mark", "tab"],
)
def test_separators_encodings_orders_and_cases_are_accepted(data):
    (row,) = read_rpls(data).rows
    assert (row.street, row.city, row.rooms) == ("14 rue l’Écluse", "Rezé", 3)


def test_a_national_identifier_is_read_where_there_is_one():
    head = "IDENT_REP;DEPCOM;CODEPOSTAL;LIBCOM;NOMVOIE;NBPIECE"
    (row,) = read_rpls(lines("012 345 678A;44109;44000;NANTES;CORDIERS;3", head=head)).rows
    assert row.rpls_id == "012345678A"
    (wrong,) = read_rpls(lines("12;44109;44000;NANTES;CORDIERS;3", head=head)).errors
    assert wrong == "Ligne 2, colonne IDENT_REP : « 12 » n’est pas un identifiant RPLS de 10 positions."


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("44109;44000;NANTES;14;R;CORDIERS;trois;58;2;21;1", "NBPIECE"),
        ("44109;44000;NANTES;14;R;CORDIERS;0;58;2;21;1", "NBPIECE"),
        ("44109;44000;NANTES;14;R;CORDIERS;;58;2;21;1", "NBPIECE"),
        ("44109;44000;NANTES;14;R;;3;58;2;21;1", "NOMVOIE"),
        ("4410Z;44000;NANTES;14;R;CORDIERS;3;58;2;21;1", "DEPCOM"),
        ("44109;4400O;NANTES;14;R;CORDIERS;3;58;2;21;1", "CODEPOSTAL"),
        ("44109;44000;NANTES;14;R;CORDIERS;3;5800;2;21;1", "SURFHAB"),
        ("44109;44000;NANTES;14;R;CORDIERS;3;grand;2;21;1", "SURFHAB"),
        ("44109;44000;NANTES;14;R;CORDIERS;3;58;haut;21;1", "ETAGE"),
        ("44109;44000;NANTES;14;R;CORDIERS;3;58;2;21;1.5", "nb"),
    ],
)
def test_each_wrong_value_is_said_with_its_line_and_column(row, column):
    good = "44109;44000;NANTES;1;R;CORDIERS;3;58;2;21;1"
    (error,) = errors(good, row)
    assert error.startswith(f"Ligne 3, colonne {column} : ")


def test_a_cut_line_is_said():
    (error,) = errors("44109;44000;NANTES;14;R;CORD")
    assert error.startswith("Ligne 2 : 6 colonnes au lieu de 11.")


def test_errors_stop_being_listed_at_some_point():
    found = errors(*["44109;44000;NANTES;14;R;CORDIERS;x;58;2;21;1"] * (MAX_ERRORS + 50))
    assert len(found) == MAX_ERRORS + 1
    assert "lecture arrêtée" in found[-1]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "vide"),
        (b"  \n ", "vide"),
        (b"PK\x03\x04" + b"0" * 50, "classeur"),
        ("DEPCOM;NBPIECE".encode("utf-16"), "UTF-8"),
        (b"bonjour", "en-tête"),
        (lines("a;b;c;d;e", head="un;deux;trois;quatre;cinq"), "il manque les colonnes DEPCOM, CODEPOSTAL"),
        (lines(head=HEAD), "que son en-tête"),
        (lines("1;2;3;4;5;6", head="DEPCOM;DEPCOM;CODEPOSTAL;LIBCOM;NOMVOIE;NBPIECE"), "en double"),
        (b'DEPCOM;CODEPOSTAL;LIBCOM;NOMVOIE;NBPIECE\n"' + b"x" * 200_000, "mal formé"),
    ],
    ids=["nothing", "blank", "zip", "utf-16", "text", "columns", "header", "twice", "quote"],
)
def test_what_is_no_rpls_file_is_refused_at_once(data, said):
    with pytest.raises(UnreadableFile, match=said):
        read_rpls(data)


def test_a_huge_file_is_refused_before_it_is_read():
    with pytest.raises(UnreadableFile, match="dépasse 50 Mo"):
        read_rpls(b"0" * (MAX_BYTES + 1))


def test_two_dwellings_behind_one_door_keep_their_rank_whatever_the_order():
    small, large = "44109;44000;NANTES;14;R;CORDIERS;1;20;;;1", "44109;44000;NANTES;14;R;CORDIERS;4;90;;;1"
    here = {row.rooms: row.import_key for row in read_rpls(lines(small, large)).rows}
    there = {row.rooms: row.import_key for row in read_rpls(lines(large, small)).rows}
    assert here == there
    assert len(set(here.values())) == 2


@given(count=st.integers(2, 60), cents=st.integers(100, 99_999))
def test_the_shares_of_a_group_add_up_to_its_surface_within_half_a_cent_each(count, cents):
    total = Decimal(cents * count) / 100
    row = one(f"44109;44000;NANTES;14;R;CORDIERS;3;{total};2;21;{count}")
    shares = [made.surface for made in expand([row])]
    assert len(shares) == count
    assert abs(sum(shares) - total) <= Decimal("0.005") * count
