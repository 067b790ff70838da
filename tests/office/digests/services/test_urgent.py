"""What is urgent leaves at once, by the ways that the person chose, once a quarter of an hour, and says nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from common import clock
from office.access.actor import Actor
from office.access.codes import Role
from office.digests.models import NoticeChoice
from office.digests.services.choices import save_choice
from office.digests.services.sending import NEWS, tell_urgent, waiting
from office.messages.codes import MessageState
from office.messages.providers.base import Refused
from office.messages.providers.file import FileProvider
from office.messages.worker import deliver
from office.models import Message, Notice, User
from office.notices.queries import lines
from office.notices.services import mark_seen
from tests.at_once import both_at_once
from tests.factories import make_user
from tests.office.notices.telling import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def nadege() -> User:
    return make_user(email="nadege@ancrage.test")


def later(**delay: int) -> Any:
    return clock.travel(clock.now() + timedelta(**delay))


def sent() -> list[tuple[str, str, str]]:
    return [(m.channel, m.address, m.body) for m in Message.objects.order_by("id")]


def test_by_mail_for_who_chose_nothing(nadege: User) -> None:
    tell(nadege)
    tell(nadege, is_urgent=False)
    assert tell_urgent() == 1
    [(channel, address, body)] = sent()
    assert (channel, address) == ("EMAIL", "nadege@ancrage.test")
    assert body.startswith("Une alerte urgente vous attend dans Ancrage : https://ancrage.test/bureau/notifications/\n")


def test_what_happens_leaves_by_itself(
    nadege: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """From the service that tells, through the commit, the topic, the queue and its tasks, to the provider."""
    from config.celery import app

    app.loader.import_default_modules()  # As a worker does.
    queues = []

    def send_task(name: str, *, queue: str, **options: Any) -> None:
        queues.append((name, queue))
        app.tasks[name]()

    monkeypatch.setattr(app, "send_task", send_task)
    with django_capture_on_commit_callbacks(execute=True):
        tell(nadege, is_urgent=False)
    assert queues == []
    with django_capture_on_commit_callbacks(execute=True):
        tell(nadege)
    assert queues == [("office.tell_urgent", "messages"), ("office.send_messages", "messages")]
    assert [message.state for message in Message.objects.all()] == [MessageState.SENT]


def test_by_sms_for_who_chose_it_at_any_hour(nadege: User) -> None:
    NoticeChoice.objects.create(user=nadege, urgent_by_mail=False, urgent_by_sms=True, phone="+33611223344")
    with clock.travel(datetime(2026, 11, 8, 23, tzinfo=clock.PARIS)):
        tell(nadege)
        tell_urgent()
        assert deliver() == 1
    assert sent() == [
        (
            "SMS",
            "+33611223344",
            "Une alerte urgente vous attend dans Ancrage : https://ancrage.test/bureau/notifications/",
        )
    ]
    assert Message.objects.get().state == MessageState.SENT


def test_who_wants_none_gets_none(nadege: User) -> None:
    NoticeChoice.objects.create(user=nadege, urgent_by_mail=False)
    tell(nadege)
    assert tell_urgent() == 0
    assert sent() == []


def test_what_is_not_urgent_waits_for_the_morning(nadege: User) -> None:
    tell(nadege, is_urgent=False)
    assert tell_urgent() == 0


def test_it_is_told_once(nadege: User) -> None:
    tell(nadege)
    tell_urgent()
    with later(hours=1):
        assert tell_urgent() == 0
    assert len(sent()) == 1


def test_what_comes_within_the_quarter_of_an_hour_joins_the_next(nadege: User) -> None:
    tell(nadege)
    tell_urgent()
    for minutes, messages in ((5, 1), (14, 1), (15, 2), (16, 2)):
        with later(minutes=minutes):
            tell(nadege)
            tell_urgent()
        assert len(sent()) == messages, minutes
    assert Notice.objects.filter(told_at__isnull=True).count() == 1


def test_one_message_for_all_that_waits(nadege: User) -> None:
    for _ in range(3):
        tell(nadege)
    tell_urgent()
    assert len(sent()) == 1
    assert not waiting().exists()


def test_what_was_seen_needs_no_message(nadege: User) -> None:
    mark_seen(notice=tell(nadege), actor=Actor.of(nadege))
    assert tell_urgent() == 0


def test_one_that_has_not_left_is_taken_back_once_all_is_seen(nadege: User) -> None:
    notice = tell(nadege)
    tell_urgent()
    mark_seen(notice=notice, actor=Actor.of(nadege))
    tell(nadege)  # Told to nobody yet, it is not what this message is about.
    assert deliver() == 0
    message = Message.objects.get()
    assert (message.state, message.why) == (MessageState.WITHDRAWN, "Tout a été vu dans Ancrage entre-temps.")


def test_what_happened_before_a_long_stop_wakes_nobody(nadege: User) -> None:
    tell(nadege)
    with clock.travel(clock.now() + NEWS):
        assert tell_urgent() == 0


@pytest.mark.parametrize("fact", [{"is_active": False}, {"away": True}])
def test_who_is_not_there_gets_none(nadege: User, fact: dict[str, bool]) -> None:
    tell(nadege)
    if "away" in fact:
        NoticeChoice.objects.create(user=nadege, away_until=clock.today())
    else:
        User.objects.filter(pk=nadege.pk).update(**fact)
    assert tell_urgent() == 0


def test_what_may_no_longer_be_read_is_not_told(nadege: User) -> None:
    notice = tell(nadege)
    from office.models import Job

    Job.objects.filter(pk=notice.about_id).update(author=make_user())
    assert tell_urgent() == 0
    assert sent() == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once() -> None:
    tell(make_user())
    moment = clock.now()

    def work() -> int:
        with clock.travel(moment):  # A thread has the clock of the machine.
            return tell_urgent()

    assert sorted(both_at_once(work, work)) == [0, 1]  # type: ignore[type-var]
    assert len(sent()) == 1


def test_a_worker_that_dies_before_the_end_leaves_it_to_the_next(nadege: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from office.digests.services import sending

    tell(nadege)
    with monkeypatch.context() as patch:
        patch.setattr(sending, "write_messages", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tell_urgent()
    assert waiting().exists()
    assert tell_urgent() == 1


def test_the_minute_wakes_a_worker_while_something_waits(nadege: User, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[str] = []
    from office.digests import schedules as own

    monkeypatch.setattr(own, "wake", woken.append)
    own.urgent(clock.today())
    assert woken == []
    tell(nadege)
    own.urgent(clock.today())
    assert woken == ["notices"]


# -- choices ----------------------------------------------------------------------------------------------------------

PLAIN = {"wants_digest": True, "urgent_by_mail": True, "urgent_by_sms": False}


@pytest.mark.django_db(transaction=True)
def test_saved_twice_at_once_it_is_one_row() -> None:
    actor = Actor.of(make_user())
    both_at_once(*[lambda: save_choice(actor=actor, **PLAIN)] * 2)
    assert NoticeChoice.objects.count() == 1


def test_who_looks_after_the_accounts_is_told_of_one_that_did_not_arrive(
    nadege: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: FileProvider, message: Message) -> str:
        raise Refused("Boîte pleine")

    monkeypatch.setattr(FileProvider, "send", refuse)
    lise, hugo = make_user(role=Role.ADMINISTRATOR), make_user(role=Role.ADMINISTRATOR)
    for user in (nadege, lise):
        tell(user)
    tell_urgent()
    deliver()
    found = Notice.objects.filter(kind="STAFF_NOT_TOLD").values_list("user_id", "about_id", "is_urgent")
    assert set(found) == {(lise.pk, nadege.pk, False), (hugo.pk, nadege.pk, False), (hugo.pk, lise.pk, False)}
    [first, _] = lines(list(Notice.objects.filter(kind="STAFF_NOT_TOLD", user=hugo).order_by("about_id")))
    assert (first.shown.title, first.shown.url) == (f"Alerte urgente non remise : {nadege}", "/bureau/equipe/envois/")
    with later(minutes=20):
        tell(nadege)
        tell_urgent()
        deliver()
    assert Notice.objects.filter(kind="STAFF_NOT_TOLD", about_id=nadege.pk).count() == 2, "once an hour"
