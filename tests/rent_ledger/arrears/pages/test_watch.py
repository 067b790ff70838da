"""« À surveiller »: what it shows, to whom, at which cost; setting aside and taking back, by page."""

from datetime import date

import pytest
from django.test import Client

from office.access.codes import Role
from rent_ledger.arrears.models import SignAside
from rent_ledger.arrears.services.signs import find_signs
from tests.factories import make_association, make_bank_known, make_user
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.services.test_signs import TODAY, regular

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-20T10:00")]
WATCH = "/loyers/impayes/a-surveiller/"


@pytest.fixture
def account() -> int:
    make_association()
    make_bank_known(until=date(2026, 11, 19))
    found = regular(last=18, name="Mme Inès Roy")
    find_signs(day=TODAY)
    return found


@pytest.fixture
def client(account: int) -> Client:
    return signed_in(make_user())


def test_a_row_says_the_facts_and_asks_a_call_at_most(client: Client) -> None:
    text = plain(client.get(WATCH))
    assert "Mme Inès Roy" in text
    assert "payé le 18 nov., 13 jours plus tard" in text
    assert "connu le 20 nov." in text
    assert "Un appel de courtoisie, au plus" in text
    assert client.get("/loyers/impayes/").context["watched"] == 1


def test_seen_taken_back_and_ignored(client: Client, account: int) -> None:
    page = client.post(f"{WATCH}{account}/vu/", {"retour": WATCH}, follow=True)
    assert page.context["page"].paginator.count == 0
    assert "Écartés, et qui durent" in plain(page)
    page = client.post(f"{WATCH}{account}/annuler/", follow=True)
    assert [row.state.pk for row in page.context["rows"]] == [account]
    asked = client.get(f"{WATCH}{account}/ignorer/")
    assert "payé le 18 nov." in plain(asked)
    refused = client.post(f"{WATCH}{account}/ignorer/", {"until": "20/11/2026", "reason": "Paie le 15 désormais"})
    assert "Choisissez un jour après aujourd’hui" in plain(refused)
    assert refused.status_code == 422
    client.post(f"{WATCH}{account}/ignorer/", {"until": "10/12/2026", "reason": "Paie le 15 désormais"})
    assert SignAside.objects.get(undone_at=None).until == date(2026, 12, 10)
    assert "ignoré jusqu’au 10 déc. 2026 : Paie le 15 désormais" in plain(client.get(WATCH))


def test_twice_from_two_windows_is_said(client: Client, account: int) -> None:
    for _ in range(2):
        client.post(f"{WATCH}{account}/vu/")
    assert SignAside.objects.count() == 1


def test_a_social_worker_reads_and_sets_nothing_aside(account: int) -> None:
    page = signed_in(make_user(role=Role.SOCIAL_WORKER)).get(WATCH, {"suivi": "tous"})
    assert [row.state.pk for row in page.context["rows"]] == [account]
    assert not page.context["may_decide"]
    assert "Ignorer" not in plain(page)


def test_the_list_costs_a_constant_number_of_queries(client: Client, django_assert_max_num_queries) -> None:
    costs = []
    for _ in range(2):
        regular(last=18)
        find_signs(day=TODAY)
        with django_assert_max_num_queries(14) as seen:
            client.get(WATCH)
        costs.append(len(seen))
    assert costs[0] == costs[1]
