"""A bank statement that was wrong is taken out whole: of the wrong account, of another chain, of a day to come.

What Ancrage placed goes with it, by reversals that count from the day of each movement, as if it had never come. What a
person placed is undone by a person before. Twice or from two places: the import lock of the account and the row of the
statement, so one takes it out and the other is told. Killed half-way: one transaction. The file may come again: that is
the way back.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from common import clock, typography
from common.errors import Conflict, InvalidInput
from common.reasons import Reason
from common.typography import counted
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.notices.services import over
from rent_ledger.bank import notices
from rent_ledger.bank.codes import LineState, StatementState
from rent_ledger.bank.models import BankFile, BankLine, BankStatement, Match
from rent_ledger.bank.services.bank import lock_imports
from rent_ledger.bank.services.bank_lines import NEAR
from rent_ledger.bank.services.benefit_credits import placements
from rent_ledger.benefits.models import BenefitStatement
from rent_ledger.books.codes import EntryKind
from rent_ledger.books.models import AccountState, Entry, LedgerMonth
from rent_ledger.books.queries.standing import standing
from rent_ledger.books.services import projections
from rent_ledger.books.services.posting import lock_accounts, reverse
from rent_ledger.matching.codes import MatchWhy
from rent_ledger.matching.reasons import stored

LABEL = "Relevé de banque retiré"
_IN_WORDS = 3


@needs(Write(Data.BANK))
@transaction.atomic
def withdraw_statement(*, statement_id: int, reason: str, actor: Actor) -> BankStatement:
    """Take out a statement, accepted or set aside, and all that it brought; `reason` says what was wrong with it.

    `Conflict` (code `statement_stands`) names what stands on it; `Conflict` while a file of the account is imported, or
    where somebody took it out before.

    Raises `InvalidInput` (`reason`).
    """
    why = reason.strip()[:200]
    if not why:
        raise InvalidInput("Dites ce qui n’allait pas dans ce relevé.", field="reason")
    found = BankStatement.objects.filter(pk=statement_id).select_related("bank_account").first()
    if found is None:
        raise InvalidInput("Ce relevé n’existe pas.")
    lock_imports([found.bank_account])
    statement = BankStatement.objects.select_for_update(of=("self",)).get(pk=statement_id)
    if statement.is_withdrawn:
        who = f" par {statement.withdrawn_by}" if statement.withdrawn_by else ""
        raise Conflict(f"Ce relevé est déjà retiré{who}. Rechargez la page.")
    was_accepted = statement.is_accepted
    lines = list(statement.lines.select_for_update(of=("self",)).order_by("pk"))
    if was_accepted and (obstacles := stands_on(statement)):
        raise Conflict(f"Ce relevé ne peut pas encore être retiré. {' '.join(obstacles)}", code="statement_stands")
    statement.state, statement.raw = StatementState.WITHDRAWN, None
    statement.withdrawn_by, statement.withdrawn_at, statement.withdrawn_why = actor.user, clock.now(), why
    statement.save(update_fields=["state", "raw", "withdrawn_by", "withdrawn_at", "withdrawn_why"])
    BankFile.objects.filter(pk=statement.file_id, released_at=None).update(released_at=clock.now())
    over(notices.ASIDE, about_ids=[statement.pk])
    if was_accepted:
        _take_out(statement, lines, actor)
    return statement


@dataclass(frozen=True, slots=True)
class _Movement:
    """A line: `entries`, its own and those of its accepted matches; `returned`, those that it takes back, where it is
    the return of a payment."""

    entries: tuple[int, ...]
    returned: tuple[int, ...]


def _take_out(statement: BankStatement, lines: Sequence[BankLine], actor: Actor) -> None:
    """Reverse what it brought. `statement` counts no more: the bank may be known to an earlier day, which is said of
    whoever is late."""
    late = list(AccountState.objects.filter(arrears__gt=0).values_list("account_id", flat=True))
    paid = Match.objects.filter(line__statement=statement, undone_at=None).values_list("account_id", flat=True)
    lock_accounts({*late, *paid})
    movements = _movements(lines)
    # The returns first: the payments that they take back may be in the same statement.
    for part in (
        [e for m in movements for e in m.entries if m.returned],
        [e for m in movements for e in m.entries if not m.returned],
    ):
        reverse(entry_ids=sorted(set(standing(part).values())), actor=actor, label=LABEL)
    _wait_for_returned(statement, movements)
    bordereaux = BenefitStatement.objects.select_for_update(of=("self",)).filter(bank_line__statement=statement)
    ids = list(bordereaux.order_by("pk").values_list("pk", flat=True))
    reverse(entry_ids=sorted(placements(ids).values_list("pk", flat=True)), actor=actor, label=LABEL)
    BenefitStatement.objects.filter(pk__in=ids).update(bank_line=None)
    matches = Match.objects.filter(line__statement=statement, undone_at=None)
    accepted = list(matches.filter(is_accepted=True).values_list("pk", flat=True))
    matches.update(undone_at=clock.now())
    _forget_ibans(accepted)
    statement.lines.update(state=LineState.WITHDRAWN)
    projections.refresh(account_ids=late, day=clock.today(), payments={})


def stands_on(statement: BankStatement) -> list[str]:
    """Why an accepted statement can't be taken out yet, one French sentence each; empty: nothing stands on it. A fixed
    number of queries."""
    found = []
    if placed := statement.lines.filter(state=LineState.PLACED).count():
        found.append(
            f"{counted(placed, 'ligne a été placée,lignes ont été placées')} par une personne : annulez d’abord ce "
            "rapprochement, ligne par ligne."
        )
    found += [f"{text}." for text in (*_later(statement), *_returned_since(statement), *_closed(statement))]
    return found


def _later(statement: BankStatement) -> list[str]:
    """Statements taken later that show movements of this one: their lines were left out as known."""
    if statement.first_day is None or statement.last_day is None:
        return []
    taken = Coalesce("confirmed_at", "file__imported_at")
    of_account = BankStatement.objects.filter(bank_account=statement.bank_account_id)
    moment = of_account.annotate(taken=taken).values_list("taken", flat=True).get(pk=statement.pk)
    later = (
        of_account.annotate(taken=taken, lines_of_its_own=Count("lines"))
        .filter(
            Q(taken__gt=moment) | Q(taken=moment, pk__gt=statement.pk),
            Q(known__gt=0) | Q(known=None, entries__gt=F("lines_of_its_own")),
            state=StatementState.ACCEPTED,
            first_day__lte=statement.last_day + NEAR,
            last_day__gte=statement.first_day - NEAR,
        )
        .order_by("-taken", "-pk")
    )
    return [
        f"Le relevé du {other.last_day:%d/%m/%Y}, importé depuis, montre aussi de ses mouvements : retirez-le d’abord"
        for other in later[:_IN_WORDS]
    ]


def _returned_since(statement: BankStatement) -> list[str]:
    """Payments that the bank took back in another statement."""
    entries = Q(line__statement=statement, is_accepted=True, undone_at=None)
    ids = {
        *statement.lines.filter(entry__isnull=False).values_list("entry_id", flat=True),
        *Match.objects.filter(entries, entry__isnull=False).values_list("entry_id", flat=True),
    }
    gone = ids - standing(ids).keys()
    returns = Entry.objects.filter(reverses__in=gone, kind=EntryKind.RETURN)
    elsewhere = (
        BankStatement.objects.filter(
            Q(lines__entry__in=returns) | Q(lines__matches__entry__in=returns), state=StatementState.ACCEPTED
        )
        .exclude(pk=statement.pk)
        .distinct()
        .order_by("-last_day", "-pk")
    )
    return [
        f"La banque a rejeté un de ses paiements dans le relevé du {other.last_day:%d/%m/%Y} : retirez-le d’abord"
        for other in elsewhere[:_IN_WORDS]
    ]


def _closed(statement: BankStatement) -> list[str]:
    months = Entry.objects.filter(bank_line__statement=statement).values("month")
    closed = LedgerMonth.objects.filter(month__in=months, closed_at__isnull=False).order_by("month")
    return [
        f"Le mois {typography.month(row.month, 'de')} est clôturé avec ses mouvements : corrigez-les ligne par ligne"
        for row in closed[:_IN_WORDS]
    ]


def _movements(lines: Sequence[BankLine]) -> list[_Movement]:
    placed: dict[int, list[int]] = {line.pk: [line.entry_id] if line.entry_id is not None else [] for line in lines}
    matches = Match.objects.filter(line__in=lines, is_accepted=True, undone_at=None, entry__isnull=False)
    for line_id, entry_id in matches.values_list("line_id", "entry_id"):
        placed[line_id] += [entry_id] if entry_id not in placed[line_id] else []
    mirrors = Entry.objects.filter(pk__in=[e for ids in placed.values() for e in ids], kind=EntryKind.RETURN)
    originals = _first_entries(dict(mirrors.values_list("pk", "reverses_id")))
    # The return of a payment that was shared takes back each part, by an entry of its own.
    paid = Match.objects.filter(line__entry__in=originals.values(), is_accepted=True, undone_at=None)
    parts: defaultdict[int, set[int]] = defaultdict(set)
    for entry, part in paid.filter(entry__isnull=False).values_list("line__entry_id", "entry_id"):
        parts[entry].add(part)
    every = {e for ids in parts.values() for e in ids} | set(originals.values())
    of_return = dict(Entry.objects.filter(reverses__in=every, kind=EntryKind.RETURN).values_list("reverses_id", "pk"))
    found = []
    for line in lines:
        returned = {originals[e] for e in placed[line.pk] if e in originals}
        returned |= {part for e in returned for part in parts[e]}
        own = {*placed[line.pk], *(of_return[e] for e in returned if e in of_return)}
        found.append(_Movement(tuple(sorted(own)), tuple(sorted(returned))))
    return found


def _first_entries(reversed_by: dict[int, int]) -> dict[int, int]:
    """What each return took back, by its id: where the payment stood again after another return, the payment itself."""
    found = dict(reversed_by)
    while again := dict(
        Entry.objects.filter(pk__in=found.values(), reverses__reverses__isnull=False).values_list(
            "pk", "reverses__reverses_id"
        )
    ):
        found = {pk: again.get(first) or first for pk, first in found.items()}
    return found


def _wait_for_returned(statement: BankStatement, movements: Sequence[_Movement]) -> None:
    """Money that waited for its place when a return of this statement took it back waits again."""
    returned = [e for m in movements for e in m.returned]
    waited = BankLine.objects.filter(
        entry__in=returned, state=LineState.OTHER, reasons=stored(Reason(MatchWhy.RETURNED_BEFORE))
    ).exclude(statement=statement)
    waited.update(state=LineState.TO_PLACE, reasons=stored(Reason(MatchWhy.WAITS_AGAIN)))


def _forget_ibans(match_ids: Sequence[int]) -> None:
    """Forget the IBANs that these matches taught, unless another accepted line has one for the same account."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM rent_ledger_knowniban k USING rent_ledger_match m, rent_ledger_bankline l
            WHERE m.id = ANY(%s) AND l.id = m.line_id AND k.iban = l.counterparty_iban AND k.account_id = m.account_id
              AND NOT EXISTS (
                SELECT 1 FROM rent_ledger_match o JOIN rent_ledger_bankline ol ON ol.id = o.line_id
                WHERE o.account_id = m.account_id AND ol.counterparty_iban = k.iban AND o.is_accepted
                  AND o.undone_at IS NULL)
            """,
            [list(match_ids)],
        )
