"""The SMTP provider against a server on the loopback: what leaves, and which refusals are for ever."""

import socket
from email import message_from_string, policy
from typing import Any

import pytest

from office.messages.codes import Channel, MessageState
from office.messages.models import Message
from office.messages.providers.base import ProviderError, Refused, TryLater, Unknown
from office.messages.providers.smtp import SmtpProvider
from office.messages.worker import deliver
from tests.factories import make_association
from tests.office.messages.providers.smtp_server import smtp_server
from tests.office.messages.writing import written

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(settings: Any) -> Message:
    settings.MAIL_PROVIDER = "smtp"
    settings.EMAIL_HOST, settings.EMAIL_HOST_USER = "127.0.0.1", ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "loyers@ponton.example"
    make_association()
    return written(channel=Channel.EMAIL)


def test_the_mail_says_who_it_is_from_and_leaves_once(mail: Message, settings: Any) -> None:
    with smtp_server() as server:
        settings.EMAIL_PORT = server.port
        assert deliver() == 1
    [text] = server.mails
    found = message_from_string(text, policy=policy.default)
    assert found["To"] == "Mme Sarr <sarr@menage.example>"
    assert found["From"].addresses[0].addr_spec == "loyers@ponton.example"
    assert found["Subject"] == "Des nouvelles"
    assert found["Message-ID"] == f"<{mail.send_key}@ponton.example>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found.get_content().strip() == "Bonjour Mme Sarr, il reste 12,00 €."
    mail.refresh_from_db()
    assert (mail.state, mail.provider_ref) == (MessageState.SENT, found["Message-ID"])


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"EHLO": None}, TryLater),
        ({"MAIL": "451 plus tard"}, TryLater),
        ({"MAIL": "550 pas vous"}, TryLater),
        ({"RCPT": "550 inconnu"}, Refused),
        ({"RCPT": "451 liste grise"}, TryLater),
        ({"RCPT": None}, TryLater),
        ({"DATA": "554 non"}, Refused),
        ({"DATA": "421 non"}, TryLater),
        ({"END": "550 refusé"}, Refused),
        ({"END": "452 plein"}, TryLater),
        ({"END": None}, Unknown),
    ],
)
def test_which_refusals_are_for_ever(
    mail: Message, settings: Any, answers: dict[str, str | None], error: type[ProviderError]
) -> None:
    with smtp_server(**answers) as server:
        settings.EMAIL_PORT = server.port
        with pytest.raises(error) as raised:
            SmtpProvider().send(mail)
    assert mail.address not in str(raised.value)
    assert server.mails == []


def test_without_a_server_it_is_tried_later(mail: Message, settings: Any) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # taken, so that no other test gets it, and nobody listens
        settings.EMAIL_PORT = silent.getsockname()[1]
        with pytest.raises(TryLater):
            SmtpProvider().send(mail)


def test_a_name_cannot_add_a_line_to_the_head(mail: Message) -> None:
    from office.messages.providers.mail import written as as_mail

    mail.subject = "Bonjour\nBcc: tout@monde.example"
    with pytest.raises(ValueError, match="newline|linefeed|CR|header"):
        as_mail(mail)
