"""The pages of messages and texts."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from office.access.codes import Role
from office.messages.codes import Channel, MessageState
from office.messages.models import ADDRESSEE_KEY, Message, MessageText
from tests.factories import make_actor
from tests.office.messages.services.test_outbox import put
from tests.office.messages.writing import written
from tests.pages import plain

pytestmark = pytest.mark.django_db
LIST = "/bureau/messages/"
TEXT = "/bureau/messages/textes/hello/email/"


@pytest.fixture
def client(client_as: Any) -> Client:
    found: Client = client_as(Role.RENTAL_MANAGER)
    return found


def failed(**given: Any) -> Message:
    return put(written(**given), state=MessageState.PERMANENT_FAILURE, why="Ce numéro n’existe pas.")


# -- messages ---------------------------------------------------------------------------------------------------------


def test_what_did_not_arrive_comes_first_and_is_counted_in_the_menu(client: Client) -> None:
    written(key="a", addressee="M. Attend")
    assert "M. Attend" in plain(client.get(LIST))
    message = failed(key="b", addressee="Mme Perdue")
    page = plain(client.get(LIST))
    assert "Mme Perdue" in page
    assert "M. Attend" not in page
    assert "Ce numéro n’existe pas." in page
    assert "M. Attend" in plain(client.get(f"{LIST}?etat=attente"))
    assert "Mme Perdue" not in plain(client.get(f"{LIST}?etat=partis"))
    client.post(f"{LIST}{message.uuid}/vu/")
    assert "M. Attend" in plain(client.get(LIST))


def test_the_count_of_the_menu_is_that_of_the_page(client: Client) -> None:
    """Beside what did not arrive, what a person brings: the menu said 3 where the page said one message."""
    failed(key="a")
    for key in "bc":
        Message.objects.filter(pk=written(key=key).pk).update(channel=Channel.CALL)
    page = client.get(LIST)
    assert page.context["left"] == {"calls": 2, "letters": 0}
    said = " ".join(re.sub(r"<[^>]+>", " ", plain(page)).split())
    assert "Appels à passer 2 " in said
    assert "Courrier à poster 0" not in said
    assert "Messages 3 " in said


def test_messages_are_found_by_name_kind_and_way(client: Client) -> None:
    written(key="a", addressee="Mme Élodie Gauthier", household_id=3)
    written(key="b", addressee="M. Sarr", channel=Channel.EMAIL, household_id=4)
    failed(key="c", addressee="M. Perdu", household_id=3)

    def found(query: str) -> set[str]:
        page = plain(client.get(f"{LIST}?{query}"))
        return {name for name in ("Élodie", "M. Sarr", "M. Perdu") if name in page}

    assert found("") == {"M. Perdu"}
    assert found("q=gauthier+elodie") == {"Élodie"}
    assert found("q=GAUTHIER&etat=partis") == set()
    assert found("voie=EMAIL") == {"M. Sarr"}
    assert found("genre=HELLO") == {"Élodie", "M. Sarr", "M. Perdu"}
    assert found("menage=3") == {"Élodie", "M. Perdu"}
    assert found("menage=3&etat=echec") == {"M. Perdu"}
    assert found("menage=99999999999999999999") == set()
    assert found("etat=ailleurs&genre=AUTRE&menage=x") == {"Élodie", "M. Sarr", "M. Perdu"}


def test_a_name_is_found_by_an_index(db: None) -> None:
    rows = Message.objects.alias(addressee_key=ADDRESSEE_KEY).filter(addressee_key__contains="gauthier")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "message_search" in rows.order_by().explain()


def test_the_list_costs_the_same_for_many(client: Client, django_assert_max_num_queries: Any) -> None:
    for n in range(20):
        written(key=f"m{n}", actor=make_actor())
    with django_assert_max_num_queries(12):
        client.get(LIST)


def test_a_message_shows_what_it_says_and_is_withdrawn(client: Client) -> None:
    message = written(channel=Channel.EMAIL)
    page = plain(client.get(f"{LIST}{message.uuid}/"))
    assert "il reste 12,00 €" in page
    assert "sarr@menage.example" in page
    assert 'href="/ici/7/"' in page
    client.post(f"{LIST}{message.uuid}/retirer/")
    assert Message.objects.get().state == MessageState.WITHDRAWN
    client.post(f"{LIST}{message.uuid}/renvoyer/", {"address": "autre@menage.example"})
    assert Message.objects.get().state == MessageState.WITHDRAWN


@pytest.mark.parametrize(
    ("channel", "typed", "address"),
    [
        (Channel.SMS, "06 99 88 77 66", "+33699887766"),
        (Channel.SMS, "02 40 00 00 00", None),
        (Channel.EMAIL, "autre@menage.example", "autre@menage.example"),
        (Channel.EMAIL, "autre", None),
        (Channel.PAPER, "", ""),
    ],
)
def test_a_failure_is_sent_again_where_one_types(client: Client, channel: Channel, typed: str, address: str) -> None:
    message = failed(channel=channel)
    client.post(f"{LIST}{message.uuid}/renvoyer/", {"address": typed})
    message = Message.objects.get()
    if address is None:
        assert message.state == MessageState.PERMANENT_FAILURE
    else:
        assert (message.state, message.address) == (MessageState.CREATED, address)


def test_who_reads_messages_does_not_act_on_them(client_as: Any) -> None:
    message = failed()
    social = client_as(Role.SOCIAL_WORKER)
    page = plain(social.get(f"{LIST}{message.uuid}/"))
    assert "Envoyer encore" not in page
    assert social.post(f"{LIST}{message.uuid}/vu/").status_code == 403
    assert client_as(Role.TECHNICIAN).get(LIST).status_code == 403


# -- texts ------------------------------------------------------------------------------------------------------------


def test_a_text_is_seen_on_cases_before_it_is_saved(client: Client) -> None:
    typed = {"subject": "Un mot", "body": "Chère {nom}", "seen_version": "0"}
    seen = client.post(TEXT, typed | {"voir": "1"})
    assert "Chère Mme Sarr" in plain(seen)
    assert not MessageText.objects.exists()
    client.post(TEXT, typed)
    assert MessageText.objects.get().body == "Chère {nom}"
    page = plain(client.get(TEXT))
    assert "Version 1" in page
    assert "Chère Mme Sarr" in page


@pytest.mark.parametrize("voir", [{}, {"voir": "1"}])
def test_a_wrong_field_is_told_at_its_place_and_what_was_typed_stays(client: Client, voir: dict[str, str]) -> None:
    answer = client.post(TEXT, {"subject": "Un mot", "body": "Chère {prenom}", "seen_version": "0", **voir})
    assert answer.status_code == 422
    assert "« {prenom} » n’est pas un champ" in plain(answer)
    assert "Chère {prenom}</textarea>" in plain(answer)
    assert not MessageText.objects.exists()


def test_a_text_that_somebody_changed_meanwhile_is_refused(client: Client) -> None:
    typed = {"subject": "Un mot", "body": "Chère {nom}", "seen_version": "0"}
    client.post(TEXT, typed)
    assert "Rechargez la page" in plain(client.post(TEXT, typed))
    assert MessageText.objects.count() == 1


def test_the_administrator_sees_no_household_in_an_example(
    client_as: Any, hello: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from office.messages import kinds
    from office.messages.kinds import Sample

    real = replace(hello, samples=lambda actor: [Sample("Mme Vraie", {"nom": "Mme Vraie", "somme": "99,00 €"})])
    monkeypatch.setattr(kinds, "_declared", {"HELLO": real})
    assert "Mme Vraie" in plain(client_as(Role.RENTAL_MANAGER).get(TEXT))
    page = plain(client_as(Role.ADMINISTRATOR).get(TEXT))
    assert "Mme Vraie" not in page
    assert "Exemple inventé" in page


@pytest.mark.parametrize("path", ["hello/call/", "autre/email/", "hello/pigeon/"])
def test_what_is_not_declared_has_no_page(client: Client, path: str) -> None:
    assert client.get(f"/bureau/messages/textes/{path}").status_code == 404
