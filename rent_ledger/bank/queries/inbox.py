"""Reads of the bank pages: a statement's figures, lines in three columns, statements set aside."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum

from common.money import ZERO
from common.periods import Month
from common.reasons import Reason
from common.typography import euros
from rent_ledger.bank.codes import LineState, StatementState
from rent_ledger.bank.models import BankLine, BankStatement, Match
from rent_ledger.bank.queries.chain import breaks
from rent_ledger.benefits.models import BenefitStatement
from rent_ledger.billing.codes import ReceiptKind
from rent_ledger.billing.models import Receipt
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, EntryKind
from rent_ledger.books.models import Allocation, Entry
from rent_ledger.matching.codes import MatchWhy
from rent_ledger.matching.reasons import Said, said

SHOWN = 8
PER_PAGE = 50
# Column → states of its lines, its word in the address.
SURE = "sures"
COLUMNS: dict[str, tuple[LineState, ...]] = {
    SURE: (LineState.SURE, LineState.PLACED),
    "proposees": (LineState.PROPOSED,),
    "a-placer": (LineState.TO_PLACE,),
    "hors-loyers": (LineState.OTHER,),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A line as a card: where it goes, why, what can be done with it."""

    line: BankLine
    title: str
    matches: Sequence[Match]
    reasons: Sequence[Said]
    can_wait_again: bool = False

    @property
    def proposal(self) -> Match | None:
        return self.matches[0] if self.line.state == LineState.PROPOSED and self.matches else None

    @property
    def targets(self) -> list[str]:
        return [m.account.household.name if m.account.household else m.account.label for m in self.matches]

    @property
    def shares(self) -> str:
        """The parts of a line that was shared."""
        return " + ".join(euros(m.amount) for m in self.matches) if len(self.matches) > 1 else ""

    @property
    def decided(self) -> Reason | None:
        """Why a line that no longer waits was placed where it is."""
        return self.reasons[0].reason if self.reasons and not self.is_waiting else None

    @property
    def is_waiting(self) -> bool:
        return self.line.state in {LineState.PROPOSED, LineState.TO_PLACE}

    @property
    def can_undo(self) -> bool:
        """A line that was placed, or that is no rent: its money is still where the line laid it."""
        if self.line.state == LineState.OTHER:
            return self.can_wait_again
        return (bool(self.matches) or self.bordereau is not None) and not self.is_waiting

    @property
    def bordereau(self) -> BenefitStatement | None:
        """The bordereau whose credit it is."""
        return getattr(self.line, "benefit_statement", None)


@dataclass(slots=True)
class Column:
    """One of the three columns: the first cards, how many there are, their sum."""

    key: str
    count: int
    total: Decimal
    cards: list[Card] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


@dataclass(frozen=True, slots=True)
class StatementFigures:
    """The head of the page. `placed` of `lines`; `movement`: credits less debits; how many are sure, and their sum."""

    statement: BankStatement
    lines: int
    placed: int
    credits: Decimal
    debits: Decimal
    sure: int
    sure_total: Decimal

    @property
    def movement(self) -> Decimal:
        return self.credits - self.debits


def latest_statement() -> BankStatement | None:
    """The newest accepted statement of all our accounts."""
    accepted = BankStatement.objects.filter(state=StatementState.ACCEPTED).select_related("bank_account", "file")
    return accepted.defer("raw").order_by("-last_day", "-id").first()


def figures(statement: BankStatement) -> StatementFigures:
    """One query."""
    sure = Q(state__in=COLUMNS[SURE])
    found = statement.lines.aggregate(
        n=Count("id"),
        placed=Count("id", filter=~Q(state__in=[LineState.PROPOSED, LineState.TO_PLACE])),
        credits=Sum("amount", filter=Q(amount__gt=0)),
        debits=Sum("amount", filter=Q(amount__lt=0)),
        sure=Count("id", filter=sure),
        sure_total=Sum("amount", filter=sure),
    )
    return StatementFigures(
        statement, found["n"], found["placed"], found["credits"] or ZERO, -(found["debits"] or ZERO), found["sure"],
        found["sure_total"] or ZERO,
    )  # fmt: skip


def bordereaux_for(line: BankLine) -> QuerySet[BenefitStatement]:
    """Bordereaux that await their credit, whose total is the amount of the line. One query."""
    waiting = BenefitStatement.objects.filter(bank_line=None, withdrawn_at=None, total=line.amount)
    return waiting.select_related("payer").order_by("-paid_on", "-id")


def accounts_tried(line: BankLine) -> list[int]:
    """Up to three accounts of households that the line was proposed for, or laid on before: now, then last first."""
    tried = Match.objects.filter(line=line, account__gte=FIRST_SUBLEDGER_ID).order_by(
        F("undone_at").desc(nulls_first=True), "-id"
    )
    return list(dict.fromkeys(tried.values_list("account_id", flat=True)))[:3]


def receipts_on(statement: BankStatement) -> int:
    """How many quittances rest on the money of a statement: they say that it was received. One query."""
    entries = Match.objects.filter(line__statement=statement, is_accepted=True, undone_at=None).values("entry")
    paid = Allocation.objects.filter(credit_posting__entry__in=entries).values("debit_posting__entry")
    return Receipt.objects.filter(kind=ReceiptKind.FULL, cancelled_at=None, demand__entry__in=paid).count()


def lines_of(key: str, *, statement: BankStatement | None) -> QuerySet[BankLine]:
    """Lines of a column: those of `statement`, or of all statements if it is None."""
    lines = BankLine.objects.filter(state__in=COLUMNS[key])
    if statement is not None:
        lines = lines.filter(statement=statement)
    live = Match.objects.filter(undone_at=None).select_related("account__household").order_by("id")
    return (
        lines.select_related("benefit_statement")
        .prefetch_related(Prefetch("matches", queryset=live, to_attr="live_matches"))
        .order_by("-booking_day", "id")
    )


def _where_laid(lines: Collection[BankLine]) -> set[int | None]:
    """Of these lines, the entries of those that are no rent whose money is still where it was laid. One query, none
    without such a line. By key: beside a list of lines the planner would read the entries of all years."""
    asked = [line.entry_id for line in lines if line.state == LineState.OTHER and line.entry_id]
    if not asked:
        return set()
    kinds = [EntryKind.BANK_UNPLACED, EntryKind.BANK_OTHER]
    back = Q(reversed_by=None) | Q(reversed_by__reversed_by__isnull=False, reversed_by__reversed_by__reversed_by=None)
    return set(Entry.objects.filter(back, pk__in=asked, kind__in=kinds).values_list("pk", flat=True))


def column(key: str, *, statement: BankStatement | None) -> Column:
    """The first cards of a column. Three queries."""
    empty = head(key, statement=statement)
    return Column(key, empty.count, empty.total, _first_cards(key, statement))


def head(key: str, *, statement: BankStatement | None) -> Column:
    """A column without its cards: how many lines, and their sum. One query."""
    found = lines_of(key, statement=statement).aggregate(n=Count("id"), total=Sum("amount"))
    return Column(key, found["n"], found["total"] or ZERO)


def sure_column(figures: StatementFigures) -> Column:
    """The first sure lines of a statement. Their number and sum come from `figures`. Two queries."""
    return Column(SURE, figures.sure, figures.sure_total, _first_cards(SURE, figures.statement))


def _first_cards(key: str, statement: BankStatement | None) -> list[Card]:
    return cards(lines_of(key, statement=statement)[:SHOWN])


def column_page(key: str, *, statement: BankStatement | None, number: str | None) -> tuple[Column, Page[BankLine]]:
    """A whole column, page by page."""
    lines = lines_of(key, statement=statement)
    page = Paginator(lines, PER_PAGE).get_page(number)
    found = Column(key, page.paginator.count, ZERO, cards(page.object_list))
    return found, page


def cards(lines: Iterable[BankLine]) -> list[Card]:
    """The cards of lines fetched by `lines_of`. One query where one of them is no rent."""
    rows = list(lines)
    laid = _where_laid(rows)
    return [_card(line, laid) for line in rows]


def card(line: BankLine) -> Card:
    """The card of a line alone."""
    return _card(line, _where_laid([line]))


def _card(line: BankLine, laid: Collection[int | None]) -> Card:
    matches = getattr(line, "live_matches", None)
    if matches is None:
        matches = list(line.matches.filter(undone_at=None).select_related("account__household").order_by("id"))
    reasons = matches[0].reasons if matches else line.reasons
    title = line.counterparty_name or line.label or MatchWhy.NO_LABEL.label
    return Card(line, title, matches, said(reasons), line.entry_id in laid)


def proposals_without_doubt() -> QuerySet[Match]:
    """Proposals without any fact against them.

    The state of a line is looked up by its key, never joined: right after an import the planner still believes that no
    line is proposed, and would read all that are once per match.
    """
    state = BankLine.objects.filter(pk=OuterRef("line")).order_by().values("state")
    return (
        Match.objects.filter(is_accepted=False, undone_at=None, account__gte=FIRST_SUBLEDGER_ID)
        .annotate(line_state=Subquery(state))
        .filter(line_state=LineState.PROPOSED)
        .exclude(reasons__contains=[{"ok": False}])
    )


def aside_statements() -> QuerySet[BankStatement]:
    """Statements that wait for a person because of their gap."""
    return (
        BankStatement.objects.filter(state=StatementState.ASIDE)
        .select_related("bank_account", "file", "file__author")
        .defer("raw")
        .order_by("-id")
    )


@dataclass(frozen=True, slots=True)
class ListedStatement:
    """A statement in the list: how many of its lines wait, and whether it follows the one before it."""

    statement: BankStatement
    waiting: int
    break_before: Decimal | None


@dataclass(frozen=True, slots=True)
class ListedMonth:
    """The statements that end in a month, None those without a day. `is_open`: something of it has to be looked at."""

    month: Month | None
    rows: list[ListedStatement]
    is_newest: bool

    @property
    def waiting(self) -> int:
        return sum(row.waiting for row in self.rows)

    @property
    def is_odd(self) -> bool:
        return any(row.break_before is not None or row.statement.is_aside for row in self.rows)

    @property
    def is_open(self) -> bool:
        return self.is_newest or self.is_odd or self.waiting > 0


def statements_page(*, number: str | None) -> tuple[list[ListedMonth], Page[Any]]:
    """All statements, newest first, those that were taken out included, by the month in which they end. Four queries:
    what waits is counted apart, from the few lines that do."""
    rows = (
        BankStatement.objects.select_related("bank_account", "file", "file__author", "withdrawn_by")
        .defer("raw")
        .order_by("-last_day", "-id")
    )
    waiting = dict(
        BankLine.objects.filter(state__in=[LineState.PROPOSED, LineState.TO_PLACE])
        .order_by()
        .values_list("statement")
        .annotate(n=Count("pk"))
    )
    page = Paginator(rows, PER_PAGE).get_page(number)
    shown = list(page.object_list)
    apart = breaks([row for row in shown if not row.is_withdrawn])
    rows_of: dict[Month | None, list[ListedStatement]] = {}
    for s in shown:
        month = Month.of(s.last_day) if s.last_day else None
        rows_of.setdefault(month, []).append(ListedStatement(s, waiting.get(s.pk, 0), apart.get(s.pk)))
    return [ListedMonth(month, found, nth == 0) for nth, (month, found) in enumerate(rows_of.items())], page
