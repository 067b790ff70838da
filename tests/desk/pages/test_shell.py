"""The menu of each role, and the frame of a page."""

import re
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.template.loader import render_to_string
from django.test import RequestFactory

from desk import checks
from desk.checks import check_menu
from desk.context_processors import COUNTS, Shell, shell
from desk.menu import PLACES, Place, may_open
from desk.roles import DESKS, Desk, homes_of
from office.access.actor import Actor
from office.access.codes import Home, Role
from office.access.matrix import COLUMNS
from office.models import User


@pytest.fixture(autouse=True)
def _nothing_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted has its own tests (`test_counts`)."""
    for name in list(COUNTS):
        monkeypatch.delitem(COUNTS, name)


# The plain home has every place, for a role without a desk of its own: its menu shows those that the role may open.
WITH_DESK = [role for role in Role if COLUMNS[role].home != Home.PLAIN]


def _desk(role: Role) -> Desk:
    return DESKS[COLUMNS[role].home]


def make(*roles: Role, at: str = "/", job_title: str = "") -> Shell:
    user = User(first_name="Nadège", last_name="Prigent", email="n@x.example", job_title=job_title)
    return Shell(RequestFactory().get(at), Actor(user=user, roles=frozenset(roles)))


def labels(frame: Shell) -> list[tuple[str, list[str]]]:
    return [(section.title, [entry.label for entry in section.entries]) for section in frame.sections]


def test_the_rental_manager_finds_rents_households_and_stock() -> None:
    assert labels(make(Role.RENTAL_MANAGER)) == [
        ("", ["Accueil", "Impayés", "Dossiers d’aide"]),
        ("Loyers", ["Quittancement", "Aides CAF", "Banque", "Encaissements", "Avances et trop-perçus"]),
        ("Ménages et baux", ["Ménages", "Contrats"]),
        ("Parc", ["Logements", "Conventions", "Demandes techniques"]),
        ("", ["Messages", "Confirmations", "Travaux"]),
    ]


def test_the_project_starts() -> None:
    assert check_menu(None) == []


def test_a_place_without_page_is_an_error_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PLACES, "desk:figures", Place("desk:figures", "Indicateurs", "chart-line"))
    with pytest.raises(SystemCheckError, match="names the page 'desk:figures', which does not exist"):
        call_command("check")


def test_a_role_without_desk_is_an_error_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "COLUMNS", {role: COLUMNS[role] for role in COLUMNS if role != Role.FUNDER})
    assert [error.msg for error in check_menu(None)] == ["The role FUNDER has no column."]


def test_a_home_without_desk_is_an_error_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "DESKS", {home: DESKS[home] for home in DESKS if home != Home.FUNDER})
    assert [error.msg for error in check_menu(None)] == ["The home FUNDER has no desk."]


def test_a_home_that_shows_what_its_role_may_not_read_is_an_error_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COLUMNS, Role.FUNDER, replace(COLUMNS[Role.FUNDER], home=Home.TECHNICAL))
    assert [error.id for error in check_menu(None)] == ["desk.E004"]


def test_a_menu_that_names_no_place_is_an_error_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(PLACES, "office:jobs")
    assert [error.id for error in check_menu(None)] == ["desk.E003"]


@pytest.mark.parametrize("role", [Role.RENTAL_MANAGER, Role.TECHNICIAN, Role.FUNDER, Role.ADMINISTRATOR])
def test_only_the_social_team_and_the_director_see_social_places(role: Role) -> None:
    assert not any(name.startswith("social_link:") for group in _desk(role).groups for name in group.names)


def test_two_roles_add_up_without_doubles() -> None:
    sections = labels(make(Role.RENTAL_MANAGER, Role.ADMINISTRATOR))
    all_labels = [label for _, entries in sections for label in entries]
    assert len(all_labels) == len(set(all_labels))
    house = [
        "Équipe et rôles", "Paramètres datés", "Aides mobilisables", "Politique des impayés", "Textes des messages",
        "Journal des accès", "Réglages",
    ]  # fmt: skip
    assert ("Maison", house) in sections
    assert sections[0] == ("", ["Accueil", "Impayés", "Dossiers d’aide"])
    assert sections[-1] == ("", ["Messages", "Confirmations", "Travaux"])


def test_no_role_no_menu() -> None:
    frame = make()
    assert frame.sections == []
    assert frame.tabs == []
    assert frame.title == ""


@pytest.mark.parametrize(
    ("at", "current"),
    [("/", "Accueil"), ("/loyers/impayes/", "Impayés"), ("/loyers/impayes/12/plan/", "Impayés"), ("/ailleurs/", None)],
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


@pytest.mark.parametrize("role", WITH_DESK)
def test_the_menu_stays_short(role: Role) -> None:
    menu = _desk(role)
    names = [name for group in menu.groups for name in group.names]
    assert len(names) == len(set(names)) <= 18
    assert len(menu.tabs) <= 4
    assert set(menu.tabs) <= set(names)
    assert set(names) <= set(PLACES)


@pytest.mark.parametrize("role", WITH_DESK)
def test_a_role_may_open_every_place_of_its_desk(role: Role) -> None:
    actor = Actor(user=None, roles=frozenset({role}))
    names = [name for group in _desk(role).groups for name in group.names]
    assert [name for name in names if not may_open(actor, name)] == []


def test_the_tab_bar_is_short_for_two_roles() -> None:
    assert len(make(Role.RENTAL_MANAGER, Role.SOCIAL_WORKER, Role.TECHNICIAN).tabs) == 4


def test_the_person_is_named_by_their_job_else_their_role() -> None:
    assert make(Role.SOCIAL_WORKER, job_title="Conseillère ESF").title == "Conseillère ESF"
    assert make(Role.SOCIAL_WORKER).title == "Travail social"
    assert make(Role.SOCIAL_WORKER).hue == _desk(Role.SOCIAL_WORKER).hue == "social"
    assert make(Role.DIRECTOR).hue == "rent"


def test_the_first_of_the_desks_gives_the_name_and_the_colour() -> None:
    assert make(Role.ADMINISTRATOR, Role.RENTAL_MANAGER).title == "Gestion locative"
    assert make(Role.TECHNICIAN, Role.SOCIAL_WORKER).hue == "social"
    assert make(Role.TECHNICIAN, Role.DIRECTOR).hue == "tech"


def test_two_roles_with_one_home_start_there_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COLUMNS, Role.FUNDER, replace(COLUMNS[Role.FUNDER], home=Home.DIRECTION))
    both = Actor(user=None, roles=frozenset({Role.FUNDER, Role.DIRECTOR, Role.SOCIAL_WORKER}))
    assert list(homes_of(both).items()) == [(Role.SOCIAL_WORKER, Home.SOCIAL), (Role.DIRECTOR, Home.DIRECTION)]


def test_letters_to_go_are_used_once_per_menu() -> None:
    for role in Role:
        letters = [PLACES[n].go for group in _desk(role).groups for n in group.names if PLACES[n].go]
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
    shown = _shown(make(Role.RENTAL_MANAGER, at="/loyers/impayes/"))
    assert shown.count("<h1") == 1
    assert shown.count("<main") == 1
    assert 'href="#contenu"' in shown
    assert 'action="/recherche/"' in shown
    assert re.search(r'href="/loyers/impayes/" aria-current="page"', shown)
    assert "1\u00a0234<span" in shown
    ids = re.findall(r'\bid="([^"]+)"', shown)
    assert len(ids) == len(set(ids))


def test_the_technicians_shell_has_the_tabs() -> None:
    shown = render_to_string(
        "common/phone.html", {"shell": make(Role.TECHNICIAN, at="/technique/tournee/"), "csrf_token": "j"}
    )
    assert re.search(r'href="/technique/tournee/" aria-current="page"', shown)
    assert shown.count("<h1") == 1
    assert 'class="a-tabbar"' in shown
