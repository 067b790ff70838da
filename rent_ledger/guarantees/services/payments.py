"""What a guarantor paid of a claim: entered, with the money of the bank where it is known; undone."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from common.typography import euros
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.services.cases import refresh_cases
from rent_ledger.bank.models import BankLine
from rent_ledger.bank.services.inbox import place_line, undo_match
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.services.entries import NewEntry, NewPosting
from rent_ledger.books.services.given_up import lessened_by
from rent_ledger.books.services.posting import post, reverse
from rent_ledger.guarantees.codes import Answer
from rent_ledger.guarantees.duties import CALL
from rent_ledger.guarantees.models import GuaranteeClaim, GuarantorPayment
from rent_ledger.guarantees.queries.calls import payable
from rent_ledger.guarantees.services.claims import WITHDRAWN, locked_claim
from rent_ledger.write_offs.rules.write_offs import taken

REFUSED = "Le garant a refusé cet appel : changez d’abord sa réponse."
TOO_MUCH = (
    "Il reste {left} à payer de cet appel et des dettes qu’il nomme : notez cette somme au plus. Ce qui vient en trop "
    "se rend au garant."
)
OTHER_LINE = (
    "Un paiement de ce jour et de ce montant est noté avec une autre ligne de banque. Si le garant a payé deux fois, "
    "donnez à celui-ci sa référence."
)
OTHER_AMOUNT = "La ligne de banque est de {amount} : notez ce montant, ou choisissez une autre ligne."


@needs(Write(Data.ARREARS))
@transaction.atomic
def note_payment(
    *,
    claim: GuaranteeClaim,
    amount: Decimal,
    paid_on: date,
    actor: Actor,
    reference: str = "",
    bank_line: BankLine | None = None,
) -> GuarantorPayment:
    """The guarantor paid `amount` (euros): the debts that the claim names are owed to him by so much, no more to the
    association. With `bank_line`, the money that waited there is placed by it. The same again is the first; one
    that was noted before the bank knew it takes the line.

    `InvalidInput` [amount, paid_on, bank_line]; `Conflict` where the claim is withdrawn or refused.
    """
    if bank_line is not None:
        # The line before the account, as who places it at the bank.
        bank_line = BankLine.objects.select_for_update(of=("self",)).get(pk=bank_line.pk)
    row = locked_claim(claim)
    reference = " ".join(reference.split())[:70]
    if bank_line is not None:
        paid_on = bank_line.booking_day
    same = row.payments.filter(paid_on=paid_on, amount=amount, reference=reference, undone_at=None).first()
    if same is not None:
        return same if bank_line is None else _at_the_bank(same, bank_line, actor)
    if row.withdrawn_at is not None:
        raise Conflict(WITHDRAWN, code="withdrawn")
    if row.answer == Answer.REFUSED:
        raise Conflict(REFUSED, code="refused")
    if not row.asked_on <= paid_on <= clock.today():
        raise InvalidInput(
            f"Le paiement est entre la demande, le {row.asked_on:%d/%m/%Y}, et aujourd’hui.", field="paid_on"
        )
    items = list(row.items.select_related("posting").order_by("id"))
    open_ = payable(row, items)
    left = min(row.left, sum(open_, ZERO))
    shares = taken(amount, open_) if ZERO < amount <= left else None
    if shares is None:
        raise InvalidInput(TOO_MUCH.format(left=euros(left)), field="amount")
    if bank_line is not None:
        if bank_line.amount != amount:
            raise InvalidInput(OTHER_AMOUNT.format(amount=euros(bank_line.amount)), field="bank_line")
        _place(bank_line, actor)
    [entry] = post(
        entries=[
            NewEntry(
                kind=EntryKind.GUARANTOR,
                key=f"guarantor_payment:{row.pk}:{row.payments.count() + 1}",
                effective_on=paid_on,
                label="Payé par le garant",
                postings=tuple(
                    NewPosting(
                        General.GUARANTORS, row.account_id, share, i.posting.nature, paid_on, i.posting.for_month
                    )
                    for i, share in zip(items, shares, strict=True)
                    if share
                ),
                designate=tuple(i.posting_id for i in items),
            )
        ],
        actor=actor,
    )
    made = GuarantorPayment.objects.create(
        claim=row, amount=amount, paid_on=paid_on, reference=reference, entry_id=entry.id, bank_line=bank_line,
        author_id=actor.user_id,
    )  # fmt: skip
    _refresh(row, actor)
    return made


@needs(Write(Data.ARREARS))
@transaction.atomic
def undo_payment(*, payment: GuarantorPayment, actor: Actor) -> GuarantorPayment:
    """It came back, or was noted by mistake: its debts are owed to the association again, from their own due days, and
    the money of the bank waits for a name. Undone already: as it is."""
    if payment.bank_line_id is not None:
        BankLine.objects.select_for_update(of=("self",)).get(pk=payment.bank_line_id)
    claim = locked_claim(payment.claim)
    row = GuarantorPayment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
    if row.undone_at is not None:
        return row
    reverse(entry_ids=[row.entry_id, *lessened_by([row.entry_id])], actor=actor)
    row.undone_by_id, row.undone_at = actor.user_id, clock.now()
    row.save(update_fields=["undone_by", "undone_at"])
    # Somebody may have taken the line back at the bank already.
    if row.bank_line is not None and _is_placed(row.bank_line):
        undo_match(line_id=row.bank_line.pk, actor=actor)
    _refresh(claim, actor)
    return row


def _at_the_bank(paid: GuarantorPayment, line: BankLine, actor: Actor) -> GuarantorPayment:
    """What is noted already is the money of this line: it is placed, unless it is."""
    if paid.bank_line_id not in (None, line.pk):
        raise InvalidInput(OTHER_LINE, field="reference")
    if paid.bank_line_id is None or not _is_placed(line):
        _place(line, actor)
        paid.bank_line = line
        paid.save(update_fields=["bank_line"])
    return paid


def _place(line: BankLine, actor: Actor) -> None:
    place_line(line_id=line.pk, shares=[(General.GUARANTORS, line.amount)], actor=actor)


def _is_placed(line: BankLine) -> bool:
    return line.matches.filter(account=General.GUARANTORS, is_accepted=True, undone_at=None).exists()


def _refresh(claim: GuaranteeClaim, actor: Actor) -> None:
    refresh_cases(list(ArrearsCase.objects.filter(account=claim.account_id, closed_on=None)), actor)
    refresh_tasks(CALL, ids=[claim.guarantee_id], actor=actor)
