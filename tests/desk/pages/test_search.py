"""The search: by name, phone, street, dwelling, request, amount; accents ignored; nobody finds what he may not open."""

import re
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from desk.queries.search.hits import marked
from desk.queries.search.money import amount_of
from leases.models import Lease, Person
from office.access.codes import Role
from rent_ledger.models import Account, BankLine, Receipt
from rent_ledger.payments.services.payments import cancel_payment, take_payment
from tests.factories import (
    make_actor,
    make_arrears,
    make_bank_known,
    make_demand,
    make_household,
    make_let,
    make_organisation,
    make_right,
    make_ticket,
    make_user,
    owe,
    pay,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def lease(db: None) -> Lease:
    lease = make_let(start=date(2024, 3, 15), name="Mme Zoé Le Goëllec")
    Person.objects.filter(memberships__household=lease.household).update(
        first_name="Zoé", last_name="Le Goëllec", phone="0612345678"
    )
    building = lease.unit.dwelling.building
    building.street = "14 rue des Cordiers"
    building.save()
    return lease


def found(client: Any, query: str) -> str:
    response = client.get("/recherche/", {"q": query})
    assert response.status_code == 200
    page = response.content.decode().split("<main", 1)[1].split('aria-labelledby="t-aide"', 1)[0]
    return re.sub(r"[\u00a0\u202f]", " ", re.sub(r"</?mark>", "", page))


def assert_the_desk_finds_alone(client: Any, query: str, lease: Lease, name: str) -> None:
    """The desk of payments lists it as one types; sent, the search leads to the form of the only one, by its name."""
    desk = "/loyers/encaissements/"
    alone = f"{desk}?pour=bail-{lease.pk}"
    typed = client.get(desk, {"q": query}, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="trouves")
    form = client.get(desk, {"q": query}, follow=True)
    assert f'href="{alone}"' in typed.content.decode()
    assert form.redirect_chain == [(alone, 302)]
    for response in (typed, form):
        assert name in re.sub(r"[\u00a0\u202f]", " ", response.content.decode())


@pytest.mark.parametrize("query", ["goellec", "GOËLLEC", "zoe goell", "06 12 34", "0612345678", "+33 6 12 34 56 78"])
def test_a_household_is_found_by_name_or_phone(client_as: Any, lease: Lease, query: str) -> None:
    shown = found(client_as(Role.RENTAL_MANAGER), query)
    assert "Mme Zoé Le Goëllec" in shown
    assert "Ouvrir une demande pour" in shown
    assert f"/menages/{lease.household_id}/" in shown


@pytest.mark.parametrize("kept", ["06 77 22 51 65", "06.77.22.51.65", "+33 (0)6 77 22 51 65", "0033677225165"])
@pytest.mark.parametrize("query", ["06 77 22 51 65", "0677225165", "06 77", "+33677", "77 22 51"])
def test_a_number_is_found_however_it_was_typed(client_as: Any, lease: Lease, kept: str, query: str) -> None:
    Person.objects.filter(memberships__household=lease.household).update(phone=kept)
    assert "Mme Zoé Le Goëllec" in found(client_as(Role.RENTAL_MANAGER), query)
    assert "Mme Zoé Le Goëllec" not in found(client_as(Role.RENTAL_MANAGER), "06 78")


NAMES = [
    ("Le Gac", ["legac", "le gac", "LE GAC", "gac"]),
    ("N’Diaye", ["ndiaye", "n'diaye", "N DIAYE"]),
    ("d’Almeida", ["dalmeida", "d almeida", "D’ALMEIDA"]),
    ("Ndiaye", ["n'diaye", "ndiaye"]),
    ("Martin-Dupont", ["martin dupont", "martindupont", "dupont"]),
]


@pytest.mark.parametrize(("name", "query"), [(name, query) for name, queries in NAMES for query in queries])
def test_a_name_is_found_with_or_without_the_space_of_its_particle(client_as: Any, name: str, query: str) -> None:
    let = make_let(name=f"M. Yves {name}")
    Person.objects.filter(memberships__household=let.household).update(first_name="Yves", last_name=name)
    client = client_as(Role.RENTAL_MANAGER)
    for address, asked in (
        ("/recherche/", {"q": query}),
        ("/menages/", {"q": f"yves {query}"}),
        ("/menages/baux/", {"q": query}),
        ("/menages/baux/nouveau/", {"q": query}),
        ("/technique/demandes/nouvelle/", {"q": query}),
    ):
        text = re.sub(r"</?mark>|[\u00a0\u202f]", " ", client.get(address, asked).content.decode())
        assert "M. Yves" in re.sub(" +", " ", text), address
    assert_the_desk_finds_alone(client, query, let, f"M. Yves {name}")


def test_each_search_that_promises_a_number_finds_it(client_as: Any, lease: Lease) -> None:
    Person.objects.filter(memberships__household=lease.household).update(phone="06 77 22 51 65")
    client = client_as(Role.RENTAL_MANAGER)
    for address in ("/menages/", "/menages/baux/", "/menages/baux/nouveau/", "/technique/demandes/nouvelle/"):
        assert "Le Goëllec" in client.get(address, {"q": "0677 22"}).content.decode(), address
    assert_the_desk_finds_alone(client, "0677 22", lease, "Mme Zoé Le Goëllec")


def test_a_member_is_found_by_his_own_name(client_as: Any, lease: Lease) -> None:
    Person.objects.filter(memberships__household=lease.household).update(last_name="Traoré", first_name="Awa")
    assert "Mme Zoé Le Goëllec" in found(client_as(Role.RENTAL_MANAGER), "traore")


def test_a_departed_household_is_found_and_said_so(client_as: Any) -> None:
    gone = make_let(start=date(2022, 1, 1), end=date(2025, 2, 4), name="Mme Jeanne Césard")
    shown = found(client_as(Role.RENTAL_MANAGER), "cesard")
    assert "Mme Jeanne Césard" in shown
    assert "parti le 3 févr. 2025" in shown
    assert gone.unit.dwelling.reference in shown
    assert "Encaisser pour" in shown
    assert "Ouvrir une demande pour" not in shown  # no dwelling is held any more: the form would not be found


def test_a_dwelling_is_found_by_street_or_reference(client_as: Any, lease: Lease) -> None:
    client = client_as(Role.DIRECTOR)
    assert "14 rue des Cordiers" in found(client, "cordier")
    assert "14 rue des Cordiers" in found(client, lease.unit.dwelling.reference.lower())


def test_a_request_is_found_by_reference_and_by_household(client_as: Any, lease: Lease) -> None:
    ticket = make_ticket(lease=lease)
    client = client_as(Role.RENTAL_MANAGER)
    for query in (ticket.reference, "goellec"):
        assert f"/technique/demandes/{ticket.pk}/" in found(client, query)


def test_an_amount_finds_who_owes_and_who_paid_it(client_as: Any, lease: Lease) -> None:
    owe(lease=lease, due_on=date(2026, 11, 1), amount="1306.00")
    bank = make_bank_known(until=date(2026, 11, 5))
    BankLine.objects.create(
        bank_account=bank.bank_account, statement=bank, booking_day=date(2026, 11, 4), amount=Decimal("1306.00"),
        content_hash="a", state="TO_PLACE", label="VIR SECRET",
    )  # fmt: skip
    for query in ("1306,00", "1 306,00 €", "1306.00"):
        shown = found(client_as(Role.RENTAL_MANAGER), query)
        assert "Mme Zoé Le Goëllec doit 1 306,00 €" in shown
        assert "Ligne de banque de 1 306,00 €" in shown
        assert "SECRET" not in shown
    social = found(client_as(Role.SOCIAL_WORKER), "1306,00")
    assert "doit 1 306,00 €" in social
    assert "Ligne de banque" not in social


# ---------- who finds what ----------


def test_a_technician_finds_own_jobs_only(client_as: Any, lease: Lease) -> None:
    mine, other = make_user(role=Role.TECHNICIAN), make_user(role=Role.TECHNICIAN)
    ticket = make_ticket(lease=lease, technician=mine)
    owe(lease=lease, due_on=date(2026, 11, 1), amount="1306.00")
    shown = found(client_as(mine), "goellec")
    assert f"/technique/tournee/{ticket.pk}/" in shown
    assert "/menages/" not in shown
    assert "06 12" not in shown
    assert "Rien trouvé" in found(client_as(other), "goellec")
    for query in ("0612345678", "cordiers", "1306,00"):
        assert "Rien trouvé" in found(client_as(mine), query)


@pytest.mark.parametrize("role", [Role.FUNDER, Role.ADMINISTRATOR])
def test_who_knows_no_household_has_no_search(client_as: Any, role: Role) -> None:
    client = client_as(role)
    assert client.get("/recherche/", {"q": "goellec"}).status_code == 403
    assert 'action="/recherche/"' not in client.get("/").content.decode()


def test_a_protected_home_is_not_told_by_its_code(client_as: Any, lease: Lease) -> None:
    Person.objects.filter(memberships__household=lease.household).update(is_address_protected=True)
    assert lease.unit.dwelling.reference not in found(client_as(Role.RENTAL_MANAGER), "goellec")
    assert lease.unit.dwelling.reference in found(client_as(Role.HEAD_OF_SOCIAL), "goellec")


def test_the_director_does_not_learn_who_is_referred(client_as: Any, lease: Lease) -> None:
    account = owe(lease=lease, due_on=date(2026, 10, 1))
    type(lease).objects.filter(pk=lease.pk)
    from rent_ledger.models import AccountState

    AccountState.objects.filter(account=account).update(lane="REFERRED")
    assert "Signalé" in found(client_as(Role.RENTAL_MANAGER), "goellec")
    shown = found(client_as(Role.DIRECTOR), "goellec")
    assert "Impayé" in shown
    assert "Signalé" not in shown


def test_what_a_paper_bears_leads_to_it(client_as: Any, lease: Lease) -> None:
    right = make_right(lease=lease, amount="100.00", start=date(2026, 1, 1))
    account = owe(lease=lease, due_on=date(2026, 10, 1))
    demand = make_demand(lease=lease, month=date(2026, 10, 1), account=account)
    client = client_as(Role.RENTAL_MANAGER)
    contract = f"/menages/baux/{lease.pk}/"
    for query in (lease.reference, lease.reference.lower(), lease.payment_reference):
        assert contract in found(client, query), query
    spaced = " ".join(lease.payment_reference[i : i + 4] for i in range(0, len(lease.payment_reference), 4))
    assert contract in found(client, spaced)
    for query in (demand.reference, demand.reference.lower(), demand.reference.removeprefix("AVIS-")):
        assert f"/avis/{demand.pk}/" in found(client, query), query
    assert f"/baux/{lease.pk}/aides/" in found(client, right.beneficiary_number)
    agreement = lease.agreement
    for query in (agreement.reference, str(agreement.owner)):
        assert f"/conventions/{agreement.pk}/" in found(client, query), query
    # Each role finds what it may open.
    worker = client_as(Role.SOCIAL_WORKER)
    assert "/aides/" not in found(worker, right.beneficiary_number)
    assert contract not in found(client_as(Role.TECHNICIAN), lease.reference)


def test_a_receipt_leads_to_its_payment_or_its_term(client_as: Any, lease: Lease) -> None:
    account = owe(lease=lease, due_on=date(2026, 10, 1))
    demand = make_demand(lease=lease, month=date(2026, 10, 1), account=account)
    taken = take_payment(
        account=demand.account, amount=Decimal("213.00"), method="CASH", received_on=date(2026, 10, 2),
        actor=make_actor(), request_key=uuid4(),
    )  # fmt: skip
    receipt = Receipt.objects.create(kind="FULL", demand=demand, number=12, amount="213.00", issued_on="2026-10-03")
    manager = client_as(Role.RENTAL_MANAGER)
    for query in ("Quittance n° 12", "quittance 12", "QUIT-000012"):
        assert f"/avis/{receipt.demand_id}/" in found(manager, query), query
    for query in (f"reçu n° {taken.number}", f"Recu {taken.number}"):
        assert f"/encaissements/{taken.pk}/" in found(manager, query), query
    assert f"/avis/{receipt.demand_id}/" not in found(manager, "quittance 13")
    assert f"/encaissements/{taken.pk}/" not in found(client_as(Role.TECHNICIAN), f"reçu {taken.number}")


def test_an_organisation_is_found_by_who_keeps_the_address_book(client_as: Any) -> None:
    body = make_organisation(name="Habitat Littoral")
    page = f"/organismes/{body.pk}/"
    assert page in found(client_as(Role.RENTAL_MANAGER), "littoral")
    assert page not in found(client_as(Role.TECHNICIAN), "littoral")


def test_each_hit_says_which_name_matched(client_as: Any) -> None:
    """Only the first did: its phone was looked for in the others."""
    for n in range(3):
        household = make_household(adults=2, name=f"Foyer {n}")
        member = household.memberships.order_by("-id")[0].person
        Person.objects.filter(pk=member.pk).update(first_name="Zoé", last_name=f"Roche {n}")
    shown = found(client_as(Role.RENTAL_MANAGER), "zoé")
    assert [f"Zoé Roche {n}" in shown for n in range(3)] == [True] * 3


LISTS = [
    ("leases:households", {}), ("leases:leases", {"etat": "TOUS"}), ("rent_ledger:arrears", {"situation": "tous"}),
    ("maintenance:tickets", {"etat": "toutes"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "asked"), LISTS, ids=[name for name, _ in LISTS])
def test_lists_search_households_as_the_box_does(client_as: Any, name: str, asked: dict[str, str]) -> None:
    case = make_arrears(lease=make_let(name="Mme Le Gac"))
    lease = case.account.lease
    assert lease is not None
    make_ticket(lease=lease)
    Person.objects.filter(memberships__household=lease.household).update(
        first_name="Zoé", last_name="Roche", phone="06 77 22 51 65"
    )
    client = client_as(Role.RENTAL_MANAGER)
    for query in ("legac", "gac mme", "roche", "0677225165", "06 77 22"):
        response = client.get(reverse(name), asked | {"q": query})
        assert len(response.context["page"].object_list) == 1, query
    assert len(client.get(reverse(name), asked | {"q": "introuvable"}).context["page"].object_list) == 0


@pytest.mark.parametrize(
    "name", ["leases:households", "leases:leases", "rent_ledger:arrears", "maintenance:tickets", "office:messages",
             "stock:dwellings", "stock:agreements"],
)  # fmt: skip
def test_a_page_pasted_into_a_search_asks_no_more_than_its_first_words(client_as: Any, name: str) -> None:
    """1,400 words were 1,400 conditions."""
    with CaptureQueriesContext(connection) as seen:
        assert client_as(Role.RENTAL_MANAGER).get(reverse(name), {"q": "mot " * 1400}).status_code == 200
    assert max(len(query["sql"]) for query in seen.captured_queries) < 30_000


# ---------- the panel ----------


def test_the_panel_answers_htmx_with_options(client_as: Any, lease: Lease) -> None:
    make_ticket(lease=lease)
    response = client_as(Role.RENTAL_MANAGER).get("/recherche/", {"q": "goel"}, HTTP_HX_REQUEST="true")
    shown = response.content.decode()
    assert "<html" not in shown
    assert 'role="listbox"' in shown
    assert shown.count('aria-selected="true"') == 1
    assert "Le <mark>Goël</mark>lec" in shown
    ids = re.findall(r'id="(r-\d+)"', shown)
    assert len(ids) == len(set(ids)) >= 3


@pytest.mark.parametrize(("query", "said"), [("z", "Encore une lettre"), ("introuvable", "Rien pour")])
def test_the_panel_says_why_it_is_empty(client_as: Any, query: str, said: str) -> None:
    response = client_as(Role.RENTAL_MANAGER).get("/recherche/", {"q": query}, HTTP_HX_REQUEST="true")
    assert said in response.content.decode()


def test_what_is_typed_is_escaped(client_as: Any) -> None:
    response = client_as(Role.RENTAL_MANAGER).get("/recherche/", {"q": "<script>alert(1)"}, HTTP_HX_REQUEST="true")
    assert "<script>" not in response.content.decode()


def test_the_number_of_queries_does_not_grow(client_as: Any, lease: Lease, django_assert_max_num_queries: Any) -> None:
    client = client_as(Role.SOCIAL_WORKER)
    make_ticket(lease=lease)
    found(client, "goellec")
    with django_assert_max_num_queries(25) as first:
        found(client, "goellec")
    for n in range(8):
        more = make_let(name=f"M. Goëllec {n}")
        pay(account=owe(lease=more, due_on=date(2026, 11, 1)), on=date(2026, 11, 2))
        make_ticket(lease=more)
    with django_assert_max_num_queries(len(first.captured_queries)):
        found(client, "goellec")


# ---------- words ----------


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("306,00", "306.00"),
        ("1 204,70 €", "1204.70"),
        ("1\u202f204,70", "1204.70"),
        ("306", None),
        ("06 12", None),
        ("a,00", None),
    ],
)
def test_an_amount_is_recognised_by_its_cents(typed: str, amount: str | None) -> None:
    assert amount_of(typed) == (Decimal(amount) if amount else None)


@pytest.mark.parametrize(
    ("text", "key", "shown"),
    [
        ("Mme Fatou Sarr", "sar", "Mme Fatou <mark>Sar</mark>r"),
        ("Zoé & Cœur", "coeur", "Zoé &amp; <mark>Cœur</mark>"),
        ("Éloïse", "eloi", "<mark>Éloï</mark>se"),
        ("Rien", "zzz", "Rien"),
    ],
)
def test_what_matches_is_marked_letter_by_letter(text: str, key: str, shown: str) -> None:
    assert marked(text, key) == shown


def test_who_paid_an_amount_opens_the_line_of_his_account_taken_back_or_not(client_as: Any, lease: Lease) -> None:
    account = Account.objects.get(pk=owe(lease=lease, due_on=date(2026, 10, 1), amount="213.00"))
    manager = client_as(Role.RENTAL_MANAGER)
    taken = take_payment(
        account=account, amount=Decimal("117.00"), method="CASH", received_on=date(2026, 10, 2), request_key=uuid4(),
        actor=make_actor(),
    )  # fmt: skip
    proof = reverse("desk:proof", args=[account.pk, taken.entry_id])
    assert f'href="{proof}"' in found(manager, "117,00")
    assert "117,00" in manager.get(proof).content.decode()
    cancel_payment(payment_id=taken.pk, actor=make_actor())
    assert f'href="{proof}"' in found(manager, "117,00")
    assert manager.get(proof).status_code == 200
