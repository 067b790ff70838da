"""The file of transfers that pays refunds: prepared, given to the bank, and each of these taken back.

Nothing here moves money: a person gives the file to the bank, whose line makes the refund true. A refund is in one file
at most, until that file is withdrawn. Killed half-way: a file is there whole or not at all.
"""

from collections.abc import Collection
from datetime import date, timedelta
from hashlib import sha256

from django.db import transaction

from common import clock
from common.copy import draw_ids
from common.errors import Conflict, InvalidInput
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.house.queries import this_association
from office.models import BankAccount
from rent_ledger.bank.formats.write_pain001 import Transfer, TransferOrder, write_pain001
from rent_ledger.books.services.posting import lock_accounts
from rent_ledger.credits.models import CreditChoice, RefundFile, RefundTransfer
from rent_ledger.credits.queries import refunded, refunds_to_pay

AHEAD_MOST = timedelta(days=31)
NO_CHOICE = "Cochez au moins un remboursement."
IN_A_FILE = "Un de ces remboursements vient d’entrer dans un autre fichier. Rechargez la page."
WAITS = (
    "L’IBAN d’un de ces remboursements attend une deuxième personne : la direction ou l’administration le confirme "
    "dans Réglages, « IBAN à confirmer »."
)
CHANGED = "Un de ces remboursements n’est plus à payer, ou l’avance ne le couvre plus. Rechargez la page."
HANDED = "Ce fichier est remis à la banque : annulez d’abord la remise."
WITHDRAWN = "Ce fichier est écarté : préparez-en un autre."
PAID = "La banque a déjà montré un de ces remboursements : le fichier est bien parti."
NO_ACCOUNT = "Choisissez le compte de l’association qui paie."


@needs(Write(Data.PAYMENT))
@transaction.atomic
def prepare_refund_file(
    *, choice_ids: Collection[int], bank_account: BankAccount, execute_on: date, actor: Actor
) -> RefundFile:
    """One file of these refunds, to be executed on a day. The same ones again, while their file waits, give that file.

    `InvalidInput` (`choices`, `bank_account`, `execute_on`; before the association is set up), `Conflict` (`in_a_file`,
    `changed`; `iban_waits`, of one whose IBAN no second person confirmed).
    """
    today = clock.today()
    house = this_association()
    if house is None:
        raise InvalidInput("Renseignez d’abord l’identité de l’association (Réglages).", code="no_association")
    if not choice_ids:
        raise InvalidInput(NO_CHOICE, field="choices")
    if not bank_account.is_active:
        raise InvalidInput(NO_ACCOUNT, field="bank_account")
    if not today <= execute_on <= today + AHEAD_MOST:
        raise InvalidInput(f"L’exécution est du {today:%d/%m/%Y} au {today + AHEAD_MOST:%d/%m/%Y}.", field="execute_on")
    wanted = set(choice_ids)
    lock_accounts(sorted(CreditChoice.objects.filter(pk__in=wanted).values_list("account_id", flat=True)))
    # Locked: a decision that is replaced or undone meanwhile waits, and is refused.
    list(CreditChoice.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))
    live = list(RefundTransfer.objects.filter(choice__in=wanted, is_live=True).select_related("file"))
    if live:
        made = live[0].file
        same = {transfer.file_id for transfer in live} == {made.pk} and len(live) == len(wanted) == made.count
        if same and made.waits and (made.bank_account_id, made.execute_on) == (bank_account.pk, execute_on):
            return made
        raise Conflict(IN_A_FILE, code="in_a_file")
    refunds = [refund for refund in refunds_to_pay(today) if refund.choice_id in wanted]
    if len(refunds) != len(wanted):
        raise Conflict(CHANGED, code="changed")
    if any(refund.waits for refund in refunds):
        raise Conflict(WAITS, code="iban_waits")
    now = clock.now()
    [pk] = draw_ids(RefundFile, 1)
    reference = f"REMB-{today:%Y%m%d}-{pk}"
    order = TransferOrder(
        id=reference,
        created_at=now.astimezone(clock.PARIS),
        on=execute_on,
        name=house.name,
        iban=bank_account.iban,
        bic=bank_account.bic,
        transfers=[
            Transfer(
                f"REMB-{pk}-{r.choice_id}", r.name, r.iban, r.amount, f"{house.short_name} remboursement {r.reference}"
            )
            for r in refunds
        ],
    )
    content = write_pain001(order)
    made = RefundFile.objects.create(
        pk=pk, reference=reference, bank_account=bank_account, execute_on=execute_on, count=len(refunds),
        total=order.total, sha256=sha256(content).hexdigest(), content=content.decode(), author_id=actor.user_id,
    )  # fmt: skip
    RefundTransfer.objects.bulk_create(
        [RefundTransfer(file=made, choice_id=r.choice_id, name=r.name, amount=r.amount) for r in refunds]
    )
    return made


@needs(Write(Data.PAYMENT))
@transaction.atomic
def hand_refund_file(*, file: RefundFile, actor: Actor) -> RefundFile:
    """It was given to the bank. Again changes nothing. `Conflict` (`withdrawn`)."""
    row = _locked(file)
    if row.withdrawn_at is not None:
        raise Conflict(WITHDRAWN, code="withdrawn")
    if row.handed_at is None:
        row.handed_at, row.handed_by_id = clock.now(), actor.user_id
        row.save(update_fields=["handed_at", "handed_by"])
    return row


@needs(Write(Data.PAYMENT))
@transaction.atomic
def take_back_handing(*, file: RefundFile, actor: Actor) -> RefundFile:
    """It was noted by mistake, or the bank refused the file whole: it waits again. Again changes nothing. `Conflict`
    (`paid`) where the bank has shown one of its refunds, (`refused`) where it refused one of them."""
    row = _locked(file)
    if row.handed_at is None:
        return row
    transfers = list(row.transfers.all())
    if any(transfer.is_live and refunded(transfer.choice_id) for transfer in transfers):
        raise Conflict(PAID, code="paid")
    if not all(transfer.is_live for transfer in transfers):
        raise Conflict("Un refus de la banque est noté sur ce fichier : il lui est bien parvenu.", code="refused")
    row.handed_at = row.handed_by_id = None
    row.save(update_fields=["handed_at", "handed_by"])
    return row


@needs(Write(Data.PAYMENT))
@transaction.atomic
def withdraw_refund_file(*, file: RefundFile, actor: Actor) -> RefundFile:
    """« Écarter » a file that was not given to the bank: its refunds wait for another one. Again changes nothing.
    `Conflict` (`handed`)."""
    row = _locked(file)
    if row.withdrawn_at is not None:
        return row
    if row.handed_at is not None:
        raise Conflict(HANDED, code="handed")
    row.withdrawn_at, row.withdrawn_by_id = clock.now(), actor.user_id
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    row.transfers.update(is_live=False)
    return row


@needs(Write(Data.PAYMENT))
@transaction.atomic
def note_refused(*, transfer: RefundTransfer, actor: Actor) -> RefundTransfer:
    """The bank refused this one of a file that it was given (a closed account): its refund waits again, or is decided
    anew. Again changes nothing. `Conflict` (`not_handed`; `paid`)."""
    row = _locked_transfer(transfer)
    if not row.is_live:
        return row
    if row.file.handed_at is None:
        raise Conflict("Ce fichier n’est pas remis à la banque : écartez-le entier.", code="not_handed")
    if refunded(row.choice_id):
        raise Conflict(PAID, code="paid")
    row.is_live = False
    row.save(update_fields=["is_live"])
    return row


@needs(Write(Data.PAYMENT))
@transaction.atomic
def take_back_refused(*, transfer: RefundTransfer, actor: Actor) -> RefundTransfer:
    """It was noted by mistake: the transfer is on its way. Again changes nothing. `Conflict` (`in_a_file`, where
    another file pays it; `changed`, where something else was decided; `withdrawn`)."""
    row = _locked_transfer(transfer)
    if row.is_live:
        return row
    if row.file.withdrawn_at is not None:
        raise Conflict(WITHDRAWN, code="withdrawn")
    if RefundTransfer.objects.filter(choice=row.choice_id, is_live=True).exists():
        raise Conflict(IN_A_FILE, code="in_a_file")
    if not CreditChoice.objects.standing().filter(pk=row.choice_id).exists():
        raise Conflict(CHANGED, code="changed")
    row.is_live = True
    row.save(update_fields=["is_live"])
    return row


def _locked_transfer(transfer: RefundTransfer) -> RefundTransfer:
    """With the account and the file of it, in the order of the others."""
    lock_accounts([CreditChoice.objects.values_list("account_id", flat=True).get(pk=transfer.choice_id)])
    _locked(transfer.file)
    return RefundTransfer.objects.select_for_update(of=("self",)).select_related("file").get(pk=transfer.pk)


def _locked(file: RefundFile) -> RefundFile:
    return RefundFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
