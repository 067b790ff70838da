"""The arrears of a social worker are those of her households; the head of the service sees all, and by worker. Tiles,
totals and export follow. What the manager decides is not theirs: each row says what waits for who reads it."""

import csv
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from common.periods import period
from office.access.codes import Role
from office.models import User
from rent_ledger.models import ArrearsCase
from social_link.models import Alert, Contact, Measure
from tests.factories import make_alert, make_association, make_referent, make_user
from tests.pages import plain, words
from tests.rent_ledger.arrears.pages.test_arrears import LIST, NOV, OCT, indebted

pytestmark = pytest.mark.django_db


class Service:
    """Four households in arrears: one of which `camille` is the referent, one whose alert she has, one whose measure
    she leads, and one of `malo`."""

    def __init__(self) -> None:
        make_association()
        self.camille = make_user(role=Role.SOCIAL_WORKER, first_name="Camille", last_name="Roux")
        self.malo = make_user(role=Role.SOCIAL_WORKER, first_name="Malo", last_name="Le Gall")
        self.followed = indebted(NOV, name="Mme Suivie", amount="100.00")
        make_referent(household=self.followed.account.household, user=self.camille)
        self.alerted = indebted(NOV, name="M. Alerte", amount="20.00")
        self.alert = make_alert(household=self.alerted.account.household, to=self.camille)
        self.measured = indebted(OCT, name="Mme Mesure", amount="3.00")
        Measure.objects.create(
            household=self.measured.account.household, kind="ASLL", referent=self.camille,
            period=period(date(2026, 9, 1), date(2027, 3, 1)), planned_end=date(2027, 2, 28),
        )  # fmt: skip
        self.others = indebted(NOV, name="M. Autre", amount="0.40")
        make_referent(household=self.others.account.household, user=self.malo)


@pytest.fixture
def service(db: None) -> Service:
    return Service()


def names(client: Client, **asked: Any) -> set[str]:
    return {row.name for row in client.get(LIST, asked).context["rows"]}


MINE = {"Mme Suivie", "M. Alerte", "Mme Mesure"}


def test_a_worker_opens_on_her_own_households_and_may_see_all(client_as: Any, service: Service) -> None:
    client = client_as(service.camille)
    assert names(client) == MINE
    assert names(client, suivi="tous") == {*MINE, "M. Autre"}
    assert names(client, suivi="nimporte") == MINE
    assert names(client_as(service.malo)) == {"M. Autre"}


def test_tiles_and_totals_are_of_the_same_households(client_as: Any, service: Service) -> None:
    client = client_as(service.camille)
    for asked, count, amount in (({}, 3, "123.00"), ({"suivi": "tous"}, 4, "123.40")):
        shown = client.get(LIST, asked).context
        assert (shown["count"], str(shown["amount"])) == (count, amount)
        assert sum(tile.count for tile in shown["tiles"][1:]) == count
        assert shown["tiles"][0].count == count
    # A tile keeps whose households they are.
    assert {"suivi=tous" in tile.url for tile in client.get(LIST, {"suivi": "tous"}).context["tiles"]} == {True}


def test_what_the_manager_decides_is_not_hers(client_as: Any, service: Service) -> None:
    for person in (service.camille, Role.HEAD_OF_SOCIAL):
        page = client_as(person).get(LIST)
        assert "À décider" not in words(page).split("Filtrer les impayés")[0]
        assert "Action proposée" not in plain(page)
        assert "Ce qui vous attend" in plain(page)
        assert client_as(person).get(LIST, {"situation": "decider"}).context["chosen"] == "tous"
    manager = client_as(Role.RENTAL_MANAGER).get(LIST)
    assert "Action proposée" in plain(manager)
    assert "Ce qui vous attend" not in plain(manager)
    assert manager.context["chosen"] == "decider"


def waits(client: Client, case: ArrearsCase, **asked: str) -> Any:
    [cell] = [row.waits for row in client.get(LIST, asked).context["rows"] if row.state.pk == case.account_id]
    return cell


def test_each_row_says_what_waits_and_by_when(client_as: Any, service: Service) -> None:
    client = client_as(service.camille)
    cell = waits(client, service.alerted)
    assert (cell.text, cell.note.replace("\u00a0", " "), cell.badge) == (
        "Prendre l’alerte", "au plus tard le 12 nov.", None,
    )  # fmt: skip
    assert cell.url == f"/social/alertes/{service.alert.pk}/"
    assert waits(client, service.followed).text == ""
    client.post(f"/social/alertes/{service.alert.pk}/prendre/")
    Alert.objects.filter(pk=service.alert.pk).update(answer_due_on=date(2026, 11, 4))
    cell = waits(client, service.alerted)
    assert (cell.text, cell.badge) == ("Répondre à l’alerte", ("En retard", "attention"))
    Contact.objects.create(
        household=service.followed.account.household, kind="CALL", happened_on=date(2026, 11, 9), is_planned=True,
        author=service.camille, request_key=uuid4(),
    )  # fmt: skip
    cell = waits(client, service.followed)
    assert (cell.text, cell.note.replace("\u00a0", " ")) == ("Appel prévu", "le 9 nov.")


def test_what_waits_for_a_colleague_is_not_told(client_as: Any, service: Service) -> None:
    make_alert(household=service.others.account.household, to=service.malo)
    assert waits(client_as(service.camille), service.others, suivi="tous").text == ""
    told = waits(client_as(Role.HEAD_OF_SOCIAL), service.others)
    assert told.text == "Prendre l’alerte"
    assert "par Malo Le Gall" in told.note


def test_the_head_sees_all_and_chooses_a_worker(client_as: Any, service: Service) -> None:
    head = client_as(Role.HEAD_OF_SOCIAL)
    assert names(head) == {*MINE, "M. Autre"}
    assert names(head, referent=str(service.malo.pk)) == {"M. Autre"}
    assert head.get(LIST, {"referent": str(service.malo.pk)}).context["count"] == 1
    # Nobody else chooses so: a colleague's caseload stays his.
    assert names(client_as(service.camille), referent=str(service.malo.pk)) == MINE


@pytest.mark.parametrize("wrong", ["0", "x", "99999999", "1' OR 1=1", "²"])
def test_somebody_unknown_is_nobody(client_as: Any, service: Service, wrong: str) -> None:
    assert client_as(Role.HEAD_OF_SOCIAL).get(LIST, {"referent": wrong}).status_code == 200
    assert client_as(Role.HEAD_OF_SOCIAL).get(f"{LIST}export.csv", {"referent": wrong}).status_code == 200


def test_the_export_follows(client_as: Any, service: Service) -> None:
    answer = client_as(Role.HEAD_OF_SOCIAL).get(f"{LIST}export.csv", {"referent": str(service.malo.pk)})
    lines = list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert [line["Ménage"] for line in lines] == ["M. Autre"]


def test_the_director_reads_the_totals_of_the_house(client_as: Any, service: Service) -> None:
    for asked in ({}, {"suivi": "miens"}, {"referent": str(service.malo.pk)}):
        assert client_as(Role.DIRECTOR).get(LIST, asked).context["count"] == 4


def test_what_waits_costs_no_query_more(
    client_as: Any, service: Service, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    client: Client = client_as(service.camille)

    def cost() -> int:
        with django_assert_max_num_queries(40) as seen:
            assert client.get(LIST).status_code == 200
        return len(seen)

    cost()
    with_it = cost()
    monkeypatch.setattr("rent_ledger.arrears.views.arrears.waits_for", lambda actor: None)
    assert cost() == with_it


def test_the_households_are_chosen_by_worker_too(client_as: Any, service: Service) -> None:
    shown = client_as(Role.HEAD_OF_SOCIAL).get("/menages/", {"referent": str(service.malo.pk)})
    assert [row.name for row in shown.context["page"]] == ["M. Autre"]


def test_a_worker_who_left_is_no_choice(client_as: Any, service: Service) -> None:
    User.objects.filter(pk=service.malo.pk).update(is_active=False)
    assert (
        "Malo Le Gall" not in words(client_as(Role.HEAD_OF_SOCIAL).get(LIST)).split("Filtrer")[0].split("référents")[1]
    )
