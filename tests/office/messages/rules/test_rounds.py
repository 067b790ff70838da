"""The order of a round: town, street, number as a number, name."""

import random

import pytest

from office.messages.rules.rounds import round_key

IN_ORDER = [
    ["M. A", "2 avenue Paul Tournal", "44000 Nantes"],
    ["M. B", "2 bis avenue Paul Tournal", "44000 Nantes"],
    ["M. C", "3A, avenue Paul Tournal", "44000 Nantes"],
    ["M. D", "10 avenue Paul Tournal", "44000 Nantes"],
    ["M. E", "1 cité Brossolette", "44000 Nantes"],
    ["M. A", "Bât. B", "1 rue Louis Malle", "44000 Nantes"],
    ["M. B", "3e étage", "9 rue Louis Malle", "44000 Nantes"],
    ["M. C", "11 rue Louis Malle", "Chez Mme Z", "44000 Nantes"],
    ["M. D", "11 RUE LOUIS MALLE", "chez mme z", "44000 Nantes"],
    ["M. A", "Résidence du Parc", "44100 Nantes"],
    [],
    ["Mme B"],
    ["Mme A", "Remis en main propre"],
]


def test_letters_are_in_the_order_of_a_walk() -> None:
    mixed = IN_ORDER.copy()
    random.Random(7).shuffle(mixed)
    assert sorted(mixed, key=round_key) == IN_ORDER


@pytest.mark.parametrize(
    ("street", "number", "more", "rest"),
    [
        ("12 rue des Lices", 12, "", "rue des lices"),
        ("12bis rue des Lices", 12, "bis", "rue des lices"),
        ("12, B rue des Lices", 12, "", "b rue des lices"),
        ("12 B, rue des Lices", 12, "b", "rue des lices"),
        ("12 avenue", 12, "", "avenue"),
        ("Résidence du Parc", 0, "", "résidence du parc"),
        ("12", 0, "", "12"),
    ],
)
def test_a_street_has_a_number(street: str, number: int, more: str, rest: str) -> None:
    key = round_key(["Mme Sarr", street, "35000 Rennes"])
    assert key == (False, "35000 rennes", rest, number, more, (), "mme sarr")
