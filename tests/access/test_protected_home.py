"""A protected home: what says who lives there says nothing of where it is, for who must not know it.

For each role that may know the one or the other (`test_matrix` says that the rest hear neither), every page, list,
filter, order, search, file and operation that can be asked by GET is asked, found by itself: the addresses of `PAGES`
and of the API's document, then every field of a search, every choice and every link with a query that the answers
show. Then the home moves (code, street, door, agreement, owner, size) and the same is asked again: an answer about the
household that changes has told something of its home, be it by a word, a row that was found, a count or an order. What
keeps an id instead of a word is looked for by its id.

For who may know it, each answer that tells both is in the log.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from maintenance.tickets.filters import SORTS as ORDERS_OF_REQUESTS
from office.access.codes import Role
from office.access.matrix import Data
from office.models import AccessLog, User
from rent_ledger.models import RentDemand
from stock.models import Dwelling
from tests.access import world as w
from tests.access.readings import plain, read_papers
from tests.access.test_api import CALLS, NEEDS, OPERATIONS
from tests.access.test_pages import PAGES
from tests.access.world import World
from tests.api import operations

pytestmark = [pytest.mark.django_db, pytest.mark.long]

NAME = w.HIDDEN.split()[-1]
AMONG_OTHERS = "mme"
DOOR, OWNER = "Digicode 90871", "Bailleur Chalcedoine"


@dataclass(slots=True)
class Home:
    """The words of the home and of who lives there, each as an answer may hold it."""

    where: list[str] = field(default_factory=list)
    who: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """What is typed to find it: cut short, so that an answer that repeats the question holds no whole word."""

    @classmethod
    def of(cls, world: World) -> "Home":
        lease, account = world.hidden.lease, world.hidden.account
        dwelling = lease.unit.dwelling
        agreement = lease.agreement
        links = [
            reverse("stock:dwelling", args=[dwelling.pk]), reverse("stock:agreement", args=[agreement.pk]),
            *(f"{name}={pk}{end}" for name, pk in (("logement", dwelling.pk), ("immeuble", dwelling.building_id),
              ("convention", agreement.pk)) for end in ('"', "&")),
            *(f'"{name}":{{"id":{pk},' for name, pk in (("dwelling", dwelling.pk), ("unit", lease.unit_id),
              ("agreement", agreement.pk), ("building", dwelling.building_id))),
            *(f'"{name}_id":{pk}{end}' for name, pk in (("dwelling", dwelling.pk), ("unit", lease.unit_id),
              ("agreement", agreement.pk), ("building", dwelling.building_id)) for end in (",", "}")),
        ]  # fmt: skip
        household = lease.household
        return cls(
            where=[plain(word) for word in (w.HIDDEN_CODE, w.HIDDEN_STREET, DOOR, agreement.reference, OWNER, *links)],
            who=[
                plain(word)
                for word in (
                    NAME, w.HIDDEN_PHONE, f'"{household.reference}"', f">{household.reference}<", lease.reference,
                    reverse("desk:household", args=[household.pk]), reverse("leases:lease", args=[lease.pk]),
                    reverse("rent_ledger:statement", args=[account]),
                    reverse("rent_ledger:case", args=[world.hidden.case.pk]),
                )
            ],
            words=[w.HIDDEN_CODE[:-2], w.HIDDEN_STREET[:-2], agreement.reference[:-1]],
        )  # fmt: skip

    def tells_where(self, text: str) -> list[str]:
        return [word for word in self.where if word in text]

    def tells_who(self, text: str) -> list[str]:
        return [word for word in self.who if word in text]


class _Asked(HTMLParser):
    """The queries that a page offers: fields and choices of its forms by GET, links with a query."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.action = path, ""
        self.fields: set[tuple[str, str]] = set()
        self.choices: set[tuple[str, str, str]] = set()
        self.links: set[str] = set()
        self.select = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = "" if found.get("method", "get").lower() == "post" else found.get("action") or self.path
        elif tag == "input" and self.action and found.get("name"):
            if found.get("type", "text") in ("text", "search"):
                self.fields.add((self.action, found["name"]))
            elif found.get("type") in ("radio", "checkbox"):
                self.choices.add((self.action, found["name"], found.get("value", "on")))
        elif tag == "select" and self.action:
            self.select = found.get("name", "")
        elif tag == "option" and self.select and found.get("value"):
            self.choices.add((self.action, self.select, found["value"]))
        for name in ("href", "hx-get"):
            if found.get(name, "").startswith(("/", "?")) and "?" in found[name]:
                address = found[name] if found[name].startswith("/") else self.path + found[name]
                self.links.add(address.partition("#")[0])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.action = ""
        elif tag == "select":
            self.select = ""


def _pages(world: World) -> Iterator[str]:
    """Every page and operation that is read by GET, about the hidden home where it is about one."""
    for name, page in PAGES.items():
        if page.get:
            if page.bare or not page.of:
                yield reverse(name)
            if page.of:
                yield reverse(name, args=[world.objects[kind][-1] for kind in page.of])
    for method, path, name in CALLS:
        if method == "GET":
            kind = OPERATIONS[name][1]
            query = "?" + "&".join(f"{k}={v}" for k, v in NEEDS[name].items()) if name in NEEDS else ""
            yield re.sub(r"\{[^}]+\}", str(world.objects[kind][-1] if kind else ""), path) + query


def _operation_queries(world: World, home: Home) -> Iterator[str]:
    """Each parameter of each list of the API: every text, every code, every order, each id that names the home."""
    lease = world.hidden.lease
    ids = {
        "dwelling_id": lease.unit.dwelling_id, "unit_id": lease.unit_id, "agreement_id": lease.agreement_id,
        "building_id": lease.unit.dwelling.building_id, "household_id": lease.household_id, "lease_id": lease.pk,
        "account_id": world.hidden.account,
    }  # fmt: skip
    for method, path, operation in operations():
        if method != "GET" or "{" in path:
            continue
        parameters = [p for p in operation.get("parameters", []) if p["in"] == "query"]
        names = {p["name"] for p in parameters}
        for parameter in parameters:
            name, schema = parameter["name"], parameter["schema"]
            kinds = [schema, *schema.get("anyOf", [])]
            values = [value for kind in kinds for value in kind.get("enum", [])]
            if name == "q":
                yield from (f"{path}?q={quote(text)}" for text in _texts(home))
            elif name in ids:
                yield f"{path}?{name}={ids[name]}"
                if "q" in names:
                    yield f"{path}?{name}={ids[name]}&q={NAME[:-2]}"
            yield from (f"{path}?{name}={value}" for value in values)


def _texts(home: Home) -> list[str]:
    """The home, who lives there, and both together: what is found by both says that they belong together. And what
    finds others too: the place of a masked row among theirs, or past the cut, must not come from its home."""
    return [*home.words, NAME[:-2], AMONG_OTHERS, *(f"{NAME[:-2]} {word}" for word in home.words)]


def _searches(asked: _Asked, home: Home) -> set[str]:
    return {f"{action}?{name}={quote(text)}" for action, name in asked.fields for text in _texts(home)}


def _choices(asked: _Asked) -> set[str]:
    found = {f"{action}?{name}={quote(value)}" for action, name, value in asked.choices}
    for action, name, value in asked.choices:
        found |= {
            f"{action}?{name}={quote(value)}&{other}={NAME[:-2]}"
            for at, other in asked.fields
            if at == action and other == "q"
        }
    return found | asked.links


_CHANGING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9_-]{32,}|\bw-[0-9a-f]{10}\b")
"""Keys of a form, tokens, the ids of what opens."""
_OFFERED = re.compile(r'<option value="[^"]*"(?! selected)[^>]*>[^<]*</option>')
"""What a list offers to choose is all that there is, whoever the page is about. What it has chosen stays."""


class Reader:
    """One person who asks; what was answered, without what is drawn anew for each answer."""

    def __init__(self, user: User, home: Home, papers: dict[bytes, str], *, day: date = w.TODAY) -> None:
        self.client, self.home, self.papers, self.day = Client(), home, papers, day
        self.client.force_login(user)
        self.user = user

    def ask(self, address: str) -> tuple[str, str]:
        """The answer as it is, and as it is compared: "" where it is refused."""
        with clock.travel(self.day):
            answer = self.client.get(address)
        if answer.status_code in (301, 302):
            return "", plain(answer["Location"])
        if answer.status_code != 200:
            return "", f"[{answer.status_code}]"
        kind = answer["Content-Type"]
        if kind == "application/pdf":
            return "", plain(self.papers.get(answer.content, answer.content.decode("latin-1")))
        if not kind.startswith(("text/", "application/json")):
            return "", f"[{kind}]"
        raw = answer.content.decode()
        return raw, plain(_OFFERED.sub("", _CHANGING.sub("-", raw)))

    def ask_all(self, first: Iterable[str], more: Iterable[str]) -> dict[str, str]:
        """Every address, then the searches that the answers offer; of the pages that name people, every choice too."""
        found: dict[str, str] = {}
        offered: set[str] = set()
        asked = []
        for address in dict.fromkeys(first):
            raw, found[address] = self.ask(address)
            if raw.lstrip().startswith("<"):
                page = _Asked(urlsplit(address).path)
                page.feed(raw)
                asked.append(page)
                offered |= _searches(page, self.home)
        # A list that is refused is refused whatever is asked of it.
        offered |= {query for query in more if found.get(urlsplit(query).path) != "[403]"}
        self._follow(offered, found)
        naming = _naming(found)
        self._follow({query for page in asked for query in _choices(page) if urlsplit(query).path in naming}, found)
        return found

    def _follow(self, addresses: Iterable[str], found: dict[str, str]) -> None:
        for address in sorted(set(addresses) - found.keys()):
            found[address] = self.ask(html.unescape(address))[1]


def _naming(heard: dict[str, str]) -> set[str]:
    """The paths that name somebody of the house, whatever is asked there."""
    names = [plain(name.split()[-1]) for name in (w.MINE, w.THEIRS, w.HIDDEN)]
    return {urlsplit(address).path for address, text in heard.items() if any(name in text for name in names)}


def _move(world: World) -> None:
    """The home is elsewhere: another code, first of its list where it was among the last; another street, door,
    agreement, owner, size."""
    lease = world.hidden.lease
    dwelling = Dwelling.objects.get(pk=lease.unit.dwelling_id)
    dwelling.reference, dwelling.door, dwelling.floor, dwelling.rooms = "AAA-1", "Z", 9, 5
    dwelling.access_notes, dwelling.energy_class, dwelling.surface = "Autre acces", "B", "93.00"
    dwelling.save()
    building = dwelling.building
    building.street, building.name, building.postcode, building.city = "1 rue Autre", "Autre", "44800", "Ailleurs"
    building.save()
    agreement = lease.agreement
    agreement.reference, agreement.title = "AAA-9", "Autre titre"
    agreement.save()
    owner = agreement.owner
    owner.name = "Autre bailleur"
    owner.save()


@pytest.fixture
def hidden(world: World) -> World:
    dwelling = Dwelling.objects.get(pk=world.hidden.lease.unit.dwelling_id)
    dwelling.access_notes = DOOR
    dwelling.save()
    owner = world.hidden.lease.agreement.owner
    owner.name = OWNER
    owner.save()
    return world


def test_nothing_about_the_household_depends_on_its_home(
    hidden: World, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    home, papers = Home.of(hidden), read_papers(monkeypatch)
    papers.update(hidden.papers)
    people, others = hidden.people, hidden.others
    readers = {
        "a manager who is not in charge": Reader(people[Role.RENTAL_MANAGER], home, papers),
        "a social worker of other cases": Reader(people[Role.SOCIAL_WORKER], home, papers),
        "the director": Reader(people[Role.DIRECTOR], home, papers),
        "the technician, the day before": Reader(
            others[Role.TECHNICIAN], home, papers, day=w.TODAY + timedelta(days=1)
        ),
    }
    pages, more = list(_pages(hidden)), list(_operation_queries(hidden, home))
    before = {who: reader.ask_all(pages, more) for who, reader in readers.items()}
    assert sum(len(heard) for heard in before.values()) > 1000
    for who, heard in before.items():
        with subtests.test(f"{who}: never both in one answer"):
            both = {
                address: [*home.tells_who(text), *home.tells_where(text)]
                for address, text in heard.items()
                if home.tells_who(text) and home.tells_where(text)
            }
            assert both == {}
        with subtests.test(f"{who}: nobody is found by an id of the home"):
            named = [
                address for address, text in heard.items() if home.tells_who(text) and _names_the_home(address, hidden)
            ]
            assert named == []
    _move(hidden)
    for who, heard in before.items():
        with subtests.test(f"{who}: the home moves"):
            naming = _naming(heard)
            about = [
                address
                for address, text in heard.items()
                # A search by the name and the home that finds nothing must go on finding nothing.
                if home.tells_who(text) or (f"{NAME[:-2]}%20" in address and urlsplit(address).path in naming)
            ]
            changed = [address for address in about if readers[who].ask(html.unescape(address))[1] != heard[address]]
            assert changed == []


@pytest.mark.parametrize("order", sorted(ORDERS_OF_REQUESTS))
def test_where_a_request_stands_in_its_list_tells_nothing_of_the_home(order: str, hidden: World) -> None:
    """The list says neither where nor who; but who may read the request finds there whose it is."""
    client = Client()
    client.force_login(hidden.people[Role.RENTAL_MANAGER])

    def rows() -> list[list[int]]:
        address = f"{reverse('maintenance:tickets')}?etat=toutes&tri="
        return [[row.pk for row in client.get(address + asked).context["page"]] for asked in (order, f"-{order}")]

    before = rows()
    assert all(hidden.hidden.ticket.pk in found for found in before)
    _move(hidden)
    assert rows() == before


def _names_the_home(address: str, world: World) -> bool:
    lease = world.hidden.lease
    ids = {
        "logement": lease.unit.dwelling_id, "dwelling_id": lease.unit.dwelling_id, "local": lease.unit_id,
        "unit_id": lease.unit_id, "convention": lease.agreement_id, "agreement_id": lease.agreement_id,
        "immeuble": lease.unit.dwelling.building_id, "building_id": lease.unit.dwelling.building_id,
    }  # fmt: skip
    query = urlsplit(html.unescape(address)).query
    return any(f"{name}={pk}" in query.split("&") for name, pk in ids.items())


def test_what_tells_both_to_who_may_know_is_in_the_log(
    hidden: World, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    home, papers = Home.of(hidden), read_papers(monkeypatch)
    papers.update(hidden.papers)
    people, others = hidden.people, hidden.others
    logged = AccessLog.objects.filter(subject=Data.PROTECTED_ADDRESS, household_id=hidden.hidden.lease.household_id)
    pages = list(_pages(hidden))
    for who, user in (
        ("the head of the social service", people[Role.HEAD_OF_SOCIAL]),
        ("the manager in charge", others[Role.RENTAL_MANAGER]),
        ("the social worker of the case", others[Role.SOCIAL_WORKER]),
        ("the technician, on the day", others[Role.TECHNICIAN]),
    ):
        reader = Reader(user, home, papers)
        silent, told = [], 0
        for address in pages:
            had = logged.count()
            _, text = reader.ask(address)
            if home.tells_who(text) and home.tells_where(text):
                told += 1
                if logged.count() == had:
                    silent.append(address)
        with subtests.test(who):
            assert silent == []
            assert told > 0


def test_an_old_paper_does_not_tell_the_address_that_is_protected_since(
    hidden: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A paper that was archived while the address could be told."""
    home, papers = Home.of(hidden), read_papers(monkeypatch)
    papers.update(hidden.papers)
    lease = hidden.hidden.lease
    member = lease.household.memberships.get().person
    type(member).objects.filter(pk=member.pk).update(is_address_protected=False)
    address = reverse("rent_ledger:demand_pdf", args=[RentDemand.objects.get(lease=lease).pk])
    reader = Reader(hidden.people[Role.RENTAL_MANAGER], home, papers)
    assert plain(w.HIDDEN_STREET) in reader.ask(address)[1]
    type(member).objects.filter(pk=member.pk).update(is_address_protected=True)
    assert home.tells_where(reader.ask(address)[1]) == []
