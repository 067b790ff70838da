"""Writing in the outbox, withdrawing, sending again, seeing to a failure."""

import threading

import pytest
from django.db import connection, transaction

from common.errors import Conflict, InvalidInput
from office.access.actor import Actor
from office.access.codes import Role
from office.messages.codes import Channel, MessageState
from office.messages.models import Message
from office.messages.services.outbox import mark_seen, send_again, withdraw, write_messages
from office.messages.services.texts import save_text
from office.messages.wording import Wording, edited, worded
from tests.factories import make_actor
from tests.office.messages.writing import VALUES, new, written

pytestmark = pytest.mark.django_db


def put(message: Message, **fields: object) -> Message:
    """The row as it may be, past its flow."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Message.objects.filter(pk=message.pk).update(**fields)
        cursor.execute("SET LOCAL session_replication_role = origin")
    message.refresh_from_db()
    return message


def test_a_key_names_one_message_by_one_way() -> None:
    written(key="a", address="+33611223344")
    with pytest.raises(Conflict, match="cette clé"):
        written(key="a", address="+33611223344", channel=Channel.EMAIL)


def test_a_message_keeps_what_it_says_and_by_which_text() -> None:
    manager = make_actor()
    message = written(channel=Channel.EMAIL, actor=manager)
    assert (message.subject, message.body) == ("Des nouvelles", "Bonjour Mme Sarr, il reste 12,00 €.")
    assert (message.state, message.text_version, message.is_edited, message.author_id) == (
        MessageState.CREATED, 0, False, manager.user_id,
    )  # fmt: skip
    assert (message.kind_label, message.page, message.about) == ("Bonjour", "/ici/7/", "house")


def test_the_same_key_is_one_message() -> None:
    first, again = written(), written()
    assert first.pk == again.pk
    assert Message.objects.count() == 1
    with pytest.raises(Conflict, match="porte déjà cette clé"):
        written(address="+33600000000")


@pytest.mark.django_db(transaction=True)
def test_written_at_once_from_two_places_it_is_one_message() -> None:
    def write() -> None:
        try:
            with transaction.atomic():
                write_messages(new=[new()], actor=Actor.system())
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Message.objects.count() == 1


def test_a_decision_that_is_rolled_back_leaves_no_message() -> None:
    with transaction.atomic():
        written()
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_many_are_written_by_as_many_queries_as_one(django_assert_num_queries: object) -> None:
    many = [new(key=f"hello:{n}") for n in range(30)]
    with django_assert_num_queries(4):  # type: ignore[operator]  # two, in a savepoint
        found = write_messages(new=many, actor=Actor.system())
    assert [message.key for message in found] == [one.key for one in many]


def test_the_latest_text_of_the_association_is_used() -> None:
    save_text(kind="HELLO", channel="SMS", subject="", body="Salut {nom} !", seen_version=0, actor=make_actor())
    assert worded("HELLO", Channel.SMS, VALUES) == Wording("", "Salut Mme Sarr !", 1)
    assert written().text_version == 1


def test_a_text_is_edited_before_it_leaves() -> None:
    wording = worded("HELLO", Channel.EMAIL, VALUES)
    assert edited(wording, channel=Channel.EMAIL, subject=wording.subject, body=wording.body + "\r\n") == wording
    changed = edited(wording, channel=Channel.EMAIL, subject="Un mot", body="Bonjour\r\nà vous")
    assert changed == Wording("Un mot", "Bonjour\nà vous", 0, is_edited=True)
    sms = worded("HELLO", Channel.SMS, VALUES)
    assert edited(sms, channel=Channel.SMS, subject="ôté", body=sms.body) == sms


@pytest.mark.parametrize(
    ("channel", "subject", "body", "field"),
    [
        (Channel.SMS, "", " ", "body"),
        (Channel.SMS, "", "b" * 460, "body"),
        (Channel.EMAIL, "o", "b" * 5001, "body"),
        (Channel.EMAIL, " ", "b", "subject"),
        (Channel.EMAIL, "o" * 121, "b", "subject"),
        (Channel.EMAIL, "a\nb", "b", "subject"),
    ],
)
def test_a_text_that_cannot_leave_is_refused_at_its_field(
    channel: Channel, subject: str, body: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        edited(worded("HELLO", channel, VALUES), channel=channel, subject=subject, body=body)
    assert refusal.value.field == field


def test_what_waits_is_withdrawn_once_and_what_left_is_not() -> None:
    manager = make_actor()
    message = withdraw(message=written(), actor=manager)
    assert (message.state, message.why) == (MessageState.WITHDRAWN, f"Retiré par {manager.user}")
    assert withdraw(message=message, actor=make_actor()).why == message.why
    leaving = put(written(key="b"), state=MessageState.SENDING)
    with pytest.raises(Conflict, match="en train de partir"):
        withdraw(message=leaving, actor=manager)


def test_what_failed_is_sent_again_as_a_new_sending_even_elsewhere() -> None:
    message = put(
        written(), state=MessageState.PERMANENT_FAILURE, why="Numéro inconnu", attempts=8, provider="file",
        provider_ref="r",
    )  # fmt: skip
    first = message.send_key
    mark_seen(message=message, actor=make_actor())
    again = send_again(message=message, address=" +33699887766 ", actor=make_actor())
    assert (again.state, again.address, again.attempts, again.why) == (MessageState.CREATED, "+33699887766", 0, "")
    assert (again.provider_ref, again.seen_at) == ("", None)
    assert again.send_key != first
    with pytest.raises(Conflict, match="n’a pas échoué"):
        send_again(message=again, actor=make_actor())


def test_a_failure_is_counted_until_somebody_has_seen_to_it() -> None:
    message = put(written(), state=MessageState.TECHNICAL_FAILURE, why="Coupure")
    manager = make_actor()
    assert [found.pk for found in Message.objects.failures()] == [message.pk]
    seen = mark_seen(message=message, actor=manager)
    assert mark_seen(message=message, actor=make_actor()).seen_by_id == seen.seen_by_id == manager.user_id
    assert not Message.objects.failures().exists()
    with pytest.raises(Conflict, match="n’a pas échoué"):
        mark_seen(message=written(key="b"), actor=manager)


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.RENTAL_MANAGER, True),
        (Role.SOCIAL_WORKER, True),
        (Role.HEAD_OF_SOCIAL, True),
        (Role.TECHNICIAN, False),
        (Role.ADMINISTRATOR, False),
        (Role.DIRECTOR, False),
    ],
)
def test_who_sees_messages(role: Role, sees: bool) -> None:
    written()
    assert Message.objects.visible_to(make_actor(role=role)).exists() == sees
