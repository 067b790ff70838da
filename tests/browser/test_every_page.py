"""Every page that a role reaches by links: answered, clean for axe-core, silent in the console, never too wide.

From the menu on, the first link to each kind of page is followed (one household, one dwelling, one run…); what writes
is not: GET never writes.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from common.links import link as address
from desk.roles import DESKS
from office.access.matrix import COLUMNS
from tests.browser.conftest import Comes
from tests.browser.person import NARROW, PHONE, WIDE, Person

pytestmark = pytest.mark.browser

_LINKS = "() => [...document.querySelectorAll('a[href]:not([download])')].map((a) => a.href)"


def _kind(path: str) -> str | None:
    """The name of the page behind `path`; None for a file."""
    if path.endswith((".pdf", ".csv")):
        return None
    try:
        return resolve(path).view_name
    except Resolver404:
        return f"nothing at {path}"


def _walk(person: Person, start: list[str]) -> Iterator[str]:
    """Go to each kind of page once, `start` first, and yield its path while the browser stands there."""
    waiting, seen = list(start), set[str]()
    while waiting:
        path = waiting.pop(0)
        kind = _kind(urlsplit(path).path)
        if kind is None or kind in seen:
            continue
        seen.add(kind)
        if not person.visit(path):
            yield path
            continue
        yield path
        for href in person.page.evaluate(_LINKS):
            if href.startswith(person.base):
                waiting.append(href.removeprefix(person.base).partition("#")[0])


def _menu(role: str) -> list[str]:
    desk = DESKS[COLUMNS[role].home]
    names = [name for group in desk.groups for name in group.names]
    return [address(name) for name in dict.fromkeys([*names, *desk.tabs])]


@pytest.mark.parametrize("role", sorted(COLUMNS))
def test_every_page_of_a_role(comes: Comes, role: str) -> None:
    person, menu = comes(role), _menu(role)
    found, paths = [], []
    for path in _walk(person, menu):
        paths.append(path)
        found += person.problems()
        if path in menu:
            person.page.emulate_media(color_scheme="dark")
            found += [f"dark: {problem}" for problem in person.axe()]
            person.page.emulate_media(color_scheme="light")
        person.resize(NARROW)
        found += person.overflow()
        person.resize(PHONE)
        found += person.problems()
        person.resize(WIDE)
    assert set(menu) <= set(paths)
    assert not found, f"{len(paths)} pages\n" + "\n".join(dict.fromkeys(found))
