"""The provider that writes files."""

from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from office.documents.services import make_document
from office.messages.checks import each_channel_has_a_provider
from office.messages.codes import Channel, MessageState
from office.messages.worker import deliver
from tests.factories import make_actor, make_association
from tests.office.messages.writing import written

pytestmark = pytest.mark.django_db


def test_an_email_is_a_file_that_a_mail_reader_opens_with_its_document(outbox: Path) -> None:
    make_association()
    data = {
        "recipient": ["Mme Sarr"],
        "month": "2026-11",
        "due_on": "2026-11-05",
        "lines": [{"label": "Loyer", "amount": "1.00"}],
        "total": "1.00",
    }
    paper = make_document(kind="sample", number="1", title="Essai", data=data, actor=make_actor())
    message = written(channel=Channel.EMAIL, document=paper)
    assert deliver() == 1
    [path] = outbox.iterdir()
    assert path.name == f"{message.send_key}.eml"
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    [attached] = mail.iter_attachments()
    assert attached.get_content()[:5] == b"%PDF-"
    assert attached.get_filename() == "Essai-1.pdf"


def test_a_folder_that_cannot_be_written_is_tried_later(outbox: Path) -> None:
    outbox.parent.mkdir(exist_ok=True)
    outbox.write_text("un fichier à la place du dossier")
    message = written()
    assert deliver() == 0
    message.refresh_from_db()
    assert (message.state, message.why) == (
        MessageState.TEMPORARY_FAILURE, "Le dossier des messages ne peut pas être écrit.",
    )  # fmt: skip


def test_django_does_not_start_with_an_unknown_provider(settings: Any) -> None:
    assert each_channel_has_a_provider() == []
    settings.SMS_PROVIDER = "pigeon"
    assert [error.msg for error in each_channel_has_a_provider()] == ["SMS_PROVIDER: no provider 'pigeon'"]
