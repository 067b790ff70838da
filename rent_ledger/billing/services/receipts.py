"""Quittances and reçus: the rule chooses one from what is allocated. Numbered, never changed.

A quittance stays valid if a direct debit is returned later: the page of the term then shows both. One of a demand that
is corrected is cancelled with it: the demand that replaces it has its own. So is what was issued on a payment that was
typed or placed wrong (`cancel_receipts`): it proves money that this household never gave.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from common import clock, typography
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from common.periods import Month
from common.reasons import Reason
from leases.contracts.codes import DemandKind
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.documents.services import identity, new_document
from office.messages.services.outbox import withdraw_all
from office.models import Document
from rent_ledger.billing.codes import ABOUT_RECEIPT, DemandState, ReceiptKind, ReceiptWhy
from rent_ledger.billing.models import Receipt, RentDemand
from rent_ledger.billing.queries.explain_demand import lines_of, rebuild
from rent_ledger.billing.queries.terms import settled_without_quittance, term_state, term_states
from rent_ledger.billing.rules.receipts import Ruling, TermState, choose
from rent_ledger.billing.services import papers
from rent_ledger.books.services.numbers import draw_numbers

SERIES = {ReceiptKind.FULL: "QUIT", ReceiptKind.PARTIAL: "RECU"}
TEMPLATE = {ReceiptKind.FULL: papers.FULL, ReceiptKind.PARTIAL: papers.PARTIAL}
BATCH = 500
_RESTING = """
SELECT DISTINCT r.id FROM rent_ledger_posting c JOIN rent_ledger_entry e ON e.id = c.entry_id
JOIN rent_ledger_allocation a ON a.credit_posting_id = c.id
JOIN rent_ledger_posting p ON p.id = a.debit_posting_id
JOIN rent_ledger_rentdemand d ON d.account_id = p.debit_id
    AND (d.entry_id = p.entry_id OR d.month = p.for_month)
JOIN rent_ledger_receipt r ON r.demand_id = d.id JOIN office_document t ON t.id = r.document_id
WHERE c.entry_id = ANY(%s::bigint[]) AND r.cancelled_at IS NULL AND t.made_at >= e.recorded_at
"""


@dataclass(frozen=True, slots=True)
class ReceiptStatus:
    """What may be issued today for a term, and what was issued. `is_undone`: it has a quittance but is owed again."""

    state: TermState
    ruling: Ruling
    receipts: tuple[Receipt, ...]

    @property
    def full(self) -> Receipt | None:
        return next((r for r in self.standing if r.kind == ReceiptKind.FULL), None)

    @property
    def standing(self) -> tuple[Receipt, ...]:
        return tuple(r for r in self.receipts if r.cancelled_at is None)

    @property
    def is_undone(self) -> bool:
        return self.full is not None and self.ruling.kind != ReceiptKind.FULL

    @property
    def current(self) -> Receipt | None:
        """The receipt already issued that still describes the term as it is today, if any."""
        if self.full is not None:
            return self.full
        same = (r for r in self.standing if r.amount == self.state.received)
        return next(same, None) if self.ruling.kind == ReceiptKind.PARTIAL else None

    @property
    def can_issue(self) -> bool:
        return self.ruling.kind is not None and self.current is None


def receipt_status(demand: RentDemand) -> ReceiptStatus:
    """The status of a demand's term. Two queries. Nothing may be issued for a cancelled demand."""
    receipts = tuple(demand.receipts.select_related("document").order_by("-id"))
    state = term_state(demand)
    ruling = choose(state)
    if demand.state == DemandState.CANCELLED:
        ruling = Ruling(None, Reason(ReceiptWhy.CANCELLED))
    return ReceiptStatus(state, ruling, receipts)


@needs(Write(Data.ACCOUNT_PAPERS))
@transaction.atomic
def issue_receipt(*, demand: RentDemand, actor: Actor) -> Receipt:
    """Issue the quittance of a settled term, else a reçu for what was received so far. A second call returns the first.

    `Conflict` for a cancelled demand, `InvalidInput` if nothing was received or nothing was asked.
    """
    if RentDemand.objects.get(pk=demand.pk).state == DemandState.CANCELLED:
        raise Conflict("Cet avis est annulé : il ne donne ni quittance ni reçu.")
    _lock([demand.account_id])
    status = receipt_status(demand)
    if status.current is not None:
        return status.current
    if status.ruling.kind is None:
        why = status.ruling.reason.text()
        raise InvalidInput(f"Il n’y a pas de reçu à établir : {why}.", code="nothing_paid")
    return _issue([demand], {demand.pk: status.state}, status.ruling.kind, actor)[0]


@needs(Write(Data.ACCOUNT_PAPERS))
def issue_due_receipts(*, day: date, actor: Actor) -> int:
    """Issue a quittance for every settled term due by `day` that has none. Returns how many were issued."""
    ids = settled_without_quittance(day=day)
    issued = 0
    for start in range(0, len(ids), BATCH):
        issued += _issue_settled(ids[start : start + BATCH], actor)
    return issued


@transaction.atomic
def _issue_settled(ids: Sequence[int], actor: Actor) -> int:
    accounts = RentDemand.objects.filter(pk__in=ids).values_list("account_id", flat=True)
    _lock(sorted(set(accounts)))
    # With these accounts locked, nobody can pay, cancel or issue a receipt on them before we commit.
    quittances = Receipt.objects.filter(demand_id__in=ids, kind=ReceiptKind.FULL, cancelled_at=None)
    with_quittance = quittances.values("demand_id")
    demands = RentDemand.objects.filter(pk__in=ids, state=DemandState.ISSUED).exclude(pk__in=with_quittance)
    states = term_states([d.pk for d in demands])
    settled = [d for d in demands.order_by("id") if choose(states[d.pk]).kind == ReceiptKind.FULL]
    return len(_issue(settled, states, ReceiptKind.FULL, actor)) if settled else 0


def receipts_on(entry_ids: Collection[int]) -> list[int]:
    """Ids of the receipts that stand and count the money of these entries, which are not reversed yet: issued for a
    term that it pays, after it was recorded (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(_RESTING, [sorted(entry_ids)])
        return [row[0] for row in cursor.fetchall()]


def cancel_receipts(*, receipt_ids: Collection[int], why: str) -> int:
    """The money that these receipts count was never given. Those that say more than their term has received, now that
    it is reversed, are cancelled: their copies say ANNULÉ, and what waits to leave does not. Returns how many.

    Call it in the transaction that reverses the money, after it. A return by the bank takes none back.
    """
    receipts = list(Receipt.objects.filter(pk__in=receipt_ids, cancelled_at=None))
    states = term_states([r.demand_id for r in receipts]) if receipts else {}
    false = [r.pk for r in receipts if not _still_true(r, states[r.demand_id])]
    if not false:
        return 0
    # The message before its receipt, as the worker that sends it. What is leaving is told on the page of the term.
    withdraw_all(about=ABOUT_RECEIPT, ids=false, why=why)
    now = clock.now()
    Document.objects.filter(receipt__in=false).update(cancelled_at=now)
    return Receipt.objects.filter(pk__in=false).update(cancelled_at=now)


def _still_true(receipt: Receipt, state: TermState) -> bool:
    if receipt.kind == ReceiptKind.FULL:
        return choose(state).kind == ReceiptKind.FULL
    return bool(state.received >= receipt.amount)


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
        papers.lease_facts(papers.days_of(demands)),
        rebuild(demands),
        papers.older_debts(ids),
    )
    stored = lines_of(ids)
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
                    stored[demand.pk],
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
