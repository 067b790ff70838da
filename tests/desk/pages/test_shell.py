"""The menu of each role, and the frame of a page."""

import re
from collections.abc import Iterator

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import include, path

from desk import context_processors
from desk.context_processors import COUNTS, Shell, shell
from desk.menu import HUES, MENUS, PLACES
from office.actor import Actor
from office.enums import Role
from office.models import User


def _page(request: object) -> None: ...


def _urls(namespace: str, **routes: str) -> object:
    return path("", include(([path(route, _page, name=name) for name, route in routes.items()], namespace)))


urlpatterns = [
    _urls("desk", home="", search="recherche/"),
    _urls("rent_ledger", arrears="impayes/", bank="banque/", runs="quittancement/"),
    _urls("leases", households="menages/"),
    _urls("stock", dwellings="logements/"),
    _urls("maintenance", round="tournee/", tickets="demandes/"),
    _urls("social_link", alerts="alertes/", measures="mesures/"),
    _urls("office", staff="equipe/", jobs="travaux/"),
]

pytestmark = pytest.mark.usefixtures("some_urls")


@pytest.fixture
def some_urls(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A few pages, and nothing counted: what is counted has its own tests (`test_counts`)."""
    for name in list(COUNTS):
        monkeypatch.delitem(COUNTS, name)
    with override_settings(ROOT_URLCONF=__name__):
        yield


def make(*roles: Role, at: str = "/", job_title: str = "") -> Shell:
    user = User(first_name="Nadège", last_name="Prigent", email="n@x.example", job_title=job_title)
    return Shell(RequestFactory().get(at), Actor(user=user, roles=frozenset(roles)))


def labels(frame: Shell) -> list[tuple[str, list[str]]]:
    return [(section.title, [entry.label for entry in section.entries]) for section in frame.sections]


def test_the_rental_manager_finds_rents_households_and_stock() -> None:
    assert labels(make(Role.RENTAL_MANAGER)) == [
        ("", ["Accueil", "Impayés"]),
        ("Loyers", ["Quittancement", "Banque"]),
        ("Ménages et baux", ["Ménages"]),
        ("Parc", ["Logements", "Demandes techniques"]),
        ("", ["Travaux"]),
    ]


def test_a_page_without_url_is_left_out() -> None:
    names = [entry.label for section in make(Role.RENTAL_MANAGER).sections for entry in section.entries]
    assert "Encaissements" not in names


@pytest.mark.parametrize("role", [Role.RENTAL_MANAGER, Role.TECHNICIAN, Role.FUNDER, Role.ADMINISTRATOR])
def test_only_the_social_team_and_the_director_see_social_places(role: Role) -> None:
    assert not any(name.startswith("social_link:") for group in MENUS[role].groups for name in group.names)


def test_two_roles_add_up_without_doubles() -> None:
    sections = labels(make(Role.RENTAL_MANAGER, Role.ADMINISTRATOR))
    all_labels = [label for _, entries in sections for label in entries]
    assert len(all_labels) == len(set(all_labels))
    assert ("Maison", ["Équipe et rôles"]) in sections
    assert sections[0] == ("", ["Accueil", "Impayés"])
    assert sections[-1] == ("", ["Travaux"])


def test_no_role_no_menu() -> None:
    frame = make()
    assert frame.sections == []
    assert frame.tabs == []
    assert frame.title == ""


@pytest.mark.parametrize(
    ("at", "current"),
    [("/", "Accueil"), ("/impayes/", "Impayés"), ("/impayes/12/plan/", "Impayés"), ("/ailleurs/", None)],
)
def test_the_current_place_is_where_the_address_begins(at: str, current: str | None) -> None:
    entries = [entry for section in make(Role.RENTAL_MANAGER, at=at).sections for entry in section.entries]
    assert [entry.label for entry in entries if entry.current] == ([current] if current else [])


def test_a_count_is_asked_once_and_only_where_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Actor] = []

    def waiting(actor: Actor) -> int:
        asked.append(actor)
        return 21

    monkeypatch.setitem(COUNTS, "rent_ledger:arrears", waiting)
    frame = make(Role.RENTAL_MANAGER)
    counts = {entry.label: entry.count for section in frame.sections for entry in section.entries}
    assert counts["Impayés"] == 21
    assert counts["Ménages"] is None
    assert [section.title for section in frame.sections]
    assert [entry.label for entry in frame.tabs]
    assert len(asked) == 1


def test_a_count_of_a_place_that_is_not_in_the_menu_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(actor: Actor) -> int:
        raise AssertionError("a technician's page counted arrears")

    monkeypatch.setitem(COUNTS, "rent_ledger:arrears", forbidden)
    assert make(Role.TECHNICIAN).sections


@pytest.mark.parametrize("role", list(Role))
def test_the_menu_stays_short(role: Role) -> None:
    menu = MENUS[role]
    names = [name for group in menu.groups for name in group.names]
    assert len(names) == len(set(names)) <= 18
    assert len(menu.tabs) <= 4
    assert set(menu.tabs) <= set(names)
    assert set(names) <= set(PLACES)


def test_the_tab_bar_is_short_for_two_roles() -> None:
    assert len(make(Role.RENTAL_MANAGER, Role.SOCIAL_WORKER, Role.TECHNICIAN).tabs) == 4


def test_the_person_is_named_by_their_job_else_their_role() -> None:
    assert make(Role.SOCIAL_WORKER, job_title="Conseillère ESF").title == "Conseillère ESF"
    assert make(Role.SOCIAL_WORKER).title == "Travail social"
    assert make(Role.SOCIAL_WORKER).hue == HUES["SOCIAL_WORKER"] == "social"
    assert make(Role.DIRECTOR).hue == "rent"


def test_letters_to_go_are_used_once_per_menu() -> None:
    for role in Role:
        letters = [PLACES[n].go for group in MENUS[role].groups for n in group.names if PLACES[n].go]
        assert len(letters) == len(set(letters)), role


@pytest.mark.parametrize(
    ("role", "searches"), [(Role.TECHNICIAN, True), (Role.FUNDER, False), (Role.ADMINISTRATOR, False)]
)
def test_the_search_is_there_for_who_has_something_to_find(role: Role, searches: bool) -> None:
    assert bool(make(role).search_url) is searches


def test_a_visitor_has_no_shell() -> None:
    request = RequestFactory().get("/")
    assert shell(request) == {"shell": None}


def _shown(frame: Shell) -> str:
    return render_to_string("common/base.html", {"shell": frame, "csrf_token": "jeton"})


def test_the_frame_of_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COUNTS, "rent_ledger:arrears", lambda actor: 1234)
    shown = _shown(make(Role.RENTAL_MANAGER, at="/impayes/"))
    assert shown.count("<h1") == 1
    assert shown.count("<main") == 1
    assert 'href="#contenu"' in shown
    assert 'action="/recherche/"' in shown
    assert re.search(r'href="/impayes/" aria-current="page"', shown)
    assert "1\u00a0234<span" in shown
    assert "Situation de crise" not in shown
    ids = re.findall(r'\bid="([^"]+)"', shown)
    assert len(ids) == len(set(ids))


def test_a_crisis_is_one_click_away_where_the_page_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    real = context_processors.link
    monkeypatch.setattr(context_processors, "link", lambda name: "/crise/" if name == "desk:crisis" else real(name))
    assert 'href="/crise/"' in _shown(make(Role.TECHNICIAN))


def test_the_technicians_shell_has_the_tabs() -> None:
    shown = render_to_string("common/phone.html", {"shell": make(Role.TECHNICIAN, at="/tournee/"), "csrf_token": "j"})
    assert re.search(r'href="/tournee/" aria-current="page"', shown)
    assert shown.count("<h1") == 1
    assert 'class="a-tabbar"' in shown
