"""What a message that did not arrive asks of who decided it: to see to it, or to have it sent again."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from common.links import link
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.messages.codes import ABOUT_MESSAGE, MessageDuty
from office.messages.models import Message
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare


def _messages(ids: Collection[int]) -> QuerySet[Message]:
    return Message.objects.filter(pk__in=ids)


def _failed(ids: Collection[int] | None) -> Iterable[Cause]:
    rows = Message.objects.failures().order_by()
    rows = rows if ids is None else rows.filter(pk__in=ids)
    return [
        Cause(pk, household_id=household, assignee_id=author, author_id=author)
        for pk, household, author in rows.values_list("pk", "household_id", "author_id")
    ]


def _seen(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    """Seen to, or sent again."""
    return {pk: Ending(by_id=by) for pk, by in _messages(raised).values_list("pk", "seen_by_id")}


def _shown(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    return {
        message.pk: TaskLine(
            f"{message.kind_label} : {message.addressee}",
            message.failure_label,
            message.addressee,
            link("office:message", message.uuid),
        )
        for message in _messages(ids)
    }


FAILED = declare(
    TaskKind(
        code=MessageDuty.FAILED, about=ABOUT_MESSAGE, reveals=Data.MESSAGE, falls_to=Write(Data.MESSAGE),
        causes=_failed, endings=_seen, show=_shown, locks=_messages,
        look=TaskLook(
            "mail", "danger", "Voir", "message non remis,messages non remis", lambda: link("office:messages")
        ),
        may_be_given=True,
    )
)  # fmt: skip
