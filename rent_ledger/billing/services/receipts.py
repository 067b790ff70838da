"""Quittances and reçus: chosen by the rule from what is allocated, numbered, never changed, never taken back.

A quittance that was true stays: where a debit is returned later, the term's page shows both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from common import clock, typography
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from common.periods import Month
from office.actor import Actor
from office.documents import identity, new_document
from office.enums import Role
from office.models import Document
from office.permissions import require
from rent_ledger.enums import DemandKind, DemandState, ReceiptKind
from rent_ledger.models import Receipt, RentDemand
from rent_ledger.rules.receipts import FULL, NONE, Ruling, TermState, choose
from rent_ledger.selectors.explain_demand import rebuild
from rent_ledger.selectors.terms import settled_without_quittance, term_state, term_states
from rent_ledger.services import papers
from rent_ledger.services.numbers import draw_numbers

SERIES = {ReceiptKind.FULL: "QUIT", ReceiptKind.PARTIAL: "RECU"}
TEMPLATE = {ReceiptKind.FULL: papers.FULL, ReceiptKind.PARTIAL: papers.PARTIAL}
BATCH = 500


@dataclass(frozen=True, slots=True)
class ReceiptStatus:
    """What a term may get today, and what it got. `is_undone`: a quittance was given, something is left again."""

    state: TermState
    ruling: Ruling
    receipts: tuple[Receipt, ...]

    @property
    def full(self) -> Receipt | None:
        return next((r for r in self.receipts if r.kind == ReceiptKind.FULL), None)

    @property
    def is_undone(self) -> bool:
        return self.full is not None and self.ruling.kind != FULL

    @property
    def current(self) -> Receipt | None:
        """The paper that already says what is true today."""
        if self.full is not None:
            return self.full
        same = (r for r in self.receipts if r.amount == self.state.received)
        return next(same, None) if self.ruling.kind not in (FULL, NONE) else None

    @property
    def can_issue(self) -> bool:
        return self.ruling.kind != NONE and self.current is None


def receipt_status(demand: RentDemand) -> ReceiptStatus:
    """Two queries. A cancelled demand gets nothing."""
    receipts = tuple(demand.receipts.select_related("document").order_by("-id"))
    state = term_state(demand)
    ruling = choose(state)
    if demand.state == DemandState.CANCELLED:
        ruling = Ruling(NONE, "l’avis est annulé")
    return ReceiptStatus(state, ruling, receipts)


@transaction.atomic
def issue_receipt(*, demand: RentDemand, actor: Actor) -> Receipt:
    """The quittance of a settled term, else a reçu for what was received so far. Twice: the same paper.

    `Conflict` for a cancelled demand, `InvalidInput` where nothing was received.
    """
    require(actor, Role.RENTAL_MANAGER)
    if RentDemand.objects.get(pk=demand.pk).state == DemandState.CANCELLED:
        raise Conflict("Cet avis est annulé : il ne donne ni quittance ni reçu.")
    _lock([demand.account_id])
    status = receipt_status(demand)
    if status.current is not None:
        return status.current
    if status.ruling.kind == NONE:
        raise InvalidInput(
            "Rien n’est encore reçu pour ce terme : il n’y a pas de reçu à établir.", code="nothing_paid"
        )
    kind = ReceiptKind.FULL if status.ruling.kind == FULL else ReceiptKind.PARTIAL
    return _issue([demand], {demand.pk: status.state}, kind, actor)[0]


def issue_due_receipts(*, day: date, actor: Actor) -> int:
    """The day's quittances: every term due by `day`, fully settled, without its quittance. Returns how many."""
    ids = settled_without_quittance(day=day)
    issued = 0
    for start in range(0, len(ids), BATCH):
        issued += _issue_settled(ids[start : start + BATCH], actor)
    return issued


@transaction.atomic
def _issue_settled(ids: Sequence[int], actor: Actor) -> int:
    accounts = RentDemand.objects.filter(pk__in=ids).values_list("account_id", flat=True)
    _lock(sorted(set(accounts)))
    # Under the locks nobody pays, cancels or receipts these accounts: what is read now stays true to the commit.
    with_quittance = Receipt.objects.filter(demand_id__in=ids, kind=ReceiptKind.FULL).values("demand_id")
    demands = RentDemand.objects.filter(pk__in=ids, state=DemandState.ISSUED).exclude(pk__in=with_quittance)
    states = term_states([d.pk for d in demands])
    settled = [d for d in demands.order_by("id") if choose(states[d.pk]).kind == FULL]
    return len(_issue(settled, states, ReceiptKind.FULL, actor)) if settled else 0


def _lock(account_ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM rent_ledger_account WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(account_ids)]
        )


def _issue(
    demands: Sequence[RentDemand], states: dict[int, TermState], kind: ReceiptKind, actor: Actor
) -> list[Receipt]:
    first = draw_numbers(SERIES[kind], len(demands))
    house, today = identity(), clock.today()
    ids = [d.pk for d in demands]
    leases, rebuilt, older = (
        papers.lease_facts({d.lease_id for d in demands}),
        rebuild(demands),
        papers.older_debts(ids),
    )
    documents, receipts = [], []
    for number, demand in enumerate(demands, start=first):
        state = states[demand.pk]
        documents.append(
            new_document(
                kind=TEMPLATE[kind],
                number=f"{SERIES[kind]}-{number:06d}",
                title=_title(demand, kind, leases[demand.lease_id].word),
                data=papers.receipt_data(
                    demand,
                    leases[demand.lease_id],
                    rebuilt.get(demand.pk),
                    tenant_paid=state.tenant_paid,
                    aid_paid=state.aid_paid,
                    tenant_left=state.tenant_left,
                    aid_left=state.aid_left,
                    before=older.get(demand.pk, ZERO),
                ),
                actor=actor,
                house=house,
            )
        )
        receipts.append(Receipt(kind=kind, demand=demand, number=number, amount=state.received, issued_on=today))
    for receipt, document in zip(receipts, Document.objects.bulk_create(documents), strict=True):
        receipt.document = document
    return Receipt.objects.bulk_create(receipts)


def _title(demand: RentDemand, kind: ReceiptKind, word: str) -> str:
    of_month = typography.month(Month.of(demand.month), "de")
    if demand.kind == DemandKind.INDEMNITY:
        return f"Reçu d’indemnité d’occupation {of_month}"
    return f"Quittance de {word} {of_month}" if kind == ReceiptKind.FULL else f"Reçu {of_month}"
