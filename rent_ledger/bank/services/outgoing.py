"""Money that left the bank, placed on a household's account: a payment that comes back, or a refund."""

import re

from django.db.models import Exists, OuterRef, Q

from common import clock
from common.errors import InvalidInput
from common.money import ZERO
from common.reasons import Reason
from common.typography import euros
from leases.contracts.natures import Nature
from office.access.actor import Actor
from rent_ledger.bank.codes import LineState, Outgoing
from rent_ledger.bank.models import BankLine, Match
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, EntryKind, General, PaymentMethod
from rent_ledger.books.models import AccountState, Entry
from rent_ledger.books.queries.standing import standing
from rent_ledger.books.services.posting import NewEntry, NewPosting, lock_accounts, post, reverse
from rent_ledger.matching.codes import MatchWhy
from rent_ledger.matching.reasons import stored
from rent_ledger.matching.rules.match_facts import Rule
from rent_ledger.matching.rules.matching import says_refund
from rent_ledger.payments.models import Payment

_CHEQUE = re.compile(r"\b(?:CHEQUES?|CHÈQUES?|CHQ)\b")


def cheque_key(line: BankLine, mirror_id: int | None) -> str:
    return f"cheque_return:{line.pk}:{mirror_id}"


def place_outgoing(line: BankLine, account_id: int, actor: Actor, *, said: str = "") -> Match:
    """Place a debit on an account: a payment that comes back, or a refund to the household. The caller has locked it.

    `said`: which one (`Outgoing`), where a person answered. Else a payment of that amount is taken for what came back,
    a label that speaks of a refund for one which the credit of the household covers; what could be either, or takes
    more than that credit, is asked: `InvalidInput` (code `return_or_refund`).
    """
    lock_accounts([account_id])
    paid = _returned(line, account_id)
    is_household = account_id >= FIRST_SUBLEDGER_ID
    if not is_household or said == Outgoing.RETURN or (not said and paid is not None and not says_refund(line.label)):
        if paid is None:
            raise InvalidInput(
                f"Ce compte n’a pas reçu de paiement de {euros(-line.amount)} qui puisse être rejeté. S’il attend "
                "parmi les lignes à placer, placez-le d’abord ; sinon choisissez le ménage dont le paiement revient.",
                field="account",
            )
        return _take_back(line, account_id, *paid, actor)
    if not said and (question := _question(line, account_id, None if paid is None else paid[0])):
        raise InvalidInput(question, code="return_or_refund", field="account")
    return _refund(line, account_id, actor)


def _question(line: BankLine, account_id: int, paid: Entry | None) -> str:
    """What is asked before a debit is taken for a refund; '' where nothing speaks against it."""
    amount = -line.amount
    credit = AccountState.objects.filter(pk=account_id).values_list("credit", flat=True).first() or ZERO
    said = []
    if paid is not None:
        said.append(f"ce compte a reçu {euros(amount)} le {paid.effective_on:%d/%m/%Y}, qui peuvent revenir")
    elif not says_refund(line.label):
        said.append(f"ce compte n’a pas reçu de paiement de {euros(amount)} qui puisse être rejeté")
    if credit < amount:
        said.append(f"il a {euros(credit)} d’avance, un remboursement lui ferait devoir {euros(amount - credit)}")
    if not said:
        return ""
    return f"Rejet d’un paiement, ou remboursement au ménage ? {' ; '.join(said).capitalize()}. Dites lequel des deux."


def _refund(line: BankLine, account_id: int, actor: Actor) -> Match:
    """The money that the import left in suspense was the household's: its credit falls, or it owes it again."""
    match = Match.objects.create(
        line=line, account_id=account_id, amount=line.amount, rule=Rule.PERSON,
        reasons=stored(Reason(MatchWhy.PERSON)),
    )  # fmt: skip
    day = line.booking_day
    [entry] = post(
        entries=[
            NewEntry(
                kind=EntryKind.PLACEMENT,
                key=f"match:{match.pk}",
                effective_on=day,
                label="Remboursement au ménage",
                postings=(NewPosting(account_id, General.SUSPENSE, -line.amount, Nature.REFUND, day),),
            )
        ],
        actor=actor,
    )
    match.entry_id, match.is_accepted, match.decided_by, match.decided_at = entry.id, True, actor.user, clock.now()
    match.save(update_fields=["entry", "is_accepted", "decided_by", "decided_at"])
    line.state = LineState.PLACED
    line.save(update_fields=["state"])
    return match


def _returned(line: BankLine, account_id: int) -> tuple[Entry, int] | None:
    """The account's newest payment of that amount that stands, and the entry to reverse: of the bank, or a cheque taken
    at the desk; what a label calls a cheque is one if there is any."""
    candidates = Entry.objects.filter(
        Q(payment=None) | Q(payment__method=PaymentMethod.CHEQUE),
        # Not taken back, or its return was taken back.
        Q(reversed_by=None) | Q(reversed_by__reversed_by__isnull=False),
        kind__in=[EntryKind.PAYMENT, EntryKind.PLACEMENT],
        postings__credit_id=account_id,
        postings__amount=-line.amount,
        effective_on__lte=line.booking_day,
    ).annotate(is_desk=Exists(Payment.objects.filter(entry=OuterRef("pk"))))
    first = ["-is_desk"] if _CHEQUE.search(line.label.upper()) else []
    newest = list(candidates.order_by(*first, "-effective_on", "-id"))
    stand = standing([entry.pk for entry in newest])
    return next(((entry, stand[entry.pk]) for entry in newest if entry.pk in stand), None)


def _take_back(line: BankLine, account_id: int, paid: Entry, stands: int, actor: Actor) -> Match:
    """The payment `paid` came back, by the reversal of what `stands` for it."""
    assert line.entry_id is not None
    # The import already posted this money from the bank to suspense. Reversing a PLACEMENT brings suspense back to
    # zero. Reversing a PAYMENT would take it out of the bank twice, so the import's entry is reversed too.
    [mirror] = reverse(
        entry_ids=[stands], actor=actor, effective_on=line.booking_day, kind=EntryKind.RETURN,
        label="Paiement rejeté par la banque",
    )  # fmt: skip
    if Payment.objects.filter(entry=paid).exists():
        _clear_cheque(line, mirror.id, actor)
    elif paid.kind == EntryKind.PAYMENT:
        reverse(entry_ids=[line.entry_id], actor=actor, label="Rejet placé")
        line.entry_id = mirror.id
    line.state = LineState.PLACED
    line.save(update_fields=["state", "entry"])
    return Match.objects.create(
        line=line, account_id=account_id, amount=line.amount, rule=Rule.PERSON, entry_id=mirror.id, is_accepted=True,
        reasons=stored(Reason(MatchWhy.RETURN_OF, {"on": paid.effective_on})),
        decided_by=actor.user, decided_at=clock.now(),
    )  # fmt: skip


def _clear_cheque(line: BankLine, mirror_id: int, actor: Actor) -> None:
    """The return gave the cheque back to the cheques in hand, where it is not: its money left the bank, by suspense."""
    day = line.booking_day
    post(
        entries=[
            NewEntry(
                kind=EntryKind.PLACEMENT,
                key=cheque_key(line, mirror_id),
                effective_on=day,
                label="Chèque rejeté par la banque",
                postings=(NewPosting(General.CHEQUES, General.SUSPENSE, -line.amount, Nature.TRANSFER, day),),
            )
        ],
        actor=actor,
    )
