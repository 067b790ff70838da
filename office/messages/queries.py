"""Reads of messages and texts that pages share."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from office.messages.codes import WAITING_STATES, Channel, MessageState
from office.messages.kinds import MessageKind, Text, declared
from office.messages.models import Message, MessageText


def kind_of(code: str) -> MessageKind:
    """A declared kind; `KeyError` for another code."""
    return declared()[code]


def text_in_use(kind: str, channel: str) -> tuple[Text, int]:
    """The text that a kind uses now, and its version: the association's latest, else the declared one (0)."""
    row = MessageText.objects.filter(kind=kind, channel=channel).order_by("-version").first()
    if row is not None:
        return Text(row.subject, row.body), row.version
    return kind_of(kind).texts[Channel(channel)], 0


def messages_about(about: str, ids: Iterable[int]) -> dict[int, list[Message]]:
    """The messages about each object, the latest first (one query)."""
    found: dict[int, list[Message]] = {}
    for message in Message.objects.filter(about=about, about_id__in=list(ids)).select_related("author"):
        found.setdefault(message.about_id, []).append(message)
    return found


def lot() -> "QuerySet[Message]":
    """The letters that were taken out and are not posted yet."""
    return Message.objects.filter(channel=Channel.PAPER, state=MessageState.SENDING)


def sorted_lot(until: datetime | None = None) -> list[Message]:
    """The lot taken out by `until`, in the order of a round: town, street, name. What is handed over comes last."""
    rows = lot().exclude(document=None).select_related("document")
    letters = rows.filter(claimed_at__lte=until) if until else rows
    return sorted(letters, key=lambda m: (list(reversed(m.document.data.get("recipient", []))), m.pk))  # type: ignore[union-attr]


def letters_waiting() -> int:
    """How many letters wait to be taken out."""
    return Message.objects.filter(channel=Channel.PAPER, state__in=WAITING_STATES).count()
