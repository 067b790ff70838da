"""Every page and operation that is read by GET, read once per role; several modules judge the answers."""

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from office.documents import services as documents
from office.models import Document
from tests.access import world as w
from tests.access.test_api import CALLS, NEEDS, OPERATIONS
from tests.access.test_pages import LETTERS, PAGES, addresses
from tests.access.world import World

NAMES = {w.MINE: "Quimperne", w.THEIRS: "Uzerchal", w.HIDDEN: "Wattrelon"}
# Cut short: what a page repeats of the question is not what it found.
SEARCHES = [
    word[:-2]
    for word in (
        *NAMES.values(), w.MY_STREET, w.HIDDEN_STREET, w.MY_PHONE, w.THEIR_PHONE, w.BANK_NAME, "Notule.*", "Constat.*",
        "LOG-.*", f"{w.HIDDEN_CODE}S.",
    )
]  # fmt: skip


# The comma first: it is looked for as a letter, what is beside it only where one is found.
_COMMA = re.compile(r",(?<=\d,)(?=\d)")


def plain(text: str) -> str:
    """Compared without spaces, case or decimal sign: « 603,37 » and 603.37 are one amount."""
    if "\\u" in text:
        text = text.encode("unicode_escape").decode().replace("\\\\", "\\").encode().decode("unicode_escape")
    return "".join(_COMMA.sub(".", html.unescape(text).lower()).split())


@dataclass(frozen=True, slots=True)
class Answer:
    """`kind`: its Content-Type. `body`: what a 200 sent; of another status it is empty."""

    status: int
    kind: str
    body: bytes


@dataclass(slots=True)
class Readings:
    """What each role was answered."""

    answers: dict[str, dict[str, Answer]] = field(default_factory=dict)
    """{letter: {address: answer}}"""
    papers: dict[bytes, str] = field(default_factory=dict)
    """What each PDF says, by its bytes."""
    objects: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """The ids of the three homes, by kind."""


def own_addresses(world: World, role: str) -> Iterator[str]:
    """The pages about the role's own objects."""
    for name, page in PAGES.items():
        if page.get:
            yield from addresses(name, page, [world.own(kind, role) for kind in page.of])


def _addresses(world: World) -> Iterator[str]:
    for name, page in PAGES.items():
        if not page.get:
            continue
        if page.bare or not page.of:
            yield reverse(name)
        for whose in range(max((len(world.objects[kind]) for kind in page.of), default=0)):
            ids = [found[min(whose, len(found) - 1)] for found in (world.objects[kind] for kind in page.of)]
            yield reverse(name, args=ids)
    yield from (f"{reverse('desk:search')}?q={word}" for word in SEARCHES)
    yield from (f"{reverse('maintenance:ticket_new')}?q={word}" for word in SEARCHES)
    yield from (f"{reverse('maintenance:ticket_new')}?menage={pk}" for pk in world.objects["household"])
    yield from (
        f"{reverse(name)}?situation=tous&suivi=tous" for name in ("rent_ledger:arrears", "rent_ledger:arrears_export")
    )
    yield from (f"{reverse('maintenance:ticket_new')}?logement={pk}" for pk in world.objects["dwelling"])
    yield from (f"{reverse('maintenance:tickets')}?etat=toutes&q={word}" for word in SEARCHES)
    yield from (f"{reverse('leases:households')}?q={word}" for word in SEARCHES)
    yield from (f"{reverse('leases:leases')}?q={word}" for word in SEARCHES)
    yield from (f"{reverse('rent_ledger:arrears')}?situation=tous&suivi=tous&q={word}" for word in SEARCHES)
    yield from (f"{reverse('rent_ledger:payments')}?q={word}" for word in SEARCHES)
    yield from (f"{reverse('stock:dwellings')}?q={word}" for word in SEARCHES)
    for method, path, name in CALLS:
        if method == "GET":
            kind = OPERATIONS[name][1]
            query = "?" + "&".join(f"{k}={v}" for k, v in NEEDS[name].items()) if name in NEEDS else ""
            for pk in world.objects[kind] if kind else ("",):
                yield re.sub(r"\{[^}]+\}", str(pk), path) + query


def read_papers(patch: pytest.MonkeyPatch) -> dict[bytes, str]:
    """What each PDF says, by its bytes: all that goes into a template may come out of it."""
    said: dict[bytes, str] = {}
    compiled = documents._compile

    def remembered(papers: Sequence[Document], title: str) -> bytes:
        pdf = compiled(papers, title)
        said[pdf] = json.dumps([title, [documents._printed(paper) for paper in papers]], ensure_ascii=False)
        return pdf

    patch.setattr(documents, "_compile", remembered)
    return said


def read_all(world: World) -> Readings:
    """Each role reads all addresses about the three homes and about its own objects, one role after the other. What
    its reads leave behind (the log of access, seen notices) is there for the next: who may not know it must not hear
    it there."""
    found = Readings(objects=world.objects)
    with pytest.MonkeyPatch.context() as patch:
        found.papers = read_papers(patch)
        found.papers.update(world.papers)
        about_all = list(_addresses(world))
        for letter, role in LETTERS.items():
            client = Client()
            client.force_login(world.people[role])
            heard = found.answers[letter] = {}
            for address in dict.fromkeys([*about_all, *own_addresses(world, role)]):
                answer = client.get(address)
                is_read = answer.status_code == 200
                kind = answer.headers.get("Content-Type", "")
                heard[address] = Answer(answer.status_code, kind, answer.content if is_read else b"")
    return found
