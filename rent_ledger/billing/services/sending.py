"""Sending avis and quittances: one message each, by the way that the household chose, written in sets.

By e-mail where the tenant agreed to it (`leases.contracts.queries.email_addresses`), else a letter of the lot. Sent
twice or from two places, an avis is in one message: its key names the demand. Killed half-way: a chunk is one
transaction, and what it wrote is not written again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from common import clock, typography
from common.errors import Conflict, InvalidInput
from common.typography import counted
from leases.contracts.codes import WishKind
from leases.contracts.queries import email_addresses, wanting
from leases.models import Lease, PaperWish
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.documents.services import identity
from office.jobs.codes import JobState
from office.jobs.services import start_job
from office.messages.codes import Channel, MessageState
from office.messages.kinds import Text
from office.messages.models import Message
from office.messages.queries import text_in_use
from office.messages.services.outbox import NewMessage, withdraw_all, write_messages
from office.messages.wording import Wording, filled
from office.models import Document, Job
from rent_ledger.billing.codes import (
    ABOUT_DEMAND,
    ABOUT_RECEIPT,
    BillingMessage,
    DemandState,
    ReceiptKind,
    RunState,
)
from rent_ledger.billing.gates import CONSENT_GONE, NEVER_PAID, OWED_AGAIN
from rent_ledger.billing.models import Receipt, RentDemand, RentRun
from rent_ledger.billing.queries.messages import (
    demand_values,
    house_values,
    lacking,
    marked_by_hand,
    receipt_values,
    to_send,
)
from rent_ledger.billing.queries.terms import term_states
from rent_ledger.billing.rules.receipts import choose
from rent_ledger.billing.services.locks import locked_run
from rent_ledger.billing.services.papers import demand_documents

KIND_SEND = "rent_run_send"
CHUNK = 1000


@needs(Write(Data.RENT_RUN))
@transaction.atomic
def send_run(*, run: RentRun, actor: Actor) -> Job:
    """Have the avis of a finished run that no message carries leave, as one job: it writes the messages, and workers
    and the post send them. E-mails that lack something of ours stay to send, the letters leave. `Conflict` while it is
    made or undone, `InvalidInput` where nothing is left to send."""
    run = locked_run(run.pk)
    if run.state != RunState.DONE:
        raise Conflict("Ce quittancement n’est pas terminé, ou il est annulé : rien n’en part. Rechargez la page.")
    leases = dict(to_send(run).order_by("id").values_list("pk", "lease_id"))
    if not leases:
        raise InvalidInput("Tous les avis de ce quittancement sont partis ou en route.", code="nothing_to_send")
    missing = lacking(BillingMessage.AVIS)
    by_email = email_addresses(leases.values()) if missing else {}
    ids = [pk for pk, lease in leases.items() if lease not in by_email]
    if not ids:
        raise InvalidInput(f"Il manque {missing} pour les courriels : renseignez-le.", code="empty_field")
    identity()  # Refused now rather than in the job.
    jobs = Job.objects.filter(kind=KIND_SEND, payload__run=run.pk)
    going = jobs.filter(state=JobState.RUNNING).first()
    if going is not None:
        return going  # Sent twice: the first one writes them all.
    return start_job(
        kind=KIND_SEND,
        key=f"{KIND_SEND}:{run.pk}:{jobs.count() + 1}",
        title=f"Envoi des avis {typography.month(run.month, 'de')}",
        payload={"run": run.pk},
        chunks=[({"demands": ids[i : i + CHUNK]}, len(ids[i : i + CHUNK])) for i in range(0, len(ids), CHUNK)],
        actor=actor,
    )


@transaction.atomic
def write_avis(*, run_id: int, demand_ids: Sequence[int], actor: Actor) -> Counter[str]:
    """Write the messages of these demands of a run, those that still wait for one. Returns how many by each way. An
    e-mail that lacks something is not written: its avis stays to send."""
    run = locked_run(run_id)
    if run.state != RunState.DONE:
        return Counter()
    demands = list(to_send(run).filter(pk__in=demand_ids).select_related("lease").order_by("id"))
    documents = demand_documents(demands=demands, actor=actor)
    emails = email_addresses([d.lease_id for d in demands])
    house, text, missing = house_values(), text_in_use(BillingMessage.AVIS, Channel.EMAIL), lacking(BillingMessage.AVIS)
    keys = _keys("avis", ABOUT_DEMAND, [d.pk for d in demands])
    new = []
    for d in demands:
        paper, email = documents[d.pk], emails.get(d.lease_id, "")
        if email and missing:
            continue
        values = demand_values(paper.data, house)
        new.append(
            _carrying(
                paper, key=keys[d.pk], kind=BillingMessage.AVIS, about_id=d.pk, lease=d.lease, email=email, text=text,
                values=values,
            )
        )  # fmt: skip
    write_messages(new=new, actor=actor)
    return Counter(str(one.channel) for one in new)


def _keys(word: str, about: str, ids: Sequence[int]) -> dict[int, str]:
    """The key of the next message about each object: one that was withdrawn keeps its own."""
    rows = Message.objects.filter(about=about, about_id__in=ids, state=MessageState.WITHDRAWN)
    withdrawn = Counter(rows.values_list("about_id", flat=True))
    return {pk: f"{word}:{pk}" + (f":{withdrawn[pk] + 1}" if pk in withdrawn else "") for pk in ids}


def _carrying(
    paper: Document,
    *,
    key: str,
    kind: BillingMessage,
    about_id: int,
    lease: Lease,
    email: str,
    text: tuple[Text, int],
    values: Mapping[str, str],
) -> NewMessage:
    """The message that carries a paper: an e-mail with the text in use, or a letter, where the paper says all and the
    message only names it."""
    wording = filled(*text, values) if email else Wording(paper.title, paper.title, 0)
    return NewMessage(
        key=key, kind=kind, channel=Channel.EMAIL if email else Channel.PAPER, about_id=about_id,
        household_id=lease.household_id, addressee=str(paper.data["recipient"][0])[:200], address=email,
        wording=wording, values=values, document=paper,
    )  # fmt: skip


def mark_demands_sent(demand_ids: Sequence[int]) -> int:
    """Their messages have left: called by the outbox, in its transaction."""
    unsent = RentDemand.objects.filter(pk__in=demand_ids, state=DemandState.ISSUED, sent_at__isnull=True)
    return unsent.update(sent_at=clock.now())


def mark_demands_unsent(demand_ids: Sequence[int], *, since: datetime) -> int:
    """Their letters were not posted after all: those that had not left before, by another message, are to send."""
    return RentDemand.objects.filter(pk__in=demand_ids, sent_at__gte=since).update(sent_at=None)


@needs(Write(Data.RENT_RUN))
@transaction.atomic
def mark_sent(*, run: RentRun, actor: Actor) -> int:
    """The avis of the run that were not sent went out by another way (printed and handed over): from now on the run
    can't be undone. Their messages that wait are withdrawn; `Conflict` while one is leaving: it would go out twice."""
    run = locked_run(run.pk)  # One that is being undone is undone first, or not at all.
    unsent = RentDemand.objects.filter(run=run, state=DemandState.ISSUED, sent_at__isnull=True)
    withdraw_avis(
        demand_ids=list(unsent.values_list("pk", flat=True)), why=f"Remis autrement, noté par {actor.user or 'Ancrage'}"
    )
    count = unsent.update(sent_at=clock.now())
    if count:
        _note(run, count, actor, is_back=False)
    return count


@needs(Write(Data.RENT_RUN))
@transaction.atomic
def unmark_sent(*, run: RentRun, actor: Actor) -> int:
    """The avis that were said to have gone out by another way did not: they are to send again, and the run can be
    undone. Those that a message of the outbox carried are sent. `Conflict` where no other is, or while it is undone."""
    run = locked_run(run.pk)
    if run.state != RunState.DONE:
        raise Conflict("Ce quittancement n’est pas terminé, ou il est annulé. Rechargez la page.")
    count = marked_by_hand(run).update(sent_at=None)
    if not count:
        raise Conflict("Aucun avis n’est noté envoyé à la main : rien n’est à reprendre. Rechargez la page.")
    _note(run, count, actor, is_back=True)
    return count


def _note(run: RentRun, count: int, actor: Actor, *, is_back: bool) -> None:
    run.sent_marks.append({"at": clock.now().isoformat(), "by": actor.user_id, "count": count, "is_back": is_back})
    run.save(update_fields=["sent_marks"])


def withdraw_avis(*, demand_ids: Sequence[int], why: str) -> None:
    """Nothing of these demands leaves any more. `Conflict` while one is leaving. Call it in the transaction that
    cancels them or notes that they went out by another way, before it does."""
    leaving = withdraw_all(about=ABOUT_DEMAND, ids=demand_ids, why=why)
    if leaving:
        raise still_leaving(leaving)


def still_leaving(count: int) -> Conflict:
    return Conflict(
        f"{counted(count, 'avis est en train de partir,avis sont en train de partir')} : dites au courrier qu’ils sont "
        "postés, ou remettez-les en attente, puis recommencez.",
        code="run_stuck",
    )


# -- quittances -------------------------------------------------------------------------------------------------------


@needs(Write(Data.ACCOUNT_PAPERS))
@transaction.atomic
def send_receipt(*, receipt: Receipt, actor: Actor) -> Message:
    """Send a quittance or a reçu because the tenant asks for it. Asked again, it is the message that exists, unless
    that one was withdrawn. `Conflict` where it would be taken back before it leaves: it is cancelled, or a quittance of
    a term that is owed again."""
    receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    if receipt.cancelled_at is not None:
        raise Conflict(f"{NEVER_PAID} Établissez un reçu de ce qui a été reçu, s’il y a lieu.")
    if receipt.kind == ReceiptKind.FULL:
        demand = receipt.demand_id
        if choose(term_states([demand])[demand]).kind != ReceiptKind.FULL:
            raise Conflict(f"{OWED_AGAIN} Elle ne s’envoie pas ; son PDF reste à imprimer, si le ménage la demande.")
    carried = Message.objects.filter(about=ABOUT_RECEIPT, about_id=receipt.pk).exclude(state=MessageState.WITHDRAWN)
    return carried.first() or _write_receipts([receipt.pk], actor)[0]


@needs(Write(Data.ACCOUNT_PAPERS))
def send_wanted_receipts(*, actor: Actor) -> int:
    """Send each quittance whose tenant had asked for one each month by the day it was issued, and that no message has
    carried. One whose e-mail was taken back for want of consent is written again; an e-mail that lacks something of
    ours waits for another night. Returns how many were written."""
    since = {
        lease: taken_at.astimezone(clock.PARIS).date()
        for lease, taken_at in PaperWish.objects.filter(
            kind=WishKind.MONTHLY_RECEIPT, withdrawn_at=None
        ).values_list("lease_id", "taken_at")
    }  # fmt: skip
    asked = wanting(WishKind.MONTHLY_RECEIPT, since)
    if not asked:
        return 0
    carried = Message.objects.filter(about=ABOUT_RECEIPT, about_id=OuterRef("pk")).exclude(
        state=MessageState.WITHDRAWN, why__in=CONSENT_GONE
    )
    issued = (
        Receipt.objects.filter(
            ~Exists(carried), kind=ReceiptKind.FULL, demand__lease__in=asked, issued_on__gte=min(since.values()),
            document__isnull=False, cancelled_at=None,
        )
        .order_by("pk")
        .values_list("pk", "demand__lease_id", "issued_on")
    )  # fmt: skip
    waiting = email_addresses(asked) if lacking(BillingMessage.RECEIPT) else {}
    ids = [pk for pk, lease, day in issued if day >= since[lease] and lease not in waiting]
    return sum(len(_write_receipts(ids[i : i + CHUNK], actor)) for i in range(0, len(ids), CHUNK))


@transaction.atomic
def _write_receipts(ids: Sequence[int], actor: Actor) -> list[Message]:
    rows = list(Receipt.objects.filter(pk__in=ids).select_related("document", "demand__lease").order_by("pk"))
    emails = email_addresses({row.demand.lease_id for row in rows})
    house, text = house_values(), text_in_use(BillingMessage.RECEIPT, Channel.EMAIL)
    keys = _keys("receipt", ABOUT_RECEIPT, ids)
    new = []
    for row in rows:
        paper, email = row.document, emails.get(row.demand.lease_id, "")
        if paper is None:
            raise Conflict("Ce reçu n’a pas de document : il ne s’envoie pas.", code="no_document")
        values = receipt_values(row, paper.data, house)
        new.append(
            _carrying(
                paper, key=keys[row.pk], kind=BillingMessage.RECEIPT, about_id=row.pk, lease=row.demand.lease,
                email=email, text=text, values=values,
            )
        )  # fmt: skip
    return write_messages(new=new, actor=actor)
