"""Which words of a bank's text are names, by the last names that we know (row 27).

Banks and payers write `LE GAC`, `LEGAC`, `D ALMEIDA`, `NDIAYE`; a word of theirs (« avril », « le », « m ») is a last
name of somebody too. So nothing is noise by itself: a word is left out only where it is no part of a known last name.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from functools import cached_property, lru_cache
from typing import NamedTuple

from common.text import sort_key
from rent_ledger.matching.rules.match_facts import AccountFacts
from rent_ledger.matching.rules.names import NOISE, PARTICLES, PersonName, surname

_MONTHS = {
    word: month
    for month, word in enumerate(
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split(), 1
    )
}
# Parts of last names that many share: alone they name nobody.
_SHARED = NOISE | frozenset(
    "ben bel el al ould abd bou van von der den ter da do dos das di del della san saint sainte st ste".split()
)
_MOST_GLUED = 4
_SPACED = {code: " " for code in range(128) if not chr(code).isalnum()}


class Mention(NamedTuple):
    """A last name in a text: the words that stand for it, and the last names that they may be."""

    words: tuple[str, ...]
    lasts: Collection[str]


@lru_cache(maxsize=50_000)
def tokens(text: str) -> tuple[str, ...]:
    """All the words of `text`, as its sort key has them."""
    if text.isascii():  # Nearly all that banks write: no accent to take off.
        return tuple(text.lower().translate(_SPACED).split())
    return tuple(sort_key(text).split())


@lru_cache(maxsize=50_000)
def own_words(people: tuple[PersonName, ...]) -> frozenset[str]:
    """Every word that people of these names may be written with: what names them names nobody else."""
    found: set[str] = set()
    for last, first in people:
        found |= {*last.split(), *first.split(), *surname(last), last.replace(" ", "")}
    return frozenset(found)


def _forms(last: str) -> Iterator[str]:
    """How a last name of several words is written: glued, without its particle, by half of it."""
    parts = last.split()
    yield "".join(parts)
    for part in (*surname(last), *parts):
        if len(part) > 1 and part not in _SHARED:
            yield part


class Surnames:
    """The last names that are known: accounts of their bearers by last name, last names by each way to write them."""

    def __init__(self, accounts: Collection[AccountFacts]) -> None:
        self.bearers: dict[str, list[int]] = {}
        self._accounts = accounts
        bearers = self.bearers
        firsts: defaultdict[str, set[str]] = defaultdict(set)
        for account in accounts:
            for last, first in account.people:
                if last in bearers:
                    bearers[last].append(account.id)
                else:
                    bearers[last] = [account.id]
                if last in NOISE:
                    firsts[last].update(first.split())
        self._firsts_of_noise = dict(firsts)
        """First names of those whose last name is a word of the banks."""
        self._several: defaultdict[str, set[str]] = defaultdict(set)
        """Last names of several words by each way to write them."""
        for last in bearers:
            if " " in last:
                for form in _forms(last):
                    self._several[form].add(last)

        self._read: dict[tuple[tuple[str, ...], date], tuple[str, ...]] = {}
        self._telling = {*bearers, *self._several, *PARTICLES, *"abcdefghijklmnopqrstuvwxyz"}
        """Without any of these words, a text holds no last name."""

    def names_only(self, own: frozenset[str], words: tuple[str, ...]) -> bool:
        """Whether `words` surely hold no last name but by words in `own`. Quick: most lines name their payer only."""
        return self._telling.isdisjoint(set(words) - own)

    @cached_property
    def firsts(self) -> frozenset[str]:
        """Every word of a first name that is known."""
        return frozenset(word for a in self._accounts for _, first in a.people for word in first.split())

    def is_known(self, word: str) -> bool:
        return word in self.bearers or word in self._several

    def words(self, text: tuple[str, ...], day: date) -> tuple[str, ...]:
        """The words of a text that may be a name, each last name as `names.surname` writes it. `day`: the booking."""
        known = self._read.get((text, day))
        if known is not None:
            return known
        found: list[str] = []
        i, end = 0, len(text)
        while i < end:
            word = text[i]
            if word in PARTICLES or len(word) == 1:
                size = self._glued(text, i)
                if size:
                    found.append("".join(text[i : i + size]))
                    i += size
                    continue
            if word not in NOISE or self._is_name(text, i, day) or (len(word) == 1 and self._is_initial(text, i)):
                found.append(word)
            i += 1
        self._read[text, day] = read = tuple(found)
        return read

    def mentions(self, text: tuple[str, ...], day: date) -> list[Mention]:
        """The last names that a text holds: alone, glued, without a particle, half of a double one."""
        found: list[Mention] = []
        bearers, several = self.bearers, self._several
        for i, word in enumerate(text):
            if word in several:
                if word not in NOISE or self._is_name(text, i, day):
                    found.append(Mention((word,), several[word] | ({word} if word in bearers else set())))
            elif word in bearers and (word not in NOISE or self._is_name(text, i, day)):
                found.append(Mention((word,), (word,)))
            if word in PARTICLES or len(word) == 1:
                size = self._glued(text, i)
                if size:
                    glued = "".join(text[i : i + size])
                    lasts = several.get(glued, set()) | ({glued} if glued in bearers else set())
                    found.append(Mention(text[i : i + size], lasts))
        return found

    def _glued(self, text: tuple[str, ...], start: int) -> int:
        """How many words from `start` are one last name with its particles; 0 if they are none."""
        for size in range(min(_MOST_GLUED, len(text) - start), 1, -1):
            if self.is_known("".join(text[start : start + size])):
                return size
        return 0

    def _is_initial(self, text: tuple[str, ...], place: int) -> bool:
        """Whether a letter that is also a title or a particle stands behind a last name, and before no other name."""
        if not place or not self.is_known(text[place - 1]):
            return False
        return place + 1 == len(text) or text[place + 1] in NOISE or text[place + 1].isdecimal()

    def _is_name(self, text: tuple[str, ...], place: int, day: date) -> bool:
        """Whether a word of the banks is here the last name of somebody we know."""
        word = text[place]
        firsts = self._firsts_of_noise.get(word)
        if firsts is None:
            return False
        before = text[place - 1] if place else ""
        after = text[place + 1] if place + 1 < len(text) else ""
        if before in firsts or after in firsts:
            return True
        if len(after) == 1 and any(first.startswith(after) for first in firsts):
            return after not in NOISE or place + 2 == len(text)
        month = _MONTHS.get(word)
        if month is not None:
            # « LOYER AVRIL » in spring, « AVRIL 2026 »: the month. Half a year away: the person.
            return not after.isdecimal() and (day.month - month + 1) % 12 > 2
        return word in PARTICLES and not after
