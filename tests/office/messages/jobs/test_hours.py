"""An SMS waits for a decent hour."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from common import clock
from office.messages import kinds, worker
from office.messages.codes import Channel, MessageState
from office.messages.gates import decent_hours
from office.messages.kinds import MessageKind
from tests.office.messages.writing import written

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-06T20:30")]  # a Friday


@pytest.fixture(autouse=True)
def hours(open_gates) -> None:
    open_gates("hours")(decent_hours)


def test_an_sms_of_the_evening_leaves_on_the_next_working_day() -> None:
    message = written()
    assert worker.deliver() == 0
    message.refresh_from_db()
    assert message.state == MessageState.HELD
    assert "lundi 9 novembre 2026 à 9 h" in message.why.replace("\u00a0", " ")
    assert message.due_at == datetime(2026, 11, 9, 9, tzinfo=clock.PARIS)
    with clock.travel(clock.now() + timedelta(hours=12)):
        assert not worker.has_work()  # not looked at every five minutes of a week-end
    with clock.travel(message.due_at):
        assert worker.deliver() == 1
    message.refresh_from_db()
    assert (message.state, message.why) == (MessageState.SENT, "")


def test_an_email_disturbs_nobody() -> None:
    written(channel=Channel.EMAIL)
    assert worker.deliver() == 1


def test_what_is_urgent_does_not_wait(hello: MessageKind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_declared", {"HELLO": replace(hello, is_urgent=True)})
    written()
    assert worker.deliver() == 1
