"""A bank line under lock: who decided it already, and how it waits again."""

from collections.abc import Collection

from common.errors import Conflict, InvalidInput
from common.reasons import Reason
from common.typography import uncapitalised
from leases.contracts.natures import Nature
from office.access.actor import Actor
from rent_ledger.bank.codes import LineState
from rent_ledger.bank.models import BankLine, Match
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.services.accounts import bank_ledger_account
from rent_ledger.books.services.posting import NewEntry, NewPosting, post
from rent_ledger.matching.codes import MatchWhy
from rent_ledger.matching.reasons import stored

WAITING = frozenset({LineState.PROPOSED, LineState.TO_PLACE})


def locked_line(line_id: int, states: frozenset[LineState]) -> BankLine:
    """The line, locked. `Conflict` if it is in none of `states`: the message says who decided what."""
    return locked_lines([line_id], states)[0]


def locked_lines(line_ids: Collection[int], states: frozenset[LineState]) -> list[BankLine]:
    """The lines, locked in id order.

    Raises `InvalidInput`.
    """
    lines = BankLine.objects.select_for_update(of=("self",)).select_related("bank_account").filter(pk__in=line_ids)
    found = list(lines.order_by("pk"))
    if len(found) != len(line_ids):
        raise InvalidInput("Cette ligne de banque n’existe pas.")
    for line in found:
        if line.state not in states:
            raise _decided(line)
    return found


def _decided(line: BankLine) -> Conflict:
    last = (
        Match.objects.filter(line=line, decided_at__isnull=False)
        .select_related("decided_by")
        .order_by("-decided_at")
        .first()
    )
    who = f" par {last.decided_by}" if last is not None and last.decided_by else ""
    return Conflict(
        f"Cette ligne est déjà « {uncapitalised(line.get_state_display())} »{who}. Rechargez la page.",
        code="line_decided",
    )


def back_to_suspense(line: BankLine, why: str, actor: Actor) -> None:
    """Post the line again, to suspense: the reversal also took it off the bank account, where the money still is."""
    bank, amount = bank_ledger_account(line.bank_account), abs(line.amount)
    debit, credit = (bank, int(General.SUSPENSE)) if line.amount > 0 else (int(General.SUSPENSE), bank)
    [entry] = post(
        entries=[
            NewEntry(
                kind=EntryKind.BANK_UNPLACED,
                key=f"bank:{line.pk}:{why}",
                effective_on=line.booking_day,
                label="Mouvement à placer",
                postings=(NewPosting(debit, credit, amount, Nature.TRANSFER, line.booking_day),),
            )
        ],
        actor=actor,
    )
    line.entry_id = entry.id


def wait_again(line: BankLine, why: MatchWhy) -> BankLine:
    """Write that it waits for a person, and why. The caller has taken its money back to suspense."""
    line.state = LineState.TO_PLACE
    line.reasons = stored(Reason(why))
    line.save(update_fields=["state", "reasons", "entry"])
    return line
