"""Import of bank statements: read, check, skip movements already known, match, post. All of the file or nothing.

Money that matches no account yet is posted at once, to suspense. One transaction per file, and one import per bank
account at a time (advisory lock): a second import of the same account gets a `Conflict`.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db import IntegrityError, connection, transaction

from common import clock
from common.errors import Conflict, InvalidInput, UnreadableFile
from common.memory import no_collection
from common.money import ZERO
from common.typography import euros
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.people import people_who
from office.access.permissions import needs
from office.models import BankAccount
from office.notices.services import NewNotice, notify, over
from rent_ledger.bank import notices
from rent_ledger.bank.codes import LineState, StatementState
from rent_ledger.bank.formats.accounts import bban_account
from rent_ledger.bank.formats.detect import read_bank_file
from rent_ledger.bank.formats.model import BankFileContent, ReadStatement
from rent_ledger.bank.models import BankFile, BankStatement
from rent_ledger.bank.queries.chain import Link, before, links_of
from rent_ledger.bank.services.bank_entries import enter_lines
from rent_ledger.bank.services.bank_lines import KnownLines, LineDraft, Span, drafts_of

_IMPORTED_KINDS = frozenset({"Stmt", "CFONB"})
_LOCK_SPACE = 7_241


@dataclass(frozen=True, slots=True)
class StatementReport:
    """The result for one statement. `gap` (euros): None when a balance is missing; `warnings`: French sentences."""

    id: int | None
    account: str
    first_day: date | None
    last_day: date | None
    opening: Decimal | None
    closing: Decimal | None
    entries: int
    new: int
    known: int
    not_booked: int
    gap: Decimal | None
    state: str
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class ImportReport:
    """What an import did, or would do (`wet` false: nothing was written). Counts are of new lines."""

    file_id: int | None
    format: str
    wet: bool
    statements: list[StatementReport] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    left_out: list[str] = field(default_factory=list)
    """Numbers of the accounts that are not ours, whose statements were left out."""

    @property
    def new(self) -> int:
        return sum(s.new for s in self.statements)

    @property
    def known(self) -> int:
        return sum(s.known for s in self.statements)

    @property
    def aside(self) -> list[StatementReport]:
        return [s for s in self.statements if s.state == StatementState.ASIDE]

    @property
    def sure(self) -> int:
        return self.counts[LineState.SURE]

    @property
    def proposed(self) -> int:
        return self.counts[LineState.PROPOSED]

    @property
    def to_place(self) -> int:
        return self.counts[LineState.TO_PLACE]

    @property
    def other(self) -> int:
        return self.counts[LineState.OTHER]

    @property
    def warnings(self) -> list[str]:
        left = [
            f"Le compte {number} n’est pas un compte de l’association : son relevé n’a pas été importé. Si vous "
            "ajoutez ce compte plus tard, demandez à la banque un nouveau fichier."
            for number in self.left_out
        ]
        return [*left, *(w for s in self.statements for w in s.warnings)]


@needs(Write(Data.BANK))
def import_bank_file(
    *,
    data: bytes,
    name: str,
    actor: Actor,
    accept_gap: bool = False,
    leave_unknown: bool = False,
    wet: bool = True,
) -> ImportReport:
    """Read `data`, write its new lines, match them, post and allocate. `wet` false: do the same, then roll back.

    Raises `UnreadableFile` (`errors`: one French line per problem) when the file can't be read, or the account or its
    currency is not accepted; `Conflict` when the file was already imported or another import of the account is
    running. A statement whose balances don't add up is set aside, unless `accept_gap`. With `leave_unknown`, the
    statements of accounts that are not the association's are left out and told, if the file has others.
    """
    digest = hashlib.sha256(data).hexdigest()
    _refuse_same(digest)
    with no_collection():
        return _import_new(data, digest, name, actor, accept_gap, leave_unknown, wet)


def _import_new(
    data: bytes, digest: str, name: str, actor: Actor, accept_gap: bool, leave_unknown: bool, wet: bool
) -> ImportReport:
    content = read_bank_file(data, filename=name)
    with transaction.atomic():
        left = _left_out(content) if leave_unknown else []
        if left:
            gone = {id(s) for s in left}
            content = replace(content, statements=tuple(s for s in content.statements if id(s) not in gone))
        accounts = _accounts_of(content, name)
        lock_imports(accounts)
        _refuse_same(digest)
        try:
            with transaction.atomic():
                file = BankFile.objects.create(
                    name=name[:200], sha256=digest, format=content.format[:30], size=len(data), author=actor.user
                )
        except IntegrityError:
            raise Conflict("Ce fichier vient d’être importé par quelqu’un d’autre. Rechargez la page.") from None
        report = _import(file, content, accounts, actor, accept_gap)
        report.wet = wet
        report.left_out = sorted({s.iban or s.account for s in left})
        if not wet:
            report.file_id = None
            report.statements = [replace(s, id=None) for s in report.statements]
            transaction.set_rollback(True)
    return report


@needs(Write(Data.BANK))
@transaction.atomic
def confirm_statement(*, statement_id: int, actor: Actor) -> ImportReport:
    """Import a statement that was set aside, despite its gap; `actor` accepts it. `Conflict` if already accepted.

    Raises `InvalidInput`.
    """
    try:
        statement = BankStatement.objects.select_for_update(of=("self",)).select_related("file").get(pk=statement_id)
    except BankStatement.DoesNotExist:
        raise InvalidInput("Ce relevé n’existe pas.") from None
    if statement.state != StatementState.ASIDE:
        done = "retiré" if statement.is_withdrawn else "accepté"
        raise Conflict(f"Ce relevé a déjà été {done}. Rechargez la page.")
    account = BankAccount.objects.get(pk=statement.bank_account_id)
    lock_imports([account])
    drafts = [LineDraft.from_json(values) for values in statement.raw or []]
    known = KnownLines(bank_account_id=account.pk, days=[d.booking_day for d in drafts])
    _refuse_other_format(known, drafts, statement.file.format, account)
    [kept] = known.sort(
        [drafts],
        unique=Counter(d.bank_reference for d in drafts),
        span=Span(statement.opening, statement.closing),
    )
    statement.state = StatementState.ACCEPTED
    statement.raw = None
    statement.confirmed_by = actor.user
    statement.confirmed_at = clock.now()
    statement.known = kept.known
    statement.save(update_fields=["state", "raw", "confirmed_by", "confirmed_at", "known"])
    over(notices.ASIDE, about_ids=[statement.pk])
    report = ImportReport(statement.file_id, statement.file.format, wet=True)
    report.counts = enter_lines([(statement.pk, account.pk, d) for d in kept.new], actor)
    report.statements.append(
        StatementReport(
            statement.pk,
            str(account),
            statement.first_day,
            statement.last_day,
            statement.opening,
            statement.closing,
            statement.entries,
            len(kept.new),
            kept.known,
            0,
            statement.gap,
            statement.state,
        )
    )
    return report


def _refuse_same(digest: str) -> None:
    same = BankFile.objects.filter(sha256=digest, released_at=None).select_related("author").first()
    if same is not None:
        who = f" par {same.author}" if same.author else ""
        moment = same.imported_at.astimezone(clock.PARIS)
        raise Conflict(
            f"Ce fichier a déjà été importé le {moment:%d/%m/%Y} à {moment:%H h %M}{who} (« {same.name} »). "
            "Rien n’a été ajouté.",
            code="same_file",
        )


def _by_number() -> dict[str, BankAccount]:
    """Our bank accounts, by IBAN and by the number without it."""
    ours = list(BankAccount.objects.all())
    return {a.iban: a for a in ours} | {bban: a for a in ours if (bban := bban_account(a.iban))}


def _ours(statement: ReadStatement, by_number: dict[str, BankAccount]) -> BankAccount | None:
    return by_number.get(statement.iban or "") or by_number.get(statement.account)


def _left_out(content: BankFileContent) -> list[ReadStatement]:
    """The statements of accounts that are not ours; none where there is no other, so the file is refused for them."""
    by_number = _by_number()
    left = [s for s in content.statements if s.kind in _IMPORTED_KINDS and _ours(s, by_number) is None]
    return left if len(left) < len(content.statements) else []


def _accounts_of(content: BankFileContent, name: str) -> list[BankAccount]:
    """Our bank account for each statement, in order. Raises `UnreadableFile` with one error per refused statement."""
    by_number = _by_number()
    errors: list[str] = []
    found: list[BankAccount] = []
    for number, statement in enumerate(content.statements, 1):
        where = f"Relevé {number} : " if len(content.statements) > 1 else ""
        if statement.kind not in _IMPORTED_KINDS:
            what = "un avis d’opérations (camt.054)" if statement.kind == "Ntfctn" else "un extrait du jour (camt.052)"
            errors.append(
                f"{where}c’est {what}, pas un relevé. Ses mouvements seront dans le relevé camt.053 : les importer ici "
                "les compterait deux fois."
            )
            continue
        account = _ours(statement, by_number)
        if account is None:
            errors.append(
                f"{where}le compte {statement.iban or statement.account or 'sans numéro'} n’est pas un compte de "
                "l’association. Vérifiez le fichier, ou ajoutez ce compte dans Réglages."
            )
            continue
        others = sorted(statement.currencies - {account.currency})
        if others:
            errors.append(
                f"{where}le relevé du compte {account} contient des mouvements en {', '.join(others)}, ce compte est "
                f"en {account.currency}. Demandez à la banque un relevé en {account.currency}."
            )
            continue
        found.append(account)
    if errors:
        if len(errors) == 1:
            errors[0] = errors[0][0].upper() + errors[0][1:]
        raise UnreadableFile(
            f"« {name} » : {errors[0]}" if name else errors[0], errors=errors, code="statement_refused"
        )
    return found


def lock_imports(accounts: Iterable[BankAccount]) -> None:
    """One import of an account at a time, and none while a statement of it is taken out. `Conflict` at once."""
    for account in sorted({a.pk: a for a in accounts}.values(), key=lambda a: a.pk):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, account.pk])
            if not cursor.fetchone()[0]:
                raise Conflict(
                    f"Quelqu’un importe en ce moment un relevé du compte {account}. "
                    "Attendez quelques secondes, puis rechargez la page.",
                    code="import_in_progress",
                )


def _import(
    file: BankFile, content: BankFileContent, accounts: Sequence[BankAccount], actor: Actor, accept_gap: bool
) -> ImportReport:
    report = ImportReport(file.pk, content.format, wet=True)
    drafts = [drafts_of(statement) for statement in content.statements]
    accepted = [s.adds_up is not False or accept_gap for s in content.statements]
    new: dict[int, list[LineDraft]] = {}
    known: dict[int, int] = {}
    for account in {a.pk: a for a in accounts}.values():
        places = [i for i, a in enumerate(accounts) if a.pk == account.pk]
        taken = [i for i in places if accepted[i]]
        lines = KnownLines(bank_account_id=account.pk, days=[d.booking_day for i in taken for d in drafts[i]])
        unique = Counter(d.bank_reference for i in taken for d in drafts[i])
        for run in _runs(content.statements, taken):
            span = Span(content.statements[run[0]].opening, content.statements[run[-1]].closing)
            for i, kept in zip(run, lines.sort([drafts[i] for i in run], unique=unique, span=span), strict=True):
                _refuse_other_format(lines, kept.new, content.format, account)
                new[i], known[i] = kept.new, kept.known
    items: list[tuple[int, int, LineDraft]] = []
    for i, (read, account) in enumerate(zip(content.statements, accounts, strict=True)):
        warnings = _warnings(read, account, known.get(i, 0))
        statement = _statement(file, read, account, actor, accepted[i], drafts[i], known.get(i))
        items += [(statement.pk, account.pk, draft) for draft in new.get(i, ())]
        report.statements.append(
            StatementReport(
                statement.pk,
                str(account),
                statement.first_day,
                statement.last_day,
                read.opening,
                read.closing,
                statement.entries,
                len(new.get(i, ())),
                known.get(i, 0),
                read.not_booked,
                read.gap,
                statement.state,
                tuple(warnings),
            )
        )
    report.counts = enter_lines(items, actor)
    _tell_aside(report, actor)
    return report


def _tell_aside(report: ImportReport, actor: Actor) -> None:
    """Whoever keeps the bank has to know that something of it is not in the books; who imports reads it on the page."""
    aside = [statement.id for statement in report.aside if statement.id is not None]
    people = list(people_who(Write(Data.BANK)).values_list("pk", flat=True)) if aside else []
    notify(new=[NewNotice(notices.ASIDE, user, pk, str(pk)) for pk in aside for user in people], actor=actor)


def _runs(statements: Sequence[ReadStatement], places: Sequence[int]) -> list[list[int]]:
    """Group statements that follow each other: the closing balance of one is the opening balance of the next.

    Within a group no line is repeated. Two groups may contain the same lines.
    """
    runs: list[list[int]] = []
    for i in places:
        previous = statements[runs[-1][-1]] if runs else None
        if previous is not None and previous.closing is not None and previous.closing == statements[i].opening:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def _refuse_other_format(
    known: KnownLines, drafts: Sequence[LineDraft], file_format: str, account: BankAccount
) -> None:
    for draft in drafts:
        if known.shown_otherwise(draft, file_format):
            raise UnreadableFile(
                f"Le {draft.booking_day:%d/%m/%Y}, le compte {account} a déjà un mouvement de "
                f"{euros(draft.amount)} venu d’un fichier d’un autre format. Importer le même relevé en camt.053 et en "
                "CFONB 120 compterait l’argent deux fois : gardez un seul format pour ces jours-là.",
                code="other_format",
            )


def _warnings(read: ReadStatement, account: BankAccount, known: int) -> list[str]:
    found = []
    if read.adds_up is None:
        found.append(f"Compte {account} : un solde manque dans le relevé, l’équilibre n’a pas pu être vérifié.")
    days = [e.booking_day for e in read.entries if e.booked]
    closing_day = read.closing_day or max(days, default=None)
    last = max([*days, *([closing_day] if closing_day else [])], default=None)
    if last is not None and last > clock.today():
        found.append(
            f"Compte {account} : le relevé va jusqu’au {last:%d/%m/%Y}, un jour qui n’est pas passé. Vérifiez sa date."
        )
    if read.opening is None or read.closing is None or known or closing_day is None or last is None:
        return found
    link = Link(None, account.pk, min(days, default=closing_day), last, read.opening, read.closing)
    other = before(link, links_of([account.pk], until=last).get(account.pk, ()))
    if other is not None:
        found.append(
            f"Compte {account} : le relevé commence à {euros(read.opening)}, le précédent finit à "
            f"{euros(other.closing)} le {other.last_day:%d/%m/%Y}. Il manque peut-être un relevé entre les deux."
        )
    return found


def _statement(
    file: BankFile,
    read: ReadStatement,
    account: BankAccount,
    actor: Actor,
    accepted: bool,
    drafts: list[LineDraft],
    known: int | None,
) -> BankStatement:
    days = [d.booking_day for d in drafts]
    opening_day = read.opening_day + timedelta(days=1) if read.opening_day and not days else None
    last_day = max([*days, *([read.closing_day] if read.closing_day else [])], default=None)
    first_day = min(days, default=opening_day or last_day)
    gap = read.gap or ZERO
    return BankStatement.objects.create(
        file=file,
        bank_account=account,
        sequence=(read.sequence or read.id)[:40],
        opening=read.opening,
        closing=read.closing,
        first_day=first_day if first_day is None or last_day is None else min(first_day, last_day),
        last_day=last_day,
        entries=read.credits + read.debits,
        gap=gap,
        state=StatementState.ACCEPTED if accepted else StatementState.ASIDE,
        raw=None if accepted else [d.to_json() for d in drafts],
        confirmed_by=actor.user if accepted and gap else None,
        confirmed_at=clock.now() if accepted and gap else None,
        known=known,
    )
