"""The worker: the gate first, once only, again later, and what a crash leaves."""

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from common import clock
from office.jobs import schedules, wake
from office.messages import worker
from office.messages.codes import Channel, MessageState
from office.messages.gate import Stop
from office.messages.models import Message
from office.messages.providers.base import AlreadyTaken, Refused, TryLater, Unknown
from office.messages.providers.file import FileProvider
from office.messages.services.outbox import mark_seen, send_again, withdraw
from office.messages.worker import deliver
from office.models import Notice
from office.notices.queries import lines
from tests.factories import make_actor
from tests.office.messages.writing import written

pytestmark = pytest.mark.django_db


def now(message: Message) -> Message:
    message.refresh_from_db()
    return message


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`failing(error, …)`: the next sendings raise these, then it works. Returns the keys that were given."""

    def fail(*errors: BaseException, key_life: timedelta | None = timedelta.max) -> list[str]:
        left, seen, real = list(errors), [], FileProvider.send

        def send(self: FileProvider, message: Message) -> str:
            seen.append(message.send_key)
            if left:
                raise left.pop(0)
            return real(self, message)

        monkeypatch.setattr(FileProvider, "send", send)
        monkeypatch.setattr(FileProvider, "key_life", key_life)
        return seen

    return fail


# -- what leaves ------------------------------------------------------------------------------------------------------


def test_what_is_due_leaves_once(outbox: Path) -> None:
    message = written()
    assert (deliver(), deliver()) == (1, 0)
    message = now(message)
    assert (message.state, message.sent_at, message.provider, message.attempts) == (
        MessageState.SENT, clock.now(), "file", 1,
    )  # fmt: skip
    assert [path.name for path in outbox.iterdir()] == [f"{message.send_key}.txt"]
    assert (outbox / f"{message.send_key}.txt").read_text() == "+33611223344\n\nBonjour Mme Sarr.\n"


def test_paper_is_not_for_the_worker() -> None:
    message = written(channel=Channel.PAPER)
    assert not worker.has_work()
    assert deliver() == 0
    assert now(message).state == MessageState.CREATED


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once(failing: Any) -> None:
    seen = failing()
    for n in range(20):
        written(key=f"hello:{n}")

    def work() -> None:
        try:
            with clock.travel(date(2026, 11, 5)):
                deliver()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == len(set(seen)) == 20
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}


@pytest.mark.django_db(transaction=True)
def test_who_only_looks_at_a_message_that_was_begun_does_not_keep_it_from_leaving() -> None:
    """Another worker that reads what is due holds a row for a moment: the one that has begun it waits."""
    message = written()
    assert worker._begin(message.pk)
    looking, seen = threading.Event(), threading.Event()

    def look() -> None:
        try:
            with transaction.atomic():
                Message.objects.select_for_update().get(pk=message.pk)
                looking.set()
                seen.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    assert looking.wait(10)
    try:
        with clock.travel(clock.now() + timedelta(minutes=2)):
            worker._take_back()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
            with pytest.raises(OperationalError):
                worker._hand_over(message.pk)
    finally:
        seen.set()
        thread.join()
    assert worker._hand_over(message.pk)


# -- the gate ---------------------------------------------------------------------------------------------------------


def test_a_held_message_leaves_by_itself_when_the_hold_ends(open_gates: Any) -> None:
    until = date(2026, 11, 10)

    @open_gates("hold")
    def held(messages: Any) -> dict[int, Stop]:
        return {m.pk: Stop("Le service social a demandé une pause", until) for m in messages if clock.today() <= until}

    message = written()
    assert deliver() == 0
    message = now(message)
    assert (message.state, message.why, message.held_until, message.attempts) == (
        MessageState.HELD, "Le service social a demandé une pause", until, 0,
    )  # fmt: skip
    with clock.travel(date(2026, 11, 10)):
        assert deliver() == 0
    with clock.travel(date(2026, 11, 11)):
        assert deliver() == 1
    message = now(message)
    assert (message.state, message.why, message.held_until) == (MessageState.SENT, "", None)


def test_a_hold_that_is_lifted_early_is_noticed_within_minutes(open_gates: Any) -> None:
    stops = {written().pk: Stop("Pause", date(2026, 12, 1))}
    open_gates("hold")(lambda messages: stops)
    assert deliver() == 0
    stops.clear()
    assert deliver() == 0
    with clock.travel(clock.now() + timedelta(minutes=5)):
        assert deliver() == 1


def test_a_message_whose_cause_is_gone_is_withdrawn(open_gates: Any) -> None:
    message = written()
    open_gates("a")(lambda messages: {m.pk: Stop("Pause", date(2026, 12, 1)) for m in messages})
    open_gates("b")(lambda messages: {m.pk: Stop("La dette est payée", is_final=True) for m in messages})
    open_gates("c")(lambda messages: {m.pk: Stop("Autre pause", date(2027, 1, 1)) for m in messages})
    assert deliver() == 0
    message = now(message)
    assert (message.state, message.why, message.held_until) == (MessageState.WITHDRAWN, "La dette est payée", None)


def test_of_two_holds_the_longer_one_is_told(open_gates: Any) -> None:
    message = written()
    open_gates("a")(lambda messages: {m.pk: Stop("Longue", date(2026, 12, 1)) for m in messages})
    open_gates("b")(lambda messages: {m.pk: Stop("Sans date") for m in messages})
    deliver()
    assert now(message).why == "Longue"


def test_a_gate_that_fails_lets_nothing_through(open_gates: Any, caplog: pytest.LogCaptureFixture) -> None:
    message = written()

    @open_gates("broken")
    def broken(messages: Any) -> dict[int, Stop]:
        Message.objects.get(pk=0)
        return {}

    assert deliver() == 0
    assert now(message).state == MessageState.CREATED
    assert "the gate failed" in caplog.text


def test_a_gate_that_fails_on_one_message_stops_no_other(open_gates: Any, caplog: pytest.LogCaptureFixture) -> None:
    messages = [written(key=f"hello:{n}") for n in range(5)]

    @open_gates("brittle")
    def brittle(asked: Any) -> dict[int, Stop]:
        assert messages[3].pk not in {m.pk for m in asked}
        return {m.pk: Stop("Pause") for m in asked if m.pk == messages[1].pk}

    assert deliver() == 3
    assert [now(message).state for message in messages] == ["SENT", "HELD", "SENT", "CREATED", "SENT"]
    assert now(messages[3]).due_at == clock.now() + worker.LOOK_AGAIN
    assert caplog.text.count("the gate failed") == 1


def test_a_failure_that_waits_for_its_next_try_is_held_too(open_gates: Any, failing: Any) -> None:
    failing(TryLater("Plus tard"))
    message = written()
    deliver()
    assert now(message).state == MessageState.TEMPORARY_FAILURE
    open_gates("hold")(lambda messages: {m.pk: Stop("Pause") for m in messages})
    with clock.travel(clock.now() + timedelta(minutes=2)):
        deliver()
    assert now(message).state == MessageState.HELD


# -- what fails -------------------------------------------------------------------------------------------------------


def test_a_temporary_failure_is_tried_again_ever_later_then_given_up(failing: Any) -> None:
    seen = failing(*[TryLater("Pas de réseau")] * 20)
    message = written()
    waits = []
    with clock.travel(clock.now()):
        moment = clock.now()
    while True:
        with clock.travel(moment):
            deliver()
        message = now(message)
        if message.state != MessageState.TEMPORARY_FAILURE:
            break
        waits.append((message.due_at - moment).total_seconds() / 60)
        with clock.travel(message.due_at - timedelta(seconds=1)):
            assert deliver() == 0
        moment = message.due_at
    assert waits == [1, 5, 15, 60, 240, 720, 1440]
    assert (message.state, message.why, message.attempts) == (MessageState.PERMANENT_FAILURE, "Pas de réseau", 8)
    assert set(seen) == {message.send_key}
    assert Message.objects.failures().count() == 1


def test_a_permanent_failure_is_not_tried_again(failing: Any) -> None:
    failing(Refused("Ce numéro n’existe pas."))
    message = written()
    assert deliver() == 0
    assert (now(message).state, message.why) == (MessageState.PERMANENT_FAILURE, "Ce numéro n’existe pas.")
    with clock.travel(date(2026, 12, 5)):
        assert deliver() == 0


def test_an_error_of_ours_is_logged_and_told_as_uncertain(failing: Any, caplog: pytest.LogCaptureFixture) -> None:
    failing(ZeroDivisionError("secret"))
    message = written()
    deliver()
    assert (now(message).state, message.why) == (MessageState.TECHNICAL_FAILURE, worker.WENT_WRONG)
    assert "ZeroDivisionError" in caplog.text


def test_one_that_fails_stops_no_other(failing: Any) -> None:
    failing(Refused("Non"))
    for n in range(3):
        written(key=f"hello:{n}")
    assert deliver() == 2


# -- what a crash leaves ----------------------------------------------------------------------------------------------


def killed_while_sending(failing: Any, **given: Any) -> list[str]:
    """The worker dies once the provider has the message, before anything is written."""
    seen = failing(KeyboardInterrupt(), **given)
    with pytest.raises(KeyboardInterrupt):
        deliver()
    assert Message.objects.get().state == MessageState.SENDING
    return seen  # type: ignore[no-any-return]


def test_after_a_crash_the_same_key_is_sent_again_where_the_provider_takes_one(failing: Any) -> None:
    message = written()
    seen = killed_while_sending(failing)
    assert deliver() == 0, "perhaps the other worker lives"
    with clock.travel(clock.now() + timedelta(minutes=2)):
        assert worker.has_work()
        assert deliver() == 1
    assert seen == [message.send_key] * 2
    assert now(message).state == MessageState.SENT


def test_after_a_crash_nothing_is_sent_twice_where_the_provider_takes_no_key(failing: Any) -> None:
    message = written()
    seen = killed_while_sending(failing, key_life=None)
    with clock.travel(clock.now() + timedelta(minutes=2)):
        assert deliver() == 0
    assert len(seen) == 1
    assert (now(message).state, message.why) == (MessageState.TECHNICAL_FAILURE, worker.CUT)


def test_after_a_crash_only_the_one_that_was_begun_is_in_doubt(failing: Any) -> None:
    seen = failing(KeyboardInterrupt(), key_life=None)
    for n in range(3):
        written(key=f"hello:{n}")
    with pytest.raises(KeyboardInterrupt):
        deliver()
    with clock.travel(clock.now() + timedelta(minutes=2)):
        assert deliver() == 2
    states = Message.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [MessageState.TECHNICAL_FAILURE, MessageState.SENT, MessageState.SENT]
    assert len(seen) == len(set(seen)) == 3


def test_a_slow_batch_is_abandoned_by_nobody(failing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another worker comes, minutes later, while the first is between two messages: each leaves once."""
    seen, real = failing(key_life=None), worker._hand_over
    for n in range(3):
        written(key=f"hello:{n}")

    def slow(pk: int, **given: Any) -> bool:
        left = real(pk, **given)
        monkeypatch.setattr(worker, "_hand_over", real)
        with clock.travel(clock.now() + timedelta(minutes=3)):
            deliver()
        return left

    monkeypatch.setattr(worker, "_hand_over", slow)
    deliver()
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}
    assert len(seen) == len(set(seen)) == 3


def test_one_that_is_withdrawn_while_its_batch_leaves_does_not_leave(failing: Any, monkeypatch: Any) -> None:
    seen, real = failing(), worker._hand_over
    first, second = written(key="1"), written(key="2")

    def and_withdrawn(pk: int, **given: Any) -> bool:
        left = real(pk, **given)
        withdraw(message=second, actor=make_actor())
        return left

    monkeypatch.setattr(worker, "_hand_over", and_withdrawn)
    assert deliver() == 1
    assert (now(second).state, seen) == (MessageState.WITHDRAWN, [first.send_key])


def test_nothing_is_sent_again_through_another_provider(failing: Any, settings: Any) -> None:
    message = written()
    killed_while_sending(failing)
    Message.objects.update(provider="octopush")
    with clock.travel(clock.now() + timedelta(minutes=2)):
        assert deliver() == 0
    assert now(message).state == MessageState.TECHNICAL_FAILURE


def test_a_lost_answer_is_asked_for_again_under_the_same_key(failing: Any) -> None:
    seen = failing(Unknown("Liaison coupée"), AlreadyTaken())
    message = written()
    deliver()
    assert (now(message).state, message.why) == (MessageState.CREATED, "Liaison coupée")
    assert message.in_doubt_since == clock.now()
    with clock.travel(clock.now() + timedelta(minutes=2)):
        assert deliver() == 1
    assert seen == [message.send_key] * 2
    assert (now(message).state, message.provider_ref, message.in_doubt_since) == (MessageState.SENT, "", None)
    assert message.why == worker.TAKEN_BEFORE


def test_a_lost_answer_is_not_asked_for_for_ever(failing: Any) -> None:
    seen = failing(*[Unknown("Liaison coupée")] * 20)
    message = written()
    for n in range(10):
        with clock.travel(clock.now() + timedelta(minutes=3 * n)):
            deliver()
    assert now(message).state == MessageState.TECHNICAL_FAILURE
    assert len(seen) == 1 + worker.REPEATS


def test_a_lost_answer_without_a_key_is_told(failing: Any) -> None:
    failing(Unknown("Liaison coupée"), key_life=None)
    message = written()
    deliver()
    assert (now(message).state, message.why) == (MessageState.TECHNICAL_FAILURE, "Liaison coupée")


def test_after_a_crash_the_gates_are_asked_again(failing: Any, open_gates: Any) -> None:
    """An evening has come meanwhile: it leaves in the morning, under its key."""
    message = written()
    seen, morning = killed_while_sending(failing), clock.now() + timedelta(hours=14)
    open_gates("night")(lambda messages: {m.pk: Stop("La nuit") for m in messages if clock.now() < morning})
    with clock.travel(clock.now() + timedelta(hours=4)):
        assert deliver() == 0
    assert (now(message).state, message.why) == (MessageState.HELD, "La nuit")
    with clock.travel(morning):
        assert deliver() == 1
    assert seen == [message.send_key] * 2


def test_after_a_crash_what_is_not_to_leave_any_more_does_not(failing: Any, open_gates: Any) -> None:
    message = written()
    killed_while_sending(failing)
    open_gates("paid")(lambda messages: {m.pk: Stop("La dette est payée", is_final=True) for m in messages})
    with clock.travel(clock.now() + timedelta(minutes=2)):
        assert deliver() == 0
    assert (now(message).state, message.why) == (MessageState.WITHDRAWN, "La dette est payée")
    assert message.in_doubt_since is not None, "nobody knows, and the page says so"


@pytest.mark.parametrize("held", [False, True], ids=["left alone", "held meanwhile"])
def test_after_a_crash_nothing_is_handed_over_once_the_provider_has_forgotten_the_key(
    failing: Any, open_gates: Any, held: bool
) -> None:
    message = written()
    seen = killed_while_sending(failing, key_life=timedelta(hours=23))
    if held:
        open_gates("hold")(lambda messages: {m.pk: Stop("Pause") for m in messages if clock.now() < later})
        with clock.travel(clock.now() + timedelta(minutes=2)):
            deliver()
    later = clock.now() + timedelta(hours=23)
    with clock.travel(later):
        assert deliver() == 0
    assert (now(message).state, message.why) == (MessageState.TECHNICAL_FAILURE, worker.CUT)
    assert len(seen) == 1


def test_sent_again_by_a_person_it_is_in_doubt_no_more(failing: Any) -> None:
    message = written()
    killed_while_sending(failing, key_life=None)
    with clock.travel(clock.now() + timedelta(minutes=2)):
        deliver()
    send_again(message=message, actor=make_actor())
    assert deliver() == 1
    assert (now(message).state, message.in_doubt_since) == (MessageState.SENT, None)


# -- the minute -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_each_minute_wakes_a_worker_while_something_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[str] = []
    monkeypatch.setitem(wake._listeners, "messages", [lambda: woken.append("messages")])
    assert "messages" in schedules.tick()
    assert woken == []
    written()
    assert woken == ["messages"], "at the commit of the decision"
    with clock.travel(clock.now() + timedelta(minutes=1)):
        schedules.tick()
    assert woken == ["messages"] * 2


@pytest.mark.parametrize("state", ["TO_SEND", "LATER", "SENDING"])
def test_what_a_clock_ahead_put_off_is_looked_at_now(state: str, failing: Any) -> None:
    failing(*[TryLater("Occupé.")] * (state == "LATER"))
    day = clock.now()
    message = written() if state != "TO_SEND" else None
    with clock.travel(day + timedelta(days=40)):
        message = message or written()
        if state == "SENDING":
            worker.start_all([message], "file")
        if state == "LATER":
            assert deliver() == 0
        schedules.tick()
    assert deliver() == 0
    schedules.tick()
    with clock.travel(day + timedelta(minutes=3)):
        assert deliver() == 1
    assert now(message).state == MessageState.SENT


# -- what comes back --------------------------------------------------------------------------------------------------


def test_what_did_not_arrive_comes_back_to_who_decided_it_once_an_hour(failing: Any) -> None:
    failing(*[Refused("Ce numéro n’existe pas.")] * 4)
    nadege = make_actor()
    first = written(key="1", actor=nadege)
    written(key="2", actor=nadege)
    written(key="3")
    deliver()
    [notice] = Notice.objects.all()
    assert (notice.kind, notice.user, notice.about_id) == ("MESSAGE_FAILED", nadege.user, first.pk)
    [line] = lines([notice])
    assert (line.shown.title, line.shown.url) == ("SMS, non remis : Mme Sarr", "/bureau/messages/?etat=echec")
    with clock.travel(clock.now() + timedelta(hours=1)):
        written(key="4", actor=nadege)
        deliver()
    assert Notice.objects.count() == 2


@pytest.mark.parametrize("see_to", [mark_seen, send_again])
def test_once_seen_to_it_waits_no_more(failing: Any, see_to: Any) -> None:
    failing(Refused("Ce numéro n’existe pas."))
    nadege = make_actor()
    message = written(actor=nadege)
    deliver()
    assert Notice.objects.unseen().exists()
    see_to(message=message, actor=nadege)
    assert not Notice.objects.unseen().exists()
