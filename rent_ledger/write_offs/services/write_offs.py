"""Write-offs: asked, signed by another person (two above the ceiling), refused, withdrawn, undone; what comes back.

Twice: what was asked and waits is refused again by a unique key; a signature, a withdrawal or an undo that was done
changes nothing. At once: each write locks the account first, then the row.
"""

from collections.abc import Collection
from decimal import Decimal

from django.db import transaction
from django.db.models import Min

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.money import ZERO
from common.typography import euros
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.people import witnesses_of
from office.access.permissions import needs
from office.notices.services import NewNotice, notify, over
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.queries.freezes import erased_on
from rent_ledger.arrears.services.cases import refresh_cases
from rent_ledger.books.codes import DEBT_KINDS, EntryKind, General
from rent_ledger.books.models import Account, OpenItem
from rent_ledger.books.services.entries import NewEntry, NewPosting
from rent_ledger.books.services.given_up import lessened_by
from rent_ledger.books.services.posting import lock_accounts, post, reverse
from rent_ledger.write_offs.codes import ENTRY_OF, WHYS, Signed, WriteOffKind, WriteOffState
from rent_ledger.write_offs.models import Recovery, WriteOff, WriteOffItem
from rent_ledger.write_offs.notices import ASKED, DECIDED
from rent_ledger.write_offs.parameters import write_off_params
from rent_ledger.write_offs.queries import free_credit, lost_of, open_debts, planned_debts
from rent_ledger.write_offs.rules.write_offs import needs_two, recovered, sign, taken

NOTHING = "Choisissez au moins une dette."
NOT_DUE = "Une de ces dettes n’est plus due sur ce compte. Rechargez la page."
IN_A_PLAN = (
    "Une de ces dettes est dans un plan signé : mettez fin au plan, ou attendez sa fin, avant d’abandonner le reste."
)
TOO_MUCH = "Le montant est d’au plus {left}, ce qui reste des dettes choisies."
WAITS = "Une demande attend déjà sur ce compte. Retirez-la pour en faire une autre."
NO_NAME = "Une perte ou une remise se demande et se décide au nom d’une personne."
PAID_SINCE = "Une partie de ces dettes a été payée depuis la demande : retirez-la, et demandez ce qui reste."
OVER = "C’est déjà décidé, ou retiré. Relisez la page."
NOT_DONE = "Cette perte ou remise n’est pas dans les comptes. Rechargez la page."
ERASED = (
    "Un effacement du {on:%d/%m/%Y} (surendettement) a pris ce qui était dû ce jour-là : cette dette n’est plus due, "
    "même sans la perte ou la remise. Si l’effacement est une erreur, annulez-le d’abord sur la page du dossier."
)
CAME_BACK = "De l’argent est rentré sur cette perte : annulez d’abord la rentrée."
NO_LOSS = "Une remise ne se rembourse pas : la dette n’est plus due."
NO_MONEY = "Aucun argent n’est libre sur ce compte : encaissez le paiement, puis notez la rentrée."
ALL_BACK = "Tout ce qui était en perte est rentré."
SAY_WHY = "Dites pourquoi en quelques mots."


@needs(Write(Data.ARREARS))
@transaction.atomic
def ask_write_off(
    *,
    account: Account,
    kind: str,
    why: str,
    posting_ids: Collection[int],
    actor: Actor,
    amount: Decimal | None = None,
    note: str = "",
) -> WriteOff:
    """Ask to give up debts that are due, whole or (`amount`, euros) the oldest first.

    Nothing changes until it is signed; who may sign is told. `InvalidInput` [kind, why, debts, amount], `Conflict`
    (`in_plan`, `waits`).
    """
    if actor.user_id is None:
        raise NotAllowed(NO_NAME)
    if kind not in WriteOffKind.values:
        raise InvalidInput("Choisissez une perte ou une remise.", field="kind")
    if why not in WHYS[WriteOffKind(kind)]:
        raise InvalidInput("Choisissez un motif qui va avec.", field="why")
    if account.kind not in DEBT_KINDS:
        raise InvalidInput(NOT_DUE, field="debts")
    today = clock.today()
    lock_accounts([account.pk])
    if account.write_offs.filter(state=WriteOffState.ASKED).exists():
        raise Conflict(WAITS, code="waits")
    chosen = [debt for debt in open_debts(account.pk, day=today) if debt.posting_id in set(posting_ids)]
    if not posting_ids:
        raise InvalidInput(NOTHING, field="debts")
    if len(chosen) != len(set(posting_ids)):
        raise InvalidInput(NOT_DUE, field="debts")
    if any(debt.in_plan for debt in chosen):
        raise Conflict(IN_A_PLAN, code="in_plan", field="debts")
    left = sum((debt.item.remaining for debt in chosen), ZERO)
    wanted = left if amount is None else amount
    shares = taken(wanted, [debt.item.remaining for debt in chosen]) if wanted > ZERO else None
    if shares is None:
        raise InvalidInput(TOO_MUCH.format(left=euros(left)), field="amount")
    row = WriteOff.objects.create(
        account=account, kind=kind, why=why, note=note.strip()[:200], amount=wanted, asked_by_id=actor.user_id,
        of_two=needs_two(wanted, write_off_params(today)),
    )  # fmt: skip
    WriteOffItem.objects.bulk_create(
        WriteOffItem(write_off=row, posting_id=debt.posting_id, amount=share)
        for debt, share in zip(chosen, shares, strict=True)
        if share
    )
    _tell_signers(row, actor)
    return row


@needs(Write(Data.WRITE_OFF_SECOND))
@transaction.atomic
def sign_write_off(*, write_off: WriteOff, actor: Actor) -> WriteOff:
    """Sign. The last signature enters it in the books of today. One that is decided already is returned as it is.

    `NotAllowed` for who asked, signed already, or is one with who did; `Conflict` (`paid_since`, `in_plan`).
    """
    row = _locked(write_off)
    if row.state == WriteOffState.DONE:
        return row
    _check_waits(row)
    if actor.user_id is None:
        raise NotAllowed(NO_NAME)
    signed = sign(
        asker=row.asked_by_id, signed=[row.first_by_id] if row.first_by_id else [], signer=actor.user_id,
        of_two=row.of_two,
    )  # fmt: skip
    if signed in (Signed.OWN, Signed.TWICE):
        raise NotAllowed(signed.label)
    if not WriteOff.objects.to_sign(actor).filter(pk=row.pk).exists():
        raise NotAllowed(Signed.OWN.label)
    _check_owed(row)
    over(ASKED, about_ids=[row.pk])
    if signed == Signed.FIRST:
        row.first_by_id, row.first_at = actor.user_id, clock.now()
        row.save(update_fields=["first_by", "first_at"])
        _tell_signers(row, actor)
        return row
    [entry] = post(entries=[_entry(row)], actor=actor)
    row.entry_id, row.state = entry.id, WriteOffState.DONE
    _decide(row, actor)
    _refresh(row, actor)
    return row


@needs(Write(Data.WRITE_OFF_SECOND))
@transaction.atomic
def refuse_write_off(*, write_off: WriteOff, reason: str, actor: Actor) -> WriteOff:
    """Nothing is given up, and who asked is told why. Refused already: as it is."""
    row = _locked(write_off)
    if row.state == WriteOffState.REFUSED:
        return row
    _check_waits(row)
    if not reason.strip():
        raise InvalidInput(SAY_WHY, field="reason")
    if actor.user_id in (None, row.asked_by_id):
        raise NotAllowed(Signed.OWN.label)
    row.state, row.answer = WriteOffState.REFUSED, reason.strip()[:200]
    over(ASKED, about_ids=[row.pk])
    _decide(row, actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def withdraw_write_off(*, write_off: WriteOff, actor: Actor) -> WriteOff:
    """Take back what was asked, while nobody has decided it; withdrawn already: as it is."""
    row = _locked(write_off)
    if row.state == WriteOffState.WITHDRAWN:
        return row
    _check_waits(row)
    if actor.user_id is None:
        raise NotAllowed(NO_NAME)
    row.state, row.decided_by_id, row.decided_at = WriteOffState.WITHDRAWN, actor.user_id, clock.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])
    over(ASKED, about_ids=[row.pk])
    return row


@needs(Write(Data.WRITE_OFF_SECOND))
@transaction.atomic
def undo_write_off(*, write_off: WriteOff, reason: str, actor: Actor) -> WriteOff:
    """It was wrong: its debts are owed again, from their own due days. Undone already: as it is.

    `Conflict` (`came_back`) while money that came after it is counted for it, and (`erased`) where a debt of it was due
    on the day of an erasure noted since: it took what was left, and this debt is owed no more than the others.
    """
    row = _locked(write_off)
    if row.state == WriteOffState.UNDONE:
        return row
    if row.state != WriteOffState.DONE or row.entry_id is None:
        raise Conflict(NOT_DONE, code="wrong_state")
    if not reason.strip():
        raise InvalidInput(SAY_WHY, field="reason")
    if actor.user_id is None:
        raise NotAllowed(NO_NAME)
    if row.recoveries.filter(undone_at=None).exists():
        raise Conflict(CAME_BACK, code="came_back")
    first_due = row.items.aggregate(first=Min("posting__due_on"))["first"]
    if on := erased_on(row.account_id, since=first_due):
        raise Conflict(ERASED.format(on=on), code="erased")
    reverse(entry_ids=[row.entry_id, *lessened_by([row.entry_id])], actor=actor)
    row.state, row.undone_by_id, row.undone_at = WriteOffState.UNDONE, actor.user_id, clock.now()
    row.undone_why = reason.strip()[:200]
    row.save(update_fields=["state", "undone_by", "undone_at", "undone_why"])
    _refresh(row, actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def recover(*, write_off: WriteOff, actor: Actor) -> Recovery:
    """Money came after a loss: so much of it as is free on the account pays it, the oldest debt first.

    `Conflict` (`no_money`, `all_back`, `wrong_state`) where there is nothing to take, or nothing to give it to.
    """
    row = _locked(write_off)
    if row.kind != WriteOffKind.LOSS:
        raise Conflict(NO_LOSS, code="wrong_state")
    if row.state != WriteOffState.DONE:
        raise Conflict(NOT_DONE, code="wrong_state")
    before = sum((one.amount for one in row.recoveries.filter(undone_at=None)), ZERO)
    lost = lost_of(row)
    if before >= lost:
        raise Conflict(ALL_BACK, code="all_back")
    amount = recovered(left=lost - before, credit=free_credit(row.account_id))
    if not amount:
        raise Conflict(NO_MONEY, code="no_money")
    today = clock.today()
    items = list(row.items.select_related("posting").order_by("id"))
    # What came before took the first of them.
    first = taken(before, [item.amount for item in items])
    assert first is not None
    shares = taken(amount, [item.amount - gone for item, gone in zip(items, first, strict=True)])
    assert shares is not None
    [entry] = post(
        entries=[
            NewEntry(
                kind=EntryKind.RECOVERY,
                key=f"recovery:{row.pk}:{row.recoveries.count() + 1}",
                effective_on=today,
                label="Rentrée sur une perte",
                postings=tuple(
                    NewPosting(row.account_id, General.LOSS, share, i.posting.nature, today, i.posting.for_month)
                    for i, share in zip(items, shares, strict=True)
                    if share
                ),
            )
        ],
        actor=actor,
    )
    if OpenItem.objects.filter(posting__in=entry.posting_ids, is_debit=True).exists():
        raise Conflict(NO_MONEY, code="no_money")
    return Recovery.objects.create(write_off=row, amount=amount, entry_id=entry.id, author_id=actor.user_id)


@needs(Write(Data.ARREARS))
@transaction.atomic
def undo_recovery(*, recovery: Recovery, actor: Actor) -> Recovery:
    """The money was not for the loss: it is free on the account again. Undone already: as it is."""
    lock_accounts([recovery.write_off.account_id])
    row = Recovery.objects.select_for_update(of=("self",)).get(pk=recovery.pk)
    if row.undone_at is not None:
        return row
    reverse(entry_ids=[row.entry_id], actor=actor)
    row.undone_by_id, row.undone_at = actor.user_id, clock.now()
    row.save(update_fields=["undone_by", "undone_at"])
    return row


def _locked(write_off: WriteOff) -> WriteOff:
    lock_accounts([write_off.account_id])
    return WriteOff.objects.select_for_update(of=("self",)).get(pk=write_off.pk)


def _check_waits(row: WriteOff) -> None:
    if row.state != WriteOffState.ASKED:
        raise Conflict(OVER, code="wrong_state")


def _check_owed(row: WriteOff) -> None:
    """What was asked is owed still, and no plan spreads it since."""
    items = {item.posting_id: item.amount for item in row.items.all()}
    left = dict(OpenItem.objects.filter(posting__in=items, is_debit=True).values_list("posting_id", "remaining"))
    if any(left.get(posting, ZERO) < amount for posting, amount in items.items()):
        raise Conflict(PAID_SINCE, code="paid_since")
    if planned_debts(list(items)):
        raise Conflict(IN_A_PLAN, code="in_plan")


def _entry(row: WriteOff) -> NewEntry:
    today = clock.today()
    account = General.LOSS if row.kind == WriteOffKind.LOSS else General.REMISSION
    items = list(row.items.select_related("posting").order_by("id"))
    return NewEntry(
        kind=ENTRY_OF[WriteOffKind(row.kind)],
        key=f"write_off:{row.pk}",
        effective_on=today,
        label=str(WriteOffKind(row.kind).label),
        postings=tuple(
            NewPosting(account, row.account_id, i.amount, i.posting.nature, today, i.posting.for_month) for i in items
        ),
        designate=tuple(i.posting_id for i in items),
    )


def _decide(row: WriteOff, actor: Actor) -> None:
    row.decided_by_id, row.decided_at = actor.user_id, clock.now()
    row.save(update_fields=["state", "answer", "entry", "decided_by", "decided_at"])
    notify(new=[NewNotice(DECIDED, row.asked_by_id, row.pk, str(row.pk))], actor=actor)


def _tell_signers(row: WriteOff, actor: Actor) -> None:
    people = witnesses_of(row.asked_by_id, Write(Data.WRITE_OFF_SECOND)).exclude(pk=row.first_by_id or 0)
    rank = 2 if row.first_by_id else 1
    notify(new=[NewNotice(ASKED, pk, row.pk, f"{row.pk}:{rank}") for pk in people.values_list("pk", flat=True)],
           actor=actor)  # fmt: skip


def _refresh(row: WriteOff, actor: Actor) -> None:
    refresh_cases(list(ArrearsCase.objects.filter(account=row.account_id, closed_on=None)), actor)
