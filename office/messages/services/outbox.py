"""The outbox: writing what is to leave, withdrawing it, having it sent again, seeing to what did not arrive.

`write_messages` is called in the transaction of the decision: both are there, or neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.documents.models import Document
from office.jobs.wake import wake
from office.messages import duties
from office.messages.codes import FAILED_STATES, WAITING_STATES, Channel, MessageState
from office.messages.gate import ask_gates
from office.messages.models import Message
from office.messages.notices import FAILED
from office.messages.queries import kind_of
from office.messages.services.failures import waits_no_more
from office.messages.wording import Wording
from office.notices.services import over
from office.tasks.services.tasks import refresh_tasks

TOPIC = "messages"


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to write. `key` names the decision and the addressee. `values`: of all the fields of its kind."""

    key: str
    kind: str
    channel: Channel
    about_id: int
    household_id: int | None
    addressee: str
    address: str
    wording: Wording
    values: Mapping[str, str] = field(default_factory=dict)
    document: Document | None = None


@transaction.atomic
def write_messages(*, new: Sequence[NewMessage], actor: Actor) -> list[Message]:
    """Write messages in the outbox, in the order given; workers are woken on commit. The same key gives the message
    that exists; `Conflict` if that one went to somebody else, by another way, or was of another kind."""
    rows = [
        Message(
            key=one.key, kind=one.kind, channel=one.channel, about=kind_of(one.kind).about, about_id=one.about_id,
            household_id=one.household_id, addressee=one.addressee, address=one.address,
            text_version=one.wording.version, is_edited=one.wording.is_edited, subject=one.wording.subject,
            body=one.wording.body, values=dict(one.values), document=one.document, author_id=actor.user_id,
        )
        for one in new
    ]  # fmt: skip
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    found = {message.key: message for message in Message.objects.filter(key__in=[one.key for one in new])}
    for one in new:
        written = found[one.key]
        asked = (one.kind, one.about_id, one.channel, one.address)
        if (written.kind, written.about_id, written.channel, written.address) != asked:
            raise Conflict("Un autre message porte déjà cette clé.", code="key_reused")
    if rows:
        wake(TOPIC)
    return [found[one.key] for one in new]


def withdraw_all(*, about: str, ids: Sequence[int], why: str, kind: str = "") -> int:
    """What waits about these objects (of one kind, where it is named) will not leave: its cause is taken back, in the
    transaction of the caller. What did not arrive asks nothing of anybody any more. Returns how many are leaving now,
    which nothing stops."""
    asked = Message.objects.filter(kind=kind) if kind else Message.objects.all()
    rows = list(
        asked.select_for_update(of=("self",))
        .filter(about=about, about_id__in=ids, seen_at=None)
        .filter(state__in=WAITING_STATES | FAILED_STATES | {MessageState.SENDING})
        .order_by("id")
        .values_list("pk", "state")
    )
    waiting = [pk for pk, state in rows if state in WAITING_STATES]
    Message.objects.filter(pk__in=waiting).update(state=MessageState.WITHDRAWN, why=why[:300], held_until=None)
    failed = [pk for pk, state in rows if state in FAILED_STATES]
    if failed:
        Message.objects.filter(pk__in=failed).update(seen_at=clock.now())
        over(FAILED, about_ids=failed)
        refresh_tasks(duties.FAILED, ids=failed, actor=Actor.system())
    return len(rows) - len(waiting) - len(failed)


def _locked(message: Message) -> Message:
    return Message.objects.select_for_update(of=("self",)).get(pk=message.pk)


@needs(Write(Data.MESSAGE))
@transaction.atomic
def withdraw(*, message: Message, actor: Actor) -> Message:
    """It will not leave. `Conflict` if it has, or is leaving now. Withdrawing again changes nothing."""
    message = _locked(message)
    if message.state == MessageState.WITHDRAWN:
        return message
    if not message.is_waiting:
        raise Conflict("Ce message est parti, ou il est en train de partir : il ne se retire plus.", code="gone")
    message.state, message.why, message.held_until = (
        MessageState.WITHDRAWN,
        f"Retiré par {actor.user or 'Ancrage'}",
        None,
    )
    message.save(update_fields=["state", "why", "held_until"])
    waits_no_more(message)
    return message


@needs(Write(Data.MESSAGE))
@transaction.atomic
def send_again(*, message: Message, actor: Actor, address: str = "", by_post: bool = False) -> Message:
    """Have a message that did not arrive sent once more, to `address` if it is given, or as a letter (`by_post`) where
    it has a paper. A person decides this, so it is a new sending for the provider too. A letter that came back needs
    an address, its lines below the name. `Conflict` where the gate would take it back: who decides hears it now.

    Raises `InvalidInput` (`no_document`).
    """
    message = _locked(message)
    if not message.has_failed:
        raise Conflict("Ce message n’a pas échoué : il n’y a rien à renvoyer.", code="wrong_state")
    if by_post and message.document_id is None:
        raise InvalidInput("Ce message n’a pas de document à poster.", code="no_document")
    if message.state == MessageState.RETURNED:
        message.document, address = _readdressed(message, address, actor), ""
    if by_post:
        message.channel, message.address = Channel.PAPER, ""
    message.address = address.strip() or message.address
    message.state, message.due_at, message.why = MessageState.CREATED, clock.now(), ""
    message.attempts, message.claimed_at, message.in_doubt_since = 0, None, None
    message.tried_as += 1
    message.provider, message.provider_ref, message.sent_at, message.delivered_at = "", "", None, None
    message.seen_at, message.seen_by = None, None
    stop = ask_gates([message]).get(message.pk)
    if stop is not None and stop.is_final:
        raise Conflict(stop.why, code="stopped")
    message.save()
    over(FAILED, about_ids=[message.pk])
    refresh_tasks(duties.FAILED, ids=[message.pk], actor=actor)
    wake(TOPIC)
    return message


def _readdressed(message: Message, address: str, actor: Actor) -> Document:
    """The paper of a letter that came back, to where it goes now. The one that came back stays as it was posted."""
    lines = [line.strip() for line in address.splitlines() if line.strip()]
    if not lines:
        raise InvalidInput(
            "La lettre est revenue : donnez l’adresse où la renvoyer.", field="address", code="no_address"
        )
    old = message.document
    assert old is not None  # The database says so.
    return Document.objects.create(
        kind=old.kind, number=f"{old.number}-{message.tried_as + 1}", title=old.title,
        data={**old.data, "recipient": [*old.data["recipient"][:1], *lines]}, template_version=old.template_version,
        author=actor.user, made_at=old.made_at,
    )  # fmt: skip


@needs(Write(Data.MESSAGE))
@transaction.atomic
def mark_seen(*, message: Message, actor: Actor) -> Message:
    """Somebody has seen to a message that did not arrive: it is counted no more. Again changes nothing.

    Raises `Conflict` (`wrong_state`).
    """
    message = _locked(message)
    if not message.has_failed:
        raise Conflict("Ce message n’a pas échoué.", code="wrong_state")
    if message.seen_at is None:
        message.seen_at, message.seen_by_id = clock.now(), actor.user_id
        message.save(update_fields=["seen_at", "seen_by"])
        over(FAILED, about_ids=[message.pk])
        refresh_tasks(duties.FAILED, ids=[message.pk], actor=actor)
    return message
