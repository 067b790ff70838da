"""Money taken at the desk: posted at once, with a numbered receipt. A double click makes one payment only."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from common import clock
from common.copy import draw_ids
from common.errors import Conflict, InvalidInput
from common.money import CENT, MOST, ZERO, is_amount
from common.reasons import Reason
from common.typography import euros
from leases.contracts.natures import Nature
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.confirmations.services import NO_ANSWERS, Answered, Answers, ask, keep
from rent_ledger.billing.services.receipts import cancel_receipts, receipts_on
from rent_ledger.books.codes import DEBT_KINDS, EntryKind, General, PaymentMethod
from rent_ledger.books.models import Account, AccountState, Entry
from rent_ledger.books.queries.standing import standing
from rent_ledger.books.services.numbers import draw_numbers
from rent_ledger.books.services.posting import NewEntry, NewPosting, post, reverse
from rent_ledger.payments.codes import ABOUT_PAYMENT, PaymentQuestion
from rent_ledger.payments.models import Payment
from rent_ledger.payments.parameters import cash_most
from rent_ledger.payments.queries import cancellation_of
from rent_ledger.payments.services.payment_receipts import say_cancelled

FIRST_DAY = date(2000, 1, 1)
"""Before it no payment is typed: a slip, where the year lacks a digit."""
DESK_ACCOUNT = {
    PaymentMethod.CASH: General.CASH,
    PaymentMethod.CHEQUE: General.CHEQUES,
    PaymentMethod.CARD: General.CARDS,
}


@needs(Write(Data.PAYMENT))
def take_payment(
    *,
    account: Account,
    method: str,
    amount: Decimal,
    received_on: date,
    payer: str = "",
    note: str = "",
    request_key: UUID,
    actor: Actor,
    answers: Answers = NO_ANSWERS,
) -> Payment:
    """Post money received on `received_on` (not in the future; past months too) and allocate it to the account's debts.

    A second call with the same `request_key` returns the first payment, or raises `Conflict` if its content differs.
    More than the account owes, what is to come included, much cash, or a day before the contract, is asked about
    (`PaymentQuestion`); the reasons of `answers` are kept with the payment.
    """
    _check(account, method, amount, received_on)
    content = (account.pk, method, amount, received_on, payer.strip()[:120], note.strip()[:140])
    first = _same(request_key, content)
    if first is not None:
        return first
    answered = ask(_questions(account, method, amount, received_on), answers)
    try:
        with transaction.atomic():
            return _take(account, PaymentMethod(method), amount, received_on, payer, note, request_key, actor, answered)
    except IntegrityError as error:
        if "request_key" not in str(error):
            raise
        first = _same(request_key, content)
        if first is None:
            raise
        return first


def _take(
    account: Account,
    method: PaymentMethod,
    amount: Decimal,
    received_on: date,
    payer: str,
    note: str,
    request_key: UUID,
    actor: Actor,
    answered: list[Answered],
) -> Payment:
    [pk] = draw_ids(Payment, 1)
    number = draw_numbers("payment", 1)
    [entry] = post(
        entries=[
            NewEntry(
                kind=EntryKind.PAYMENT,
                key=f"payment:{pk}",
                effective_on=received_on,
                label=f"{method.label}, reçu n° {number}",
                postings=(NewPosting(DESK_ACCOUNT[method], account.pk, amount, Nature.PAYMENT, received_on),),
            )
        ],
        actor=actor,
    )
    made = Payment.objects.create(
        pk=pk, account=account, method=method, amount=amount, received_on=received_on, payer=payer.strip()[:120],
        note=note.strip()[:140], request_key=request_key, entry_id=entry.id, number=number, author=actor.user,
    )  # fmt: skip
    keep(answered, about=ABOUT_PAYMENT, about_id=pk, actor=actor)
    return made


@needs(Write(Data.PAYMENT))
@transaction.atomic
def cancel_payment(*, payment_id: int, actor: Actor) -> Entry:
    """Reverse a payment typed by mistake: its debts are open again, its number is not reused, and the quittances and
    reçus that rest on it are cancelled.

    `Conflict` if it is reversed already.

    Raises `InvalidInput`.
    """
    payment = Payment.objects.select_for_update().filter(pk=payment_id).first()
    if payment is None:
        raise InvalidInput("Cet encaissement n’existe pas.")
    stands = standing([payment.entry_id]).get(payment.entry_id, payment.entry_id)
    resting = receipts_on([payment.entry_id])
    [undone] = reverse(entry_ids=[stands], actor=actor, label=f"Encaissement annulé, reçu n° {payment.number}")
    cancel_receipts(receipt_ids=resting, why=f"L’encaissement n° {payment.number} qu’il atteste a été annulé.")
    say_cancelled(payment)
    return Entry.objects.get(pk=undone.id)


def _check(account: Account, method: str, amount: Decimal, received_on: date) -> None:
    if account.kind not in DEBT_KINDS:
        raise InvalidInput("Ce compte n’est pas celui d’un ménage.", field="account")
    if method not in PaymentMethod.values:
        raise InvalidInput("Choisissez espèces, chèque ou carte.", field="method")
    if not is_amount(amount, least=CENT):
        raise InvalidInput(
            f"Écrivez un montant supérieur à zéro, par exemple 120,00, et d’au plus {euros(MOST)}.", field="amount"
        )
    if received_on > clock.today():
        raise InvalidInput("Un encaissement ne peut pas être daté dans le futur.", field="received_on")
    if received_on < FIRST_DAY:
        raise InvalidInput("Vérifiez l’année de cet encaissement.", field="received_on")


def _questions(account: Account, method: str, amount: Decimal, received_on: date) -> list[Reason]:
    state = AccountState.objects.filter(account=account).first()
    owed = max(state.total, ZERO) if state else ZERO
    asked = []
    if amount > owed:
        asked.append(Reason(PaymentQuestion.ABOVE_DUE, {"owed": owed, "ahead": amount - owed}))
    if method == PaymentMethod.CASH and amount > (most := cash_most(clock.today())):
        asked.append(Reason(PaymentQuestion.MUCH_CASH, {"most": most}))
    if account.lease is not None and received_on < (begins := account.lease.period.lower):
        asked.append(Reason(PaymentQuestion.BEFORE_CONTRACT, {"begins": begins}))
    return asked


def _same(request_key: UUID, content: tuple[object, ...]) -> Payment | None:
    first = Payment.objects.filter(request_key=request_key).first()
    if first is None:
        return None
    if (first.account_id, first.method, first.amount, first.received_on, first.payer, first.note) != content:
        raise Conflict("Ce formulaire a déjà servi à un autre encaissement. Rechargez la page.", code="key_reused")
    if cancellation_of(first) is not None:
        raise Conflict("Cet encaissement a été annulé. Rechargez la page pour en saisir un autre.", code="wrong_state")
    return first
