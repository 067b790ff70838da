"""Names, compared without case, accents or the spaces inside them."""

import pytest

from common.text import glued_key


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Le Gac", "LEGAC"),
        ("Le Gac", "le  gac"),
        ("d’Almeida", "D ALMEIDA"),
        ("d'Almeida", "dalmeida"),
        ("N’Diaye", "NDIAYE"),
        ("Martin-Dupont", "MARTIN DUPONT"),
        ("Lê", "LE"),
        ("Œuvrard", "OEUVRARD"),
    ],
)
def test_a_name_is_the_same_glued_or_apart(written: str, same: str) -> None:
    assert glued_key(written) == glued_key(same)


def test_two_names_stay_two() -> None:
    assert glued_key("Le Gac") != glued_key("Le Gall")
    assert glued_key("  ") == ""
