"""A message that did not arrive comes back to who decided it, until it is seen to or sent again."""

from typing import Any

import pytest

from common import clock
from office.access.actor import Actor
from office.messages.codes import Channel, MessageState, Outcome
from office.messages.models import Message
from office.messages.providers.base import Refused
from office.messages.providers.file import FileProvider
from office.messages.services.outbox import mark_seen, send_again
from office.messages.services.post import mark_posted, mark_returned, take_out
from office.messages.services.reports import keep_report
from office.messages.worker import deliver
from office.models import Task, User
from office.tasks.codes import TaskState
from office.tasks.queries import shown
from office.tasks.services.checking import check_tasks
from tests.factories import make_actor, make_user
from tests.office.messages.writing import written

pytestmark = pytest.mark.django_db


@pytest.fixture
def author() -> User:
    return make_user()


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, author: User) -> Message:
    def send(self: FileProvider, message: Message) -> str:
        raise Refused("Numéro inconnu")

    message = written(actor=Actor.of(author))
    with monkeypatch.context() as patch:
        patch.setattr(FileProvider, "send", send)
        deliver()
    message.refresh_from_db()
    assert message.state == MessageState.PERMANENT_FAILURE
    return message


def test_what_the_provider_refuses_comes_back_to_who_decided(refused: Message, author: User) -> None:
    task = Task.objects.get()
    assert (task.about, task.about_id, task.assignee_id, task.household_id) == (
        "message", refused.pk, author.pk, refused.household_id,
    )  # fmt: skip
    actor = Actor.of(author)
    [row] = shown([task], actor)
    assert (row.line.title, row.line.text, row.line.url) == (
        "Bonjour : Mme Sarr", "SMS, non remis", f"/bureau/messages/{refused.uuid}/",
    )  # fmt: skip
    mark_seen(message=refused, actor=actor)
    task.refresh_from_db()
    assert (task.state, task.ended_by_id) == (TaskState.DONE, author.pk)
    assert list(check_tasks()) == []


def test_sent_again_it_is_done_and_failing_again_it_stands(refused: Message, author: User, monkeypatch: Any) -> None:
    colleague = make_actor()
    send_again(message=refused, actor=colleague)
    assert (Task.objects.get().state, Task.objects.get().ended_by_id) == (TaskState.DONE, colleague.user_id)

    def send(self: FileProvider, message: Message) -> str:
        raise Refused("Numéro inconnu")

    monkeypatch.setattr(FileProvider, "send", send)
    deliver()
    assert Task.objects.to_do().get().assignee_id == author.pk


def test_a_report_of_failure_and_a_letter_that_came_back(author: User) -> None:
    sent = written(actor=Actor.of(author))
    deliver()
    sent.refresh_from_db()
    keep_report(
        provider="file", reference=sent.provider_ref, said="REFUSED", said_on="", outcome=Outcome.FAILED, content={}
    )
    letter = written(key="hello:2", channel=Channel.PAPER, actor=Actor.of(author))
    manager = make_actor()
    take_out(actor=manager)
    mark_posted(until=clock.now(), actor=manager)
    letter.refresh_from_db()
    mark_returned(message=letter, actor=manager)
    assert set(Task.objects.to_do().values_list("about_id", "assignee_id")) == {
        (sent.pk, author.pk), (letter.pk, author.pk),
    }  # fmt: skip


def test_what_nobody_decided_falls_to_the_service() -> None:
    message = written()
    deliver()
    message.refresh_from_db()
    keep_report(
        provider="file", reference=message.provider_ref, said="REFUSED", said_on="", outcome=Outcome.FAILED, content={}
    )
    task = Task.objects.get()
    assert task.assignee_id is None
    assert task in Task.objects.of(make_actor())
