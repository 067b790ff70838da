"""Messages for tests: written as a decision writes them."""

from typing import Any

from office.access.actor import Actor
from office.messages.codes import Channel
from office.messages.models import Message
from office.messages.services.outbox import NewMessage, write_messages
from office.messages.wording import worded

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
    return NewMessage(**fields | given)


def written(*, actor: Actor | None = None, **given: Any) -> Message:
    [message] = write_messages(new=[new(**given)], actor=actor or Actor.system())
    return message
