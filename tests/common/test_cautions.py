"""The guard of free texts: it warns, whatever the case and the accents, and lets facts pass."""

import pytest

from common.cautions import HEALTH, JUDGEMENT, OFFENCE, OPINION, cautions


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Madame est dépressive depuis l’été", HEALTH),
        ("Problème d’ALCOOL", HEALTH),
        ("suit un traitement médical", HEALTH),
        ("Monsieur sort de prison", OFFENCE),
        ("violences conjugales", OFFENCE),
        ("Il frappe sa femme", OFFENCE),
        ("Il boit", HEALTH),
        ("Rendez-vous en alcoologie", HEALTH),
        ("famille musulmane", OPINION),
        ("de mauvaise foi", JUDGEMENT),
        ("Très agressif au téléphone.", JUDGEMENT),
    ],
)
def test_it_warns(text: str, topic: str) -> None:
    (found,) = cautions(text)
    assert found.topic == topic
    assert found.words
    assert found.advice.endswith(".") or found.advice.endswith(").")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Entretien France Travail passé. D’accord pour 8 × 45,00 € dès le 5 décembre.",
        "Moisissure noire au plafond de la chambre, bail relu ensemble",
        "A pris rendez-vous avec la CAF le 12",
        "Assiste à l’atelier énergie",
    ],
)
def test_facts_pass(text: str) -> None:
    assert cautions(text) == []


def test_several_topics_are_all_said() -> None:
    assert [c.topic for c in cautions("Dépression, prison, menteur")] == [HEALTH, OFFENCE, JUDGEMENT]


def test_the_words_are_quoted_as_they_were_typed() -> None:
    (found,) = cautions("Monsieur est SÉROPOSITIF, suit un traitement  médical")
    assert found.words == ("SÉROPOSITIF", "traitement médical")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Elle est dépressive", "« dépressive » parle de santé."),
        ("alcool, drogue", "« alcool », « drogue » parlent de santé."),
        ("Il ment", "« ment » est un jugement."),
        ("Il ment, fou", "« ment », « fou » sont des jugements."),
        ("Il est condamné", "« condamné » parle d’une infraction."),
        ("Elle est musulmane", "« musulmane » parle d’une origine ou d’une opinion."),
    ],
)
def test_what_was_found_is_said_in_a_sentence(text: str, says: str) -> None:
    """It said « dépressive » « touche santé », « ment » « touche jugement »."""
    [found] = cautions(text)
    assert found.says.replace("\u00a0", " ") == says
    assert "« " not in found.says  # a mark never stands alone at the end of a line
