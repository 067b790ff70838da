"""Reading RPLS files: the real one, and the ways in which others differ."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import UnreadableFile
from stock.importing.rules.rpls import MAX_BYTES, MAX_ERRORS, expand, read_rpls
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


# ---------- each column ----------

BASE = {"DEPCOM": "44109", "CODEPOSTAL": "44000", "LIBCOM": "NANTES", "NOMVOIE": "CORDIERS", "NBPIECE": "3"}


def with_columns(**columns: str):
    """The file of one dwelling: `BASE`, and what is named."""
    cells = {**BASE, **columns}
    return read_rpls(lines(";".join(cells.values()), head=";".join(cells)))


@pytest.mark.parametrize(
    ("columns", "name", "value"),
    [
        ({"DEPCOM": "1053"}, "commune", "01053"),
        ({"DEPCOM": "2a004"}, "commune", "2A004"),
        ({"CODEPOSTAL": "1000"}, "postcode", "01000"),
        ({"CODEPOSTAL": "44000.0"}, "postcode", "44000"),
        ({"LIBCOM": "LE HAVRE"}, "city", "Le Havre"),
        ({"LIBCOM": "Bourg-en-Bresse"}, "city", "Bourg-en-Bresse"),
        ({"NOMVOIE": "DES CORDIERS"}, "street", "Des Cordiers"),
        ({"NOMVOIE": "DES CORDIERS", "TYPVOIE": "R"}, "street", "rue des Cordiers"),
        ({"NOMVOIE": "Mac ORLAN"}, "street", "Mac ORLAN"),
        ({"NUMVOIE": "0"}, "street", "Cordiers"),
        ({"NUMVOIE": "14.0", "INDREP": "B"}, "street", "14 b Cordiers"),
        ({"NOMVOIE": "X" * 250}, "street", "X" + "x" * 199),
        ({"NBPIECE": "50"}, "rooms", 50),
        ({"nb": "10000"}, "count", 10_000),
        ({"nb": ""}, "count", 1),
        ({}, "count", 1),
        ({}, "rank", 0),
        ({"CONSTRUCT": "1000"}, "built_year", 1000),
        ({"CONSTRUCT": "2200"}, "built_year", 2200),
        ({"SURFHAB": "1"}, "surface", Decimal("1.00")),
        ({"SURFHAB": "1 000"}, "surface", Decimal("1000.00")),
        ({"SURFHAB": "2000", "nb": "2"}, "surface", Decimal("2000.00")),
        ({"SURFHAB": "58,129"}, "surface", Decimal("58.13")),
        ({"ETAGE": "rdc"}, "floor", 0),
        ({"ETAGE": "REZ"}, "floor", 0),
        ({"ETAGE": "RC"}, "floor", 0),
        ({"ETAGE": "rch"}, "floor", 0),
        ({"ETAGE": "SS"}, "floor", -1),
        ({"ETAGE": "SS2"}, "floor", -2),
        ({"ETAGE": "1ER"}, "floor", 1),
        ({"ETAGE": "2e"}, "floor", 2),
        ({"ETAGE": "-9"}, "floor", -9),
        ({"ETAGE": "99"}, "floor", 99),
        ({"NUMAPPT": "4201.0"}, "door", "4201"),
        ({"NUMAPPT": "A" * 50}, "door", "A" * 40),
        ({"ESC": "A" * 50}, "stairwell", "A" * 20),
        ({"ESC": "00"}, "stairwell", ""),
        ({"FINAN": "12345"}, "financing", "1234"),
        ({"FINAN": "13.0"}, "financing", "13"),
        ({"TYPECONST": "c"}, "construction", "C"),
        ({"DPEENERGIE": "b"}, "energy_class", "B"),
        ({"DPESERRE": "G"}, "climate_class", "G"),
        # The annex: N is not required, V is blank.
        ({"DPEENERGIE": "N"}, "energy_class", ""),
        ({"DPEENERGIE": "V"}, "energy_class", ""),
        ({"DPEENERGIE": "NC"}, "energy_class", ""),
        ({"DPEENERGIE": "vierge"}, "energy_class", ""),
        ({"QPV": "1"}, "is_qpv", True),
        ({"QPV": "2"}, "is_qpv", False),
        ({"QPV": "0"}, "is_qpv", False),
        ({"QPV": ""}, "is_qpv", None),
        ({}, "label", "Cordiers, Nantes"),
        ({"NUMAPPT": "4"}, "label", "Cordiers, Nantes, porte 4"),
    ],
)
def test_what_is_read_of_a_column(columns, name, value):
    file = with_columns(**columns)
    assert file.errors == ()
    assert getattr(file.rows[0], name) == value


@pytest.mark.parametrize(
    "word", ["de", "du", "des", "la", "le", "les", "l", "d", "et", "en", "sur", "sous", "aux", "au", "à"]
)
def test_small_words_stay_small_within_a_name(word):
    (row,) = with_columns(NOMVOIE=f"PONT {word.upper()} NORD").rows
    assert row.street == f"Pont {word} Nord"


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"IMMEU": "LE PHARE"}, "Le Phare"),
        ({"IMMEU": "le Phare"}, "Le Phare"),
        ({"IMMEU": "0"}, ""),
        ({"COMPLGEO": "RESIDENCE LE PHARE"}, "Résidence le Phare"),
        ({"COMPLGEO": "FOND DE COUR"}, ""),
        ({"IMMEU": "LE PHARE", "COMPLGEO": "RES DU PORT"}, "Le Phare"),
        ({"BAT": "B"}, "Bâtiment B"),
        ({"BAT": "BATIMENT B"}, "Bâtiment B"),
        ({"BAT": "Bat. B"}, "Bâtiment B"),
        ({"BAT": "ENSEMBLE IMMOBILIER"}, ""),
        ({"BAT": "BATIMENT"}, ""),
        ({"IMMEU": "LE PHARE", "BAT": "B"}, "Le Phare, bâtiment B"),
        ({"IMMEU": "X" * 130}, "X" + "x" * 119),
    ],
)
def test_the_name_of_a_building(columns, name):
    assert with_columns(**columns).rows[0].building_name == name


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"NBPIECE": "51"}, "« 51 » n’est pas un nombre de pièces."),
        ({"nb": "0"}, "« 0 » n’est pas un nombre de logements."),
        ({"nb": "10001"}, "« 10001 » n’est pas un nombre de logements."),
    ],
)
def test_what_a_column_can_not_hold(columns, said):
    (error,) = with_columns(**columns).errors
    assert error.endswith(said)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"CONSTRUCT": "999"}, "« 999 » n’est pas une année de construction."),
        ({"CONSTRUCT": "2201"}, "« 2201 » n’est pas une année de construction."),
        ({"SURFHAB": "0.99"}, "« 0.99 » n’est pas une surface plausible : de 1 à 1 000 m² attendus."),
        ({"SURFHAB": "1000.01"}, "« 1000.01 » n’est pas une surface plausible : de 1 à 1 000 m² attendus."),
        ({"SURFHAB": "NaN"}, "« NaN » n’est pas une surface plausible : de 1 à 1 000 m² attendus."),
        (
            {"SURFHAB": "2001", "nb": "2"},
            "« 2001 » n’est pas une surface plausible : de 1 à 1 000 m² par logement attendus.",
        ),
        ({"ETAGE": "-10"}, "« -10 » n’est pas un étage."),
        ({"ETAGE": "100"}, "« 100 » n’est pas un étage."),
        ({"ETAGE": "1.5"}, "« 1.5 » n’est pas un étage."),
        ({"ETAGE": "ENTRESOL"}, "« ENTRESOL » n’est pas un étage."),
        ({"TYPECONST": "N"}, "« N » n’est pas un code connu (C, E, I)."),
        ({"DPEENERGIE": "H"}, "« H » n’est pas un code connu (A, B, C, D, E, F, G)."),
    ],
)
def test_a_cell_that_no_dwelling_needs_stays_empty_and_stops_no_file(columns, said):
    file = with_columns(**columns)
    (warning,) = file.warnings
    assert warning == f"Ligne 2, colonne {next(iter(columns))} : {said} La case reste vide."
    assert (file.errors, len(file.rows)) == ((), 1)
    row = file.rows[0]
    assert (row.surface, row.floor, row.built_year, row.construction, row.energy_class) == (None, None, None, "", "")


def test_a_blank_line_is_passed_over_and_counted():
    file = read_rpls(lines(";;;;", ";".join(BASE.values()), head=";".join(BASE)))
    assert ([row.line for row in file.rows], file.errors) == ([3], ())


def test_the_separator_is_that_of_the_header():
    file = read_rpls(lines("44109;44000;NANTES;A,B,C,D,E,F,G,H;3", head=";".join(BASE)))
    assert (file.delimiter, file.errors) == (";", ())


def test_a_byte_that_no_spreadsheet_writes_is_read_all_the_same():
    # 0x81 is no character of cp1252.
    file = read_rpls(lines(";".join(BASE.values()), head=";".join(BASE)) + b"\x81;;;;\r\n")
    assert (file.encoding, len(file.rows)) == ("latin-1", 1)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK" + b"0" * 49_999_998, "classeur"),
        (b"PK" + b"0" * 49_999_999, "dépasse 50 Mo"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 50, "classeur"),
        (b"\xff\xfeDEPCOM", "UTF-8"),
        (b"\xfe\xffDEPCOM", "UTF-8"),
        (b"DEPCOM;\x00NBPIECE", "UTF-8"),
        (b"DEPCOM;CODEPOSTAL;LIBCOM;NOMVOIE\n", "l’en-tête n’a pas les colonnes"),
        (b"DEPCOM;CODEPOSTAL;LIBCOM;NOMVOIE;FINAN\n", "il manque la colonne NBPIECE"),
    ],
    ids=["50 MB", "more", "old workbook", "utf-16 little", "utf-16 big", "a zero byte", "four columns", "one lacks"],
)
def test_what_is_refused_by_its_first_bytes(data, said):
    with pytest.raises(UnreadableFile, match=said):
        read_rpls(data)


@pytest.mark.parametrize(("bad", "told"), [(200, 200), (201, 201), (250, 201)])
def test_two_hundred_errors_are_told(bad, told):
    assert len(errors(*["44109;44000;NANTES;14;R;CORDIERS;x;58;2;21;1"] * bad)) == told


def test_expanding_leaves_single_dwellings_and_shares_what_there_is():
    (single,) = with_columns(NUMAPPT="4").rows
    (group,) = with_columns(nb="2").rows
    made = expand([single, group])
    assert made[0] == single
    assert [(row.door, row.surface, row.count) for row in made[1:]] == [("n° 1", None, 1), ("n° 2", None, 1)]


def test_the_national_identifier_ranks_before_the_rest():
    head = ";".join([*BASE, "IDENTREP"])
    file = read_rpls(
        lines("44109;44000;NANTES;CORDIERS;1;B000000000", "44109;44000;NANTES;CORDIERS;4;A000000000", head=head)
    )
    assert [(row.rpls_id, row.rank) for row in file.rows] == [("B000000000", 1), ("A000000000", 0)]
