"""Reads of messages and texts that pages share."""

from collections.abc import Iterable

from django.db import connection

from common import clock
from common.codes import with_codes
from office.messages.codes import HAND_STATES, SOCIAL, WITHOUT_ADDRESS, Channel, MessageState
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


_BY_HAND = with_codes(
    """
SELECT count(*) FROM office_message
WHERE channel IN HANDS AND NOT starts_with(about, '@SOCIAL') AND state IN STATES
    AND (state <> MessageState.TEMPORARY_FAILURE OR due_at <= {now})
""",
    MessageState,
    HANDS=WITHOUT_ADDRESS,
    STATES=HAND_STATES,
).replace("@SOCIAL", SOCIAL)


def by_hand(now: str, channel: Channel | None = None) -> str:
    """SQL: how many calls are to make and letters to take out or to post (or those of one channel). A call to make
    again waits for its moment. `now`: the placeholder of the moment."""
    sql = _BY_HAND.format(now=now)
    return f"{sql} AND channel = '{channel.value}'" if channel else sql


def left_by_hand() -> dict[str, int]:
    """How many `calls` are to make and `letters` to take out or to post now (one query)."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({by_hand('%s', Channel.CALL)}), ({by_hand('%s', Channel.PAPER)})", [now, now])
        calls, letters = cursor.fetchone()
    return {"calls": calls, "letters": letters}
