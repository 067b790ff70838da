"""The courteous message that a decision sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from common import clock
from common.errors import InvalidInput
from office.access.actor import Actor
from office.documents.services import make_document
from office.messages.codes import Channel
from office.messages.models import Message
from office.messages.services.outbox import NewMessage, write_messages
from office.messages.wording import edited
from office.models import Document
from rent_ledger.arrears.codes import ArrearsMessage
from rent_ledger.arrears.models import CaseDecision
from rent_ledger.arrears.queries.courtesy import Draft, drafts
from rent_ledger.billing.services.papers import HAND_DELIVERED, lease_facts

LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a person made of the message of one case: by which way, with which words."""

    channel: str
    subject: str
    body: str


def key_of(decision: CaseDecision) -> str:
    """The key of the message that a decision sends."""
    return f"courtesy:{decision.pk}"


def send_courtesy(*, decisions: Sequence[CaseDecision], letters: Mapping[int, Letter], actor: Actor) -> list[Message]:
    """Write the message of each decision in the outbox, in the transaction of the caller. `letters`: by case id, where
    a person chose or edited; the others leave with the text in use, by the usual way."""
    if not decisions:
        return []
    found = drafts([decision.case for decision in decisions], actor=actor)
    return write_messages(
        new=[_new(decision, found[decision.case_id], letters.get(decision.case_id), actor) for decision in decisions],
        actor=actor,
    )


def _new(decision: CaseDecision, draft: Draft, letter: Letter | None, actor: Actor) -> NewMessage:
    channel = draft.channel
    if letter is not None:
        if letter.channel not in draft.addresses:
            raise InvalidInput("On ne peut pas écrire à ce ménage par cette voie.", field="channel")
        channel = Channel(letter.channel)
    wording = draft.wording(channel)
    if letter is not None:
        wording = edited(wording, channel=channel, subject=letter.subject, body=letter.body)
    document = None
    if channel == Channel.PAPER:
        document = _paper(decision, draft, wording.subject, wording.body, actor)
    return NewMessage(
        key=key_of(decision),
        kind=ArrearsMessage.COURTESY,
        channel=channel,
        about_id=decision.case_id,
        household_id=draft.case.account.household_id,
        addressee=draft.name,
        address=draft.addresses[channel],
        wording=wording,
        values=draft.values,
        document=document,
    )


def _paper(decision: CaseDecision, draft: Draft, subject: str, body: str, actor: Actor) -> Document:
    lease = draft.case.account.lease_id
    facts = lease_facts({lease: clock.today()})[lease] if lease else None
    return make_document(
        kind=LETTER,
        number=f"COUR-{decision.pk}",
        title=subject,
        data={
            # Without a contract no address is known to be right: the letter is handed over.
            "recipient": facts.recipient if facts else [draft.name, HAND_DELIVERED],
            "paragraphs": [paragraph for paragraph in body.split("\n\n") if paragraph.strip()],
        },
        actor=actor,
    )
