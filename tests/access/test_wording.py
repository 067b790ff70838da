"""What every page writes of days, months and numbers: in French words, never as the database has them."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from tests.access.test_pages import LETTERS, PAGES, addresses
from tests.access.world import World

pytestmark = pytest.mark.django_db

# What no sentence of ours says, and why.
WRONG = {
    "a day as the database has it": re.compile(r"\b(?:19|20)\d\d-[01]\d-[0-3]\d\b"),
    "a month as the database has it": re.compile(r"\b(?:19|20)\d\d-[01]\d\b(?!-)"),
    "a month in figures": re.compile(r"(?<![\d/])(?:0[1-9]|1[0-2])/20\d\d\b"),
    "a time with its seconds": re.compile(r"\b[0-2]?\d:[0-5]\d:[0-5]\d\b"),
    "one of several": re.compile(
        r"(?<![\d,.\u00a0\u202f ])1[ \u00a0](?:jours|ménages|avis envoyés|lignes|dossiers|logements|contrats|alertes)\b"
    ),
    "a choice that nobody named": re.compile(r"-{5,}"),
    "Python": re.compile(r"\b(?:None|True|False)\b"),
}
QUOTED = {"office:tokens", "office:message_text"}
"""Pages that quote what another program writes."""


def _words(response: object) -> str:
    """What a person reads: no addresses, no values of fields, no script."""
    body = response.content.decode()  # type: ignore[attr-defined]
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", body, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def _read(world: World) -> Iterator[tuple[str, str]]:
    for name, page in PAGES.items():
        if not page.get or page.kept:
            continue
        for letter in page.roles:
            role = LETTERS[letter]
            client = Client()
            client.force_login(world.people[role])
            for address in addresses(name, page, [world.own(kind, role) for kind in page.of]):
                response = client.get(address)
                if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
                    yield f"{role} {name}", _words(response)


def test_no_page_says_a_day_a_month_or_a_number_as_a_program_would(world: World) -> None:
    pages, found = 0, []
    for where, words in _read(world):
        pages += 1
        if where.partition(" ")[2] in QUOTED:
            continue
        for what, pattern in WRONG.items():
            match = pattern.search(words)
            if match:
                found.append(f"{where}: {what}: …{words[max(0, match.start() - 40) : match.end() + 20]}…")
    assert pages > 150
    assert not found, "\n".join(found)
