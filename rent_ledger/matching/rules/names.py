"""How alike are the name that a bank prints and the name of a person? Without order, case or accents (row 27)."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

PARTICLES = frozenset("d de du des l la le les".split())
"""They belong to the word behind them, and stand apart from it or not. So does a single letter: `n diaye`."""
# What banks and payers write beside a name. Whether one is here a part of a name: see `surnames`.
NOISE = frozenset(
    "m mr mme mlle monsieur madame ou et de du des d la le l les vir virement virt inst instantane sepa recu re emis "
    "faveur pour par loyer loyers ref reference avis echeance terme mois paiement motif permanent prlv prelevement "
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split()
)
ALIKE = 0.8
HALF_NAME = 0.8


class PersonName(NamedTuple):
    """Sort keys of a person's last and first names."""

    last: str
    first: str


@lru_cache(maxsize=200_000)
def likeness(a: str, b: str) -> float:
    """0 to 1 between two words."""
    if a == b:
        return 1.0
    if abs(len(a) - len(b)) > 3 or len(a) < 3 or len(b) < 3 or (a[0] != b[0] and a[-1] != b[-1]):
        return 0.0
    return SequenceMatcher(None, a, b).ratio()


@lru_cache(maxsize=200_000)
def surname(last: str) -> tuple[str, ...]:
    """The words of a last name, particles and single letters glued to what they belong to.

    >>> surname("le gac"), surname("n diaye"), surname("martin d almeida"), surname("le")
    (('legac',), ('ndiaye',), ('martin', 'dalmeida'), ('le',))
    """
    found: list[str] = []
    before = ""
    for word in last.split():
        if word in PARTICLES or len(word) == 1:
            before += word
        else:
            found.append(before + word)
            before = ""
    if before:
        found.append(before)
    return tuple(found)


def score(person: PersonName, found: Sequence[str]) -> float:
    """How surely `found` (words, see `Surnames.words`) names `person`, 0 to 1.

    A last name alone is worth 0.75, with an initial 0.93; half of a double name counts with the first name only, 0.8.
    """
    last_name, first_name = person
    if last_name in found and first_name in found and last_name != first_name and len(first_name) > 1:
        return 1.0  # Both as they are, one word each: the most usual, and all that follows says the same.
    last_words = surname(last_name)
    if not last_words or not found:
        return 0.0
    total = 0.0
    for word in last_words:
        # The very same word is there: no need to compare it with the others.
        total += 1.0 if word in found else max([likeness(word, f) for f in found])
    last = total / len(last_words)
    if last < ALIKE:
        if len(last_words) == 1:
            return 0.0
        if "".join(last_words) not in found:
            return _half(last_words, person.first, found)
        last = 1.0
    first_words = person.first.split()
    if not first_words:
        return 0.75 * last
    others = [f for f in found if f not in last_words] or (list(found) if len(found) > len(last_words) else [])
    for word in first_words:
        if len(word) > 1 and word in others:
            return 0.65 * last + 0.35
    first = max((_first(w, f) for w in first_words for f in others), default=0.0)
    if first >= ALIKE:
        return 0.65 * last + 0.35 * first
    return 0.75 * last if not any(len(f) > 1 and f.isalpha() for f in others) else 0.7 * last


def _half(last_words: Sequence[str], first: str, found: Sequence[str]) -> float:
    """`MARTIN JEANNE` for Jeanne Martin-Dupont. A first name equal to a last name on the line proves nothing."""
    if not any(len(word) > 2 and word in found for word in last_words):
        return 0.0
    return HALF_NAME if any(len(w) > 1 and w in found and w not in last_words for w in first.split()) else 0.0


def _first(word: str, found: str) -> float:
    if len(found) == 1:
        return ALIKE if word.startswith(found) else 0.0
    return likeness(word, found)


def best(people: Iterable[PersonName], found: Sequence[str]) -> float:
    """The best score among the people of a household."""
    top = 0.0
    for person in people:
        top = max(top, score(person, found))
    return top
