"""A kind of message of its own, and a folder for what leaves."""

from pathlib import Path
from typing import Any

import pytest

from common.codes import Code
from office.messages import gate as gates
from office.messages import kinds
from office.messages.codes import Channel
from office.messages.kinds import MessageKind, Text
from office.messages.rules.merge import MergeField


class TestMessage(Code):
    __test__ = False
    HELLO = "HELLO", "Bonjour"


HELLO = MessageKind(
    code=TestMessage.HELLO,
    about="house",
    fields=(MergeField("nom", "Nom", "Mme Sarr"), MergeField("somme", "Somme", "12,00 €", is_private=True)),
    texts={
        Channel.SMS: Text("", "Bonjour {nom}."),
        Channel.EMAIL: Text("Des nouvelles", "Bonjour {nom}, il reste {somme}."),
        Channel.PAPER: Text("Des nouvelles", "Bonjour {nom}, il reste {somme}."),
    },
    page=lambda pk: f"/ici/{pk}/",
    samples=lambda actor: [],
)


@pytest.fixture(autouse=True)
def hello(monkeypatch: pytest.MonkeyPatch) -> MessageKind:
    """The kind HELLO is declared, and no other."""
    monkeypatch.setattr(kinds, "_declared", {})
    return kinds.declare(HELLO)


@pytest.fixture(autouse=True)
def open_gates(monkeypatch: pytest.MonkeyPatch) -> Any:
    """No gate is registered; a test registers its own with `gate`."""
    monkeypatch.setattr(gates, "_gates", {})
    return gates.gate


@pytest.fixture(autouse=True)
def outbox(tmp_path: Path, settings: Any) -> Path:
    """The folder that the provider `file` writes to."""
    settings.MESSAGE_FOLDER = tmp_path / "outbox"
    settings.MAIL_PROVIDER = settings.SMS_PROVIDER = "file"
    return settings.MESSAGE_FOLDER
