"""Messages for tests: written as a decision writes them."""

from typing import Any

from office.access.actor import Actor
from office.documents.models import Document
from office.documents.services import make_document
from office.messages.codes import Channel
from office.messages.models import Message
from office.messages.services.outbox import NewMessage, write_messages
from office.messages.wording import worded
from tests.factories import make_association

VALUES = {"nom": "Mme Sarr", "somme": "12,00 €"}
ADDRESSES = {
    Channel.SMS: "+33611223344",
    Channel.EMAIL: "sarr@menage.example",
    Channel.PAPER: "",
    Channel.CALL: "+33240000000",
}


def new(*, key: str = "hello:1", channel: Channel = Channel.SMS, **given: Any) -> NewMessage:
    fields: dict[str, Any] = {
        "key": key,
        "kind": "HELLO",
        "channel": channel,
        "about_id": 7,
        "household_id": 3,
        "addressee": "Mme Sarr",
        "address": ADDRESSES[channel],
        "wording": worded("HELLO", channel, VALUES),
        "values": VALUES,
    }
    if channel == Channel.PAPER and "document" not in given:
        fields["document"] = paper(key)
    return NewMessage(**fields | given)


def paper(number: str, *recipient: str) -> Document:
    """A letter to print, to `recipient`."""
    make_association()
    return make_document(
        kind="letter", number=number, title="Des nouvelles", actor=Actor.system(),
        data={"recipient": list(recipient or ("Mme Sarr", "1 rue A", "44000 Nantes")), "paragraphs": ["Bonjour"]},
    )  # fmt: skip


def written(*, actor: Actor | None = None, **given: Any) -> Message:
    [message] = write_messages(new=[new(**given)], actor=actor or Actor.system())
    return message
