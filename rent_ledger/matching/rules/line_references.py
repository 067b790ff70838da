"""References that a payer may have written: of an avis, of a lease (ISO 11649). Check digits are not checked here."""

import re

_AVIS = re.compile(r"(?<![A-Z0-9])AVIS[ -]?(\d{4})[ -]?(\d{4,6})(?![A-Z0-9])")
_WORDS = re.compile(r"[A-Z0-9]+")
_ALPHANUMERIC = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_RF = re.compile(r"RF[0-9]{2}[A-Z0-9]*")  # No look-behind: without one, the search jumps from RF to RF.


def demand_references(text: str) -> set[str]:
    """References of avis in `text`, in their canonical form `AVIS-2611-0307`."""
    upper = text.upper()
    return {f"AVIS-{m[1]}-{m[2]}" for m in _AVIS.finditer(upper)} if "AVIS" in upper else set()


def creditor_references(text: str) -> set[str]:
    """What looks like an RF reference in `text`: in one piece, or in groups of four. Check digits are not checked."""
    found: set[str] = set()
    upper = text.upper()
    if "RF" not in upper:
        return found
    for start in _RF.finditer(upper):
        if start.start() and upper[start.start() - 1] in _ALPHANUMERIC:
            continue
        joined = start[0]
        found.add(joined)
        if len(joined) != 4:
            continue
        for piece in _WORDS.findall(upper, start.end())[:6]:
            if len(piece) > 4:
                break
            joined += piece
            found.add(joined)
            if len(piece) < 4:
                break
    return {reference for reference in found if 5 <= len(reference) <= 25}
