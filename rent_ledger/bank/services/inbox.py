"""What a person decides about bank lines: accept, place, split, undo, leave.

Each service locks the row of the line first, so a second person who decides at the same time gets a `Conflict`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Q

from common import clock
from common.copy import bigints
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from common.reasons import Reason
from common.typography import euros
from leases.contracts.natures import Nature
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from rent_ledger.bank.codes import LineState, Outgoing
from rent_ledger.bank.models import BankLine, KnownIban, Match
from rent_ledger.bank.services.bank_entries import designated, learn_ibans
from rent_ledger.bank.services.bank_facts import designations
from rent_ledger.bank.services.benefit_credits import untie
from rent_ledger.bank.services.outgoing import cheque_key, place_outgoing
from rent_ledger.bank.services.waiting import WAITING, back_to_suspense, locked_line, locked_lines, wait_again
from rent_ledger.benefits.models import BenefitStatement
from rent_ledger.billing.services.receipts import cancel_receipts, receipts_on
from rent_ledger.books.codes import DEBT_KINDS, FIRST_SUBLEDGER_ID, EntryKind, General
from rent_ledger.books.models import Account, Entry
from rent_ledger.books.queries.standing import standing
from rent_ledger.books.services.posting import NewEntry, NewPosting, lock_accounts, post, reverse
from rent_ledger.matching.codes import MatchWhy
from rent_ledger.matching.reasons import stored
from rent_ledger.matching.rules.match_facts import Rule

# Money taken at the desk, or paid by a guarantor, which the bank credits later. A person may place a line on no other
# general account.
AWAITED = frozenset({General.CASH, General.CHEQUES, General.CARDS, General.GUARANTORS})

# How a line is split: account id, euros.
Shares = Sequence[tuple[int, Decimal]]


@needs(Write(Data.BANK))
@transaction.atomic
def accept_match(*, match_id: int, actor: Actor) -> Match:
    """Accept a proposal: the money leaves suspense for the account. `Conflict` if the line was decided meanwhile.

    Raises `InvalidInput`.
    """
    line_id = Match.objects.filter(pk=match_id).values_list("line_id", flat=True).first()
    if line_id is None:
        raise InvalidInput("Cette proposition n’existe pas.")
    line = locked_line(line_id, WAITING)
    match = Match.objects.get(pk=match_id)
    if match.is_accepted or match.undone_at is not None:
        raise Conflict("Cette proposition n’est plus d’actualité. Rechargez la page.")
    if line.amount < 0:
        return _accept_return(line, match, actor)
    _place([(line, [match])], actor)
    return match


@needs(Write(Data.BANK))
@transaction.atomic
def accept_matches(*, match_ids: Sequence[int], actor: Actor) -> list[int]:
    """Accept several proposals, those still waiting, by a constant number of queries. Returns their lines' ids."""
    asked = Match.objects.filter(pk__in=match_ids, is_accepted=False, undone_at=None)
    proposed = BankLine.objects.filter(pk__in=asked.values("line_id"), state=LineState.PROPOSED)
    lines = {line.pk: line for line in proposed.select_for_update(of=("self",)).order_by("pk")}
    # Read again after the lock: skip what somebody else has decided meanwhile.
    matches: dict[int, Match] = {}
    for match in asked.filter(line_id__in=lines, line__state=LineState.PROPOSED).order_by("line_id", "pk"):
        matches.setdefault(match.line_id, match)
    _place([(lines[i], [match]) for i, match in matches.items() if lines[i].amount > 0], actor)
    for i, match in matches.items():
        if lines[i].amount < 0:
            _accept_return(lines[i], match, actor)
    return list(matches)


@needs(Write(Data.BANK))
@transaction.atomic
def place_line(*, line_id: int, shares: Shares, actor: Actor, outgoing: str = "") -> list[Match]:
    """Place a waiting line on one account or several: `shares` (account id, euros > 0) add up to the line's amount.

    A debit goes to one account: `outgoing` (`Outgoing`) says whether a payment comes back or the household is refunded.
    Where it says nothing and the line could be either, `InvalidInput` (code `return_or_refund`) asks.
    """
    return place_lines(placings={line_id: shares}, actor=actor, outgoing=outgoing)[line_id]


@needs(Write(Data.BANK))
@transaction.atomic
def place_lines(*, placings: Mapping[int, Shares], actor: Actor, outgoing: str = "") -> dict[int, list[Match]]:
    """`place_line` for many lines (shares by line id): credits by a constant number of queries. All of them or none."""
    lines = locked_lines(placings, WAITING)
    for line in lines:
        _check_shares(line, placings[line.pk])
    _check_accounts({account for shares in placings.values() for account, _ in shares})
    paid = [line for line in lines if line.amount > 0]
    now = clock.now()
    Match.objects.filter(line__in=lines, is_accepted=False, undone_at=None).update(undone_at=now)
    chosen = Match.objects.bulk_create(
        Match(
            line=line, account_id=account, amount=amount, rule=Rule.PERSON,
            reasons=stored(Reason(MatchWhy.PERSON)),
        )
        for line in paid for account, amount in placings[line.pk]
    )  # fmt: skip
    matches: dict[int, list[Match]] = {line.pk: [] for line in lines}
    for match in chosen:
        matches[match.line_id].append(match)
    if paid:
        _place([(line, matches[line.pk]) for line in paid], actor)
    for line in lines:
        if line.amount < 0:
            [(account, _)] = placings[line.pk]
            matches[line.pk].append(place_outgoing(line, account, actor, said=outgoing))
    return matches


@needs(Write(Data.BANK))
@transaction.atomic
def undo_match(*, line_id: int, actor: Actor) -> BankLine:
    """Undo the placement of a line: the money goes back to suspense and the debts it paid are open again. The
    quittances and reçus that rest on it are cancelled.

    A line that is no rent, by the rules or by a person, waits again too, and the credit of a bordereau. `Conflict` if
    there is nothing to undo.
    """
    line = locked_line(line_id, frozenset({LineState.SURE, LineState.PLACED, LineState.OTHER}))
    if line.state == LineState.OTHER:
        return _take_back(line, actor)
    if (bordereau := BenefitStatement.objects.filter(bank_line=line).first()) is not None:
        return untie(line, bordereau, actor)
    matches = list(Match.objects.filter(line=line, is_accepted=True, undone_at=None))
    if not matches or line.entry_id is None:
        raise Conflict("Cette ligne n’est rapprochée d’aucun compte : il n’y a rien à défaire.")
    entries = [m.entry_id for m in matches if m.entry_id is not None]
    stand = standing([*entries, line.entry_id])
    if len(stand) < len({*entries, line.entry_id}):
        raise Conflict("La banque a rejeté ce paiement depuis : il n’y a plus rien à défaire.")
    transfers = Entry.objects.filter(idempotency_key__in=[cheque_key(line, e) for e in entries], reversed_by=None)
    resting = receipts_on(entries)
    reverse(
        entry_ids=[*(stand[e] for e in entries), *transfers.values_list("pk", flat=True)],
        actor=actor, label="Rapprochement défait",
    )  # fmt: skip
    cancel_receipts(receipt_ids=resting, why="Le virement qu’il atteste n’était pas de ce compte.")
    Match.objects.filter(pk__in=[m.pk for m in matches]).update(undone_at=clock.now())
    if line.entry_id in entries:
        back_to_suspense(line, f"{matches[0].pk}", actor)
    _forget_iban(line, matches)
    return wait_again(line, MatchWhy.UNDONE)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The lines that wait again, and the French reasons of those that don't."""

    done: list[BankLine] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@needs(Write(Data.BANK))
@transaction.atomic
def undo_matches(*, line_ids: Collection[int], actor: Actor) -> TakenBack:
    """Take back what was placed together, each line as `undo_match`. One that can't be doesn't stop the others."""
    # Lines, then accounts, all of them before the first: as who places or takes back another set of the same.
    known = BankLine.objects.select_for_update(of=("self",)).filter(pk__in=line_ids).order_by("pk")
    ids = list(known.values_list("pk", flat=True))
    laid = Match.objects.filter(line__in=ids, is_accepted=True, undone_at=None)
    lock_accounts(set(laid.values_list("account_id", flat=True)))
    result = TakenBack()
    for pk in ids:
        try:
            result.done.append(undo_match(line_id=pk, actor=actor))
        except Conflict as refusal:
            result.refused.append(refusal.message)
    return result


@needs(Write(Data.BANK))
@transaction.atomic
def leave_line(*, line_id: int, actor: Actor, reason: str = "") -> BankLine:
    """Mark a waiting line as not rent: it leaves the inbox, its money stays in suspense."""
    line = locked_line(line_id, WAITING)
    Match.objects.filter(line=line, is_accepted=False, undone_at=None).update(undone_at=clock.now())
    line.state = LineState.OTHER
    typed = reason.strip()[:200]
    line.reasons = stored(Reason(MatchWhy.AS_WRITTEN, {"text": typed}) if typed else Reason(MatchWhy.LEFT))
    line.save(update_fields=["state", "reasons"])
    return line


def _check_shares(line: BankLine, shares: Shares) -> None:
    if not shares:
        raise InvalidInput("Choisissez au moins un ménage.", field="account")
    accounts = [account for account, _ in shares]
    if len(set(accounts)) != len(accounts):
        raise InvalidInput("Le même compte est choisi deux fois : réunissez les montants.", field="account")
    if line.amount < 0 and len(shares) > 1:
        raise InvalidInput("Une sortie d’argent est d’un seul compte.", field="account")
    if any(amount * line.amount <= 0 for _, amount in shares):
        raise InvalidInput("Chaque part doit être supérieure à zéro.", field="amount")
    total = sum((amount for _, amount in shares), ZERO)
    if total != line.amount:
        raise InvalidInput(
            f"Les parts font {euros(total)}, la ligne {euros(line.amount)} : la différence est de "
            f"{euros(abs(line.amount - total))}.",
            field="amount",
        )


def _check_accounts(accounts: Collection[int]) -> None:
    allowed = Q(kind__in=DEBT_KINDS) | Q(pk__in=[int(a) for a in AWAITED])
    if Account.objects.filter(allowed, pk__in=accounts).count() != len(accounts):
        raise InvalidInput("Un des comptes choisis n’est pas un compte de ménage.", field="account")


def _place(placed: Sequence[tuple[BankLine, Sequence[Match]]], actor: Actor) -> None:
    """Move credits from suspense to the accounts of their matches, and remember the payers' IBANs. Set-based."""
    texts = {line.pk: f"{line.structured_reference} {line.end_to_end} {line.label}" for line, _ in placed}
    named = designations(texts.values())
    decided = [(line, match) for line, matches in placed for match in matches]
    posted = post(
        entries=[
            NewEntry(
                kind=EntryKind.PLACEMENT,
                key=f"match:{m.pk}",
                effective_on=line.booking_day,
                label="Encaissement placé",
                designate=designated(texts[line.pk], named, m.account_id),
                postings=(
                    NewPosting(
                        General.SUSPENSE, m.account_id, m.amount,
                        Nature.PAYMENT if m.account_id >= FIRST_SUBLEDGER_ID else Nature.TRANSFER, line.booking_day,
                    ),
                ),
            )
            for line, m in decided
        ],
        actor=actor,
    )  # fmt: skip
    now = clock.now()
    for (_, match), entry in zip(decided, posted, strict=True):
        match.entry_id, match.is_accepted, match.decided_by, match.decided_at = entry.id, True, actor.user, now
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE rent_ledger_match m SET entry_id = w.entry, is_accepted = true, decided_by_id = %s, decided_at = %s
            FROM unnest(%s::bigint[], %s::bigint[]) AS w(id, entry) WHERE m.id = w.id
            """,
            [actor.user_id, now, bigints(m.pk for _, m in decided), bigints(entry.id for entry in posted)],
        )
    BankLine.objects.filter(pk__in=texts).update(state=LineState.PLACED)
    for line, _ in placed:
        line.state = LineState.PLACED
    # Reversed, so that among several payments from one IBAN the earliest gives the day since which we know it.
    learn_ibans(
        (line.counterparty_iban, m.account_id, line.counterparty_name, line.booking_day)
        for line, m in reversed(decided)
    )


def _take_back(line: BankLine, actor: Actor) -> BankLine:
    """A line that was said to be no rent waits again, its money in suspense whatever it was posted to."""
    entry = line.entry
    stands = standing([entry.pk]) if entry is not None else {}
    if entry is None or entry.kind not in (EntryKind.BANK_UNPLACED, EntryKind.BANK_OTHER) or not stands:
        raise Conflict("L’argent de cette ligne est déjà reparti : il n’y a rien à défaire.")
    if not entry.postings.filter(Q(debit_id=General.SUSPENSE) | Q(credit_id=General.SUSPENSE)).exists():
        reverse(entry_ids=[stands[entry.pk]], actor=actor, label="Remise parmi les lignes à placer")
        back_to_suspense(line, f"entry:{entry.pk}", actor)
    return wait_again(line, MatchWhy.WAITS_AGAIN)


def _accept_return(line: BankLine, match: Match, actor: Actor) -> Match:
    """The proposal of a return becomes the return: the payment that it reverses is looked for again."""
    match.undone_at = clock.now()
    match.save(update_fields=["undone_at"])
    return place_outgoing(line, match.account_id, actor, said=Outgoing.RETURN)


def _forget_iban(line: BankLine, matches: Sequence[Match]) -> None:
    """Forget the IBAN learnt from this line, unless another accepted line has it for the same account."""
    if not line.counterparty_iban:
        return
    for match in matches:
        others = Match.objects.filter(
            account_id=match.account_id,
            line__counterparty_iban=line.counterparty_iban,
            is_accepted=True,
            undone_at=None,
        )
        if not others.exists():
            KnownIban.objects.filter(iban=line.counterparty_iban, account_id=match.account_id).delete()


__all__ = [
    "accept_match", "accept_matches", "leave_line", "place_line", "place_lines", "undo_match", "undo_matches",
]  # fmt: skip
