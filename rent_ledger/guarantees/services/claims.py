"""Claims to guarantors: asked with the debts that they name, answered, paid; and each of these taken back.

Twice: the same claim, answer or payment again is the first. At once: each write locks the account first, then the
guarantee or the claim.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db import transaction

from common import clock
from common.db import french_refusals
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from common.typography import euros
from leases.models import Guarantee
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.books.models import Account
from rent_ledger.books.services.posting import lock_accounts
from rent_ledger.guarantees.codes import Answer, Refusal
from rent_ledger.guarantees.duties import CALL
from rent_ledger.guarantees.models import ClaimItem, GuaranteeClaim
from rent_ledger.guarantees.queries.calls import calls_of
from rent_ledger.guarantees.rules.calls import claimable
from rent_ledger.write_offs.rules.write_offs import taken

NOT_OF_IT = "Cette garantie n’est pas du contrat de ce compte. Rechargez la page."
NOTHING = "Choisissez au moins une dette."
NOT_DUE = (
    "Une de ces dettes n’est plus à demander : payée, déjà demandée, hors relance ou hors de la garantie. "
    "Rechargez la page."
)
TOO_MUCH = "Le montant est d’au plus {left}, ce qui reste des dettes choisies."
ABOVE = "La garantie paie encore {left} au plus, par son plafond : demandez cette somme ou moins."
WITHDRAWN = "Cet appel est retiré. Faites-en un autre."
PAID = "Le garant a payé une partie de cet appel : annulez d’abord le paiement."


@needs(Write(Data.ARREARS))
@transaction.atomic
def ask_claim(
    *,
    account: Account,
    guarantee: Guarantee,
    posting_ids: Collection[int],
    asked_on: date,
    actor: Actor,
    amount: Decimal | None = None,
    reference: str = "",
) -> GuaranteeClaim:
    """Note what was asked of a guarantor: these debts, whole or (`amount`, euros) the oldest first. The same again is
    the first.

    `InvalidInput` [debts, amount, asked_on]: not due, not covered, asked already, more than is left or the ceiling.
    """
    lock_accounts([account.pk])
    row = Guarantee.objects.select_for_update(of=("self",)).select_related("lease").get(pk=guarantee.pk)
    if row.lease_id != account.lease_id:
        raise Conflict(NOT_OF_IT, code="other_contract")
    wanted, today = set(posting_ids), clock.today()
    if not wanted:
        raise InvalidInput(NOTHING, field="debts")
    now = calls_of([row], day=today).get(row.pk)
    chosen = [debt for debt in now.debts if debt.posting_id in wanted and debt.free > ZERO] if now else []
    # All of what is left, where something is: a first claim of the day left it.
    asks_more = amount is None and now and len(chosen) == len(wanted) and claimable(now.facts, now.params)
    if not asks_more and (same := _same(row, wanted, asked_on, amount)) is not None:
        return same
    if now is None or len(chosen) != len(wanted):
        raise InvalidInput(NOT_DUE, field="debts")
    latest = max(debt.due_on for debt in chosen)
    if not latest < asked_on <= today:
        raise InvalidInput(
            f"La demande est entre l’échéance du {latest:%d/%m/%Y} et aujourd’hui.", field="asked_on"
        )  # fmt: skip
    left = sum((debt.free for debt in chosen), ZERO)
    most = claimable(now.facts, now.params)
    asked = min(left, most) if amount is None else amount
    shares = taken(asked, [debt.free for debt in chosen]) if asked > ZERO else None
    if shares is None and asked > ZERO:
        raise InvalidInput(TOO_MUCH.format(left=euros(left)), field="amount")
    if shares is None or asked > most:
        raise InvalidInput(ABOVE.format(left=euros(most)), field="amount")
    claim = GuaranteeClaim.objects.create(
        account=account, guarantee=row, asked_on=asked_on, due_on=now.call.by, amount=asked,
        reference=reference.strip()[:40], author_id=actor.user_id,
    )  # fmt: skip
    ClaimItem.objects.bulk_create(
        ClaimItem(claim=claim, posting_id=debt.posting_id, amount=share)
        for debt, share in zip(chosen, shares, strict=True)
        if share
    )
    refresh_tasks(CALL, ids=[row.pk], actor=actor)
    return claim


@needs(Write(Data.ARREARS))
@transaction.atomic
def withdraw_claim(*, claim: GuaranteeClaim, actor: Actor) -> GuaranteeClaim:
    """It was noted by mistake, or is asked no more: its debts may be asked again. Again changes nothing.

    `Conflict` (`paid`) while something that the guarantor paid stands on it.
    """
    row = locked_claim(claim)
    if row.withdrawn_at is not None:
        return row
    if row.paid:
        raise Conflict(PAID, code="paid")
    row.withdrawn_at, row.withdrawn_by_id = clock.now(), actor.user_id
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    refresh_tasks(CALL, ids=[row.guarantee_id], actor=actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def note_answer(
    *,
    claim: GuaranteeClaim,
    answer: str,
    answered_on: date,
    actor: Actor,
    accepted: Decimal | None = None,
    refused_why: str = "",
) -> GuaranteeClaim:
    """What the guarantor answers: all, a part (`accepted`, euros), nothing with its reason. Noted again, it is changed.

    `InvalidInput` [answer, answered_on, accepted, refused_why]; `Conflict` where it is withdrawn, or paid already.
    """
    row = locked_claim(claim)
    if row.withdrawn_at is not None:
        raise Conflict(WITHDRAWN, code="withdrawn")
    if answer not in Answer.values:
        raise InvalidInput("Dites ce que le garant répond.", field="answer")
    if not row.asked_on <= answered_on <= clock.today():
        raise InvalidInput(
            f"La réponse est entre la demande, le {row.asked_on:%d/%m/%Y}, et aujourd’hui.", field="answered_on"
        )
    if answer != Answer.ACCEPTED and refused_why not in Refusal.values:
        raise InvalidInput("Dites pourquoi c’est refusé, en tout ou en partie.", field="refused_why")
    if answer == Answer.PART and (accepted is None or not ZERO < accepted < row.amount):
        raise InvalidInput(f"Accepté en partie : plus de zéro, et moins de {euros(row.amount)}.", field="accepted")
    if row.paid and (answer == Answer.REFUSED or (answer == Answer.PART and accepted and accepted < row.paid)):
        raise Conflict(PAID, code="paid")
    row.answer, row.answered_on = answer, answered_on
    row.accepted = {Answer.ACCEPTED: row.amount, Answer.PART: accepted}.get(Answer(answer))
    row.refused_why = "" if answer == Answer.ACCEPTED else refused_why
    with french_refusals(row):
        row.save()
    refresh_tasks(CALL, ids=[row.guarantee_id], actor=actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def take_back_answer(*, claim: GuaranteeClaim, actor: Actor) -> GuaranteeClaim:
    """The answer was noted by mistake: it is awaited again. Again changes nothing."""
    row = locked_claim(claim)
    if not row.answer:
        return row
    row.answer = row.refused_why = ""
    row.answered_on = row.accepted = None
    row.save()
    refresh_tasks(CALL, ids=[row.guarantee_id], actor=actor)
    return row


def locked_claim(claim: GuaranteeClaim) -> GuaranteeClaim:
    """The account, then the claim."""
    lock_accounts([claim.account_id])
    rows = GuaranteeClaim.objects.select_for_update(of=("self",)).select_related("account", "guarantee")
    return rows.get(pk=claim.pk)


def _same(guarantee: Guarantee, postings: set[int], asked_on: date, amount: Decimal | None) -> GuaranteeClaim | None:
    """The claim of that day that names these debts."""
    for claim in guarantee.claims.filter(asked_on=asked_on, withdrawn_at=None):
        if amount not in (None, claim.amount):
            continue
        if postings >= set(claim.items.values_list("posting_id", flat=True)):
            return claim
    return None
