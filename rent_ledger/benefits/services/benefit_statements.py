"""Bordereaux of the CAF or MSA: import the file, match each line to a right, post it, settle its month.

The money of a bordereau stays on the transit account until the bank shows a credit of the same total.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Q, prefetch_related_objects

from common import clock, typography
from common.copy import copy_rows, draw_ids
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from common.periods import Month, contains
from common.reasons import Reason
from common.text import sort_key
from common.typography import counted, euros
from leases.contracts.natures import Nature
from leases.models import LeaseParty
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.house.codes import OrganisationKind
from office.models import Organisation
from office.parameters.queries import params_on
from rent_ledger.bank.codes import LineState
from rent_ledger.bank.models import BankLine
from rent_ledger.benefits.codes import BenefitLineState
from rent_ledger.benefits.models import BenefitLine, BenefitStatement
from rent_ledger.benefits.queries import PaidMonth, awaited_without_line, paid_months
from rent_ledger.benefits.rules.benefit_files import (
    ReadLine,
    digest_of_lines,
    plain_number,
    read_lines,
    read_table,
    who,
)
from rent_ledger.billing.services.settlement import settle_months
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.services.accounts import benefit_accounts
from rent_ledger.books.services.posting import NewEntry, NewPosting, post
from rent_ledger.matching.codes import MatchWhy
from rent_ledger.matching.reasons import stored
from rent_ledger.matching.rules.match_facts import LineFacts, PayerFacts, Verdict
from rent_ledger.matching.rules.match_index import Index
from rent_ledger.matching.rules.matching import match
from rent_ledger.rights.codes import PAST, SEVERAL, LineWhy
from rent_ledger.rights.models import BenefitRight
from rent_ledger.rights.parameters import CREDIT_WINDOW


@dataclass(frozen=True, slots=True)
class Matched:
    """A line with its benefit right, or with the reason why none was found."""

    line: ReadLine
    state: str
    reason: Reason
    right: BenefitRight | None = None


@dataclass(slots=True)
class BenefitImportReport:
    """What an import did, or would do. `changed`: months that it pays otherwise than awaited. `stopped`: rights whose
    benefit of the bordereau's month is awaited still, and which it doesn't pay. `settled`: number of months whose
    difference was moved to the tenant's account. `repeated`: lines that an earlier bordereau of the payer had, and that
    bordereau."""

    statement_id: int | None
    wet: bool
    payer: str
    total: Decimal
    lines: list[Matched] = field(default_factory=list)
    changed: list[PaidMonth] = field(default_factory=list)
    stopped: list[BenefitRight] = field(default_factory=list)
    settled: int = 0
    bank_line_id: int | None = None
    repeated: list[tuple[Matched, BenefitStatement]] = field(default_factory=list)

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


@needs(Write(Data.BENEFIT))
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
    again: bool = False,
) -> BenefitImportReport:
    """Import a CSV file. `mapping`: role → column header (`benefit_files.ROLES`), guessed from the headers if None.

    Raises `UnreadableFile` (one French error per bad line), `Conflict` if the same lines were already imported. A line
    that came before (`_repeated`) is a `Conflict` too unless `again`: the payer did pay it once more. `wet` false: roll
    everything back.

    Also raises `InvalidInput` (`payer`, `paid_on`).
    """
    if not payer.roles.filter(kind=OrganisationKind.BENEFIT_PAYER).exists():
        raise InvalidInput(f"{payer} n’est pas un organisme payeur (CAF ou MSA).", field="payer")
    if paid_on > clock.today():
        raise InvalidInput("Un bordereau ne peut pas être versé dans le futur.", field="paid_on")
    digest = hashlib.sha256(data).hexdigest()
    _refuse_same(Q(sha256=digest))
    table = read_table(data, filename=name)
    chosen = {role: header for role, header in (mapping or table.guessed).items() if header}
    lines = read_lines(table, mapping=chosen, default_month=default_month, filename=name)
    of_lines = digest_of_lines(lines)
    with transaction.atomic():
        # One bordereau of a payer at a time, so that each sees the lines of the other.
        Organisation.objects.select_for_update(no_key=True).get(pk=payer.pk)
        _refuse_same(Q(payer=payer, lines_sha256=of_lines))
        total = sum((line.amount for line in lines), ZERO)
        matched = _match_lines(lines, payer)
        repeated = _repeated(matched, payer)
        if repeated and wet and not again:
            raise _lines_again(repeated)
        try:
            with transaction.atomic():
                statement = BenefitStatement.objects.create(
                    payer=payer, file_name=name[:200], sha256=digest, lines_sha256=of_lines, paid_on=paid_on,
                    total=total, author=actor.user,
                )  # fmt: skip
        except IntegrityError:
            raise Conflict("Ce bordereau vient d’être importé par quelqu’un d’autre. Rechargez la page.") from None
        report = BenefitImportReport(statement.pk, wet, str(payer), total, matched, repeated=repeated)
        months = [(m.right, m.line.month.first, m.line.amount) for m in matched if m.right]
        paid = paid_months(months, payer_id=payer.pk)
        report.changed = [month for month in paid.values() if month.difference]
        report.stopped = awaited_without_line([(right, month) for right, month, _ in months], payer_id=payer.pk)
        report.settled = _enter(statement, matched, actor)
        report.bank_line_id = _link_bank_credit(statement, payer, actor)
        if not wet:
            report.statement_id = None
            transaction.set_rollback(True)
    return report


@needs(Write(Data.BENEFIT))
@transaction.atomic
def assign_benefit_line(*, line_id: int, right_id: int, actor: Actor, again: bool = False) -> BenefitLine:
    """Assign an unmatched line to a benefit right. `Conflict` if somebody assigned it meanwhile, or if another
    bordereau brought the same amount for the month already, unless `again`: the payer did pay it twice.

    Raises `InvalidInput` (`right`).
    """
    line = BenefitLine.objects.select_for_update().filter(pk=line_id).first()
    right = BenefitRight.objects.filter(pk=right_id).first()
    if line is None or right is None:
        raise InvalidInput("Cette ligne ou ce droit n’existe pas.")
    if line.state == BenefitLineState.MATCHED:
        raise Conflict("Cette ligne est déjà rapprochée. Rechargez la page.")
    if line.state == BenefitLineState.WITHDRAWN:
        raise Conflict("Son bordereau est retiré : cette ligne ne compte plus. Rechargez la page.")
    statement = BenefitStatement.objects.get(pk=line.statement_id)
    if right.payer_id != statement.payer_id:
        raise InvalidInput("Ce droit est versé par un autre organisme.", field="right")
    received = BenefitLine.objects.filter(
        ~Q(state=BenefitLineState.WITHDRAWN),
        right__lease=right.lease_id,
        statement__payer=statement.payer_id,
        month=line.month,
        amount=line.amount,
    ).exclude(statement=statement.pk)
    if line.amount and not again and (same := received.select_related("statement").last()):
        raise Conflict(
            f"{euros(line.amount)} {typography.month(line.month, 'de')} sont déjà reçus pour ce ménage "
            f"(« {same.statement.file_name} », versé le {same.statement.paid_on:%d/%m/%Y}). Rien n’a été "
            "imputé. Confirmez si l’organisme a payé une seconde fois.",
            code="lines_again",
        )
    line.right, line.state, line.reason = right, BenefitLineState.MATCHED, Reason(LineWhy.PERSON).to_json()
    line.save(update_fields=["right", "state", "reason"])
    entries, _ = _post_and_settle([_Paid(line.pk, right, line.month, line.amount)], statement.paid_on, actor)
    if entries:
        line.entry_id = entries[line.pk]
        line.save(update_fields=["entry"])
    return line


def _refuse_same(same_as: Q) -> None:
    same = BenefitStatement.objects.filter(same_as, withdrawn_at=None).first()
    if same is not None:
        raise Conflict(
            f"Ce bordereau a déjà été importé le {same.imported_at.astimezone(clock.PARIS):%d/%m/%Y} "
            f"(« {same.file_name} », versé le {same.paid_on:%d/%m/%Y}) : ses lignes sont les mêmes. Rien n’a été "
            "ajouté. Si l’organisme a payé ces sommes une seconde fois, écrivez « rappel » dans une colonne de nature, "
            "puis importez de nouveau.",
            code="same_file",
        )


def _repeated(matched: Sequence[Matched], payer: Organisation) -> list[tuple[Matched, BenefitStatement]]:
    """Lines whose month and amount came before from `payer` for the same beneficiary, known or not, each with its last
    bordereau. A payer may pay twice, so it's for a person to say. A line of zero brings no money."""
    lines = (
        BenefitLine.objects.filter(
            ~Q(state=BenefitLineState.WITHDRAWN),
            statement__payer=payer,
            month__in={m.line.month.first for m in matched},
            amount__in={m.line.amount for m in matched if m.line.amount},
        )
        .order_by("statement_id")
        .values_list(
            "statement_id", "month", "amount", "beneficiary_number", "lease_reference", "name", "right__lease_id"
        )
    )  # fmt: skip
    before: dict[tuple[str, date, Decimal], int] = {}
    for statement_id, month, amount, number, lease, name, lease_id in lines:
        for key in _whose(number, lease, name, lease_id):
            before[key, month, amount] = statement_id
    found = []
    for m in matched:
        keys = _whose(m.line.number, m.line.lease, m.line.name, m.right.lease_id if m.right else None)
        earlier = [before[k] for key in keys if (k := (key, m.line.month.first, m.line.amount)) in before]
        if earlier:
            found.append((m, max(earlier)))
    statements = BenefitStatement.objects.in_bulk({pk for _, pk in found})
    return [(m, statements[pk]) for m, pk in found]


def _whose(number: str, lease: str, name: str, lease_id: int | None) -> set[str]:
    """Whom a line is about: as it is written, and by the right it was matched to (a lease has one of a payer)."""
    return {who(number, lease, name)} | ({f"right {lease_id}"} if lease_id is not None else set())


def _lines_again(repeated: Sequence[tuple[Matched, BenefitStatement]]) -> Conflict:
    m, earlier = repeated[0]
    whom = m.line.number or m.line.lease or m.line.name
    count = counted(len(repeated), "ligne déjà reçue,lignes déjà reçues")
    return Conflict(
        f"{count} dans un autre bordereau : ligne {m.line.rank}, {whom}, {typography.month(m.line.month)}, "
        f"{euros(m.line.amount)}, importée le {earlier.imported_at.astimezone(clock.PARIS):%d/%m/%Y} "
        f"(« {earlier.file_name} »). Rien n’a été ajouté. Retirez du fichier ce qui y est déjà, ou confirmez que "
        "l’organisme a payé une seconde fois.",
        code="lines_again",
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
            self.by_number[plain_number(right.beneficiary_number)].append(right)
            self.by_lease[references[right.lease_id].upper()].append(right)

    @cached_property
    def by_name(self) -> dict[str, list[BenefitRight]]:
        """Rights by the names of the parties. Loaded only if a line has nothing but a name."""
        found: defaultdict[str, list[BenefitRight]] = defaultdict(list)
        prefetch_related_objects(self.rights, "lease__parties__person")
        for right in self.rights:
            for party in right.lease.parties.all():
                found[_name(f"{party.person.last_name} {party.person.first_name}")].append(right)
        return found

    def find(self, line: ReadLine) -> tuple[list[BenefitRight], LineWhy]:
        """The rights that the line may be about, and by what they were found."""
        if line.number and (found := self.by_number.get(plain_number(line.number))):
            return found, LineWhy.NUMBER
        if line.lease and (found := self.by_lease.get(line.lease.upper())):
            return found, LineWhy.LEASE
        if line.name and not line.number:
            return self.by_name.get(_name(line.name), []), LineWhy.NAME
        return [], LineWhy.NOBODY


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
                Matched(line, BenefitLineState.NO_RIGHT, Reason(LineWhy.KNOWN))
                if known
                else Matched(line, BenefitLineState.UNKNOWN, Reason(LineWhy.NOBODY))
            )
        elif len(leases) > 1 and (covering or how == LineWhy.NAME):
            several = Reason(SEVERAL[how], {"leases": len(leases)})
            results.append(Matched(line, BenefitLineState.UNKNOWN, several))
        elif covering:
            results.append(Matched(line, BenefitLineState.MATCHED, Reason(how), covering[0]))
        else:
            nearest = min(found, key=lambda r: abs(((r.period.lower or date.min) - line.month.first).days))
            results.append(Matched(line, BenefitLineState.MATCHED, Reason(PAST[how]), nearest))
    return results


def _known_names() -> set[str]:
    people = LeaseParty.objects.values_list("person__last_name", "person__first_name").distinct()
    return {_name(f"{last} {first}") for last, first in people}


def _enter(statement: BenefitStatement, matched: Sequence[Matched], actor: Actor) -> int:
    """Write the lines and post them. Returns how many differences were moved to tenants."""
    ids = draw_ids(BenefitLine, len(matched))
    paid = [
        _Paid(pk, m.right, m.line.month.first, m.line.amount)
        for pk, m in zip(ids, matched, strict=True)
        if m.right is not None
    ]
    # Written after their entries, so that each row is inserted complete and never updated.
    entries, settled = _post_and_settle(paid, statement.paid_on, actor, is_replayable=False)
    copy_rows(
        BenefitLine._meta.db_table,
        ("id", "statement_id", "rank", "beneficiary_number", "name", "lease_reference", "kind", "month", "amount",
         "right_id", "state", "reason", "entry_id"),
        (
            (pk, statement.pk, m.line.rank, m.line.number, m.line.name, m.line.lease, m.line.kind, m.line.month.first,
             m.line.amount, m.right.pk if m.right else None, m.state, json.dumps(m.reason.to_json()), entries.get(pk))
            for pk, m in zip(ids, matched, strict=True)
        ),
    )  # fmt: skip
    return settled


class _Paid(NamedTuple):
    """The amount that a line pays for a right and a month."""

    line_id: int
    right: BenefitRight
    month: date
    amount: Decimal


def _post_and_settle(
    lines: Sequence[_Paid], on: date, actor: Actor, *, is_replayable: bool = True
) -> tuple[dict[int, int], int]:
    """Post lines, then settle their months. Returns the entry of each line, and how many differences moved.

    `is_replayable` false: the lines are new, so there is no earlier entry to look up (see `posting.post`).
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
                label=f"Aide {typography.month(month, 'de')}"
                if amount > 0
                else f"Indu retenu sur {typography.month(month)}",
                postings=(NewPosting(int(debit), int(credit), abs(amount), Nature.BENEFIT, on, month),),
            )
        )
    posted = post(entries=entries, actor=actor, is_replayable=is_replayable)
    found = {pk: entry.id for pk, entry in zip(line_ids, posted, strict=True)}
    return found, settle_months(pairs=pairs, notes=notes, on=on, actor=actor)


def _link_bank_credit(statement: BenefitStatement, payer: Organisation, actor: Actor) -> int | None:
    """If the bank showed the credit first (same total, no bordereau yet), move it from suspense to transit."""
    window = timedelta(days=params_on(statement.paid_on).integer(CREDIT_WINDOW))
    waiting = BankLine.objects.select_for_update(of=("self",)).filter(
        amount=statement.total,
        state=LineState.TO_PLACE,
        booking_day__range=(statement.paid_on - window, statement.paid_on + window),
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
    line.reasons = stored(Reason(MatchWhy.STATEMENT_TOTAL, {"payer": payer.name}))
    line.save(update_fields=["state", "reasons"])
    statement.bank_line = line
    statement.save(update_fields=["bank_line"])
    return line.pk


def _facts(line: BankLine) -> LineFacts:
    return LineFacts(
        line.amount, line.booking_day, f"{line.label} {line.ultimate_name}".strip(),
        line.counterparty_name, line.counterparty_iban, line.end_to_end,
        line.structured_reference, line.mandate, line.operation_code, line.is_return,
    )  # fmt: skip
