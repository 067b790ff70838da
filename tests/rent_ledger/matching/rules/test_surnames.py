"""Which words of a bank's text are names, and whose they may be."""

from datetime import date
from decimal import Decimal

import pytest

from common.text import sort_key
from rent_ledger.matching.rules.match_facts import AccountFacts
from rent_ledger.matching.rules.names import PersonName
from rent_ledger.matching.rules.surnames import Surnames, own_words, tokens

NOVEMBER, APRIL = date(2026, 11, 4), date(2026, 4, 4)
PEOPLE = (
    "morel, paul", "le gac, yann", "d almeida, jose", "n diaye, fatou", "le, kim", "avril, jean",
    "martin dupont, jeanne", "cisse, mariama", "de la cruz, ines", "ben salem, ali", "loyer, marc", "", "diaye, awa",
)  # fmt: skip


def known(*names: str) -> Surnames:
    return Surnames([
        AccountFacts(i, i, name, (PersonName(*name.partition(", ")[::2]),), net_term=Decimal(1))
        for i, name in enumerate(names or PEOPLE)
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("VIR SEPA M PAUL MOREL LOYER NOVEMBRE", "paul morel"),
        ("M. LE GAC YANN", "legac yann"),
        ("LEGAC YANN", "legac yann"),
        ("D’ALMEIDA JOSE", "dalmeida jose"),
        ("N'DIAYE FATOU", "ndiaye fatou"),
        ("VIR DE LA CRUZ INES", "delacruz ines"),
        ("LE GOFF", "goff"),
        # A word of the banks that is somebody's name.
        ("LE KIM", "le kim"),
        ("VIR M LE", "le"),
        ("LOYER LE 5 NOVEMBRE", "5"),
        ("AVRIL JEAN", "avril jean"),
        ("LOYER MARC", "loyer marc"),
        ("LOYER MOREL", "morel"),
        # A title that is an initial, behind a last name only.
        ("CISSE M", "cisse m"),
        ("CISSE D LOYER", "cisse d"),
        ("M CISSE", "cisse"),
        ("MOREL M CISSE", "morel cisse"),
        ("M", ""),
        ("", ""),
    ],
)
def test_the_words_that_may_be_a_name(text: str, expected: str) -> None:
    assert known().words(tokens(text), NOVEMBER) == tuple(expected.split())


@pytest.mark.parametrize("text", ["VIR  M. MOREL-PAUL/12", "d'Almeida", "Cissé, Œuvre", "", " ", "A_B\tC"])
def test_words_are_those_of_the_sort_key(text: str) -> None:
    assert tokens(text) == tuple(sort_key(text).split())


@pytest.mark.parametrize(
    ("text", "own", "expected"),
    [
        ("VIR MOREL PAUL", "morel, paul", True),
        ("VIR MOREL SARR", "morel, paul", True),
        ("VIR MOREL CISSE", "morel, paul", False),
        ("M MOREL", "morel, paul", False),
        ("LOYER AVRIL", "morel, paul", False),
        ("ALMEIDA", "morel, paul", False),
    ],
)
def test_a_line_that_names_its_payer_only_is_read_no_further(text: str, own: str, *, expected: bool) -> None:
    last, first = own.split(", ")
    assert known().names_only(own_words((PersonName(last, first),)), tokens(text)) is expected


@pytest.mark.parametrize(
    ("text", "lasts"),
    [
        ("LOYER DE CISSE", {"cisse"}),
        ("VIR CISSE M", {"cisse"}),
        ("LOYER LE GAC", {"le gac"}),
        ("LOYER LEGAC YANN", {"le gac"}),
        ("POUR GAC", {"le gac"}),
        ("D ALMEIDA", {"d almeida"}),
        ("ALMEIDA", {"d almeida"}),
        ("DALMEIDA", {"d almeida"}),
        ("LOYER NDIAYE FATOU", {"n diaye"}),
        ("N DIAYE", {"n diaye", "diaye"}),
        ("DIAYE", {"n diaye", "diaye"}),
        ("LOYER MARTIN", {"martin dupont"}),
        ("DUPONT", {"martin dupont"}),
        ("MARTIN-DUPONT", {"martin dupont"}),
        ("MARTINDUPONT", {"martin dupont"}),
        ("SALEM", {"ben salem"}),
        ("BEN", set()),
        ("DE LA CRUZ", {"de la cruz"}),
        ("LA CRUZ", {"de la cruz"}),
        ("LE KIM", {"le"}),
        ("LOYER LE K", {"le"}),
        ("VIR LE", {"le"}),
        ("LE LOYER", set()),
        ("LOYER DU MOIS", set()),
        ("LOYER M DUBOIS", set()),
        ("LOYER M", {"loyer"}),
        ("RUE PAUL", set()),
        ("", set()),
    ],
)
def test_the_last_names_that_a_text_holds(text: str, lasts: set[str]) -> None:
    found = known().mentions(tokens(text), NOVEMBER)
    assert {last for mention in found for last in mention.lasts} == lasts


@pytest.mark.parametrize(
    ("text", "day", "is_named"),
    [
        ("LOYER AVRIL", NOVEMBER, True),
        ("LOYER AVRIL", APRIL, False),
        ("LOYER AVRIL", date(2026, 3, 31), False),
        ("LOYER AVRIL", date(2026, 5, 31), False),
        ("LOYER AVRIL", date(2026, 2, 28), True),
        ("LOYER AVRIL", date(2026, 6, 1), True),
        ("LOYER AVRIL 2026", NOVEMBER, False),
        ("LOYER AVRIL JEAN", APRIL, True),
        ("JEAN AVRIL", APRIL, True),
        ("AVRIL J", APRIL, True),
        ("AVRIL P", APRIL, False),
        ("LOYER NOVEMBRE", APRIL, False),
    ],
)
def test_a_month_is_somebody_s_name_where_it_can_t_be_the_month(text: str, day: date, *, is_named: bool) -> None:
    assert bool(known().mentions(tokens(text), day)) is is_named


def test_the_months_before_and_after_go_round_the_year() -> None:
    december = known("decembre, anne")
    assert not december.mentions(("decembre",), date(2026, 1, 5))
    assert not december.mentions(("decembre",), date(2026, 11, 30))
    assert december.mentions(("decembre",), date(2026, 2, 1))


def test_who_bears_a_name_and_what_is_a_first_name() -> None:
    names = known("morel, paul", "morel, anne marie", "sarr, awa")
    assert names.bearers == {"morel": [0, 1], "sarr": [2]}
    assert names.firsts == {"paul", "anne", "marie", "awa"}


def test_every_way_to_write_one_s_own_name() -> None:
    assert own_words((PersonName("martin d almeida", "jose luis"),)) == {
        "martin", "d", "almeida", "dalmeida", "martindalmeida", "jose", "luis",
    }  # fmt: skip
