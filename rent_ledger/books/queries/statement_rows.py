"""The statement as it is read: a correction is one row with its parts, months long past are one row each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby

from common import typography
from common.money import ZERO
from common.periods import Month
from rent_ledger.books.codes import EntryKind
from rent_ledger.books.queries.statement import StatementLine

WHOLE, LATEST = 12, 3
"""Up to so many rows each is written. With more, only those of the latest months are."""


@dataclass(slots=True)
class StatementRow:
    """What stands in a row: `line`, and the `parts` that it is the sum of, oldest first, where a correction made it.

    `remaining`: what the household owes after it, below zero in advance. `is_undone`: nothing took its place.
    """

    line: StatementLine
    parts: list[StatementLine] = field(default_factory=list)
    remaining: Decimal = ZERO
    is_undone: bool = False

    @property
    def due(self) -> Decimal:
        return sum((part.due for part in self.parts), ZERO)

    @property
    def received(self) -> Decimal:
        return sum((part.received for part in self.parts), ZERO)

    @property
    def aid(self) -> Decimal:
        return sum((part.aid for part in self.parts), ZERO)

    @property
    def on(self) -> date:
        return self.line.on

    @property
    def entry_id(self) -> int:
        return self.line.entry_id

    @property
    def is_reversed(self) -> bool:
        """Said where the row stands alone; one that was corrected says it by its parts."""
        return self.line.is_reversed and not self.is_corrected

    @property
    def parts_newest_first(self) -> list[StatementLine]:
        return self.parts[::-1]

    @property
    def title(self) -> str:
        return self.line.title

    @property
    def detail(self) -> str:
        """What the line says; of what was undone, that."""
        return ", ".join(filter(None, (self.line.detail, "annulé" if self.is_undone else "")))

    @property
    def is_corrected(self) -> bool:
        return len(self.parts) > 1

    def add(self, line: StatementLine) -> None:
        """A reversal leaves the row what it was, undone; what replaces it gives the row its words."""
        self.parts.append(line)
        self.is_undone = line.is_reversal
        if not line.is_reversal:
            self.line = line


def rows_of(lines: Iterable[StatementLine]) -> list[StatementRow]:
    """The rows of lines that are given oldest first. A reversal joins what it undoes, and the avis that was made anew
    for that month joins both: they stand on one day. A rejected payment keeps its own row and day."""
    rows: list[StatementRow] = []
    by_entry: dict[int, StatementRow] = {}
    for line in lines:
        row = by_entry.get(line.reverses_id) if line.is_reversal and line.reverses_id else None
        if row is None and line.kind == EntryKind.DEMAND and line.month:
            row = next((row for row in reversed(rows) if row.is_undone and _same_term(row.line, line)), None)
        if row is not None and row.line.on == line.on:
            row.add(line)
        else:
            row = StatementRow(line, [line])
            rows.append(row)
        by_entry[line.entry_id] = row
    remaining = rows[0].parts[0].before if rows else ZERO
    for row in rows:
        remaining += row.due - row.received
        row.remaining = remaining
    return rows


def _same_term(undone: StatementLine, line: StatementLine) -> bool:
    return undone.kind == EntryKind.DEMAND and (undone.on, undone.month) == (line.on, line.month)


@dataclass(frozen=True, slots=True)
class StatementMonth:
    """The rows of a calendar month, oldest first. `is_folded`: it stands in one row, with its sums."""

    month: Month
    rows: tuple[StatementRow, ...]
    is_folded: bool

    @property
    def title(self) -> str:
        return typography.month(self.month).capitalize()

    @property
    def detail(self) -> str:
        return self.paid_on

    @property
    def word(self) -> str:
        """`2026-11`, for the address of what it opens."""
        return f"{self.month.first:%Y-%m}"

    @property
    def newest_first(self) -> tuple[StatementRow, ...]:
        return self.rows[::-1]

    @property
    def due(self) -> Decimal:
        return sum((row.due for row in self.rows), ZERO)

    @property
    def received(self) -> Decimal:
        return sum((row.received for row in self.rows), ZERO)

    @property
    def aid(self) -> Decimal:
        return sum((row.aid for row in self.rows), ZERO)

    @property
    def remaining(self) -> Decimal:
        return self.rows[-1].remaining

    @property
    def paid_on(self) -> str:
        """`payé le 5`, `payé les 3, 5 et 9`: the days on which money came; empty where none did."""
        days = [typography.day_number(day) for day in sorted({row.line.on for row in self.rows if row.received > 0})]
        if len(days) < 2:
            return "".join(f"payé le {day}" for day in days)
        return f"payé les {', '.join(days[:-1])} et {days[-1]}"


def months_of(rows: Sequence[StatementRow]) -> Iterator[StatementMonth]:
    """The months of rows that are given oldest first; of many rows, each month before the latest ones is folded."""
    months = [(month, tuple(group)) for month, group in groupby(rows, lambda row: Month.of(row.line.on))]
    for rank, (month, group) in enumerate(months):
        is_old = len(rows) > WHOLE and rank < len(months) - LATEST
        yield StatementMonth(month, group, is_folded=is_old and len(group) > 1)


def folded_lines(months: Iterable[StatementMonth]) -> int:
    """How many lines have no row of their own: those of a folded month, the parts of a correction."""
    return sum(len(row.parts) for month in months for row in month.rows if month.is_folded or row.is_corrected)
