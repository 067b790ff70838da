"""What the main pages weigh on the line, in bytes, and when a slow line shows them first."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession

from leases.models import Household
from tests.browser.conftest import Comes
from tests.browser.person import PAGE_WEIGHT, PHONE, WIDE, Person

pytestmark = pytest.mark.browser

# Bytes that may arrive for a first page, headers included, with an empty cache.
FIRST_WEIGHT = 150_000
# A line in the country: 400 kb/s, 400 ms until an answer begins.
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"

PAGES: dict[str, tuple[str | None, Callable[[], str]]] = {
    "connexion": (None, lambda: "/compte/login/"),
    "accueil de la gestion": ("nadege", lambda: "/"),
    "impayés": ("nadege", lambda: "/loyers/impayes/"),
    "ménage": ("nadege", lambda: f"/menages/{Household.objects.get(name__contains='Vernoux').pk}/"),
    "banque": ("nadege", lambda: "/loyers/banque/"),
    "tournée": ("yann", lambda: "/technique/tournee/"),
    "accueil social": ("camille", lambda: "/"),
    "contact": (
        "camille",
        lambda: f"/social/contacts/nouveau/{Household.objects.get(name__contains='Delaunoy').pk}/",
    ),
}


@contextmanager
def _arriving(person: Person) -> Iterator[tuple[dict[str, int], CDPSession]]:
    """What arrives from the house meanwhile: address → bytes; and the debugger's line."""
    line = person.page.context.new_cdp_session(person.page)
    asked, arrived = dict[str, str](), dict[str, int]()
    line.on("Network.requestWillBeSent", lambda told: asked.update({told["requestId"]: told["request"]["url"]}))

    def finished(told: dict[str, object]) -> None:
        address = urlsplit(asked[str(told["requestId"])]).path
        arrived[address] = arrived.get(address, 0) + int(str(told["encodedDataLength"]).partition(".")[0])

    line.on("Network.loadingFinished", finished)
    line.send("Network.enable")
    try:
        yield arrived, line
    finally:
        line.detach()


def _load(person: Person, path: str) -> dict[str, int]:
    with _arriving(person) as (arrived, _):
        person.go(path)
        person.page.wait_for_load_state("networkidle")
    return arrived


def _told(arrived: dict[str, int]) -> str:
    heaviest = sorted(arrived.items(), key=lambda one: -one[1])[:8]
    return f"{sum(arrived.values())} bytes: " + ", ".join(f"{path} {size}" for path, size in heaviest)


@pytest.mark.parametrize("name", PAGES)
def test_the_weight_of_a_page(comes: Comes, name: str, record_property: Callable[[str, object], None]) -> None:
    who, path = PAGES[name]
    person = comes(who, size=PHONE if name == "tournée" else WIDE)
    first = _load(person, path())
    again = _load(person, path())
    record_property("measured", f"weight of « {name} »: {sum(first.values())} bytes, then {sum(again.values())}")
    assert path() in first
    assert any(address.endswith(".css") for address in first)
    assert sum(first.values()) <= FIRST_WEIGHT, _told(first)
    assert sum(again.values()) <= PAGE_WEIGHT, _told(again)


@pytest.mark.parametrize("name", ["connexion", "impayés", "tournée", "contact"])
def test_a_slow_line_shows_a_page_soon(comes: Comes, name: str, record_property: Callable[[str, object], None]) -> None:
    """Three seconds are wanted on a machine with nothing else to do: printed. What is asserted, any machine holds."""
    who, path = PAGES[name]
    comes(who).go(path())  # a server's first page waits for its templates: not for the line
    person = comes(who, size=PHONE)
    with _arriving(person) as (_, line):
        line.send("Network.emulateNetworkConditions", SLOW)
        person.go(path())
        painted = person.page.evaluate(_PAINT)
    record_property("measured", f"first paint of « {name} » at 400 kb/s and 400 ms: {painted:.0f} ms")
    assert 400 < painted < 15_000
