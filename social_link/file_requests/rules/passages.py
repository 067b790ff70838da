"""A note in passages, of which some are struck: what it says of other people is not handed over.

RGPD, art. 15 § 4 (the copy shall not harm the rights of others); not read again (docs/law.md A5).
"""

import re
from collections.abc import Collection
from itertools import groupby

# The end of a sentence with the spaces behind it, or a line break.
_END = re.compile(r"[.!?…]+(?:\s*[»”\"')\]])*\s+|\n+")


def passages(text: str) -> list[str]:
    """The sentences of `text`, each with what separates it from the next: together they are the text, sign by sign."""
    found, start = [], 0
    for end in _END.finditer(text):
        if text[start : end.end()].strip():
            found.append(text[start : end.end()])
            start = end.end()
    if text[start:].strip():
        found.append(text[start:])
    elif found:
        found[-1] += text[start:]
    return found


def handed(text: str, struck: Collection[int]) -> list[str | None]:
    """What is handed over of `text` without the passages of these numbers (from 0): texts, and None for passages that
    are struck, one None for all that follow each other. A number that the text doesn't have strikes nothing."""
    found: list[str | None] = []
    for is_struck, group in groupby(enumerate(passages(text)), key=lambda each: each[0] in struck):
        found.append(None if is_struck else "".join(said for _, said in group).strip())
    return found
