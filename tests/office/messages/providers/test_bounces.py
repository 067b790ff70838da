"""Delivery status notifications of mail servers (RFC 3464), from a Maildir."""

import mailbox
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from common import clock
from office.jobs import schedules, wake
from office.messages import tasks
from office.messages.codes import Channel, MessageState, Outcome
from office.messages.models import DeliveryReport, Message
from office.messages.providers.smtp.bounces import new_keys, read_bounce
from office.messages.services import reports
from office.messages.services.reports import read_bounces
from tests.office.messages.writing import written

pytestmark = pytest.mark.django_db
REFERENCE = "<0f0e-1@ancrage.example>"
# After RFC 3464, appendix E; addresses of our own.
REPORT = """From: MAILER-DAEMON@relais.example
To: ancrage@ancrage.example
Subject: Undelivered Mail Returned to Sender
Date: Thu, 05 Nov 2026 10:12:00 +0100
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="limite"

--limite
Content-Type: text/plain

<sarr@menage.example>: user unknown

--limite
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.example

Final-Recipient: rfc822; sarr@menage.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 user unknown

--limite
Content-Type: {kind}

Message-ID: {reference}
Subject: Votre avis

{body}
--limite--
"""


def report(
    *, action: str = "failed", status: str = "5.1.1", kind: str = "message/rfc822", reference: str = REFERENCE
) -> bytes:
    body = "Bonjour" if kind == "message/rfc822" else ""
    text = REPORT.format(action=action, status=status, kind=kind, reference=reference, body=body)
    return text.replace("\n", "\r\n").encode()


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> mailbox.Maildir:
    settings.BOUNCE_FOLDER = str(tmp_path / "retours")
    return mailbox.Maildir(settings.BOUNCE_FOLDER, create=True)


def sent() -> Message:
    message = written(channel=Channel.EMAIL)
    for state in (MessageState.SENDING, MessageState.SENT):
        facts = {"sent_at": message.created_at} if state == MessageState.SENT else {}
        Message.objects.filter(pk=message.pk).update(state=state, provider="smtp", provider_ref=REFERENCE, **facts)
    return message


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize(
    ("action", "status", "outcome"),
    [
        ("failed", "5.1.1", Outcome.FAILED),
        ("Failed", "5.1.1 (unknown)", Outcome.FAILED),
        ("delivered", "2.0.0", Outcome.DELIVERED),
        ("delayed", "4.4.1", Outcome.PROGRESS),
    ],
)
def test_a_report_says_of_which_email_what(kind: str, action: str, status: str, outcome: Outcome) -> None:
    found = read_bounce(report(action=action, status=status, kind=kind))
    assert found is not None
    assert (found.reference, found.outcome, found.said) == (
        REFERENCE, outcome, f"{action.lower()} {status.split(' ', maxsplit=1)[0]}",
    )  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"From: a@b\r\nSubject: Absent\r\n\r\nJe suis absent.",
        report(reference=""),
        report().replace(b"message/delivery-status", b"text/plain"),
        report().replace(b"Action: failed\r\n", b""),
        report()[:400],
    ],
)
def test_what_is_no_report_says_nothing(content: bytes) -> None:
    assert read_bounce(content) is None


def test_an_email_that_comes_back_is_a_failure_once(folder: mailbox.Maildir) -> None:
    message = sent()
    folder.add(report())
    assert (read_bounces(), read_bounces()) == (1, 0)
    folder.add(report())
    read_bounces()
    message.refresh_from_db()
    assert (message.state, "failed 5.1.1" in message.why) == (MessageState.PERMANENT_FAILURE, True)
    assert DeliveryReport.objects.count() == 1
    assert {mail.get_subdir() for mail in folder} == {"cur"}


def test_an_answer_of_a_person_stays_in_the_folder(folder: mailbox.Maildir) -> None:
    folder.add(b"From: sarr@menage.example\r\nSubject: Merci\r\n\r\nMerci !")
    assert read_bounces() == 0
    assert [mail["Subject"] for mail in folder] == ["Merci"]


DIAGNOSTIC = b"smtp; 550 5.1.1 user unknown"


@pytest.mark.parametrize(
    "odd",
    [
        report().replace(DIAGNOSTIC, b"smtp; =?utf-8?q?a=00b?="),
        report().replace(DIAGNOSTIC, b"smtp; a\x00b"),
        report(reference="<"),
        report(reference="<@>"),
        report(reference="<a\x00b@ancrage.example>"),
        report(status="5.\x001.1"),
        report().replace(b"Thu, 05 Nov", b"Thu\x00"),
    ],
)
def test_one_that_cannot_be_read_is_set_aside_and_the_others_are_read(folder: mailbox.Maildir, odd: bytes) -> None:
    message = sent()
    for content in (odd, report(), odd):
        folder.add(content)
    assert (read_bounces(), read_bounces()) == (1, 0)
    message.refresh_from_db()
    assert message.state == MessageState.PERMANENT_FAILURE
    assert sorted((mail.get_subdir(), mail.get_flags()) for mail in folder) == [
        ("cur", "FS"), ("cur", "FS"), ("cur", "S"),
    ]  # fmt: skip


def test_while_the_database_is_away_nothing_is_moved(folder: mailbox.Maildir, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**given: Any) -> None:
        raise OperationalError

    folder.add(report())
    with monkeypatch.context() as patch:
        patch.setattr(reports, "keep_report", away)
        with pytest.raises(OperationalError):
            read_bounces()
    assert read_bounces() == 1


def test_one_that_another_worker_took_stops_nothing(folder: mailbox.Maildir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "new_keys", lambda: ["gone", *new_keys()])
    folder.add(report())
    assert read_bounces() == 1


@pytest.mark.django_db(transaction=True)
def test_a_report_is_kept_before_it_is_moved(folder: mailbox.Maildir, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read before a worker died stays read."""
    message, real = sent(), reports.mark_read

    def dies(key: str, **given: Any) -> None:
        real(key, **given)
        raise KeyboardInterrupt

    monkeypatch.setattr(reports, "mark_read", dies)
    folder.add(report())
    with pytest.raises(KeyboardInterrupt):
        read_bounces()
    message.refresh_from_db()
    assert message.state == MessageState.PERMANENT_FAILURE


@pytest.mark.django_db(transaction=True)
def test_each_minute_the_folder_is_read(folder: mailbox.Maildir, monkeypatch: pytest.MonkeyPatch) -> None:
    message = sent()
    monkeypatch.setitem(wake._listeners, "messages", [tasks.send])
    assert "bounces" in schedules.tick()
    folder.add(report())
    with clock.travel(clock.now() + timedelta(minutes=1)):
        schedules.tick()
    message.refresh_from_db()
    assert message.state == MessageState.PERMANENT_FAILURE
