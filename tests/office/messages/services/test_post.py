"""Letters: taken out through the gate, printed as one lot, posted, put back, come back."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from common.errors import Conflict, InvalidInput
from common.typography import long_date
from office.access.codes import Role
from office.access.models import AccessLog
from office.documents.models import Document
from office.messages import gate as gates
from office.messages import kinds
from office.messages.codes import Channel, MessageState
from office.messages.gate import Stop
from office.messages.kinds import MessageKind
from office.messages.models import Message
from office.messages.providers.paper import lot, piles, sorted_lot
from office.messages.services.outbox import send_again
from office.messages.services.post import (
    mark_posted,
    mark_returned,
    print_lot,
    put_back,
    take_back_posted,
    take_out,
)
from office.messages.worker import deliver
from tests.factories import make_actor
from tests.office.messages.writing import paper, written

pytestmark = pytest.mark.django_db


def letter(key: str, *recipient: str) -> Message:
    return written(key=key, channel=Channel.PAPER, document=paper(key, *recipient), addressee=recipient[0])


def states() -> dict[str, str]:
    return dict(Message.objects.values_list("key", "state"))


def test_the_lot_is_sorted_as_a_round_and_what_is_handed_over_comes_last() -> None:
    letter("a", "Mme A", "Remis en main propre")
    letter("b", "Mme B", "9 rue Z", "44100 Nantes")
    letter("c", "Mme C", "1 rue A", "44100 Nantes")
    letter("d", "Mme D", "10 rue M", "44000 Nantes")
    letter("e", "Mme E", "9 rue M", "44000 Nantes")
    letter("f", "Mme F", "1 rue N", "44000 Nantes")
    assert take_out(actor=make_actor()) == 6
    assert [m.key for m in sorted_lot()] == ["e", "d", "f", "c", "b", "a"]


def test_a_letter_has_its_paper() -> None:
    with pytest.raises(IntegrityError, match="message_on_paper_has_its_paper"):
        written(channel=Channel.PAPER, document=None)


def test_a_held_letter_stays_out_of_the_lot(open_gates: Any) -> None:
    held, free = letter("a", "Mme A", "x"), letter("b", "Mme B", "x")
    open_gates("hold")(lambda messages: {m.pk: Stop("Pause") for m in messages if m.pk == held.pk})
    assert take_out(actor=make_actor()) == 1
    assert states() == {"a": MessageState.HELD, "b": MessageState.SENDING}
    assert free.pk in lot().values_list("pk", flat=True)


def test_only_what_was_printed_is_posted() -> None:
    letter("a", "Mme A", "x")
    take_out(actor=make_actor())
    seen = clock.now()
    with clock.travel(seen + timedelta(minutes=5)):
        letter("b", "Mme B", "x")
        take_out(actor=make_actor())
        assert mark_posted(until=seen, actor=make_actor()).count == 1
        assert mark_posted(until=seen, actor=make_actor()).count == 0
    assert states() == {"a": MessageState.SENT, "b": MessageState.SENDING}


def test_letters_are_held_in_sets(open_gates: Any, django_assert_max_num_queries: Any) -> None:
    for n in range(12):
        written(key=str(n), channel=Channel.PAPER)
    open_gates("hold")(lambda messages: {m.pk: Stop(f"Pause de {m.key}") for m in messages if m.key != "5"})
    actor = make_actor()
    with django_assert_max_num_queries(8):
        assert take_out(actor=actor) == 1
    assert sorted(Message.objects.filter(state="HELD").values_list("why", flat=True))[0] == "Pause de 0"
    assert Message.objects.filter(state="HELD").count() == 11


def test_a_lot_that_was_not_posted_waits_again_and_the_gate_is_asked_again(open_gates: Any) -> None:
    letter("a", "Mme A", "x")
    take_out(actor=make_actor())
    assert put_back(until=clock.now(), actor=make_actor()) == 1
    assert states() == {"a": MessageState.CREATED}
    open_gates("gone")(lambda messages: {m.pk: Stop("Payé", is_final=True) for m in messages})
    assert take_out(actor=make_actor()) == 0
    assert states() == {"a": MessageState.WITHDRAWN}


def test_the_gate_is_asked_again_before_the_printer(open_gates: Any) -> None:
    held, gone = letter("a", "Mme A", "x"), letter("b", "Mme B", "x")
    letter("c", "Mme C", "x")
    take_out(actor=make_actor())
    taken = clock.now()
    stops = {held.pk: Stop("Pause"), gone.pk: Stop("Payé", is_final=True)}
    open_gates("since")(lambda messages: {m.pk: stops[m.pk] for m in messages if m.pk in stops})
    assert [m.key for m in print_lot(until=taken, actor=make_actor())] == ["c"]
    assert states() == {"a": MessageState.HELD, "b": MessageState.WITHDRAWN, "c": MessageState.SENDING}
    assert mark_posted(until=taken, actor=make_actor()).count == 1


def test_each_layout_is_a_pile_of_its_own() -> None:
    first, other = letter("a", "Mme A", "9 rue Z"), letter("b", "Mme B", "1 rue A")
    letter("c", "Mme C", "1 rue A")
    other.document.template_version = 2  # type: ignore[union-attr]
    other.document.save()  # type: ignore[union-attr]
    take_out(actor=make_actor())
    assert [(pile.code, [m.key for m in pile.letters]) for pile in piles(sorted_lot())] == [
        ("letter", ["c", "a"]), ("letter_2", ["b"]),
    ]  # fmt: skip
    assert first.pk in lot().values_list("pk", flat=True)


def test_one_pile_is_posted_and_the_other_stays() -> None:
    letter("a", "Mme A", "x")
    other = letter("b", "Mme B", "x")
    Document.objects.filter(pk=other.document_id).update(template_version=2)
    take_out(actor=make_actor())
    assert mark_posted(until=clock.now(), pile="letter_2", actor=make_actor()).count == 1
    assert states() == {"a": MessageState.SENDING, "b": MessageState.SENT}


def test_what_was_said_to_be_posted_by_mistake_is_in_the_lot_again() -> None:
    letter("a", "Mme A", "x")
    take_out(actor=make_actor())
    first = mark_posted(until=clock.now(), actor=make_actor())
    with clock.travel(clock.now() + timedelta(minutes=5)):
        letter("b", "Mme B", "x")
        take_out(actor=make_actor())
        mark_posted(until=clock.now(), actor=make_actor())
    assert take_back_posted(moment=first.at, actor=make_actor()) == 1
    assert states() == {"a": MessageState.SENDING, "b": MessageState.SENT}
    assert [m.key for m in sorted_lot(first.at)] == ["a"]
    assert take_back_posted(moment=first.at, actor=make_actor()) == 0
    assert mark_posted(until=first.at, actor=make_actor()).count == 1


def test_what_came_back_had_been_posted() -> None:
    message = letter("a", "Mme A", "x")
    letter("b", "Mme B", "x")
    take_out(actor=make_actor())
    posted = mark_posted(until=clock.now(), actor=make_actor())
    mark_returned(message=message, actor=make_actor())
    with pytest.raises(Conflict, match="elles ont été postées"):
        take_back_posted(moment=posted.at, actor=make_actor())
    assert states() == {"a": MessageState.RETURNED, "b": MessageState.SENT}


def test_the_cost_of_a_lot_does_not_depend_on_its_letters() -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            take_out(actor=make_actor())
            print_lot(until=clock.now(), actor=make_actor())
            posted = mark_posted(until=clock.now(), actor=make_actor())
            take_back_posted(moment=posted.at, actor=make_actor())
            mark_posted(until=clock.now(), actor=make_actor())
        return len(seen)

    letter("first", "Mme A", "x")
    one = asked()
    for n in range(5):
        letter(str(n), "Mme A", "x")
    assert asked() == one
    assert set(states().values()) == {MessageState.SENT}


def test_what_left_is_told_to_who_decided_it(hello: MessageKind, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[list[int]] = []
    monkeypatch.setattr(kinds, "_declared", {"HELLO": replace(hello, left=lambda ids: heard.append(list(ids)))})
    letter("a", "Mme A", "x"), letter("b", "Mme B", "x")
    take_out(actor=make_actor())
    mark_posted(until=clock.now(), actor=make_actor())
    assert heard == [[7, 7]]
    written(key="mail", channel=Channel.EMAIL)
    deliver()
    assert heard == [[7, 7], [7]]


def test_a_posted_letter_comes_back_once() -> None:
    message = letter("a", "Mme A", "x")
    with pytest.raises(Conflict, match="lettre postée"):
        mark_returned(message=message, actor=make_actor())
    take_out(actor=make_actor())
    mark_posted(until=clock.now(), actor=make_actor())
    assert mark_returned(message=message, actor=make_actor()).state == MessageState.RETURNED
    assert mark_returned(message=message, actor=make_actor()).state == MessageState.RETURNED
    assert Message.objects.failures().count() == 1


def test_a_letter_that_came_back_goes_to_another_address(client_as: Any) -> None:
    message = letter("a", "Mme A", "1 rue A", "44000 Nantes")
    take_out(actor=make_actor())
    mark_posted(until=clock.now(), actor=make_actor())
    message = mark_returned(message=message, actor=make_actor())
    first = message.document
    with pytest.raises(InvalidInput, match="donnez l’adresse"):
        send_again(message=message, actor=make_actor(), by_post=True)
    client: Client = client_as(Role.RENTAL_MANAGER)
    again = f"/bureau/messages/{message.uuid}/"
    assert "Nouvelle adresse" in client.get(again).content.decode()
    client.post(f"{again}renvoyer/", {"address": " "})
    assert states() == {"a": MessageState.RETURNED}
    client.post(f"{again}renvoyer/", {"address": "Chez Mme B\r\n2 rue B\r\n44000 Nantes\r\n"})
    message.refresh_from_db()
    assert (message.state, message.address) == (MessageState.CREATED, "")
    assert message.document is not None
    assert message.document.data["recipient"] == ["Mme A", "Chez Mme B", "2 rue B", "44000 Nantes"]
    assert message.document.data["paragraphs"] == ["Bonjour"]
    first.refresh_from_db()  # type: ignore[union-attr]
    assert first.data["recipient"] == ["Mme A", "1 rue A", "44000 Nantes"]  # type: ignore[union-attr]


def test_the_pages_from_the_lot_to_the_post(client_as: Any) -> None:
    client: Client = client_as(Role.RENTAL_MANAGER)
    letter("a", "=Mme A", "1 rue A", "44000 Nantes")
    assert "1 lettre en attente" in client.get("/bureau/messages/courrier/").content.decode().replace("\u00a0", " ")
    client.post("/bureau/messages/courrier/sortir/")
    page = client.get("/bureau/messages/courrier/").content.decode()
    until = page.split('name="jusqua" value="')[1].split('"')[0]
    pdf = client.post("/bureau/messages/courrier/lettres.pdf", {"jusqua": until, "pile": "letter"})
    assert pdf.content[:5] == b"%PDF-"
    assert unquote(pdf["Content-Disposition"]).endswith(f"Bonjour, {long_date(clock.today())}.pdf")
    assert "1 rue A, 44000 Nantes" in page
    rows = client.get("/bureau/messages/courrier/liste.csv", {"jusqua": until}).content.decode("utf-8-sig")
    assert "'=Mme A" in rows
    assert "1 rue A, 44000 Nantes" in rows
    assert client.post("/bureau/messages/courrier/postees/", {"jusqua": "hier"}).status_code == 404
    assert "1\u00a0lettre est postée" in page
    sent = {"jusqua": until, "pile": "letter"}
    page = client.post("/bureau/messages/courrier/postees/", sent, follow=True).content.decode()
    assert states() == {"a": MessageState.SENT}
    assert "1\u00a0lettre postée." in page
    undo = re.search(r'action="(/bureau/messages/courrier/non-postees/\?postees=[^"]+)"', page)
    assert undo is not None
    assert "non-postees" not in client.get("/bureau/messages/courrier/").content.decode()  # offered once
    back = client.post(unescape(undo[1]), {"retour": "/bureau/messages/courrier/"}, follow=True).content.decode()
    assert "1\u00a0lettre remise dans le lot." in back
    assert states() == {"a": MessageState.SENDING}
    for asked in ("?postees=hier", ""):
        assert client.post(f"/bureau/messages/courrier/non-postees/{asked}").status_code == 404
    client.post("/bureau/messages/courrier/postees/", sent)
    twice = client.post("/bureau/messages/courrier/postees/", sent, follow=True).content.decode()
    assert "ne sont plus dans le lot" in twice
    nothing = client.post("/bureau/messages/courrier/lettres.pdf", {"jusqua": until, "pile": "letter"}, follow=True)
    assert "Aucune lettre de cette pile" in nothing.content.decode()


def test_a_letter_shows_where_it_goes_and_its_paper(client_as: Any) -> None:
    message = letter("a", "Mme A", "1 rue A", "44000 Nantes")
    client: Client = client_as(Role.RENTAL_MANAGER)
    page = client.get(f"/bureau/messages/{message.uuid}/").content.decode()
    assert "1 rue A, 44000 Nantes" in page
    assert f"/bureau/messages/{message.uuid}/papier.pdf" in page
    pdf = client.get(f"/bureau/messages/{message.uuid}/papier.pdf")
    assert pdf.content[:5] == b"%PDF-"
    assert pdf["Content-Disposition"] == 'inline; filename="Des-nouvelles-a.pdf"'
    assert AccessLog.objects.filter(object_id=message.pk).count() == 2
    sms = written(key="sms")
    assert client.get(f"/bureau/messages/{sms.uuid}/papier.pdf").status_code == 404


def test_a_letter_to_a_protected_address_shows_none(client_as: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "_hiding", {"all": lambda ids: ids})
    message = letter("a", "Mme A", "1 rue A", "44000 Nantes")
    client: Client = client_as(Role.RENTAL_MANAGER)
    page = client.get(f"/bureau/messages/{message.uuid}/").content.decode()
    assert "rue A" not in page
    assert "papier.pdf" not in page
    assert client.get(f"/bureau/messages/{message.uuid}/papier.pdf").status_code == 404


def test_a_pile_and_its_list_are_read_with_a_trace(client_as: Any) -> None:
    one = letter("a", "Mme A", "x")
    client = client_as(Role.RENTAL_MANAGER)
    take_out(actor=make_actor())
    sent = {"jusqua": clock.now().isoformat(), "pile": "letter"}
    assert client.get(reverse("office:post_list")).status_code == 200
    assert client.post(reverse("office:post_pdf"), sent)["Content-Type"] == "application/pdf"
    rows = AccessLog.objects.values_list("subject", "object_id", "household_id")
    assert list(rows) == [("MESSAGE", one.pk, one.household_id)] * 2
