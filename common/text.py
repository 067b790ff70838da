"""Names, compared and ordered without case or accents."""

import re
import unicodedata


def sort_key(text: str) -> str:
    """`text` in lower case, without accents, with single spaces and no punctuation but the hyphen's place.

    >>> sort_key("M. Ilyès  BÉNALI-Le Goff")
    'm ilyes benali le goff'
    """
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain).split())
