"""Letters: taken out through the gate, printed as one lot, posted, put back, come back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from common import clock
from common.errors import Conflict
from office.access.codes import Role
from office.documents.services import make_document
from office.messages.codes import Channel, MessageState
from office.messages.gate import Stop
from office.messages.models import Message
from office.messages.queries import lot, sorted_lot
from office.messages.services.post import mark_posted, mark_returned, put_back, take_out
from tests.factories import make_actor, make_association
from tests.office.messages.writing import written

pytestmark = pytest.mark.django_db


def letter(key: str, *recipient: str) -> Message:
    make_association()
    paper = make_document(
        kind="letter", number=key, title="Des nouvelles", actor=make_actor(),
        data={"recipient": list(recipient), "paragraphs": ["Bonjour"]},
    )  # fmt: skip
    return written(key=key, channel=Channel.PAPER, document=paper, addressee=recipient[0])


def states() -> dict[str, str]:
    return dict(Message.objects.values_list("key", "state"))


def test_the_lot_is_sorted_as_a_round_and_what_is_handed_over_comes_last() -> None:
    letter("a", "Mme A", "Remis en main propre")
    letter("b", "Mme B", "9 rue Z", "44100 Nantes")
    letter("c", "Mme C", "1 rue A", "44100 Nantes")
    letter("d", "Mme D", "5 rue M", "44000 Nantes")
    assert take_out(actor=make_actor()) == 4
    assert [m.key for m in sorted_lot()] == ["d", "c", "b", "a"]


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
        assert mark_posted(until=seen, actor=make_actor()) == 1
        assert mark_posted(until=seen, actor=make_actor()) == 0
    assert states() == {"a": MessageState.SENT, "b": MessageState.SENDING}


def test_a_lot_that_was_not_posted_waits_again_and_the_gate_is_asked_again(open_gates: Any) -> None:
    letter("a", "Mme A", "x")
    take_out(actor=make_actor())
    assert put_back(until=clock.now(), actor=make_actor()) == 1
    assert states() == {"a": MessageState.CREATED}
    open_gates("gone")(lambda messages: {m.pk: Stop("Payé", is_final=True) for m in messages})
    assert take_out(actor=make_actor()) == 0
    assert states() == {"a": MessageState.WITHDRAWN}


def test_a_posted_letter_comes_back_once() -> None:
    message = letter("a", "Mme A", "x")
    with pytest.raises(Conflict, match="lettre postée"):
        mark_returned(message=message, actor=make_actor())
    take_out(actor=make_actor())
    mark_posted(until=clock.now(), actor=make_actor())
    assert mark_returned(message=message, actor=make_actor()).state == MessageState.RETURNED
    assert mark_returned(message=message, actor=make_actor()).state == MessageState.RETURNED
    assert Message.objects.failures().count() == 1


def test_the_pages_from_the_lot_to_the_post(client_as: Any) -> None:
    client: Client = client_as(Role.RENTAL_MANAGER)
    letter("a", "=Mme A", "1 rue A", "44000 Nantes")
    assert "1 lettre en attente" in client.get("/bureau/messages/courrier/").content.decode().replace("\u00a0", " ")
    client.post("/bureau/messages/courrier/sortir/")
    page = client.get("/bureau/messages/courrier/").content.decode()
    until = page.split('name="jusqua" value="')[1].split('"')[0]
    pdf = client.get("/bureau/messages/courrier/lettres.pdf", {"jusqua": until})
    assert pdf.content[:5] == b"%PDF-"
    rows = client.get("/bureau/messages/courrier/liste.csv", {"jusqua": until}).content.decode("utf-8-sig")
    assert "'=Mme A" in rows
    assert "1 rue A, 44000 Nantes" in rows
    assert client.post("/bureau/messages/courrier/postees/", {"jusqua": "hier"}).status_code == 404
    client.post("/bureau/messages/courrier/postees/", {"jusqua": until})
    assert states() == {"a": MessageState.SENT}
    assert "Aucune lettre à imprimer" in client.get("/bureau/messages/courrier/lettres.pdf").content.decode()
