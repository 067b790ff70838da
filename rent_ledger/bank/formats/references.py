"""Structured creditor references (ISO 11649, "RF…") inside free text."""

import re

from rent_ledger.bank.formats.accounts import mod_97

# Printed in groups of four, or in one piece.
_CANDIDATE = re.compile(r"\bRF[0-9]{2}(?: ?[A-Z0-9]{1,21})+")


def _is_valid(reference: str) -> bool:
    if not 5 <= len(reference) <= 25:
        return False
    return mod_97(reference[4:] + reference[:4]) == 1


def find_rf(text: str) -> str:
    """The first valid RF reference in `text`, without spaces; '' where there is none."""
    if "RF" not in text and "rf" not in text:
        return ""
    for match in _CANDIDATE.finditer(text.upper()):
        words = match.group().split(" ")
        # The longest run of groups first: "RF18 5390 0754 7034" is one reference, not "RF18 5390".
        for count in range(min(len(words), 7), 0, -1):
            if any(len(word) != 4 for word in words[: count - 1]):
                continue
            if _is_valid("".join(words[:count])):
                return "".join(words[:count])
    return ""
