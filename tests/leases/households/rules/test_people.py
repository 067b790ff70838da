"""Ages, typologies and names of households."""

from datetime import date

import pytest

from leases.households.rules.people import Name, age_on, composition_words, typology, usual_name


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(1985, 4, 12), date(2026, 4, 11), 40),
        (date(1985, 4, 12), date(2026, 4, 12), 41),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2026, 11, 5), date(2026, 11, 5), 0),
        (date(2027, 1, 1), date(2026, 11, 5), None),
        (None, date(2026, 11, 5), None),
    ],
)
def test_ages(birth, day, age):
    assert age_on(birth, day) == age


@pytest.mark.parametrize(
    ("adults", "children", "words", "kind"),
    [
        (0, 0, "composition à compléter", "EMPTY"),
        (1, 0, "1\u00a0adulte", "ISOLATED"),
        (1, 1, "1\u00a0adulte, 1\u00a0enfant", "SINGLE_PARENT"),
        (1, 2, "1\u00a0adulte, 2\u00a0enfants", "SINGLE_PARENT"),
        (2, 0, "2\u00a0adultes", "COUPLE"),
        (2, 1, "2\u00a0adultes, 1\u00a0enfant", "COUPLE_WITH_CHILDREN"),
        (3, 1, "3\u00a0adultes, 1\u00a0enfant", "OTHER"),
        (0, 1, "1\u00a0enfant", "OTHER"),
    ],
)
def test_compositions(adults, children, words, kind):
    assert composition_words(adults=adults, children=children) == words
    assert typology(adults=adults, children=children) == kind


@pytest.mark.parametrize(
    ("adults", "called"),
    [
        ([], ""),
        ([Name("MME", "Fatou", "Sarr")], "Mme Fatou Sarr"),
        ([Name("X", "Sam", "Roche")], "Sam Roche"),
        ([Name("M", "Issa", "Kaboré"), Name("MME", "Awa", "kaboré")], "M. et Mme Kaboré"),
        ([Name("MME", "Lise", "Diallo"), Name("M", "Paul", "Roche")], "Mme Diallo et M. Roche"),
        ([Name("M", "Paul", "Roche"), Name("M", "Jean", "Roche")], "M. Roche et M. Roche"),
        ([Name("X", "Sam", "Roche"), Name("MME", "Lise", "Diallo")], "Sam Roche et Mme Diallo"),
        (
            [Name("MME", "Lise", "Diallo"), Name("M", "Paul", "Roche"), Name("M", "Ali", "Ba")],
            "Mme Diallo et M. Roche",
        ),
    ],
)
def test_how_the_house_calls_a_household(adults, called):
    assert usual_name(adults) == called
