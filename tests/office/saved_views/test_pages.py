"""The saved views in the head of a list, with and without script."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from office.models import SavedView
from tests.pages import plain

pytestmark = pytest.mark.django_db
NEW, MINE = reverse("office:saved_view_new"), reverse("office:my_views")


@pytest.fixture
def client(client_as) -> Client:
    return client_as("RENTAL_MANAGER")


def test_the_filters_of_a_list_are_kept_from_its_page_and_open_it_again(client: Client) -> None:
    households = reverse("leases:households")
    page = plain(client.get(households, {"etat": "sortis", "q": "sarr"}))
    assert f'hx-get="{MINE}?de=' in page
    form = plain(client.get(MINE, {"de": f"{households}?etat=sortis&q=sarr"}))
    assert f'name="de" value="{households}?etat=sortis&amp;q=sarr"' in form
    done = client.post(NEW, {"de": f"{households}?etat=sortis&q=sarr", "name": "Sortis"}, follow=True)
    assert done.redirect_chain[-1][0] == f"{households}?etat=sortis&q=sarr"
    assert "La vue « Sortis » est gardée." in plain(done)
    assert f'href="{households}?etat=sortis"' in plain(client.get(MINE, {"de": households}))
    assert "Sortis" not in plain(client.get(MINE, {"de": reverse("leases:leases")}))


def test_with_script_the_address_of_the_browser_is_what_is_kept(client: Client) -> None:
    stock = reverse("stock:dwellings")
    browser = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": f"http://testserver{stock}?etat=vacant"}
    answer = client.post(NEW, {"de": stock, "name": "Vacants"}, **browser)
    assert (answer.status_code, SavedView.objects.get().query) == (200, "etat=vacant")
    assert "Vacants" in plain(answer)
    again = client.post(NEW, {"de": stock, "name": ""}, **browser)
    assert (again.status_code, "Donnez un nom" in plain(again)) == (422, True)


@pytest.mark.parametrize("address", ["", "//ailleurs.fr/menages/", "https://ailleurs.fr/menages/?etat=tous", "/rien/"])
def test_no_view_leads_out_of_the_site(client: Client, address: str) -> None:
    answer = client.post(NEW, {"de": address, "name": "x"})
    assert answer.status_code == 302
    assert answer["Location"].startswith(("/menages/", MINE))


def test_the_page_of_one_thing_is_no_list(client: Client) -> None:
    answer = client.post(NEW, {"de": "/menages/12/?fil=loyer", "name": "x"})
    assert answer["Location"] == MINE
    assert not SavedView.objects.exists()


def test_a_view_is_taken_out_with_a_way_back(client: Client) -> None:
    client.post(NEW, {"de": f"{reverse('leases:households')}?etat=sortis", "name": "Sortis"})
    view = SavedView.objects.get()
    page = plain(client.post(reverse("office:saved_view_rename", args=[view.pk]), {"name": "Partis"}, follow=True))
    assert "La vue s’appelle « Partis »." in page
    page = plain(client.post(reverse("office:saved_view_remove", args=[view.pk]), follow=True))
    undo = reverse("office:saved_view_back", args=[view.pk])
    assert f'hx-post="{undo}"' in page
    assert "Aucune vue" in page
    assert "Partis" not in plain(client.get(MINE, {"de": reverse("leases:households")}))
    assert "Partis" in plain(client.post(undo, follow=True))


def test_the_view_of_the_filters_of_now_is_marked(client: Client) -> None:
    households = reverse("leases:households")
    for name, query in (("Sortis", "etat=sortis"), ("Tous par nom", "etat=tous&tri=menage")):
        client.post(NEW, {"de": f"{households}?{query}", "name": name})

    def marked(query: str) -> list[str]:
        shown = plain(client.get(MINE, {"de": f"{households}?{query}"}))
        return re.findall(r'<a class="a-chip"[^>]* aria-current="true">([^<]*)</a>', shown)

    assert marked("etat=sortis") == ["Sortis"]
    assert marked("tri=menage&etat=tous&q=&p=2") == ["Tous par nom"]
    assert marked("etat=tous") == marked("") == []


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("RENTAL_MANAGER", "maintenance:tickets"),
        ("RENTAL_MANAGER", "office:messages"),
        ("RENTAL_MANAGER", "leases:households"),
        ("DIRECTOR", "office:access_log"),
        ("DIRECTOR", "office:confirmations"),
        ("DIRECTOR", "office:sign_ins"),
    ],
)
def test_filters_and_views_stand_in_the_head_of_the_card(client_as: Any, role: str, name: str) -> None:
    page = client_as(role).get(reverse(name)).content.decode()
    head = page.partition('<div class="card-header')[2].partition('<div id="liste">')[0]
    assert 'class="a-filters' in head
    assert 'id="vues"' in head
    bulk = page.find("data-bulk>")
    assert bulk == -1 or bulk > page.find('id="vues"')
