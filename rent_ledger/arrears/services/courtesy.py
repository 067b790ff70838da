"""What a decision sends: the courteous message, the call, the written steps, the letter to who has left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common import clock
from common.errors import InvalidInput
from common.money import ZERO
from office.access.actor import Actor
from office.documents.services import HAND_DELIVERED, make_document
from office.messages.codes import Channel
from office.messages.models import Message
from office.messages.services.outbox import NewMessage, withdraw_all, write_messages
from office.messages.wording import edited
from office.models import Document
from rent_ledger.arrears.codes import ABOUT_CASE, ArrearsMessage
from rent_ledger.arrears.models import ArrearsCase, CaseDecision
from rent_ledger.arrears.queries.courtesy import SENT_BY, Draft, cases_of_who_left, drafts
from rent_ledger.arrears.queries.owed_terms import owed_terms
from rent_ledger.billing.services.papers import amount, lease_facts
from rent_ledger.books.codes import Action

LETTER = "letter"
FORMAL_NOTICE = "formal_notice"
DECIDED_AGAIN = "Ce message a été décidé de nouveau."
CALL_REPLACED = "Une nouvelle décision a pris la place de cet appel."
NO_ADDRESS = "Ce ménage est parti et n’a pas de courriel : décidez-le seul, en donnant sa nouvelle adresse."


@dataclass(frozen=True, slots=True)
class Letter:
    """What a person made of the message of one case: by which way, with which words; the lines of a new address."""

    channel: str
    subject: str
    body: str
    address: str = ""


def key_of(decision: CaseDecision) -> str:
    """The key of the message that a decision sends."""
    kind = SENT_BY.get(Action(decision.action)) if decision.action else None
    return f"{(kind or decision.action).lower()}:{decision.pk}"  # As `queries.lanes` reads it.


def without_address(cases: Mapping[int, str], letters: Mapping[int, Letter], *, actor: Actor) -> set[int]:
    """Of `cases` (id, action), those whose message would be a letter to a home that is no longer theirs: one query
    where nobody has left."""
    sending = [pk for pk, action in cases.items() if action in SENT_BY]
    left = cases_of_who_left(sending) if sending else set()
    found = set()
    for action, kind in SENT_BY.items():
        asked = ArrearsCase.objects.filter(pk__in=[pk for pk in left if cases[pk] == action])
        for draft in drafts(asked, actor=actor, kind=kind).values() if left else ():
            letter = letters.get(draft.case.pk)
            way = letter.channel if letter else draft.channel
            if draft.needs_address(way) and not (letter and letter.address.strip()):
                found.add(draft.case.pk)
    return found


def send_decided(*, decisions: Sequence[CaseDecision], letters: Mapping[int, Letter], actor: Actor) -> list[Message]:
    """Write the message of each decision that sends one, in the transaction of the caller. `letters`: by case id, where
    a person chose or edited; the others leave with the text in use, by the usual way. A call that was not made yet
    gives way to a new decision, whatever it sends; a report to the CAF is none about the household."""
    again = [one.case_id for one in decisions if one.action and one.action != Action.REPORT_PAYER]
    if again:
        withdraw_all(about=ABOUT_CASE, ids=again, why=CALL_REPLACED, kind=ArrearsMessage.CALL)
    new = []
    for action, kind in SENT_BY.items():
        chosen = [decision for decision in decisions if decision.action == action]
        found = drafts([decision.case for decision in chosen], actor=actor, kind=kind) if chosen else {}
        if chosen:
            # What waits from an earlier decision gives way: a household hears each thing once.
            withdraw_all(about=ABOUT_CASE, ids=list(found), why=DECIDED_AGAIN, kind=kind)
        new += [_new(one, found[one.case_id], letters.get(one.case_id), actor) for one in chosen]
    return write_messages(new=new, actor=actor) if new else []


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
        typed = [line.strip() for line in letter.address.splitlines() if line.strip()] if letter else []
        document = _paper(decision, draft, wording.subject, wording.body, typed, actor)
    return NewMessage(
        key=key_of(decision),
        kind=draft.kind,
        channel=channel,
        about_id=decision.case_id,
        household_id=draft.case.account.household_id,
        addressee=draft.name,
        address=draft.addresses[channel],
        wording=wording,
        values=draft.values,
        document=document,
    )


def _paper(
    decision: CaseDecision, draft: Draft, subject: str, body: str, typed: Sequence[str], actor: Actor
) -> Document:
    lease = draft.case.account.lease_id
    facts = None
    if draft.has_left:
        if not typed:
            raise InvalidInput(NO_ADDRESS, field="address")
        recipient = [draft.name, *typed]
    else:
        facts = lease_facts({lease: clock.today()})[lease] if lease else None
        # Without a contract no address is known to be right: the letter is handed over.
        recipient = facts.recipient if facts else [draft.name, HAND_DELIVERED]
    number = f"COUR-{decision.pk}"
    if draft.kind == ArrearsMessage.FORMAL_NOTICE:
        data = _notice(draft, body) | {
            "recipient": recipient,
            "payment_reference": draft.values["reference"],
            "bank": dict(facts.bank) if facts else {},
        }
        return make_document(kind=FORMAL_NOTICE, number=number, title=subject, data=data, actor=actor)
    return make_document(
        kind=LETTER,
        number=number,
        title=subject,
        data={
            "recipient": recipient,
            "paragraphs": _paragraphs(body),
        },
        actor=actor,
    )


def _paragraphs(body: str) -> list[str]:
    return [paragraph for paragraph in body.split("\n\n") if paragraph.strip()]


def _notice(draft: Draft, body: str) -> dict[str, Any]:
    """The words of a formal notice, with its debt as a table in their place; as they were typed where a person changed
    the lines of the debt."""
    detail = draft.values["detail"]
    before, found, after = body.partition(detail)
    terms = owed_terms([draft.case.account_id], day=clock.today())[draft.case.account_id] if found else []
    return {
        "before": _paragraphs(before),
        "after": _paragraphs(after),
        "terms": [{"label": t.label, "on": t.due_on.isoformat(), "amount": amount(t.left)} for t in terms],
        "total": amount(sum((t.left for t in terms), ZERO)),
    }
