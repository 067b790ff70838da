"""Letters: taken out as one lot, printed, posted; or put back. All in sets: a lot may be ten thousand avis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from common import clock
from common.errors import Conflict
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.messages.codes import WAITING_STATES, Channel, MessageState
from office.messages.models import Message
from office.messages.providers.paper import NAME, layout, lot, sorted_lot
from office.messages.services.failures import come_back
from office.messages.worker import open_gate, start_all, told, told_again

RETURNED = "La lettre est revenue."


@needs(Write(Data.MESSAGE))
@transaction.atomic
def take_out(*, actor: Actor) -> int:
    """Put the letters that wait into the lot, those that the gate lets through. Returns how many."""
    waiting = list(
        Message.objects.common()
        .select_for_update(of=("self",))
        .filter(channel=Channel.PAPER, state__in=WAITING_STATES)
        .order_by("id")
    )
    free = open_gate(waiting) if waiting else []
    start_all(free, NAME)
    return len(free)


@needs(Write(Data.MESSAGE))
@transaction.atomic
def print_lot(*, until: datetime, actor: Actor) -> list[Message]:
    """The letters of the lot taken out by `until`, sorted, to print now. The gate is asked again: what was held or
    withdrawn since it was taken out leaves the lot, and is on no paper."""
    letters = _locked(until)
    _back(letters)
    free = {message.pk for message in open_gate(letters)}
    # The others keep the moment at which they were taken out, by which the lot is named.
    Message.objects.filter(pk__in=free).update(state=MessageState.SENDING)
    return sorted_lot(until)


@dataclass(frozen=True, slots=True)
class Posted:
    """How many letters were said to be posted, and when: by that moment it is taken back."""

    count: int
    at: datetime


@needs(Write(Data.MESSAGE))
@transaction.atomic
def mark_posted(*, until: datetime, actor: Actor, pile: str = "") -> Posted:
    """The letters of the lot taken out by `until` were posted, those that the person printed: all, or those of one
    pile. Again changes nothing."""
    letters = [letter for letter in _locked(until) if not pile or layout(letter) == pile]
    now = clock.now()
    Message.objects.filter(pk__in=[letter.pk for letter in letters]).update(
        state=MessageState.SENT, sent_at=now, why="", provider_ref=""
    )
    told(letters)
    return Posted(len(letters), now)


def posted_at(moment: datetime) -> "QuerySet[Message]":
    """The letters that were said to be posted at that moment."""
    return Message.objects.filter(channel=Channel.PAPER, sent_at=moment)


@needs(Write(Data.MESSAGE))
@transaction.atomic
def take_back_posted(*, moment: datetime, actor: Actor) -> int:
    """The letters that were said to be posted at that moment were not: they are in the lot as before. `Conflict` once
    one of them has come back. Again changes nothing."""
    letters = list(posted_at(moment).select_for_update(of=("self",)).order_by("id"))
    if any(letter.state != MessageState.SENT for letter in letters):
        raise Conflict("Une de ces lettres est revenue : elles ont été postées.", code="wrong_state")
    Message.objects.filter(pk__in=[letter.pk for letter in letters]).update(state=MessageState.SENDING, sent_at=None)
    told_again(letters, moment)
    return len(letters)


@needs(Write(Data.MESSAGE))
@transaction.atomic
def put_back(*, until: datetime, actor: Actor) -> int:
    """The letters of the lot taken out by `until` were not posted: they wait again."""
    letters = _locked(until)
    _back(letters)
    return len(letters)


@needs(Write(Data.MESSAGE))
@transaction.atomic
def mark_returned(*, message: Message, actor: Actor) -> Message:
    """A posted letter came back. Again changes nothing.

    Raises `Conflict` (`wrong_state`).
    """
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if message.state == MessageState.RETURNED:
        return message
    if message.channel != Channel.PAPER or message.state != MessageState.SENT:
        raise Conflict("Seule une lettre postée peut revenir.", code="wrong_state")
    message.state, message.why = MessageState.RETURNED, RETURNED
    message.save(update_fields=["state", "why"])
    come_back(message, actor=actor)
    return message


def _locked(until: datetime) -> list[Message]:
    rows = lot().filter(claimed_at__lte=until).select_related("document")
    return list(rows.select_for_update(of=("self",)).order_by("id"))


def _back(letters: Sequence[Message]) -> None:
    """They wait, as before they were taken out."""
    Message.objects.filter(pk__in=[letter.pk for letter in letters]).update(
        state=MessageState.CREATED, due_at=clock.now()
    )
    for letter in letters:
        letter.state = MessageState.CREATED
