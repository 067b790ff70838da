"""The papers of a household: what is still owed first, each avis before its quittance."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Subquery

from common.links import link
from desk.queries.household import HouseholdHead
from leases.contracts.codes import DemandKind
from rent_ledger.billing.codes import DemandState, ReceiptKind
from rent_ledger.billing.services.papers import asked_on_paper
from rent_ledger.books.codes import HoldKind
from rent_ledger.models import DebtHold, OpenItem, Receipt, RentDemand

PAPERS = 12
_HELD = {HoldKind.PLAN: "dans un plan", HoldKind.FREEZE: "gelé (surendettement)", HoldKind.DISPUTE: "contesté"}


@dataclass(frozen=True, slots=True)
class Paper:
    """An avis, a quittance or a reçu: always by its own name (an indemnity is named so)."""

    kind: str
    label: str
    month: date
    amount: Decimal
    day: date
    note: str
    url: str = ""
    state: str = ""
    """What is still owed of it: `à payer`, or what holds it."""
    billed: Decimal | None = None
    """What it bills, where its paper asks another sum: other debts due the same day, an advance."""


def papers_of(head: HouseholdHead, *, with_files: bool = True) -> list[Paper]:
    """What is still owed first, then the latest months, each avis before its quittance (three queries). `with_files`:
    link the files of the receipts."""
    ids = [view.account.pk for view in head.accounts]
    open_items = OpenItem.objects.filter(
        account=OuterRef("account"), posting__entry=OuterRef("entry"), is_debit=True, remaining__gt=0
    )
    held = DebtHold.objects.filter(posting=OuterRef("posting"), period__contains=head.day)
    demands = (
        RentDemand.objects.filter(account__in=ids, state=DemandState.ISSUED)
        .annotate(
            is_open=Exists(open_items),
            is_to_pay=Exists(open_items.exclude(Exists(held))),
            held_by=Subquery(open_items.values(kind=Subquery(held.values("kind")[:1]))[:1]),
        )
        .only("kind", "month", "net", "issued_at", "number", "due_on")
        .order_by("-is_open", "-month", "-id")
    )
    receipts = (
        Receipt.objects.filter(demand__account__in=ids, cancelled_at=None)
        .select_related("demand")
        .only("kind", "amount", "issued_on", "number", "demand__month")
        .order_by("-demand__month", "-id")
    )
    shown = list(demands[:PAPERS])
    asked = asked_on_paper(shown)
    found = [
        Paper(
            kind="demand",
            label="Indemnité d’occupation" if d.kind == DemandKind.INDEMNITY else "Avis d’échéance",
            month=d.month,
            amount=asked[d.pk].to_pay,
            billed=d.net if asked[d.pk].is_more else None,
            day=d.issued_at.date(),
            note=d.reference,
            url=link("rent_ledger:demand", d.pk),
            state="à payer" if d.is_to_pay else _HELD[HoldKind(d.held_by)] if d.held_by else "",
        )
        for d in shown
    ]
    found += [
        Paper(
            kind="receipt",
            label="Quittance" if r.kind == ReceiptKind.FULL else "Reçu",
            month=r.demand.month,
            amount=r.amount,
            day=r.issued_on,
            note=f"n° {r.number}",
            url=link("rent_ledger:receipt_pdf", r.pk) if with_files else "",
        )
        for r in receipts[:PAPERS]
    ]
    found.sort(key=lambda p: (bool(p.state), p.month, p.kind == "demand", p.day), reverse=True)
    return found[:PAPERS]
