"""Names, compared and ordered without case or accents."""

import re
import unicodedata

_CONTROLS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
CONTROLS = "Ce texte contient un retour à la ligne ou un caractère invisible : écrivez-le de nouveau."
LONGEST_TEXT = 4000
"""Signs of the longest text that a person types in one go, a page and a half: the bound of forms, API and columns,
where they have no shorter one."""
_BETWEEN = re.compile(r"[^a-z0-9]+")


def has_controls(text: str) -> bool:
    """Whether `text` breaks its line, turns the direction of writing or has another control character than a tab. What
    does so is no name, phone or subject: a mail with it in a header can't be built.
    """
    return _CONTROLS.search(text) is not None


def sort_key(text: str) -> str:
    """`text` in lower case, without accents, with single spaces and no punctuation but the hyphen's place.

    >>> sort_key("M. Ilyès  BÉNALI-Le Goff")
    'm ilyes benali le goff'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae"))
        text = "".join(c for c in text if not unicodedata.combining(c))
    return _BETWEEN.sub(" ", text.casefold()).strip()


# Signs of a search that are read: more is a page that somebody pasted, of which each word would be a condition.
LONGEST_SEARCH = 80


def search_words(text: str) -> list[str]:
    """What is typed into a field of search, as the words that each must be found: of its first `LONGEST_SEARCH` signs.

    >>> search_words("  Zoé  LE GAC ")
    ['zoe', 'le', 'gac']
    """
    return sort_key(text.strip()[:LONGEST_SEARCH]).split()
