"""What a call gave: reached, to call again, wrong number."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from common.errors import Conflict, InvalidInput
from office.access.codes import Role
from office.messages import kinds
from office.messages.codes import CallOutcome, Channel, MessageState
from office.messages.gate import Stop
from office.messages.kinds import MessageKind, Text, declared
from office.messages.models import Message
from office.messages.providers.call import call_sheet
from office.messages.services.calls import record_call, take_back_call
from office.messages.services.outbox import mark_seen, send_again
from office.messages.worker import deliver
from office.models import AccessLog, Notice, Task
from office.notices.queries import lines
from office.tasks.codes import TaskState
from tests.factories import make_actor
from tests.office.messages.writing import written
from tests.pages import plain

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-06T16:00")]  # a Friday


@pytest.fixture(autouse=True)
def said(hello: MessageKind, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {**hello.texts, Channel.CALL: Text("", "Bonjour {nom}.")}
    monkeypatch.setattr(kinds, "_declared", {"HELLO": replace(hello, texts=texts)})


def call(key: str = "call:1", **given: Any) -> Message:
    return written(key=key, channel=Channel.CALL, address="+33240000000", **given)


def test_a_worker_calls_nobody() -> None:
    call()
    assert deliver() == 0
    assert call_sheet().count == 1


def test_reached_it_is_done_and_noted_once() -> None:
    message = record_call(message=call(), outcome=CallOutcome.REACHED, actor=make_actor())
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.delivered_at, message.provider) == (
        MessageState.DELIVERED, clock.now(), clock.now(), "call",
    )  # fmt: skip
    assert call_sheet().count == 0
    with pytest.raises(Conflict, match="quelqu’un l’a noté"):
        record_call(message=message, outcome=CallOutcome.NO_ANSWER, actor=make_actor())


def test_without_an_answer_it_is_on_the_sheet_again_on_the_next_working_day() -> None:
    message = record_call(message=call(), outcome=CallOutcome.NO_ANSWER, actor=make_actor())
    assert message.due_at == datetime(2026, 11, 9, 9, tzinfo=clock.PARIS)
    assert ([m.pk for m in call_sheet().later], call_sheet().count) == ([message.pk], 0)
    with clock.travel(message.due_at):
        assert call_sheet().count == 1
        message = record_call(message=message, outcome=CallOutcome.NO_ANSWER, actor=make_actor())
    assert (message.attempts, message.state) == (2, MessageState.TEMPORARY_FAILURE)


def test_a_wrong_number_comes_back_as_a_task_and_another_is_called() -> None:
    message = record_call(message=call(), outcome=CallOutcome.WRONG_NUMBER, actor=make_actor())
    assert Message.objects.failures().count() == 1
    assert Task.objects.get(state=TaskState.TODO).about_id == message.pk
    send_again(message=message, actor=make_actor(), address="+33240000001")
    assert not Task.objects.filter(state=TaskState.TODO).exists()
    assert call_sheet().sheets[0].calls[0].message.address == "+33240000001"


def test_who_notes_a_wrong_number_is_not_told_of_it_and_who_decided_is() -> None:
    nadege, hugo = make_actor(), make_actor()
    own, other = call(actor=nadege), call("call:2", actor=hugo)
    for message in (own, other):
        record_call(message=message, outcome=CallOutcome.WRONG_NUMBER, actor=nadege)
    [notice] = Notice.objects.all()
    assert (notice.user_id, notice.about_id) == (hugo.user_id, other.pk)
    [line] = lines([notice])
    assert line.shown.title == "Appel, faux numéro : Mme Sarr"


@pytest.mark.parametrize("outcome", CallOutcome)
def test_what_was_noted_of_a_call_is_taken_back(outcome: CallOutcome) -> None:
    actor = make_actor()
    message = record_call(message=call(actor=actor), outcome=outcome, note="paie vendredi", actor=actor)
    assert "paie vendredi" in message.why
    message = take_back_call(message=message, actor=actor)
    message.refresh_from_db()
    assert (message.state, message.why, message.attempts) == (MessageState.CREATED, "", 0)
    assert (message.sent_at, message.delivered_at, message.due_at) == (None, None, clock.now())
    assert call_sheet().count == 1
    assert not Task.objects.filter(state=TaskState.TODO).exists()
    assert not Notice.objects.unseen().exists()
    assert take_back_call(message=message, actor=actor).state == MessageState.CREATED
    record_call(message=message, outcome=CallOutcome.REACHED, actor=actor)


def test_of_two_calls_without_an_answer_the_second_is_taken_back() -> None:
    message = record_call(message=call(), outcome=CallOutcome.NO_ANSWER, actor=make_actor())
    with clock.travel(message.due_at):
        message = record_call(message=message, outcome=CallOutcome.REACHED, actor=make_actor())
        message = take_back_call(message=message, actor=make_actor())
        assert (message.attempts, message.why, call_sheet().count) == (1, "Personne n’a répondu.", 1)


def test_a_call_that_somebody_has_seen_to_or_decided_anew_stays_as_noted() -> None:
    seen, older, sms = call("call:1", about_id=1), call("call:2", about_id=2), written(about_id=3)
    for message in (seen, older):
        record_call(message=message, outcome=CallOutcome.WRONG_NUMBER, actor=make_actor())
    mark_seen(message=seen, actor=make_actor())
    call("call:3", about_id=2)
    deliver()
    for message in (seen, older, sms):
        with pytest.raises(Conflict):
            take_back_call(message=message, actor=make_actor())


def test_who_decided_a_call_hears_that_it_is_to_make_again(hello: MessageKind, monkeypatch: Any) -> None:
    heard: list[Any] = []
    kind = replace(declared()["HELLO"], waits_again=lambda ids, at: heard.append((list(ids), at)))
    monkeypatch.setattr(kinds, "_declared", {"HELLO": kind})
    message = record_call(message=call(), outcome=CallOutcome.REACHED, actor=make_actor())
    take_back_call(message=message, actor=make_actor())
    assert heard == [([7], message.sent_at)]


@pytest.mark.parametrize("note", ["x" * 121, "deux\nlignes"])
def test_a_word_about_a_call_is_one_line(note: str) -> None:
    with pytest.raises(InvalidInput, match="Un mot tient"):
        record_call(message=call(), outcome=CallOutcome.REACHED, note=note, actor=make_actor())


def test_the_page_says_what_was_noted_of_whom_and_takes_it_back(client_as: Any) -> None:
    message = call()
    client: Client = client_as(Role.RENTAL_MANAGER)
    sent = {"outcome": "NO_ANSWER", "note": "rappeler le soir"}
    page = plain(client.post(f"/bureau/messages/{message.uuid}/appel/", sent, follow=True))
    assert "Mme Sarr : pas de réponse." in page
    assert "rappeler le soir" in page
    undo = f"/bureau/messages/{message.uuid}/appel/annuler/"
    assert f'action="{undo}"' in page
    page = client.get("/bureau/messages/appels/").content.decode()  # what waits for its day stays, « Annuler » goes
    assert "rappeler le soir" in page
    assert "pas de réponse." not in page
    assert undo not in page
    page = plain(client.post(undo, {"retour": "/bureau/messages/appels/"}, follow=True))
    assert "Mme Sarr : l’appel est de nouveau à passer" in page
    assert undo not in page
    assert call_sheet().count == 1
    assert "pas de réponse." not in client.get("/bureau/messages/appels/").content.decode()


def test_what_is_no_call_or_no_outcome_is_refused() -> None:
    with pytest.raises(InvalidInput, match="donné"):
        record_call(message=call(), outcome="PERHAPS", actor=make_actor())
    with pytest.raises(Conflict):
        record_call(message=written(), outcome=CallOutcome.REACHED, actor=make_actor())


def test_the_pages_from_the_sheet_to_the_outcome(client_as: Any, open_gates: Any) -> None:
    free, held = call(), call("call:2")
    open_gates("hold")(lambda messages: {m.pk: Stop("Pause en cours") for m in messages if m.pk == held.pk})
    client: Client = client_as(Role.RENTAL_MANAGER)
    page = client.get("/bureau/messages/appels/").content.decode()
    assert "02\u00a040\u00a000\u00a000\u00a000" in page
    assert "Pause en cours" in page
    paper = client.get("/bureau/messages/appels/feuille/").content.decode()
    assert paper.count("☐ joint") == 1
    client.post(f"/bureau/messages/{free.uuid}/appel/", {"outcome": "REACHED"})
    free.refresh_from_db()
    assert free.state == MessageState.DELIVERED
    assert "Aucun appel à passer" in client.get("/bureau/messages/appels/").content.decode()


def test_who_calls_reads_what_it_is_about_today(client_as: Any, monkeypatch: Any) -> None:
    asked: list[Any] = []

    def today(ids: Any) -> dict[int, str]:
        asked.append(list(ids))
        return {7: "480,00 € à régler"}

    kind = replace(declared()["HELLO"], today=today)
    monkeypatch.setattr(kinds, "_declared", {"HELLO": kind})
    call(about_id=7), call("call:2", about_id=8)
    client: Client = client_as(Role.RENTAL_MANAGER)
    page = client.get("/bureau/messages/appels/").content.decode()
    assert page.count("480,00") == 1
    assert page.count("Décidé le 6\u00a0nov. par Ancrage") == 2
    assert 'href="/menages/3/"' in page
    assert client.get("/bureau/messages/appels/feuille/").content.decode().count("480,00") == 1
    assert asked == [[7, 8]] * 2


def test_a_call_is_made_and_not_sent(client_as: Any) -> None:
    message = call()
    client: Client = client_as(Role.RENTAL_MANAGER)
    page = client.get("/bureau/messages/", {"etat": "tous"}).content.decode()
    assert "À passer" in page
    assert "À envoyer" not in page
    assert record_call(message=message, outcome=CallOutcome.REACHED, actor=make_actor()).look.label == "Joint"


def test_a_number_that_is_typed_is_a_number(client_as: Any) -> None:
    message = record_call(message=call(), outcome=CallOutcome.WRONG_NUMBER, actor=make_actor())
    client: Client = client_as(Role.RENTAL_MANAGER)
    client.post(f"/bureau/messages/{message.uuid}/renvoyer/", {"address": "12"})
    message.refresh_from_db()
    assert message.state == MessageState.PERMANENT_FAILURE
    client.post(f"/bureau/messages/{message.uuid}/renvoyer/", {"address": "02 51 00 00 00"})
    message.refresh_from_db()
    assert (message.state, message.address) == (MessageState.CREATED, "+33251000000")
    assert message.due_at <= clock.now() + timedelta(seconds=1)


@pytest.mark.parametrize("page", ["office:calls", "office:calls_paper"])
def test_a_sheet_of_calls_is_read_with_a_trace(client_as: Any, page: str) -> None:
    one, other = call("call:1"), call("call:2")
    client = client_as(Role.RENTAL_MANAGER)
    assert client.get(reverse(page)).status_code == 200
    assert sorted(AccessLog.objects.values_list("object_id", flat=True)) == [one.pk, other.pk]
