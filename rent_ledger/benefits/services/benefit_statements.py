"""Bordereaux of the CAF or MSA: imported whole, each line matched to a right, in the books, its month settled.

The money of a bordereau is on its way (transit) until the bank's credit of the same total meets it.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects

from common import clock
from common.copy import copy_rows, draw_ids
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from common.periods import Month, contains
from common.text import sort_key
from leases.models import LeaseParty
from office.actor import Actor
from office.enums import OrganisationKind, Role
from office.models import Organisation
from office.permissions import require
from rent_ledger.enums import BenefitLineState, EntryKind, General, LineState, Nature
from rent_ledger.models import BankLine, BenefitLine, BenefitRight, BenefitStatement
from rent_ledger.rules.benefit_files import ReadLine, read_lines, read_table
from rent_ledger.rules.match_facts import LineFacts, PayerFacts, Verdict
from rent_ledger.rules.match_index import Index
from rent_ledger.rules.matching import match
from rent_ledger.services.accounts import benefit_accounts
from rent_ledger.services.benefits import settle_months
from rent_ledger.services.posting import NewEntry, NewPosting, post

_CREDIT_WINDOW = timedelta(days=20)


@dataclass(frozen=True, slots=True)
class Matched:
    """A line with the right that it is for, or none and why."""

    line: ReadLine
    state: str
    explanation: str
    right: BenefitRight | None = None

    @property
    def difference(self) -> Decimal:
        """What the line pays beyond (or below) the right's amount; zero without a right."""
        return self.line.amount - self.right.amount if self.right else ZERO


@dataclass(slots=True)
class BenefitImportReport:
    """What an import did, or would do. `stopped`: rights that the bordereau's months leave out; their aid stays
    pending. `settled`: months whose difference moved to a tenant."""

    statement_id: int | None
    wet: bool
    payer: str
    total: Decimal
    lines: list[Matched] = field(default_factory=list)
    stopped: list[BenefitRight] = field(default_factory=list)
    settled: int = 0
    bank_line_id: int | None = None

    def _of(self, state: str) -> list[Matched]:
        return [m for m in self.lines if m.state == state]

    @property
    def matched(self) -> list[Matched]:
        return self._of(BenefitLineState.MATCHED)

    @property
    def unknown(self) -> list[Matched]:
        return self._of(BenefitLineState.UNKNOWN)

    @property
    def no_right(self) -> list[Matched]:
        return self._of(BenefitLineState.NO_RIGHT)

    @property
    def left(self) -> int:
        """Lines that a person must recognise."""
        return len(self.unknown) + len(self.no_right)

    @property
    def changed(self) -> list[Matched]:
        return [m for m in self.matched if m.difference]


def import_benefit_statement(
    *,
    data: bytes,
    name: str,
    payer: Organisation,
    mapping: Mapping[str, str] | None = None,
    paid_on: date,
    default_month: Month | None = None,
    actor: Actor,
    wet: bool = True,
) -> BenefitImportReport:
    """Import a CSV. `mapping`: role → header (`benefit_files.ROLES`), guessed from the titles where None.

    Raises `UnreadableFile` (one French error per bad line), `Conflict` for the same file again. `wet` false: nothing is
    kept.
    """
    require(actor, Role.RENTAL_MANAGER)
    if not payer.roles.filter(kind=OrganisationKind.BENEFIT_PAYER).exists():
        raise InvalidInput(f"{payer} n’est pas un organisme payeur (CAF ou MSA).", field="payer")
    if paid_on > clock.today():
        raise InvalidInput("Un bordereau ne peut pas être versé dans le futur.", field="paid_on")
    digest = hashlib.sha256(data).hexdigest()
    _refuse_same(digest)
    table = read_table(data, filename=name)
    chosen = {role: header for role, header in (mapping or table.guessed).items() if header}
    lines = read_lines(table, mapping=chosen, default_month=default_month, filename=name)
    with transaction.atomic():
        total = sum((line.amount for line in lines), ZERO)
        try:
            with transaction.atomic():
                statement = BenefitStatement.objects.create(
                    payer=payer, file_name=name[:200], sha256=digest, paid_on=paid_on, total=total, author=actor.user
                )
        except IntegrityError:
            raise Conflict("Ce bordereau vient d’être importé par quelqu’un d’autre. Rechargez la page.") from None
        matched = _match_lines(lines, payer)
        report = BenefitImportReport(statement.pk, wet, str(payer), total, matched)
        report.stopped = _stopped(matched, payer)
        report.settled = _enter(statement, matched, actor)
        report.bank_line_id = _link_bank_credit(statement, payer, actor)
        if not wet:
            report.statement_id = None
            transaction.set_rollback(True)
    return report


@transaction.atomic
def assign_benefit_line(*, line_id: int, right_id: int, actor: Actor) -> BenefitLine:
    """Say whose aid an unmatched line is. `Conflict` if somebody said it meanwhile."""
    require(actor, Role.RENTAL_MANAGER)
    line = BenefitLine.objects.select_for_update().filter(pk=line_id).first()
    right = BenefitRight.objects.filter(pk=right_id).first()
    if line is None or right is None:
        raise InvalidInput("Cette ligne ou ce droit n’existe pas.")
    if line.state == BenefitLineState.MATCHED:
        raise Conflict("Cette ligne est déjà rapprochée. Rechargez la page.")
    statement = BenefitStatement.objects.get(pk=line.statement_id)
    if right.payer_id != statement.payer_id:
        raise InvalidInput("Ce droit est versé par un autre organisme.", field="right")
    line.right, line.state, line.explanation = right, BenefitLineState.MATCHED, "Choisi par une personne"
    line.save(update_fields=["right", "state", "explanation"])
    entries, _ = _post_and_settle([_Paid(line.pk, right, line.month, line.amount)], statement.paid_on, actor)
    if entries:
        line.entry_id = entries[line.pk]
        line.save(update_fields=["entry"])
    return line


def _refuse_same(digest: str) -> None:
    same = BenefitStatement.objects.filter(sha256=digest).first()
    if same is not None:
        raise Conflict(
            f"Ce bordereau a déjà été importé le {same.imported_at.astimezone(clock.PARIS):%d/%m/%Y} "
            f"(« {same.file_name} »). Rien n’a été ajouté.",
            code="same_file",
        )


class _Rights:
    """The payer's rights, found by number, by lease reference, by name."""

    def __init__(self, payer: Organisation) -> None:
        self.by_number: defaultdict[str, list[BenefitRight]] = defaultdict(list)
        self.by_lease: defaultdict[str, list[BenefitRight]] = defaultdict(list)
        rights = BenefitRight.objects.filter(payer=payer)
        self.rights = list(rights)
        references = dict(rights.values_list("lease_id", "lease__reference"))
        for right in self.rights:
            self.by_number[_number(right.beneficiary_number)].append(right)
            self.by_lease[references[right.lease_id].upper()].append(right)

    @cached_property
    def by_name(self) -> dict[str, list[BenefitRight]]:
        """By the names of the parties: read only where a line says no more than a name."""
        found: defaultdict[str, list[BenefitRight]] = defaultdict(list)
        prefetch_related_objects(self.rights, "lease__parties__person")
        for right in self.rights:
            for party in right.lease.parties.all():
                found[_name(f"{party.person.last_name} {party.person.first_name}")].append(right)
        return found

    def find(self, line: ReadLine) -> tuple[list[BenefitRight], str]:
        if line.number and (found := self.by_number.get(_number(line.number))):
            return found, "Numéro allocataire"
        if line.lease and (found := self.by_lease.get(line.lease.upper())):
            return found, "Référence du bail"
        if line.name and not line.number:
            return self.by_name.get(_name(line.name), []), "Nom"
        return [], ""


def _number(text: str) -> str:
    """A beneficiary's number without its spaces and leading zeros."""
    return re.sub(r"[^0-9A-Z]", "", text.upper()).lstrip("0")


def _name(text: str) -> str:
    """Words of a name in any order, without civility."""
    return " ".join(sorted(w for w in sort_key(text).split() if w not in {"m", "mme", "mlle", "mr"}))


def _match_lines(lines: Sequence[ReadLine], payer: Organisation) -> list[Matched]:
    rights = _Rights(payer)
    named = _known_names() if any(not line.number for line in lines) else set()
    results = []
    for line in lines:
        found, how = rights.find(line)
        covering = [r for r in found if contains(r.period, line.month.first)]
        leases = {r.lease_id for r in covering or found}
        if not found:
            known = bool(line.name) and _name(line.name) in named
            results.append(
                Matched(line, BenefitLineState.NO_RIGHT, "Ménage connu, aucun droit saisi")
                if known
                else Matched(line, BenefitLineState.UNKNOWN, "Aucun droit à ce numéro ni à ce nom")
            )
        elif len(leases) > 1 and (covering or how == "Nom"):
            results.append(Matched(line, BenefitLineState.UNKNOWN, f"{how} : {len(leases)} baux possibles"))
        elif covering:
            results.append(Matched(line, BenefitLineState.MATCHED, how, covering[0]))
        else:
            nearest = min(found, key=lambda r: abs(((r.period.lower or date.min) - line.month.first).days))
            results.append(Matched(line, BenefitLineState.MATCHED, f"{how}, mois sans droit en cours", nearest))
    return results


def _known_names() -> set[str]:
    people = LeaseParty.objects.values_list("person__last_name", "person__first_name").distinct()
    return {_name(f"{last} {first}") for last, first in people}


def _stopped(matched: Sequence[Matched], payer: Organisation) -> list[BenefitRight]:
    """Direct rights that cover the bordereau's own month (the one of most of its lines) and have no line."""
    months = [m.line.month for m in matched]
    if not months:
        return []
    month = max(set(months), key=lambda m: (months.count(m), m))
    paid = {m.right.lease_id for m in matched if m.right and m.line.month == month}
    rights = BenefitRight.objects.filter(payer=payer, is_direct=True, period__contains=month.first)
    # A bordereau is of APL or of AL: a kind that it doesn't pay at all isn't stopped by it.
    kinds = {m.right.kind for m in matched if m.right and m.line.month == month}
    return list(
        rights.filter(kind__in=kinds)
        .exclude(lease_id__in=paid)
        .filter(lease__demands__month=month.first, lease__demands__state="ISSUED", lease__demands__benefit__gt=0)
        .select_related("lease__household")
        .distinct()
    )


def _enter(statement: BenefitStatement, matched: Sequence[Matched], actor: Actor) -> int:
    """The lines and what they enter. Returns the differences moved."""
    ids = draw_ids(BenefitLine, len(matched))
    paid = [
        _Paid(pk, m.right, m.line.month.first, m.line.amount)
        for pk, m in zip(ids, matched, strict=True)
        if m.right is not None
    ]
    # The lines come after their entries: they are written once.
    entries, settled = _post_and_settle(paid, statement.paid_on, actor, is_replayable=False)
    copy_rows(
        BenefitLine._meta.db_table,
        ("id", "statement_id", "rank", "beneficiary_number", "name", "lease_reference", "kind", "month", "amount",
         "right_id", "state", "explanation", "entry_id"),
        (
            (pk, statement.pk, m.line.rank, m.line.number, m.line.name, m.line.lease, m.line.kind, m.line.month.first,
             m.line.amount, m.right.pk if m.right else None, m.state, m.explanation[:200], entries.get(pk))
            for pk, m in zip(ids, matched, strict=True)
        ),
    )  # fmt: skip
    return settled


class _Paid(NamedTuple):
    """What a line gives to a right, for a month."""

    line_id: int
    right: BenefitRight
    month: date
    amount: Decimal


def _post_and_settle(
    lines: Sequence[_Paid], on: date, actor: Actor, *, is_replayable: bool = True
) -> tuple[dict[int, int], int]:
    """Post lines, then settle their months. Returns the entry of each line, and how many differences moved.

    `is_replayable` false: the lines are new, nobody can have sent them before.
    """
    accounts = benefit_accounts({(paid.right.lease_id, paid.right.payer_id) for paid in lines})
    entries, line_ids, notes = [], [], {}
    pairs = set()
    usual = Month.of(on).plus(-1).first
    for line_id, right, month, amount in lines:
        account = accounts[right.lease_id, right.payer_id]
        pairs.add((account, month))
        if amount < 0:
            notes[account, month] = "indu retenu"
        elif month < usual:
            notes.setdefault((account, month), "rappel")
        if not amount:
            continue
        debit, credit = (General.BENEFIT_TRANSIT, account) if amount > 0 else (account, General.BENEFIT_TRANSIT)
        line_ids.append(line_id)
        entries.append(
            NewEntry(
                kind=EntryKind.BENEFIT_RECEIVED,
                key=f"benefit_line:{line_id}",
                effective_on=on,
                label=f"Aide de {month:%m/%Y}" if amount > 0 else f"Indu retenu sur {month:%m/%Y}",
                postings=(NewPosting(int(debit), int(credit), abs(amount), Nature.BENEFIT, on, month),),
            )
        )
    posted = post(entries=entries, actor=actor, is_replayable=is_replayable)
    found = {pk: entry.id for pk, entry in zip(line_ids, posted, strict=True)}
    return found, settle_months(pairs=pairs, notes=notes, on=on, actor=actor)


def _link_bank_credit(statement: BenefitStatement, payer: Organisation, actor: Actor) -> int | None:
    """The credit of this total that waits for its bordereau, if the bank told it first: suspense → transit."""
    waiting = BankLine.objects.select_for_update(of=("self",)).filter(
        amount=statement.total,
        state=LineState.TO_PLACE,
        booking_day__range=(statement.paid_on - _CREDIT_WINDOW, statement.paid_on + _CREDIT_WINDOW),
        benefit_statement__isnull=True,
    )
    index = Index(
        accounts=(),
        payers=[PayerFacts(payer.pk, payer.name, payer.sort_key, payer.iban, {statement.total: (statement.pk,)})],
    )
    found = [line for line in waiting if match(_facts(line), index).verdict == Verdict.BENEFIT]
    if len(found) != 1:
        return None
    line = found[0]
    post(
        entries=[
            NewEntry(
                kind=EntryKind.PLACEMENT,
                key=f"benefit_credit:{statement.pk}",
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
    line.state = LineState.SURE
    line.reasons = [{"text": f"{payer.name}, montant égal au total du bordereau", "ok": True}]
    line.save(update_fields=["state", "reasons"])
    statement.bank_line = line
    statement.save(update_fields=["bank_line"])
    return line.pk


def _facts(line: BankLine) -> LineFacts:
    return LineFacts(
        line.amount, line.booking_day, line.label, line.counterparty_name, line.counterparty_iban, line.end_to_end,
        line.structured_reference, line.mandate, line.operation_code, line.is_return,
    )  # fmt: skip
