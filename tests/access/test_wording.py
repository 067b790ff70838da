"""What every page writes of days, months and numbers: in French words, never as the database has them, and as the
typography would have it."""

import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse

from tests.access.readings import Readings
from tests.access.test_pages import LETTERS, PAGES, addresses
from tests.access.world import World
from tests.pages import text

pytestmark = pytest.mark.long

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


# Two full stops, a full stop behind an abbreviated month's, an ordinal that is not raised.
STOPS = re.compile(r"(?<![.…])\.\.(?!\.)|\b(?:janv|févr|avr|juil|sept|oct|nov|déc)\.\s?\.")
TAG = re.compile(r"<[^>]*>")
FLAT = re.compile(r"\b\d+(?:er|re|e) (?:étage|trimestre|semestre)\b")


def _words(response: HttpResponse) -> str:
    """What a person reads: no addresses, no values of fields, no script."""
    body = response.content.decode()
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", body, flags=re.DOTALL)
    return re.sub(r"\s+", " ", TAG.sub(" ", body))


def _pages(readings: Readings, world: World) -> Iterator[tuple[str, str, HttpResponse]]:
    """(role, page, answer) of every page, for each role that opens it."""
    for name, page in PAGES.items():
        if not page.get or page.kept:
            continue
        for letter in page.roles:
            role = LETTERS[letter]
            for address in addresses(name, page, [world.own(kind, role) for kind in page.of]):
                answer = readings.answers[letter][address]
                if answer.status == 200 and answer.kind.startswith("text/html"):
                    yield role, name, HttpResponse(answer.body)


@pytest.fixture(scope="module")
def pages(readings: Readings, built: World) -> list[tuple[str, str, HttpResponse]]:
    """Each test judges all of them."""
    found = list(_pages(readings, built))
    assert len(found) > 150
    return found


def test_no_page_says_a_day_a_month_or_a_number_as_a_program_would(pages: list[tuple[str, str, HttpResponse]]) -> None:
    found = []
    for role, name, response in pages:
        if name in QUOTED:
            continue
        words = _words(response)
        for what, pattern in WRONG.items():
            match = pattern.search(words)
            if match:
                around = words[max(0, match.start() - 40) : match.end() + 20]
                found.append(f"{role} {name}: {what}: …{around}…")
    assert not found, "\n".join(found)


def test_no_page_writes_two_full_stops_nor_a_flat_ordinal(pages: list[tuple[str, str, HttpResponse]]) -> None:
    wrong: list[str] = []
    for role, name, response in pages:
        wrong += [f"{role} {name}: {found}" for found in STOPS.findall(TAG.sub("", text(response)))]
        wrong += [f"{role} {name}: {found}" for found in FLAT.findall(response.content.decode())]
    assert not wrong, "\n".join(wrong)
