"""French words and figures."""

from datetime import UTC, date, datetime
from decimal import Decimal
from time import process_time

import pytest

from common import typography
from common.periods import Month

TODAY = date(2026, 11, 5)
N, T = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Decimal("1204.70"), f"1{N}204,70{N}€"),
        (Decimal("-286"), f"\u2212286,00{N}€"),
        (Decimal("1234567.891"), f"1{N}234{N}567,89{N}€"),
        (Decimal("0.005"), f"0,01{N}€"),
        (Decimal("0"), f"0,00{N}€"),
        (None, "–"),
    ],
)
def test_euros(amount: Decimal | None, written: str) -> None:
    assert typography.euros(amount) == written


def test_euros_rounded_and_signed() -> None:
    assert typography.euros(Decimal("4286.50"), 0) == f"4{N}287{N}€"
    assert typography.euros(Decimal("12"), signed=True) == f"+12,00{N}€"
    assert typography.euros(Decimal("0"), signed=True) == f"0,00{N}€"


def test_a_rounded_zero_keeps_no_minus() -> None:
    assert typography.euros(Decimal("-0.001")) == f"0,00{N}€"


def test_numbers_keep_their_decimals() -> None:
    assert typography.number(1248) == f"1{N}248"
    assert typography.number(Decimal("3.1")) == "3,1"
    assert typography.number(Decimal("57.64"), 1) == "57,6"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 11, 5), f"5{N}nov."),
        (date(2027, 1, 1), f"1er{N}janv."),
        (date(2027, 5, 7), f"7{N}mai"),
        (date(2027, 5, 8), f"8{N}mai{N}2027"),
        (date(2025, 2, 3), f"3{N}févr.{N}2025"),
    ],
)
def test_a_short_day_says_its_year_when_far(day: date, written: str) -> None:
    assert typography.short_day(day, today=TODAY) == written


def test_long_day() -> None:
    assert typography.long_day(date(2026, 11, 5)) == f"jeudi 5{N}novembre{N}2026"
    assert typography.long_day(date(2026, 10, 1)) == f"jeudi 1er{N}octobre{N}2026"


def test_hours_are_those_of_paris() -> None:
    assert typography.hour(datetime(2026, 11, 5, 7, 34, tzinfo=UTC)) == f"8{N}h{N}34"
    assert typography.hour(datetime(2026, 7, 5, 13, 0, tzinfo=UTC)) == f"15{N}h"
    assert typography.instant(datetime(2026, 11, 4, 23, 30, tzinfo=UTC), today=TODAY) == f"5{N}nov. à 0{N}h{N}30"


@pytest.mark.parametrize(
    ("month", "style", "written"),
    [
        (Month(2026, 11), "", f"novembre{N}2026"),
        (date(2026, 10, 12), "de", f"d’octobre{N}2026"),
        (Month(2026, 8), "de", f"d’août{N}2026"),
        (Month(2026, 4), "de", f"d’avril{N}2026"),
        (Month(2026, 12), "de", f"de décembre{N}2026"),
        (Month(2026, 1), "court", f"janv.{N}2026"),
        (Month(2026, 2), "seul", "février"),
    ],
)
def test_months(month: Month, style: str, written: str) -> None:
    assert typography.month(month, style) == written


@pytest.mark.parametrize(
    ("count", "words", "written"),
    [
        (0, "ménage", f"0{N}ménage"),
        (1, "ménage", f"1{N}ménage"),
        (2, "ménage", f"2{N}ménages"),
        (1200, "avis,avis", f"1{N}200{N}avis"),
        (2, "bail,baux", f"2{N}baux"),
        (Decimal("1.4"), "terme", f"1,4{N}terme"),
        (Decimal("2.0"), "terme", f"2,0{N}termes"),
    ],
)
def test_plural_starts_at_two(count: Decimal | int, words: str, written: str) -> None:
    assert typography.counted(count, words) == written


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Mme Fatou Sarr", "FS"),
        ("Yann Le Bihan", "YL"),
        ("M. et Mme Kaboré", "K"),
        ("Élodie d'Arc", "ÉD"),
        ("", ""),
    ],
)
def test_initials(name: str, written: str) -> None:
    assert typography.initials(name) == written


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Camille Roy", "de Camille Roy"), ("Hélène Petit", "d’Hélène Petit"), ("Élodie", "d’Élodie"),
        ("aminata", "d’aminata"), ("Hassan Diallo", "de Hassan Diallo"), ("Yann", "de Yann"), ("Yves", "d’Yves"),
        ("Mme Essai", "de Mme Essai"), ("", "de "),
    ],
)  # fmt: skip
def test_of_somebody(name: str, written: str) -> None:
    assert typography.of(name) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("+33612345678", f"06{N}12{N}34{N}56{N}78"),
        ("06.12.34.56.78", f"06{N}12{N}34{N}56{N}78"),
        ("+33 (0)2 40 00 00 00", f"02{N}40{N}00{N}00{N}00"),
        ("+44 20 7946 0958", "+44 20 7946 0958"),
        ("115", "115"),
    ],
)
def test_phone(text: str, written: str) -> None:
    assert typography.phone(text) == written


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("06 12 34 56 78", "tel:0612345678"),
        (f"06{N}12.34-56 78", "tel:0612345678"),
        ("+33 (0)2 40 00 00 00", "tel:0240000000"),
        ("+44 20 7946 0958", "tel:+442079460958"),
        (" 115 ", "tel:115"),
    ],
)
def test_a_number_that_calls_has_no_spaces(text: str, called: str) -> None:
    assert typography.call_link(text) == called


TYPED = [
    ("l'eau", "l’eau"),
    ('il dit "non"', f"il dit «{N}non{N}»"),
    ("«non»", f"«{N}non{N}»"),
    ("Un souci ? Appelez", f"Un souci{T}? Appelez"),
    ("Un souci? Appelez!", f"Un souci{T}? Appelez{T}!"),
    ("quoi ?!", f"quoi{T}?!"),
    ("Reste : 12 €", f"Reste{N}: 12{N}€"),
    ("57,6%", f"57,6{N}%"),
    ("de 1 204 à 12 000 000", f"de 1{N}204 à 12{N}000{N}000"),
    ("solde de -286,00", "solde de \u2212286,00"),
    ("du 3-4 nov", "du 3-4 nov"),
    ("Mme Sarr et M. Ba", f"Mme{N}Sarr et M.{N}Ba"),
    ("n° 12, type 1, art. L353", f"n°{N}12, type{N}1, art.{N}L353"),
    ("le 1er octobre, le 5 nov.", f"le 1er{N}octobre, le 5{N}nov."),
    ("à 8 h 34 ou 9 h", f"à 8{N}h{N}34 ou 9{N}h"),
    ("https://exemple.fr/?q=a:b!x", "https://exemple.fr/?q=a:b!x"),
    ("voir a@exemple.fr ?", f"voir a@exemple.fr{T}?"),
    ("à 12:30", "à 12:30"),
    ("Attendez...", "Attendez…"),
]


@pytest.mark.parametrize(("text", "written"), TYPED)
def test_typed_text_becomes_french(text: str, written: str) -> None:
    assert typography.french(text) == written


@pytest.mark.parametrize("text", [text for text, _ in TYPED])
def test_typography_is_stable(text: str) -> None:
    once = typography.french(text)
    assert typography.french(once) == once


# (amounts, places, parts): each worked out by hand.
SHARES = [
    ("2 : 1, cut to 66 and 33, one lacks: 66,67 lost most", ["200.00", "100.00"], 0, ["67", "33"]),
    ("halves that would both go up", ["0.005", "0.995"], 0, ["1", "99"]),
    ("each 12,5 rounds up to 13: 104 %", ["1"] * 8, 0, ["13"] * 4 + ["12"] * 4),
    ("three thirds: the first", ["5.00"] * 3, 0, ["34", "33", "33"]),
    ("three thirds, a decimal", ["5.00"] * 3, 1, ["33.4", "33.3", "33.3"]),
    ("nothing of it", ["0.00", "3.00"], 0, ["0", "100"]),
    ("a sum that ends nowhere", ["1", "1", "1", "1", "1", "1", "1"], 2, ["14.29"] * 4 + ["14.28"] * 3),
    ("nothing at all", ["0.00", "0.00"], 0, ["0", "0"]),
    ("nobody", [], 0, []),
]


@pytest.mark.parametrize(("amounts", "places", "parts"), [c[1:] for c in SHARES], ids=[c[0] for c in SHARES])
def test_the_parts_of_a_sum_make_a_hundred(amounts: list[str], places: int, parts: list[str]) -> None:
    found = typography.shares([Decimal(amount) for amount in amounts], places)
    assert found == [Decimal(part) for part in parts]
    assert sum(found) == (100 if any(found) else 0)


@pytest.mark.parametrize("piece", ["a", " ", "« ", "» ", "!", '"', "12 ", "a@b ", "www.", "N", "M. "])
def test_a_long_text_takes_a_time_that_grows_no_faster_than_it(piece: str) -> None:
    """Whatever it is made of: a text of 100,000 signs is a matter of a quarter of a second, not of a minute."""
    start = process_time()
    typography.french(piece * (100_000 // len(piece)))
    assert process_time() - start < 5


@pytest.mark.parametrize(("label", "inside"), [("Nom", "nom"), ("IBAN", "IBAN"), ("À qui", "à qui"), ("", "")])
def test_a_label_inside_a_sentence(label: str, inside: str) -> None:
    assert typography.uncapitalised(label) == inside
