"""What the search field opens beside what it finds: pages, verbs with a name and an amount, names misspelt."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from desk.queries.search.commands import VERBS, asked
from leases.models import Lease, Person
from office.access.codes import Role
from tests.factories import make_demand, make_let, make_referent, make_user, owe

pytestmark = pytest.mark.django_db


@pytest.fixture
def lease(db: None) -> Lease:
    lease = make_let(start=date(2024, 3, 15), name="Mme Fatou Sarr")
    Person.objects.filter(memberships__household=lease.household).update(
        first_name="Fatou", last_name="Sarr", phone="06 12 34 56 78"
    )
    return lease


def hits(client: Any, query: str) -> list[tuple[str, str]]:
    """Words and address of each result of the panel, in order."""
    response = client.get("/recherche/", {"q": query}, HTTP_HX_REQUEST="true")
    assert response.status_code == 200
    found = re.findall(r'role="option".*?href="([^"]*)".*?<span class="a-grow a-cut">(.*?)</a>', text(response), re.S)
    return [
        (" ".join(re.sub(r"<[^>]*>", " ", words).split()), address.replace("&amp;", "&")) for address, words in found
    ]


def text(response: Any) -> str:
    return str(re.sub(r"[\u00a0\u202f]", " ", response.content.decode()))


# ---------- pages ----------


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("impayés", "/loyers/impayes/"), ("impaye", "/loyers/impayes/"), ("banque", "/loyers/banque/"),
        ("BANQ", "/loyers/banque/"), ("nouveau ménage", "/menages/nouveau/"),
        ("mot de passe", "/compte/password/change/"),
        ("encaisser", "/loyers/encaissements/"), ("apl", "/loyers/aides/"), ("caisse", "/loyers/encaissements/"),
    ],
)  # fmt: skip
def test_a_page_is_found_by_its_name_or_another_word(client_as: Any, query: str, address: str) -> None:
    assert hits(client_as(Role.RENTAL_MANAGER), query)[0][1] == address


def test_a_page_is_for_who_may_open_it(client_as: Any) -> None:
    for role, query, opens in (
        (Role.SOCIAL_WORKER, "impayés", True),
        (Role.SOCIAL_WORKER, "banque", False),
        (Role.TECHNICIAN, "impayés", False),
        (Role.TECHNICIAN, "ma tournée", True),
        (Role.RENTAL_MANAGER, "paramètres", False),
        (Role.RENTAL_MANAGER, "prévoir une visite", False),
        (Role.DIRECTOR, "nouveau bail", False),
    ):
        assert bool(hits(client_as(role), query)) is opens, (role, query)


def test_a_name_comes_before_the_pages_that_its_letters_begin(client_as: Any) -> None:
    make_let(name="M. Jean Bancel")
    assert hits(client_as(Role.RENTAL_MANAGER), "ban")[0][0].startswith("M. Jean Ban")


# ---------- verbs ----------


def test_to_take_money_of_a_name_opens_the_desk_with_the_sum(client_as: Any, lease: Lease) -> None:
    client = client_as(Role.RENTAL_MANAGER)
    words, address = hits(client, "encaisser sarr 120")[0]
    assert words == "Encaisser pour Mme Fatou Sarr 120,00 €"
    assert address == f"/loyers/encaissements/?menage={lease.household_id}&montant=120%2C00"
    page = client.get(address)
    assert "Encaisser pour Mme" in text(page)
    assert re.search(r'name="amount"[^>]*value="120,00"|value="120,00"[^>]*name="amount"', text(page))


@pytest.mark.parametrize(
    ("query", "who", "amount"),
    [
        ("encaisser sarr 120", "sarr", "120"), ("Encaisser Le Gac 225,52 €", "le gac", "225.52"),
        ("encaisser sarr 1\u202f204,7", "sarr", "1204.70"), ("encaisser sarr", "sarr", None),
        ("encaisser sarr 12 euros", "sarr", "12"),
    ],
)  # fmt: skip
def test_a_verb_reads_who_and_how_much(query: str, who: str, amount: str | None) -> None:
    found = asked(query)
    assert found is not None
    assert (found.who, found.amount) == (who, Decimal(amount) if amount else None)


@pytest.mark.parametrize("query", ["sarr", "encaisser", "encaisser 120", "avis 2611-103", "avis AVIS-2611-0103"])
def test_no_verb_where_nobody_is_named(query: str) -> None:
    assert asked(query) is None


def test_each_word_is_of_one_verb() -> None:
    words = [word for verb in VERBS for word in verb.words]
    assert len(words) == len(set(words))


def test_verbs_lead_to_their_pages(client_as: Any, lease: Lease) -> None:
    demand = make_demand(lease=lease, month=date(2026, 10, 1), account=owe(lease=lease, due_on=date(2026, 10, 1)))
    client = client_as(Role.RENTAL_MANAGER)
    assert hits(client, "avis sarr")[0] == (
        f"Dernier avis de Mme Fatou Sarr {demand.reference}",
        f"/loyers/avis/{demand.pk}/",
    )
    assert hits(client, "demande sarr")[0][1] == f"/technique/demandes/nouvelle/?menage={lease.household_id}"
    assert hits(client, "appeler sarr")[0] == ("Appeler Mme Fatou Sarr 06 12 34 56 78", "tel:0612345678")
    assert hits(client, "relevé sarr")[0][1] == f"/loyers/comptes/{demand.account_id}/releve/"


def test_a_verb_is_for_whose_role_may_do_it(client_as: Any, lease: Lease) -> None:
    for role in (Role.SOCIAL_WORKER, Role.DIRECTOR, Role.TECHNICIAN):
        assert not any("Encaisser" in words for words, _ in hits(client_as(role), "encaisser sarr 120")), role
    assert not any("visite" in words for words, _ in hits(client_as(Role.RENTAL_MANAGER), "visite sarr"))
    assert not hits(client_as(Role.TECHNICIAN), "appeler sarr")
    assert not hits(client_as(Role.TECHNICIAN), "avis sarr")


def test_a_social_worker_visits_own_cases_only(client_as: Any, lease: Lease) -> None:
    """The page of a contact is not found for another household: the action was offered all the same."""
    worker, other = make_user(role=Role.SOCIAL_WORKER), make_user(role=Role.SOCIAL_WORKER)
    make_referent(household=lease.household, user=worker)
    page = f"/social/visites/nouvelle/{lease.household_id}/"
    assert hits(client_as(worker), "visite sarr")[0][1] == page
    assert client_as(worker).get(page).status_code == 200
    for query in ("visite sarr", "sarr"):
        assert not any("/nouvelle/" in address or "/nouveau/" in address
                       for _, address in hits(client_as(other), query) if "/social/" in address)  # fmt: skip


# ---------- names misspelt ----------


@pytest.mark.parametrize("query", ["goelec", "goelllec", "goellek", "dialo"])
def test_a_name_misspelt_finds_what_resembles_it(client_as: Any, query: str) -> None:
    make_let(name="Mme Zoé Le Goëllec")
    make_let(name="M. Issa Diallo")
    client = client_as(Role.RENTAL_MANAGER)
    shown = client.get("/recherche/", {"q": query})
    assert "voici les noms qui s’en approchent" in text(shown)
    assert len(hits(client, query)) == 1
    assert not hits(client, "martin")


def test_who_reads_no_names_finds_none_that_resembles(client_as: Any) -> None:
    make_let(name="Mme Zoé Le Goëllec")
    assert not hits(client_as(Role.TECHNICIAN), "goelec")


# ---------- examples ----------


def test_the_examples_find_something_here(client_as: Any, lease: Lease) -> None:
    owe(lease=lease, due_on=date(2026, 10, 1))
    client = client_as(Role.RENTAL_MANAGER)
    page = client.get("/recherche/", {"q": ""})
    examples = [typed for typed, _ in page.context["examples"]]
    assert "encaisser sarr 120" in examples
    for typed in examples:
        assert client.get("/recherche/", {"q": typed}).context["results"].groups, typed


def test_the_examples_tell_a_technician_no_name(client_as: Any, lease: Lease) -> None:
    page = client_as(Role.TECHNICIAN).get("/recherche/", {"q": ""})
    assert "sarr" not in " ".join(typed for typed, _ in page.context["examples"])
