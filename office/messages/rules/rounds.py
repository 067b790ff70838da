"""The order of a round: town, street, number, name. Usage of the house: how whoever posts or carries letters walks."""

import re
from collections.abc import Sequence

TOWN = re.compile(r"\d{5}\s")
NUMBER = re.compile(r"(\d+)\s*(bis|ter|quater|[a-d])?[\s,]+(.*)", re.IGNORECASE)
"""The number of a house, what follows it, and the street. « 3e étage » has none."""

RoundKey = tuple[bool, str, str, int, str, tuple[str, ...], str]


def round_key(recipient: Sequence[str]) -> RoundKey:
    """By what a letter is sorted. `recipient`: the lines of its address, the name first and the town last.

    >>> round_key(["Mme Sarr", "Bât. B", "12 bis rue des Lices", "35000 Rennes"])
    (False, '35000 rennes', 'rue des lices', 12, 'bis', ('bât. b',), 'mme sarr')

    What has no town (handed over, abroad) comes last.
    """
    name, *lines = recipient or [""]
    town = lines.pop() if lines and TOWN.match(lines[-1]) else ""
    # The last line that begins with a number; without one the last line: an estate has a name only.
    at = next((n for n in reversed(range(len(lines))) if NUMBER.match(lines[n])), -1)
    street = lines.pop(at) if lines else ""
    found = NUMBER.match(street)
    number, more, street = (int(found[1]), found[2] or "", found[3]) if found else (0, "", street)
    others = tuple(line.casefold() for line in lines)
    return not town, town.casefold(), street.casefold(), number, more.casefold(), others, name.casefold()
