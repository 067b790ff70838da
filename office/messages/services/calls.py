"""What a call gave, and which calls wait for something else."""

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.text import has_controls
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.messages import duties
from office.messages.codes import WAITING_STATES, CallOutcome, Channel, MessageState
from office.messages.models import Message
from office.messages.notices import FAILED
from office.messages.parameters import hour_params
from office.messages.providers.call import NAME
from office.messages.rules.hours import following_opening
from office.messages.services.failures import come_back, waits_no_more
from office.messages.worker import open_gate, start_all, told, told_again
from office.notices.services import over
from office.tasks.services.tasks import refresh_tasks

NO_ANSWER = "Personne n’a répondu."
WRONG_NUMBER = "Ce n’est pas le bon numéro."
MAX_NOTE = 120


@needs(Write(Data.MESSAGE))
@transaction.atomic
def record_call(*, message: Message, outcome: str, actor: Actor, note: str = "") -> Message:
    """Somebody called: the household was reached, nobody answered (it is on the sheet again on the next working day),
    or the number is wrong (a failure, which comes back to who decided). `note`: a word about it. `Conflict` if another
    person has noted it.

    Raises `InvalidInput` (`outcome`, `note`).
    """
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if outcome not in CallOutcome.values:
        raise InvalidInput("Dites ce que l’appel a donné.", field="outcome")
    note = note.strip()
    if len(note) > MAX_NOTE or has_controls(note):
        raise InvalidInput(f"Un mot tient en {MAX_NOTE} caractères, sur une ligne.", field="note")
    if not message.is_call or not message.is_waiting:
        raise Conflict("Cet appel n’est plus à passer : quelqu’un l’a noté. Rechargez la page.", code="wrong_state")
    start_all([message], NAME)
    message.refresh_from_db()
    now = clock.now()
    if outcome == CallOutcome.REACHED:
        _moved(message, MessageState.SENT, sent_at=now)
        _moved(message, MessageState.DELIVERED, delivered_at=now, why=note)
        told([message])
    elif outcome == CallOutcome.NO_ANSWER:
        local = now.astimezone(clock.PARIS)
        _moved(
            message,
            MessageState.TEMPORARY_FAILURE,
            why=f"{NO_ANSWER} {note}".strip(),
            due_at=following_opening(local, hour_params(local.date())),
        )
    else:
        _moved(message, MessageState.PERMANENT_FAILURE, why=f"{WRONG_NUMBER} {note}".strip())
        come_back(message, actor=actor)
        waits_no_more(message)
    return message


@needs(Write(Data.MESSAGE))
@transaction.atomic
def take_back_call(*, message: Message, actor: Actor) -> Message:
    """What was noted of a call is a mistake: it is to make, as before. `Conflict` once something else followed. Again
    changes nothing."""
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if message.is_call and message.state == MessageState.CREATED:
        return message
    if not message.is_noted_call:
        raise Conflict("Rien n’est noté de cet appel, ou quelqu’un y a répondu. Rechargez la page.", code="wrong_state")
    if Message.objects.filter(about=message.about, about_id=message.about_id, pk__gt=message.pk).exists():
        raise Conflict("Un autre message a été décidé depuis : celui-ci reste comme il est noté.", code="wrong_state")
    noted_at, had_failed = message.claimed_at or clock.now(), message.has_failed
    attempts = message.attempts - 1
    _moved(
        message, MessageState.CREATED, why=NO_ANSWER if attempts else "", attempts=attempts, due_at=clock.now(),
        sent_at=None, delivered_at=None,
    )  # fmt: skip
    if had_failed:
        over(FAILED, about_ids=[message.pk])
        refresh_tasks(duties.FAILED, ids=[message.pk], actor=actor)
    told_again([message], noted_at)
    return message


def _moved(message: Message, state: MessageState, **facts: object) -> None:
    message.state = state
    for name, value in facts.items():
        setattr(message, name, value)
    message.save(update_fields=["state", *facts])


@transaction.atomic
def review_calls() -> int:
    """Ask the gate for all calls that wait: those that are held or withdrawn say so, those whose hold has ended are to
    make again. Returns how many may be made."""
    waiting = list(
        Message.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(channel=Channel.CALL, state__in=WAITING_STATES)
        .order_by("id")
    )
    free = open_gate(waiting) if waiting else []
    released = [message.pk for message in free if message.state == MessageState.HELD]
    Message.objects.filter(pk__in=released).update(state=MessageState.CREATED, why="", held_until=None)
    return len(free)
