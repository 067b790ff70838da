"""What a search finds, as it is shown."""

from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from common.text import sort_key


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. `title` has its matching part marked; `note` is small print; `badge` is (label, meaning).

    Of a household: its id, whether it is housed today, whether the actor follows it, the number to call.
    """

    url: str
    title: SafeString
    note: str = ""
    icon: str = ""
    initials: str = ""
    badge: tuple[str, str] | None = None
    household_id: int = 0
    is_housed: bool = False
    is_followed: bool = False
    number: str = ""


@dataclass(slots=True)
class Group:
    title: str
    hits: list[Hit]
    more: bool = False


@dataclass(slots=True)
class Results:
    """`is_close`: nothing is written as it was typed, what is found resembles it."""

    query: str
    groups: list[Group] = field(default_factory=list)
    too_short: bool = False
    is_close: bool = False

    @property
    def count(self) -> int:
        return sum(len(group.hits) for group in self.groups)


def words(field_name: str, key: str) -> Q:
    """Filter: the field contains every word, in any order (one trigram index scan per word)."""
    found = Q()
    for word in key.split():
        found &= Q(**{f"{field_name}__contains": word})
    return found


def marked(text: str, key: str) -> SafeString:
    """`text` escaped, with what matches the first word found underlined; accents and case ignored, letter by letter."""
    plain = [sort_key(letter) or " " for letter in text]
    flat = "".join(plain)
    for word in sorted(key.split(), key=len, reverse=True):
        at = flat.find(word)
        if at < 0:
            continue
        # Positions in the flat text, back to letters of the original.
        starts: list[int] = []
        for i, piece in enumerate(plain):
            starts += [i] * len(piece)
        first, final = starts[at], starts[at + len(word) - 1] + 1
        return format_html("{}<mark>{}</mark>{}", text[:first], text[first:final], text[final:])
    return conditional_escape(text)
