"""Letters: taken out as one lot, printed, posted; or put back. The lot is the letters that are being sent."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from common import clock
from common.errors import Conflict
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.messages import duties
from office.messages.codes import WAITING_STATES, Channel, MessageState
from office.messages.models import Message
from office.messages.queries import lot
from office.messages.services.failures import tell_author
from office.messages.worker import mark_sent, open_gate, start
from office.tasks.services.tasks import refresh_tasks

POST = "post"
RETURNED = "La lettre est revenue."


@needs(Write(Data.MESSAGE))
@transaction.atomic
def take_out(*, actor: Actor) -> int:
    """Put the letters that wait into the lot, those that the gate lets through. Returns how many."""
    waiting = list(
        Message.objects.select_for_update(of=("self",))
        .filter(channel=Channel.PAPER, state__in=WAITING_STATES)
        .order_by("id")
    )
    free = open_gate(waiting) if waiting else []
    for message in free:
        start(message, POST)
    return len(free)


@needs(Write(Data.MESSAGE))
@transaction.atomic
def mark_posted(*, until: datetime, actor: Actor) -> int:
    """The letters of the lot taken out by `until` were posted: those that the person printed. Again changes nothing."""
    letters = _locked(until)
    for message in letters:
        mark_sent(message, "")
    return len(letters)


@needs(Write(Data.MESSAGE))
@transaction.atomic
def put_back(*, until: datetime, actor: Actor) -> int:
    """The letters of the lot taken out by `until` were not posted: they wait again."""
    letters = _locked(until)
    for message in letters:
        message.state, message.due_at = MessageState.CREATED, clock.now()
        message.save(update_fields=["state", "due_at"])
    return len(letters)


@needs(Write(Data.MESSAGE))
@transaction.atomic
def mark_returned(*, message: Message, actor: Actor) -> Message:
    """A posted letter came back. Again changes nothing."""
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if message.state == MessageState.RETURNED:
        return message
    if message.channel != Channel.PAPER or message.state != MessageState.SENT:
        raise Conflict("Seule une lettre postée peut revenir.", code="wrong_state")
    message.state, message.why = MessageState.RETURNED, RETURNED
    message.save(update_fields=["state", "why"])
    tell_author(message)
    refresh_tasks(duties.FAILED, ids=[message.pk], actor=actor)
    return message


def _locked(until: datetime) -> Sequence[Message]:
    return list(lot().filter(claimed_at__lte=until).select_for_update(of=("self",)).order_by("id"))
