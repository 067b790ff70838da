"""The bell and the list behind it."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from office.access.codes import Role
from office.models import Notice
from office.notices.models import NEWS
from tests.factories import make_user
from tests.office.notices.telling import tell

pytestmark = pytest.mark.django_db
URL = "/bureau/notifications/"


@pytest.fixture
def nadege(client_as: Any) -> Client:
    return client_as(Role.RENTAL_MANAGER)


def bell(client: Client, path: str = URL) -> str:
    """What a screen reader says of the bell of a page."""
    page = client.get(path).content.decode()
    [link] = [part.partition("</a>")[0] for part in page.split('<a class="a-bell"')[1:]]
    return link.split('<span class="visually-hidden">')[-1].partition("</span>")[0]


def test_the_bell_counts_what_is_urgent_and_unseen(nadege: Client) -> None:
    user = nadege.user  # type: ignore[attr-defined]
    tell(make_user())
    assert bell(nadege) == "Notifications"
    tell(user, is_urgent=False)
    assert bell(nadege) == ", du nouveau"
    tell(user)
    notice = tell(user)
    assert bell(nadege) == ", 2\u00a0urgentes"
    Notice.objects.filter(pk=notice.pk).update(seen_at=clock.now())
    assert bell(nadege) == ", 1\u00a0urgente"


def test_the_dot_goes_when_it_was_seen_and_after_a_fortnight(nadege: Client) -> None:
    user = nadege.user  # type: ignore[attr-defined]
    notice = tell(user, is_urgent=False)
    page = nadege.get("/").content.decode()
    assert ('<span class="a-new"' in page, 'class="a-count is-danger"' in page) == (True, False)
    for seen_at, age, said in (
        (clock.now(), timedelta(0), "Notifications"),
        (None, NEWS, ", du nouveau"),
        (None, NEWS + timedelta(seconds=1), "Notifications"),
    ):
        Notice.objects.filter(pk=notice.pk).update(seen_at=seen_at, created_at=clock.now() - age)
        assert bell(nadege) == said


def test_who_may_not_read_the_kind_hears_no_bell(client_as: Any) -> None:
    client = client_as(Role.FUNDER)
    tell(client.user)
    tell(client.user, is_urgent=False)
    assert bell(client) == "Notifications"


def test_the_bell_costs_no_query_of_its_own(
    client_as: Any, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desk.context_processors import COUNTS, DOTS

    client = client_as(Role.RENTAL_MANAGER)
    client.get("/bureau/jetons/")

    def queries() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            client.get("/bureau/jetons/")
        return len(seen)

    with_bell = queries()
    monkeypatch.delitem(COUNTS, "office:notices")
    monkeypatch.delitem(DOTS, "office:notices")
    assert queries() == with_bell


def test_the_phone_has_the_bell_too_for_one_query(client_as: Any) -> None:
    client = client_as(Role.TECHNICIAN)
    tell(client.user, is_urgent=False)
    assert bell(client, reverse("maintenance:round")) == ", du nouveau"
    tell(client.user)
    assert bell(client, reverse("maintenance:round")) == ", 1\u00a0urgente"


def test_a_visitor_has_no_bell() -> None:
    assert b"a-bell" not in Client().get("/compte/login/").content


def test_the_urgent_come_first_and_all_the_latest_first(nadege: Client) -> None:
    user = nadege.user  # type: ignore[attr-defined]
    urgent = tell(user, title="Ancien")
    plain = tell(user, is_urgent=False, title="Nouveau")
    seen = tell(user, title="Vu")
    Notice.objects.filter(pk=seen.pk).update(seen_at=clock.now())
    tell(make_user(), title="Ailleurs")
    assert [line.notice for line in nadege.get(URL).context["lines"]] == [urgent, plain]
    page = nadege.get(URL, {"voir": "toutes"})
    assert [line.notice for line in page.context["lines"]] == [seen, plain, urgent]
    assert "Ailleurs" not in page.content.decode()


def test_opening_leads_to_the_page_and_it_is_seen(nadege: Client) -> None:
    notice = tell(nadege.user)  # type: ignore[attr-defined]
    answer = nadege.get(f"{URL}{notice.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/bureau/travaux/{notice.about_id}/")
    assert not Notice.objects.unseen().exists()


def test_all_seen_and_taken_back(nadege: Client) -> None:
    user = nadege.user  # type: ignore[attr-defined]
    first, shown = tell(user), tell(user)
    until = nadege.get(URL).context["latest"]
    assert until == shown.pk
    late = tell(user)
    page = nadege.post(f"{URL}vues/", {"jusqua": until}, follow=True)
    assert "2\u00a0notifications marquées comme vues" in " ".join(page.content.decode().split(" "))
    assert list(Notice.objects.unseen()) == [late]
    assert page.redirect_chain == [(URL, 302)]
    undo = re.search(rf'action="({URL}remettre/[^"]+)"', page.content.decode())
    assert undo is not None
    assert "Annuler" not in nadege.get(URL).content.decode()  # offered once
    page = nadege.post(unescape(undo[1]), {"retour": URL}, follow=True)
    assert "2\u00a0notifications remises dans la liste." in page.content.decode()
    assert set(Notice.objects.unseen()) == {first, shown, late}


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [("vues/", "jusqua", ""), ("vues/", "jusqua", "-1"), ("vues/", "jusqua", "9" * 30), ("remettre/", "vues", "hier")],
)
def test_what_names_nothing_is_not_found(nadege: Client, path: str, field: str, value: str) -> None:
    assert nadege.post(URL + path, {field: value}).status_code == 404


def test_nothing_to_see(nadege: Client) -> None:
    page = nadege.get(URL)
    assert "Vous avez tout vu" in page.content.decode()
    assert "Tout marquer comme vu" not in page.content.decode()


def test_all_of_them_are_no_list_of_what_is_to_see(nadege: Client) -> None:
    tell(nadege.user)  # type: ignore[attr-defined]
    page, whole = (nadege.get(URL, asked).content.decode() for asked in ({}, {"voir": "toutes"}))
    assert ("pas encore vu" in page, "Tout marquer comme vu" in page) == (True, True)
    assert ("pas encore vu" in whole, "Tout marquer comme vu" in whole) == (False, False)


def test_the_list_costs_the_same_for_one_and_for_many(nadege: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    user = nadege.user  # type: ignore[attr-defined]

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            nadege.get(URL)
        return len(seen)

    tell(user)
    queries()
    one = queries()
    for _ in range(8):
        tell(user)
    assert queries() == one
