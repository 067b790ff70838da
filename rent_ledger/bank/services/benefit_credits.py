"""The bank's credit of a bordereau: tied by a person where the payer has another name on the line, and untied.

Twice or at once: the rows of the line and of the bordereau, which has one line at most (unique).
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q, QuerySet

from common import clock
from common.errors import Conflict, InvalidInput
from common.reasons import Reason
from common.typography import euros
from leases.contracts.natures import Nature
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from rent_ledger.bank.codes import LineState
from rent_ledger.bank.models import BankLine, Match
from rent_ledger.bank.services.waiting import WAITING, back_to_suspense, locked_line, wait_again
from rent_ledger.benefits.models import BenefitStatement
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.models import Entry
from rent_ledger.books.services.posting import NewEntry, NewPosting, post, reverse
from rent_ledger.matching.codes import MatchWhy
from rent_ledger.matching.reasons import stored


@needs(Write(Data.BANK))
@transaction.atomic
def tie_credit(*, line_id: int, statement_id: int, actor: Actor) -> BenefitStatement:
    """Say that a waiting line is the credit of a bordereau: its money leaves suspense. The amounts are equal.

    `Conflict` if the line was decided meanwhile, or if the bordereau has its credit. `undo_match` takes it back.

    Raises `InvalidInput` (`statement`).
    """
    statement = BenefitStatement.objects.select_for_update(of=("self",)).filter(pk=statement_id).first()
    if statement is None:
        raise InvalidInput("Ce bordereau n’existe pas.")
    line = locked_line(line_id, WAITING)
    if statement.is_withdrawn:
        raise Conflict("Ce bordereau est retiré : il n’attend plus de virement. Rechargez la page.")
    if statement.bank_line_id is not None:
        raise Conflict("Ce bordereau a déjà son virement. Rechargez la page.", code="credit_known")
    if line.amount != statement.total:
        raise InvalidInput(
            f"La ligne est de {euros(line.amount)}, le bordereau de {euros(statement.total)} : ce n’est pas son "
            "virement.",
            field="statement",
        )
    before = Entry.objects.filter(idempotency_key__startswith=f"{_key(statement.pk)}:").count()
    post(
        entries=[
            NewEntry(
                kind=EntryKind.PLACEMENT,
                key=f"{_key(statement.pk)}:{before + 1}",
                effective_on=line.booking_day,
                label="Virement d’un organisme payeur",
                postings=(
                    NewPosting(
                        General.SUSPENSE, General.BENEFIT_TRANSIT, line.amount, Nature.TRANSFER, line.booking_day
                    ),
                ),
            )
        ],
        actor=actor,
    )
    Match.objects.filter(line=line, is_accepted=False, undone_at=None).update(undone_at=clock.now())
    line.state = LineState.SURE
    line.reasons = stored(Reason(MatchWhy.STATEMENT_TOTAL, {"payer": statement.payer.name}), Reason(MatchWhy.PERSON))
    line.save(update_fields=["state", "reasons"])
    statement.bank_line = line
    statement.save(update_fields=["bank_line"])
    return statement


def untie(line: BankLine, statement: BenefitStatement, actor: Actor) -> BankLine:
    """The line, locked, is not the credit of the bordereau: its money waits in suspense again.

    Raises `Conflict`.
    """
    statement = BenefitStatement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    if statement.bank_line_id != line.pk:
        raise Conflict("Cette ligne n’est plus le virement de ce bordereau. Rechargez la page.")
    placed = list(placements([statement.pk]).values_list("pk", flat=True))
    if placed:
        reverse(entry_ids=placed, actor=actor, label="Virement d’un organisme payeur défait")
    elif line.entry_id is not None:
        reverse(entry_ids=[line.entry_id], actor=actor, label="Virement d’un organisme payeur défait")
        back_to_suspense(line, f"credit:{line.entry_id}", actor)
    statement.bank_line = None
    statement.save(update_fields=["bank_line"])
    return wait_again(line, MatchWhy.UNDONE)


def placements(statement_ids: Collection[int]) -> "QuerySet[Entry, Entry]":
    """The entries that took the credits of these bordereaux from suspense, and stand."""
    keys = Q(pk__in=[])
    for pk in statement_ids:
        keys |= Q(idempotency_key=_key(pk)) | Q(idempotency_key__startswith=f"{_key(pk)}:")
    return Entry.objects.filter(keys, reversed_by=None)


def _key(statement_id: int) -> str:
    return f"benefit_credit:{statement_id}"
