"""Names, compared and ordered without case or accents."""

import re
import unicodedata

_BETWEEN = re.compile(r"[^a-z0-9]+")


def sort_key(text: str) -> str:
    """`text` in lower case, without accents, with single spaces and no punctuation but the hyphen's place.

    >>> sort_key("M. Ilyès  BÉNALI-Le Goff")
    'm ilyes benali le goff'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae"))
        text = "".join(c for c in text if not unicodedata.combining(c))
    return _BETWEEN.sub(" ", text.casefold()).strip()


def glued_key(text: str) -> str:
    """The sort key without its spaces: a name is the same whether its particle or its apostrophe stands apart or not.

    >>> glued_key("d’Almeida"), glued_key("D ALMEIDA"), glued_key("N'Diaye"), glued_key("Le Gac")
    ('dalmeida', 'dalmeida', 'ndiaye', 'legac')
    """
    return sort_key(text).replace(" ", "")


def plain_cell(text: str) -> str:
    """A typed text that a spreadsheet would run is made a text again."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
