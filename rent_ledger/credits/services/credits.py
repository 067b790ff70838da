"""What is done of the credit of an account: kept until a day, refunded, or left to the payer that takes it back.

Nothing here moves money. A refund is paid at the bank by a person; the line of the bank, once placed, lowers the
credit (`rent_ledger.bank.services.outgoing`). Twice the same: the first. At once: the account is locked.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.identifiers import compact, validate_iban
from common.money import ZERO
from common.periods import add_months
from common.typography import euros
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.house.services import ask_refund_iban, give_up_refund_iban
from office.messages.services.outbox import withdraw_all
from rent_ledger.books.models import Account
from rent_ledger.books.services.posting import lock_accounts
from rent_ledger.credits.codes import ABOUT_CREDIT, CreditUse
from rent_ledger.credits.models import CreditChoice, RefundTransfer
from rent_ledger.credits.parameters import look_days
from rent_ledger.credits.queries import Credit, credits_on, refunded, trusted_ibans

MONTHS_MOST = 12
"""A credit is looked at again within so many months: beyond, the year is a slip."""
NOTHING = "Ce compte n’a plus d’avance. Rechargez la page."
NO_AID = "Aucune aide n’est en trop sur ce compte : l’organisme n’a rien à reprendre."
NOT_LAST = "Cette décision a été remplacée depuis. Rechargez la page."
REPLACED = "Une autre décision a été prise sur cette avance."
UNDONE = "La décision sur cette avance est annulée."
IN_A_FILE = "Ce remboursement est dans un fichier de virements : écartez d’abord ce fichier."
PAID_ALREADY = "La banque a montré ce remboursement : annulez d’abord le placement de la ligne de banque."


@needs(Write(Data.PAYMENT))
@transaction.atomic
def decide_credit(
    *,
    account: Account,
    use: str,
    actor: Actor,
    until: date | None = None,
    amount: Decimal | None = None,
    iban: str = "",
) -> CreditChoice:
    """Decide of the credit of an account; a decision of before is replaced. `amount`: all of it without one. A refund
    to an IBAN from which nothing came for the account waits for a second person before a file may pay it.

    `InvalidInput` [use, until, amount, iban], `Conflict` (`nothing`; `in_a_file`, of a refund that a file pays).
    """
    if use not in CreditUse.values:
        raise InvalidInput("Choisissez ce qui est fait de cette avance.", field="use")
    lock_accounts([account.pk])
    found = credit_of(account.pk)
    if found is None:
        raise Conflict(NOTHING, code="nothing")
    facts: dict[str, Any]
    if use == CreditUse.REFUND:
        facts = {"until": None, "amount": _refund(found, amount), "iban": _iban(iban)}
    else:
        if use == CreditUse.PAYER and not found.aid:
            raise InvalidInput(NO_AID, field="use")
        facts = {"until": _until(until), "amount": None, "iban": ""}
    before = CreditChoice.objects.select_for_update(of=("self",)).standing().filter(account=account).first()
    if before is not None:
        if (
            found.choice_id == before.pk
            and before.use == use
            and all(getattr(before, name) == value for name, value in facts.items())
        ):
            _witness(before, actor)
            return before
        _not_in_a_file(before)
        before.replaced_at = clock.now()
        before.save(update_fields=["replaced_at"])
        withdraw_all(about=ABOUT_CREDIT, ids=[before.pk], why=REPLACED)
    made = CreditChoice.objects.create(account=account, use=use, author_id=actor.user_id, **facts)
    _witness(made, actor)
    return made


@needs(Write(Data.PAYMENT))
@transaction.atomic
def undo_credit_choice(*, choice: CreditChoice, actor: Actor) -> CreditChoice:
    """It was decided by mistake: the credit waits for a decision again. Undone already: as it is.

    `Conflict` (`not_last`) where another decision replaced it, (`paid`) where the bank has shown the refund,
    (`in_a_file`) where a file of transfers pays it.
    """
    lock_accounts([choice.account_id])
    row = CreditChoice.objects.select_for_update(of=("self",)).get(pk=choice.pk)
    if row.undone_at is not None:
        return row
    if row.replaced_at is not None:
        raise Conflict(NOT_LAST, code="not_last")
    if row.is_refund and refunded(row.pk):
        raise Conflict(PAID_ALREADY, code="paid")
    _not_in_a_file(row)
    row.undone_at, row.undone_by_id = clock.now(), actor.user_id
    row.save(update_fields=["undone_at", "undone_by"])
    withdraw_all(about=ABOUT_CREDIT, ids=[row.pk], why=UNDONE)
    give_up_refund_iban(payee_id=row.account_id, actor=actor)
    return row


def _witness(choice: CreditChoice, actor: Actor) -> None:
    """Where a refund goes is confirmed by a second person, but where the account's own payments came from."""
    account = choice.account
    if not choice.is_refund:
        give_up_refund_iban(payee_id=account.pk, actor=actor)
    elif (account.pk, choice.iban) not in trusted_ibans([account.pk]):
        name = account.lease.reference if account.lease else str(account.pk)
        ask_refund_iban(payee_id=account.pk, payee=f"Compte {name}", iban=choice.iban, actor=actor)


def credit_of(account_id: int) -> Credit | None:
    """The credit of an account today; None without one."""
    day = clock.today()
    return next(iter(credits_on(day, days=look_days(day), account_id=account_id)), None)


def _not_in_a_file(choice: CreditChoice) -> None:
    """A refund in a file leaves by it, and by no other way, until the bank has shown it whole."""
    if choice.amount is None or refunded(choice.pk) >= choice.amount:
        return
    if RefundTransfer.objects.filter(choice=choice, is_live=True).exists():
        raise Conflict(IN_A_FILE, code="in_a_file")


def _until(until: date | None) -> date:
    today = clock.today()
    most = add_months(today, MONTHS_MOST)
    if until is None or not today < until <= most:
        raise InvalidInput(
            f"Dites le jour où la revoir, du {today + timedelta(days=1):%d/%m/%Y} au {most:%d/%m/%Y}.", field="until"
        )
    return until


def _refund(found: Credit, amount: Decimal | None) -> Decimal:
    wanted = found.amount if amount is None else amount
    if not ZERO < wanted <= found.amount:
        raise InvalidInput(f"Le remboursement est d’au plus {euros(found.amount)}, l’avance du compte.", field="amount")
    return wanted


def _iban(iban: str) -> str:
    wanted = compact(iban)
    try:
        validate_iban(wanted)
    except ValidationError as error:
        raise InvalidInput(error.messages[0], field="iban") from error
    return wanted
