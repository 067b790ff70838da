"""The messages of billing: what their texts are filled with, and how far those of a run are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from common import typography
from common.codes import with_codes
from common.periods import Month
from leases.contracts.queries import email_addresses
from office.house.queries import this_association
from office.messages.codes import FAILED_STATES, GONE_STATES, WAITING_STATES, Channel, MessageState
from office.messages.kinds import Sample
from office.messages.models import Message
from office.messages.queries import kind_of, text_in_use
from office.messages.rules.merge import names_in
from office.models import User
from rent_ledger.billing.codes import ABOUT_DEMAND, ABOUT_RECEIPT, BillingMessage, DemandState
from rent_ledger.billing.models import Receipt, RentDemand, RentRun
from rent_ledger.billing.services.papers import demand_data

SAMPLES = 3


def house_values() -> dict[str, str]:
    """The fields of the association (one query)."""
    house = this_association()
    return {
        "association": house.short_name if house else "",
        "telephone": typography.phone(house.phone) if house else "",
    }


def lacking(kind: str) -> str:
    """What of the association the e-mails of a kind need and nobody has filled in, as French names; "" where they may
    leave. Letters need none of it."""
    text, _ = text_in_use(kind, Channel.EMAIL)
    named = names_in(text.subject + text.body)
    empty = {name for name, value in house_values().items() if not value and name in named}
    return ", ".join(f"« {field.label} »" for field in kind_of(kind).fields if field.name in empty)


def demand_values(printed: Mapping[str, Any], house: Mapping[str, str]) -> dict[str, str]:
    """The fields of an avis, from what it prints (`Document.data`)."""
    return {
        "nom": printed["recipient"][0],
        **house,
        "mois": typography.month(Month.parse(printed["month"])),
        "somme": typography.euros(Decimal(printed["to_pay"])),
        "echeance": typography.long_date(date.fromisoformat(printed["due_on"])),
        "reference": printed["payment_reference"],
    }


def receipt_values(receipt: Receipt, printed: Mapping[str, Any], house: Mapping[str, str]) -> dict[str, str]:
    """The fields of a quittance or a reçu, from what it prints."""
    return {
        "nom": printed["recipient"][0],
        **house,
        "mois": typography.month(Month.parse(printed["month"])),
        "papier": receipt.get_kind_display(),
        "somme": typography.euros(receipt.amount),
    }


def some_demands() -> list[Sample]:
    """The latest avis, to see a text with."""
    demands = list(RentDemand.objects.filter(state=DemandState.ISSUED).order_by("-id")[:SAMPLES])
    house = house_values()
    values = [demand_values(printed, house) for printed in demand_data(demands).values()] if demands else []
    return [Sample(one["nom"], one) for one in values]


def some_receipts() -> list[Sample]:
    """The latest quittances and reçus, to see a text with."""
    receipts = (
        Receipt.objects.filter(document__isnull=False, cancelled_at=None)
        .select_related("document")
        .order_by("-id")[:SAMPLES]
    )
    house = house_values()
    values = [receipt_values(row, row.document.data, house) for row in receipts if row.document]
    return [Sample(one["nom"], one) for one in values]


# -- a run ------------------------------------------------------------------------------------------------------------


def to_send(run: RentRun) -> "QuerySet[RentDemand]":
    """Its avis that were not sent and that no message carries. One that was withdrawn is to send again."""
    carried = Message.objects.filter(about=ABOUT_DEMAND, about_id=OuterRef("pk")).exclude(state=MessageState.WITHDRAWN)
    unsent = RentDemand.objects.filter(run=run, state=DemandState.ISSUED, sent_at__isnull=True)
    return unsent.filter(~Exists(carried))


def marked_by_hand(run: RentRun) -> "QuerySet[RentDemand]":
    """Its avis that were said to have gone out by another way: no message carried them. One that was withdrawn did
    not, nor one that failed before it left (one that left and came back has its `sent_at`)."""
    never_left = Q(state=MessageState.WITHDRAWN) | Q(state__in=FAILED_STATES, sent_at__isnull=True)
    carried = Message.objects.filter(~never_left, about=ABOUT_DEMAND, about_id=OuterRef("pk"))
    sent = RentDemand.objects.filter(run=run, state=DemandState.ISSUED, sent_at__isnull=False)
    return sent.filter(~Exists(carried))


@dataclass(frozen=True, slots=True)
class SentMark:
    """A gesture of a person: avis noted as sent, or this taken back (`is_back`)."""

    at: datetime
    who: str
    count: int
    is_back: bool


def sent_marks(run: RentRun) -> list[SentMark]:
    """Who noted what, oldest first. One query, none where nobody did."""
    users = User.objects.in_bulk({mark["by"] for mark in run.sent_marks if mark["by"]}) if run.sent_marks else {}
    return [
        SentMark(
            datetime.fromisoformat(mark["at"]), str(users.get(mark["by"]) or "Ancrage"), mark["count"], mark["is_back"]
        )
        for mark in run.sent_marks
    ]


def leaving_of(run: RentRun) -> int:
    """How many of its avis are being sent: handed to a provider, or in the lot of letters."""
    demands = run.demands.filter(state=DemandState.ISSUED).values("pk")
    return Message.objects.filter(about=ABOUT_DEMAND, about_id__in=demands, state=MessageState.SENDING).count()


@dataclass(frozen=True, slots=True)
class Sending:
    """How far the avis of a run are. `to_send`, of which `by_email`: no message carries them yet. `letters`, `emails`:
    that wait. `leaving`: being sent, in the lot of letters as a rule. `failed`: did not arrive. `lacking`: what the
    e-mails need and nobody has filled in, so that they wait."""

    to_send: int
    by_email: int
    letters: int
    emails: int
    leaving: int
    failed: int
    lacking: str = ""

    @property
    def ready(self) -> int:
        """What leaves now."""
        return self.by_post if self.lacking else self.to_send

    @property
    def by_post(self) -> int:
        return self.to_send - self.by_email

    @property
    def waiting(self) -> int:
        return self.letters + self.emails


_STATES = with_codes(
    """
SELECT m.channel, m.state, count(*) FROM rent_ledger_rentdemand d
JOIN office_message m ON m.about = %(about)s AND m.about_id = d.id
WHERE d.run_id = %(run)s AND d.state = DemandState.ISSUED GROUP BY 1, 2
""",
    DemandState,
)


def sending_of(run: RentRun) -> Sending:
    """Four queries, and two more where e-mails are to leave."""
    leases = list(to_send(run).values_list("lease_id", flat=True))
    by_email = email_addresses(leases) if leases else {}
    with connection.cursor() as cursor:
        cursor.execute(_STATES, {"run": run.pk, "about": ABOUT_DEMAND})
        counts = cursor.fetchall()
    waiting = Counter[bool]()
    for channel, state, count in counts:
        waiting[channel == Channel.PAPER] += count if state in WAITING_STATES else 0
    count = sum(lease in by_email for lease in leases)
    return Sending(
        to_send=len(leases),
        by_email=count,
        lacking=lacking(BillingMessage.AVIS) if count else "",
        letters=waiting[True],
        emails=waiting[False],
        leaving=sum(count for _, state, count in counts if state == MessageState.SENDING),
        failed=sum(count for _, state, count in counts if state in FAILED_STATES),
    )


def ways_of(demands: Sequence[RentDemand]) -> dict[int, Message]:
    """The message that carries each avis, the latest one (one query)."""
    return _carrying(ABOUT_DEMAND, [d.pk for d in demands])


def receipts_sent(receipts: Sequence[Receipt]) -> list[tuple[Receipt, Message | None]]:
    """Each receipt with the message that carries it, if any (one query)."""
    carried = _carrying(ABOUT_RECEIPT, [row.pk for row in receipts])
    return [(row, carried.get(row.pk)) for row in receipts]


def _carrying(about: str, ids: Sequence[int]) -> dict[int, Message]:
    rows = Message.objects.filter(about=about, about_id__in=ids).exclude(state=MessageState.WITHDRAWN)
    return {row.about_id: row for row in rows.order_by("id")}


def sent_by(demands: Sequence[RentDemand]) -> dict[int, str]:
    """By which way each avis left, for those that did (one query)."""
    return {pk: row.channel for pk, row in ways_of(demands).items() if row.state in GONE_STATES}
