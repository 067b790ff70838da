"""Decisions are told, once each: to the household by the way that it wishes, and to who is informed where it agreed.

By e-mail where the tenant agreed to it for the papers of the contract, else by a letter. The letters are printed and
posted from the page of the commission: who posts those of the house does not see them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from common import clock
from common.errors import Conflict
from common.typography import long_date, phone
from leases.contracts.queries import email_addresses
from leases.models import Lease
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.documents.services import HAND_DELIVERED, make_document, render_together
from office.house.queries import this_association
from office.messages.codes import FAILED_STATES, GONE_STATES, WAITING_STATES, Channel, MessageState
from office.messages.kinds import Sample
from office.messages.models import Message
from office.messages.providers.paper import NAME, hide_addresses
from office.messages.services.outbox import NewMessage, mark_seen, send_again, withdraw_all, write_messages
from office.messages.wording import Wording, worded
from office.messages.worker import open_gate, start_all, told
from office.models import Organisation
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.billing.services.papers import lease_facts
from social_link.commissions.codes import ABOUT_DECISION, Ask, CommissionMessage, Ruling
from social_link.commissions.duties import TELL
from social_link.commissions.models import Commission, CommissionItem
from social_link.commissions.rules.words import decision_words

LETTER, SAMPLES = "letter", 3
NOT_CLOSED = "Closez d’abord la commission : une décision qui peut encore changer ne s’envoie pas."


@dataclass(frozen=True, slots=True)
class Draft:
    """What leaves to one addressee: `to` in words, `lines` of the paper, empty by e-mail."""

    item: CommissionItem
    kind: CommissionMessage
    channel: Channel
    to: str
    address: str
    lines: tuple[str, ...]
    wording: Wording
    values: dict[str, str]


def drafts(commission: Commission) -> list[Draft]:
    """What is to be told of its decisions, in the order of the agenda. A constant number of queries."""
    rows = (
        commission.items.kept()
        .exclude(decision="")
        .select_related("household", "measure", "renewal", "referent", "informs", "commission")
    )
    items, today = list(rows), clock.today()
    leases = Lease.objects.filter(household__in=[item.household_id for item in items], period__contains=today)
    lease_of = {lease.household_id: lease.pk for lease in leases.order_by("pk")}
    emails = email_addresses(lease_of.values())
    facts = lease_facts(dict.fromkeys(lease_of.values(), today))
    house = this_association()
    values = {"association": house.short_name if house else "", "telephone": phone(house.phone) if house else ""}
    found = []
    for item in items:
        given = {**values, **_values(item)}
        lease = lease_of.get(item.household_id)
        email = emails.get(lease, "") if lease else ""
        lines = tuple(facts[lease].recipient) if lease else (item.household.name, HAND_DELIVERED)
        found.append(_draft(item, CommissionMessage.HOUSEHOLD, item.household.name, email, lines, given))
        if item.informs is not None and item.agreed_to_inform:
            found.append(_to_body(item, item.informs, given))
    return found


def _to_body(item: CommissionItem, body: Organisation, values: dict[str, str]) -> Draft:
    lines = (body.name, *(body.address.splitlines() or [HAND_DELIVERED]))
    return _draft(item, CommissionMessage.INFORMED, body.name, body.email, lines, values)


def _draft(
    item: CommissionItem, kind: CommissionMessage, to: str, email: str, lines: tuple[str, ...], values: dict[str, str]
) -> Draft:
    channel = Channel.EMAIL if email else Channel.PAPER
    return Draft(item, kind, channel, to, email, () if email else lines, worded(kind, channel, values), values)


def _values(item: CommissionItem) -> dict[str, str]:
    measure = item.measure
    kind = item.get_kind_display() or (measure.get_kind_display() if measure else "")
    until = item.renewal.last_day if item.renewal and item.decision == Ruling.RENEWED else None
    if measure is not None and item.decision == Ruling.NO and item.ask == Ask.RENEWAL:
        until = measure.planned_end
    said = decision_words(
        ask=Ask(item.ask), decision=Ruling(item.decision), kind=kind, months=item.granted, day=item.day,
        until=until, held_on=item.commission.held_on, conditions=item.condition_words,
    )  # fmt: skip
    return {
        "nom": item.household.name,
        "jour": long_date(item.commission.held_on),
        "decision": said,
        "referent": item.referent.get_full_name(),
    }


def key_of(commission: Commission, item_id: int, kind: str) -> str:
    """Of a closing: what is decided anew after the commission was opened again is told anew."""
    closed = commission.closed_at
    return f"{ABOUT_DECISION}:{item_id}:{kind}:{closed:%Y%m%d%H%M%S%f}" if closed else ""


def messages_of(commission: Commission) -> list[Message]:
    """What was written of its decisions since it was closed, in the order of writing."""
    if commission.closed_at is None:
        return []
    ids = commission.items.values_list("pk", flat=True)
    rows = Message.objects.filter(about=ABOUT_DECISION, about_id__in=list(ids), created_at__gte=commission.closed_at)
    return list(rows.exclude(state=MessageState.WITHDRAWN).select_related("document").order_by("pk"))


@needs(Write(Data.COMMISSION))
@transaction.atomic
def tell_decisions(*, commission: Commission, actor: Actor) -> int:
    """Write to all that are to be told. Returns how many. Again writes nothing. `Conflict` until it is closed."""
    row = Commission.objects.select_for_update(of=("self",)).get(pk=commission.pk)
    if row.closed_at is None:
        raise Conflict(NOT_CLOSED, code="wrong_state")
    new = [_new(row, draft, actor) for draft in drafts(row)]
    write_messages(new=new, actor=actor)
    refresh_tasks(TELL, ids=[row.pk], actor=actor)
    return len(new)


def _new(row: Commission, draft: Draft, actor: Actor) -> NewMessage:
    key = key_of(row, draft.item.pk, draft.kind)
    document = None
    if draft.channel == Channel.PAPER:
        document = make_document(
            kind=LETTER,
            number=f"COM-{draft.item.pk}-{draft.kind.name[0]}-{row.closed_at:%y%m%d%H%M%S}",
            title=draft.wording.subject,
            data={
                "recipient": list(draft.lines),
                "paragraphs": [part for part in draft.wording.body.split("\n\n") if part.strip()],
            },
            actor=actor,
        )
    return NewMessage(
        key=key, kind=draft.kind, channel=draft.channel, about_id=draft.item.pk,
        household_id=draft.item.household_id, addressee=draft.to, address=draft.address, wording=draft.wording,
        values=draft.values, document=document,
    )  # fmt: skip


@needs(Write(Data.COMMISSION))
@transaction.atomic
def print_letters(*, commission: Commission, actor: Actor) -> bytes:
    """One PDF of the letters that are not posted, those that the gate lets through. Again prints the same.

    `InvalidInput` where there is none.
    """
    Commission.objects.select_for_update(of=("self",)).get(pk=commission.pk)
    letters = _letters(commission, WAITING_STATES)
    free = open_gate(letters) if letters else []
    start_all(free, NAME)
    ready = _letters(commission, {MessageState.SENDING})
    hide_addresses([letter for letter in ready if letter.kind == CommissionMessage.HOUSEHOLD])
    return render_together([one.document for one in ready if one.document], title="Décisions de commission")


def _letters(commission: Commission, states: frozenset[MessageState] | set[MessageState]) -> list[Message]:
    ids = list(commission.items.values_list("pk", flat=True))
    rows = Message.objects.filter(about=ABOUT_DECISION, about_id__in=ids, channel=Channel.PAPER, state__in=states)
    return list(rows.select_related("document").select_for_update(of=("self",)).order_by("pk"))


@needs(Write(Data.COMMISSION))
@transaction.atomic
def post_letters(*, commission: Commission, actor: Actor) -> int:
    """The letters that were printed are posted, or handed over. Returns how many; again none."""
    row = Commission.objects.select_for_update(of=("self",)).get(pk=commission.pk)
    letters = _letters(row, {MessageState.SENDING})
    Message.objects.filter(pk__in=[letter.pk for letter in letters]).update(
        state=MessageState.SENT, sent_at=clock.now(), why="", provider_ref=""
    )
    told(letters)
    return len(letters)


@needs(Write(Data.COMMISSION))
@transaction.atomic
def settle_failure(*, commission: Commission, message_id: int, again: bool, actor: Actor) -> None:
    """Of one that did not arrive: it leaves once more as it was (`again`), or somebody saw to it otherwise. `Conflict`
    where it has not failed."""
    row = Commission.objects.select_for_update(of=("self",)).get(pk=commission.pk)
    ids = list(row.items.values_list("pk", flat=True))
    message = Message.objects.filter(about=ABOUT_DECISION, about_id__in=ids, pk=message_id).first()
    if message is None:
        raise Conflict("Cet envoi n’est pas de cette commission.", code="wrong_state")
    # The outbox is written by who writes messages; these, by who holds the commission.
    if again:
        send_again(message=message, actor=Actor.system())
    else:
        mark_seen(message=message, actor=Actor.system())
    refresh_tasks(TELL, ids=[row.pk], actor=actor)


def withdraw_letters(row: Commission) -> None:
    """Nothing of it waits to leave any more, in the transaction of the caller, which holds the commission. `Conflict`
    where something has left, or is leaving."""
    ids = list(row.items.values_list("pk", flat=True))
    rows = Message.objects.filter(about=ABOUT_DECISION, about_id__in=ids, created_at__gte=row.closed_at)
    if rows.filter(state__in=GONE_STATES | FAILED_STATES).exists() or withdraw_all(
        about=ABOUT_DECISION, ids=ids, why="La commission est rouverte"
    ):
        raise Conflict("Une décision est déjà partie : cette commission ne se rouvre plus.", code="gone")


def some_letters() -> list[Sample]:
    """The latest decisions, to see a text with."""
    last = Commission.objects.filter(closed_at__isnull=False).order_by("-held_on", "-pk").first()
    made: Sequence[Draft] = drafts(last)[:SAMPLES] if last else []
    return [Sample(draft.to, draft.values) for draft in made]
