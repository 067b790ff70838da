"""How alike the name that a bank prints and a person's name are. Expected scores are worked out by hand."""

import pytest

from rent_ledger.matching.rules.names import PersonName, best, likeness, score, surname

PAUL = PersonName("morel", "paul")


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("morel", "morel", 1.0),
        # 2 × 4 letters in common of 5 + 4.
        ("morel", "mrel", 8 / 9),
        # One letter apart at the end: 2 × 4 of 5 + 5; first letters are equal.
        ("morel", "moret", 0.8),
        # Only the last letters are equal: still compared.
        ("morel", "borel", 0.8),
        # Neither end is equal: nobody slips at both ends.
        ("morel", "boret", 0.0),
        # Three letters more are compared (2 × 5 of 5 + 8), four are not.
        ("morel", "morelabc", 10 / 13),
        ("morel", "morelabcd", 0.0),
        ("morelabcd", "morel", 0.0),
        # Of two letters, only the same; of three, a likeness: 2 × 2 of 3 + 3.
        ("ba", "bo", 0.0),
        ("ba", "ba", 1.0),
        ("bah", "bas", 2 / 3),
        ("bah", "ba", 0.0),
        ("ba", "bah", 0.0),
    ],
)
def test_two_words(a: str, b: str, expected: float) -> None:
    assert likeness(a, b) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("morel", ("morel",)),
        ("martin dupont", ("martin", "dupont")),
        ("le gac", ("legac",)),
        ("d almeida", ("dalmeida",)),
        ("n diaye", ("ndiaye",)),
        ("de la cruz", ("delacruz",)),
        ("martin d almeida", ("martin", "dalmeida")),
        ("le", ("le",)),
        ("de la", ("dela",)),
        ("ben salem", ("ben", "salem")),
        ("", ()),
    ],
)
def test_a_particle_belongs_to_the_word_behind_it(last: str, expected: tuple[str, ...]) -> None:
    assert surname(last) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("morel paul", 1.0),
        ("paul morel", 1.0),
        # An initial is worth 0.8: 0.65 + 0.35 × 0.8.
        ("morel p", 0.93),
        ("p morel", 0.93),
        # Another initial speaks for nothing, and is no other first name.
        ("morel j", 0.75),
        ("morel", 0.75),
        ("morel 12", 0.75),
        # Somebody else of the name.
        ("morel jeanne", 0.7),
        # A first name with a slip: 2 × 3 of 4 + 3 = 6/7.
        ("morel pal", 0.65 + 0.35 * 6 / 7),
        # The best of several words.
        ("morel jean pal", 0.65 + 0.35 * 6 / 7),
        # A name of two letters is somebody's.
        ("morel jo", 0.7),
        # Slips in both (0.8 and 6/7), in a last name beside somebody else.
        ("moret pal", 0.65 * 0.8 + 0.35 * 6 / 7),
        ("moret jeanne", 0.7 * 0.8),
        # A last name with a slip (0.8) and the first name: 0.65 × 0.8 + 0.35.
        ("moret paul", 0.87),
        ("dupont paul", 0.0),
        ("", 0.0),
    ],
)
def test_a_name_on_a_line(text: str, expected: float) -> None:
    assert score(PAUL, text.split()) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("last", "first", "text", "expected"),
    [
        # Two words of the last name: the mean of both; half of it counts with the first name only.
        ("ben salem", "ali", "ben salem ali", 1.0),
        ("ben salem", "ali", "bensalem ali", 1.0),
        ("ben salem", "ali", "salem ali", 0.8),
        ("ben salem", "ali", "salem a", 0.0),
        ("ben salem", "ali", "salem", 0.0),
        ("ben salem", "ali", "dupont ali", 0.0),
        ("li wu", "ali", "wu ali", 0.0),
        ("salem ali", "ali", "ali jean", 0.0),
        # As `Surnames.words` writes them.
        ("le gac", "yann", "legac yann", 1.0),
        ("n diaye", "fatou", "ndiaye f", 0.93),
        # Without its particle: 6 letters of 6 + 7 twice over.
        ("d almeida", "jose", "almeida jose", 0.65 * 14 / 15 + 0.35),
        ("", "ali", "ali", 0.0),
        # No first name is known: what else stands there says nothing.
        ("ba", "", "ba", 0.75),
        ("ba", "", "ba jean", 0.75),
        ("morel", "", "moret", 0.75 * 0.8),
        # A first name equal to the last: once on the line it is the last name only, twice it is both.
        ("martin", "martin", "martin", 0.75),
        ("martin", "martin", "martin martin", 1.0),
        # One word of two first names is enough.
        ("morel", "jean paul", "morel paul", 1.0),
        # A first name of one letter is an initial.
        ("morel", "p", "morel p", 0.93),
    ],
)
def test_names_of_several_words(last: str, first: str, text: str, expected: float) -> None:
    assert score(PersonName(last, first), text.split()) == pytest.approx(expected)


def test_the_best_of_a_household() -> None:
    lina = PersonName("ferreira", "lina")
    assert best([PAUL, lina], ["morel"]) == best([lina, PAUL], ["morel"]) == pytest.approx(0.75)
    assert best([], ["morel"]) == 0.0
