"""Every page of the house, for each role: nothing that the typography would have written otherwise."""

import re

import pytest
from django.test import Client

from tests.access.test_pages import LETTERS, PAGES, addresses
from tests.access.world import build
from tests.pages import text

pytestmark = pytest.mark.django_db
# Two full stops, a full stop behind an abbreviated month's, an ordinal that is not raised.
WRONG = re.compile(r"(?<![.…])\.\.(?!\.)|\b(?:janv|févr|avr|juil|sept|oct|nov|déc)\.\s?\.")
TAG = re.compile(r"<[^>]*>")
FLAT = re.compile(r"\b\d+(?:er|re|e) (?:étage|trimestre|semestre)\b")


def test_no_page_writes_two_full_stops_nor_a_flat_ordinal() -> None:
    world = build()
    wrong: list[str] = []
    for letter, role in LETTERS.items():
        client = Client()
        client.force_login(world.people[role])
        for name, page in PAGES.items():
            if letter not in page.roles or not page.get or page.kept:
                continue
            for address in addresses(name, page, [world.own(kind, role) for kind in page.of]):
                answer = client.get(address)
                if answer.status_code != 200 or "html" not in answer.headers.get("Content-Type", ""):
                    continue
                wrong += [f"{letter} {address}: {found}" for found in WRONG.findall(TAG.sub("", text(answer)))]
                wrong += [f"{letter} {address}: {found}" for found in FLAT.findall(answer.content.decode())]
    assert not wrong, "\n".join(wrong)
