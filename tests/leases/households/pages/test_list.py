"""The list of households: whose it is first, what each role reads in it, who left behind who is here."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from common.periods import period
from leases.models import Person
from office.access.codes import Role
from social_link.models import Contact, Measure
from tests.factories import (
    make_household,
    make_lease,
    make_let,
    make_referent,
    make_user,
    owe,
)
from tests.pages import listed, plain

pytestmark = pytest.mark.django_db
LIST = "/menages/"


def heads(response: Any) -> list[str]:
    return [column.label for column in response.context["columns"]]


@pytest.mark.parametrize(
    ("role", "between"),
    [
        (Role.RENTAL_MANAGER, ["Dû aujourd’hui", "Situation", "Référent"]),
        (Role.SOCIAL_WORKER, ["Dû aujourd’hui", "Situation", "Référent", "Mesure", "Dernier contact"]),
        (Role.HEAD_OF_SOCIAL, ["Dû aujourd’hui", "Situation", "Référent", "Mesure", "Dernier contact"]),
        (Role.DIRECTOR, ["Dû aujourd’hui", "Situation"]),
    ],
)
def test_each_role_has_its_columns(client_as: Any, role: Role, between: list[str]) -> None:
    make_let()
    assert heads(client_as(role).get(LIST)) == ["Ménage", "Téléphone", "Logement", *between, "Logé depuis"]


def test_a_social_worker_opens_on_his_own_and_may_see_all(client_as: Any) -> None:
    worker = make_user(role=Role.SOCIAL_WORKER)
    mine, other = make_let().household, make_let().household
    make_referent(household=mine, user=worker)
    client = client_as(worker)
    assert listed(client.get(LIST)) == [mine.reference]
    assert set(listed(client.get(LIST, {"suivi": "tous"}))) == {mine.reference, other.reference}
    assert listed(client.get(LIST, {"suivi": "nimporte"})) == [mine.reference]


def test_the_head_finds_who_has_no_referent_and_names_one(client_as: Any) -> None:
    alone, followed = make_let().household, make_let().household
    make_referent(household=followed)
    client = client_as(Role.HEAD_OF_SOCIAL)
    assert 'href="/menages/?suivi=sans-referent"' in plain(client.get("/"))
    page = client.get(LIST, {"suivi": "sans-referent"})
    assert listed(page) == [alone.reference]
    address = f"/social/menages/{alone.pk}/referent/?retour=%2Fmenages%2F%3Fsuivi%3Dsans-referent"
    assert f'href="{address}">Nommer' in plain(page)
    assert client.get(address).status_code == 200
    manager = plain(client_as(Role.RENTAL_MANAGER).get(LIST, {"suivi": "sans-referent"}))
    assert alone.reference in manager
    assert "Nommer" not in manager
    seen = client.get(address).context["form"]["seen"].value()
    named = client.post(
        address, {"user": make_user(role=Role.SOCIAL_WORKER).pk, "from_day": "05/11/2026", "seen": seen}
    )
    # Back in the list, for the next one.
    assert named["Location"] == "/menages/?suivi=sans-referent"
    assert listed(client.get(LIST, {"suivi": "sans-referent"})) == []


def test_a_row_says_what_is_due_and_where_it_stands(client_as: Any) -> None:
    let = make_let()
    Person.objects.filter(memberships__household=let.household).update(phone="0612345678")
    owe(lease=let, due_on=date(2026, 10, 1), amount="213.00")
    manager = plain(client_as(Role.RENTAL_MANAGER).get(LIST))
    assert "213,00 €" in manager
    assert "06 12 34 56 78" in manager


def test_what_the_service_knows_is_told_of_own_cases(client_as: Any) -> None:
    worker = make_user(role=Role.SOCIAL_WORKER)
    mine, other = make_let().household, make_let().household
    make_referent(household=mine, user=worker)
    for household in (mine, other):
        Measure.objects.create(
            household=household, kind="ASLL", referent=make_user(role=Role.SOCIAL_WORKER),
            period=period(date(2026, 5, 1)), planned_end=date(2027, 5, 1),
        )  # fmt: skip
        Contact.objects.create(
            household=household, kind="CALL", happened_on=date(2026, 11, 3), request_key=uuid4(),
            author=make_user(role=Role.SOCIAL_WORKER),
        )  # fmt: skip
    page = client_as(worker).get(LIST, {"suivi": "tous"})
    cells = {row.pk: {aside.label: cell.text for aside, cell in row.cells} for row in page.context["page"]}
    assert cells[mine.pk]["Dernier contact"] == "3\u00a0nov."
    assert cells[mine.pk]["Mesure"] != "–"
    assert (cells[other.pk]["Dernier contact"], cells[other.pk]["Mesure"]) == ("–", "–")


def test_who_left_stands_behind_who_is_here(client_as: Any) -> None:
    gone = make_let(start=date(2022, 1, 1), end=date(2025, 2, 4), name="Mme Abel").household
    here = make_let(name="Mme Zongo").household
    page = client_as(Role.RENTAL_MANAGER).get(LIST, {"etat": "tous"})
    assert listed(page) == [here.reference, gone.reference]


def test_filters_stand_in_the_head_of_the_card_and_need_no_button(client_as: Any) -> None:
    make_lease(household=make_household())
    page = plain(client_as(Role.RENTAL_MANAGER).get(LIST))
    head = page.split('class="card-header', 1)[1].split('id="liste"', 1)[0]
    assert 'name="etat"' in head
    assert "<noscript><button" in head
    assert ">Liste<" not in page
