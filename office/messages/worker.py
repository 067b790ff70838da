"""Sends what is due, once. The state is in PostgreSQL; a wake-up or the minute's tick only starts this.

The gate is asked for a batch at once; those that it lets through are sent one by one. A message is marked as being
sent in a transaction of its own, just before it is handed over, and as sent in a second one that holds its row: of two
workers one begins it, and the others of the batch wait as before, however slow the provider is. A worker that dies
between the two leaves one row that is being sent and that nobody holds. Whether it left is in doubt:

- while the provider knows its key, it waits like the others: the gates are asked again, and under the same key it
  leaves once only;
- elsewhere nobody can know, so it is a technical failure, and who decided it reads that.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from common import clock
from office.messages.codes import BY_WORKER, WAITING_STATES, MessageState
from office.messages.gate import Stop, ask_gates
from office.messages.kinds import MessageKind, declared
from office.messages.models import Message
from office.messages.providers import provider_of
from office.messages.providers.base import AlreadyTaken, ProviderError, TryLater, Unknown
from office.messages.rules.retries import next_delay
from office.messages.services.failures import come_back
from office.messages.services.reports import apply_reports

logger = logging.getLogger(__name__)

BATCH = 200
"""Messages for which the gate is asked at once. They leave on its answer."""
LOOK_AGAIN = timedelta(minutes=5)
"""A held message is looked at this often: a hold may be lifted before its day."""
ABANDONED_AFTER = timedelta(minutes=2)
"""Longer than any provider takes between the two transactions of a message."""
REPEATS = 5
"""A message whose sending was cut is handed over again this often."""
WENT_WRONG = "Une erreur inattendue a empêché l’envoi ; le détail est dans le journal du serveur."
CUT = "L’envoi a été interrompu. Le fournisseur ne dit pas, ou ne dit plus, s’il est parti : demandez au ménage."
TAKEN_BEFORE = "Pris à un essai interrompu : le fournisseur ne dira pas s’il est remis."


def due() -> "QuerySet[Message]":
    """What waits and leaves by itself, and whose time has come."""
    return Message.objects.filter(state__in=WAITING_STATES, channel__in=BY_WORKER, due_at__lte=clock.now())


def abandoned() -> "QuerySet[Message]":
    """What a worker that died was sending. (A row that is still held is skipped by who locks it.)"""
    return Message.objects.filter(
        state=MessageState.SENDING, channel__in=BY_WORKER, claimed_at__lte=clock.now() - ABANDONED_AFTER
    )


def look_again(now: datetime) -> int:
    """After a clock that was ahead: what it put off to a time to come is looked at now, and what it was sending is
    abandoned in its turn. Gates and retries give each its time anew. Returns how many were looked at too late."""
    Message.objects.filter(state=MessageState.SENDING, claimed_at__gt=now).update(claimed_at=now)
    return Message.objects.filter(state__in=WAITING_STATES, channel__in=BY_WORKER, due_at__gt=now).update(due_at=now)


def has_work() -> bool:
    return due().exists() or abandoned().exists()


def deliver() -> int:
    """Send all that is due. Returns how many left. Never raises for what a provider or a gate does."""
    apply_reports()
    _take_back()
    left = 0
    while free := _free():
        left += sum(_hand_over(pk) for pk in free if _begin(pk))
    return left


# -- the gate ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def _free() -> list[int]:
    """Ask the gate for a batch; the ids of what may leave. Goes on until a batch has one, or nothing is due."""
    while True:
        batch = list(due().select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "id")[:BATCH])
        if not batch:
            return []
        free = open_gate(batch)
        if free:
            return [message.pk for message in free]


def open_gate(batch: list[Message]) -> list[Message]:
    """Those of the locked `batch` that may leave now. The others are held, or withdrawn, with their reason.

    Where a gate fails, each half is asked alone, so that only the message on which it fails waits.
    """
    try:
        with transaction.atomic():
            stops = ask_gates(batch)
    except Exception:
        if len(batch) > 1:
            half = len(batch) // 2
            return open_gate(batch[:half]) + open_gate(batch[half:])
        logger.exception("message %s: the gate failed, so it does not leave", batch[0].uuid)
        Message.objects.filter(pk=batch[0].pk).update(due_at=clock.now() + LOOK_AGAIN)
        return []
    stopped = [_stopped(message, stops[message.pk]) for message in batch if message.pk in stops]
    Message.objects.bulk_update(stopped, ["state", "why", "held_until", "due_at"], batch_size=1000)
    return [message for message in batch if message.pk not in stops]


def _stopped(message: Message, stop: Stop) -> Message:
    message.state = MessageState.WITHDRAWN if stop.is_final else MessageState.HELD
    message.why, message.held_until = stop.why[:300], None if stop.is_final else stop.until
    message.due_at = stop.again_at or clock.now() + LOOK_AGAIN
    return message


# -- what is in doubt -------------------------------------------------------------------------------------------------


@transaction.atomic
def _take_back() -> None:
    """What a worker that died was sending waits again, or fails."""
    for message in abandoned().select_for_update(skip_locked=True, of=("self",)).order_by("id"):
        _doubted(message)


def _doubted(message: Message, said: str = "") -> None:
    """Nobody knows whether a message that was being sent has left. `said`: what is known of it."""
    begun = message.claimed_at or clock.now()
    message.in_doubt_since = message.in_doubt_since or begun
    if not _is_known(message):
        _failed(message, MessageState.TECHNICAL_FAILURE, said or CUT)
        return
    message.state, message.why, message.due_at = MessageState.CREATED, said, begun + ABANDONED_AFTER
    message.save(update_fields=["state", "why", "due_at", "in_doubt_since"])


def _is_known(message: Message) -> bool:
    """Whether its provider still knows the key of one that may have left, so that it leaves once only."""
    provider = provider_of(message.channel)
    if message.in_doubt_since is None or provider.key_life is None or message.provider != provider.name:
        return False
    return message.attempts <= REPEATS and clock.now() - message.in_doubt_since < provider.key_life


# -- the first transaction of a message -------------------------------------------------------------------------------


@transaction.atomic
def _begin(pk: int) -> bool:
    """Mark one message as being sent, unless another worker has begun it or somebody has withdrawn it."""
    message = due().select_for_update(of=("self",)).filter(pk=pk).first()
    if message is None:
        return False
    start_all([message], provider_of(message.channel).name)
    if message.in_doubt_since is not None and not _is_known(message):
        _failed(message, MessageState.TECHNICAL_FAILURE, CUT)
        return False
    return True


def start_all(messages: Sequence[Message], provider: str) -> None:
    """Mark locked messages that wait as being sent by `provider`. The flow leads from a hold over "to send"."""
    held = [message.pk for message in messages if message.state == MessageState.HELD]
    Message.objects.filter(pk__in=held).update(state=MessageState.CREATED)
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(
        state=MessageState.SENDING,
        claimed_at=clock.now(),
        provider=provider,
        attempts=F("attempts") + 1,
        why="",
        held_until=None,
    )


# -- the second one: the provider -------------------------------------------------------------------------------------


def _hand_over(pk: int) -> bool:
    """Give one message to its provider. Whether it left."""
    with transaction.atomic():
        message = Message.objects.select_for_update(of=("self",)).filter(pk=pk, state=MessageState.SENDING).first()
        if message is None:
            return False  # Another worker took it for abandoned.
        try:
            with transaction.atomic():
                reference = provider_of(message.channel).send(message)
        except ProviderError as error:
            return _refused(message, error)
        except Exception:
            logger.exception("message %s: the provider %s failed", message.uuid, message.provider)
            _failed(message, MessageState.TECHNICAL_FAILURE, WENT_WRONG)
            return False
        mark_sent(message, reference)
        return True


def _refused(message: Message, error: ProviderError) -> bool:
    said = str(error)[:300]
    if isinstance(error, AlreadyTaken):
        # Its answer names no reference, and a report names nothing else: none will find this message.
        mark_sent(message, "", why=TAKEN_BEFORE)
        return True
    if isinstance(error, Unknown):
        _doubted(message, said)
        return False
    delay = next_delay(message.attempts) if isinstance(error, TryLater) else None
    if delay is None:
        _failed(message, MessageState.PERMANENT_FAILURE, said)
        return False
    message.state, message.why, message.due_at = MessageState.TEMPORARY_FAILURE, said, clock.now() + delay
    message.save(update_fields=["state", "why", "due_at"])
    return False


def _failed(message: Message, state: MessageState, why: str) -> None:
    message.state, message.why = state, why
    message.save(update_fields=["state", "why", "in_doubt_since"])
    come_back(message)


def mark_sent(message: Message, reference: str, *, why: str = "") -> None:
    """A locked message that was being sent has left. What its provider has reported already is applied."""
    message.state, message.sent_at, message.why = MessageState.SENT, clock.now(), why
    message.provider_ref, message.in_doubt_since = reference[:120], None
    message.save(update_fields=["state", "sent_at", "why", "provider_ref", "in_doubt_since"])
    told([message])
    if message.provider_ref:
        apply_reports(provider=message.provider, reference=message.provider_ref)


def told(messages: Sequence[Message]) -> None:
    """Whoever decided messages of a kind hears that these have left."""
    for kind, ids in _by_kind(messages):
        if kind.left is not None:
            kind.left(ids)


def told_again(messages: Sequence[Message], noted_at: datetime) -> None:
    """Whoever decided messages of a kind hears that what was noted of these at that moment is taken back."""
    for kind, ids in _by_kind(messages):
        if kind.waits_again is not None:
            kind.waits_again(ids, noted_at)


def _by_kind(messages: Sequence[Message]) -> Iterator[tuple[MessageKind, list[int]]]:
    about: dict[str, list[int]] = {}
    for message in messages:
        about.setdefault(message.kind, []).append(message.about_id)
    return ((declared()[kind], ids) for kind, ids in about.items() if kind in declared())
