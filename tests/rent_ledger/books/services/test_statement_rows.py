"""The statement as it is read: a correction is one row, months long past are one row each, and no sum moves."""

from datetime import date
from decimal import Decimal

import pytest

from common.reasons import Reason
from rent_ledger.books.codes import LineTitle
from rent_ledger.books.queries.statement import StatementLine
from rent_ledger.books.queries.statement_rows import StatementRow, folded_lines, months_of, rows_of

OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)


class Account:
    """Lines in their order, with what is left after each."""

    def __init__(self) -> None:
        self.lines: list[StatementLine] = []
        self.left = Decimal(0)

    def add(
        self, kind: str, on: date, *, due: str = "0", received: str = "0", undoes: int | None = None, month: bool = True
    ) -> int:
        self.left += Decimal(due) - Decimal(received)
        entry = len(self.lines) + 1
        self.lines.append(
            StatementLine(
                1000, entry, kind, on, Reason(LineTitle.DEMAND, {"month": on}), (), Decimal(due), Decimal(received),
                Decimal(0), self.left, is_reversal=kind == "REVERSAL", reverses_id=undoes,
                month=on.replace(day=1) if month else None,
            )
        )  # fmt: skip
        return entry


def shown(rows: list[StatementRow]) -> list[tuple[int, list[int], int, int, bool]]:
    """Entry, parts, due less received, what is left, whether it is undone."""
    return [
        (row.line.entry_id, [part.entry_id for part in row.parts], int(row.due - row.received), int(row.remaining),
         row.is_undone)
        for row in rows
    ]  # fmt: skip


def test_an_avis_that_was_made_anew_is_one_row_with_its_three_parts() -> None:
    account = Account()
    account.add("DEMAND", OCT, due="480")
    first = account.add("DEMAND", NOV, due="480")
    account.add("PAYMENT", NOV, received="100", month=False)
    account.add("REVERSAL", NOV, due="-480", undoes=first)
    account.add("DEMAND", NOV, due="450")
    assert shown(rows_of(account.lines)) == [
        (1, [1], 480, 480, False),
        (5, [2, 4, 5], 450, 930, False),
        (3, [3], -100, 830, False),
    ]
    assert rows_of(account.lines)[-1].remaining == account.left


def test_one_that_was_made_anew_twice_stays_one_row() -> None:
    account = Account()
    for due in ("480", "450"):
        entry = account.add("DEMAND", NOV, due=due)
        account.add("REVERSAL", NOV, due=f"-{due}", undoes=entry)
    account.add("DEMAND", NOV, due="460")
    assert shown(rows_of(account.lines)) == [(5, [1, 2, 3, 4, 5], 460, 460, False)]


def test_what_was_undone_and_not_made_anew_says_it() -> None:
    account = Account()
    account.add("DEMAND", OCT, due="480")
    paid = account.add("PAYMENT", NOV, received="100", month=False)
    account.add("REVERSAL", NOV, received="-100", undoes=paid, month=False)
    row = rows_of(account.lines)[-1]
    assert shown([row]) == [(2, [2, 3], 0, 480, True)]
    assert row.detail == "annulé"


@pytest.mark.parametrize("kind", ["REVERSAL", "RETURN"])
def test_what_came_another_day_has_a_row_of_its_own(kind: str) -> None:
    """The bank took a payment back weeks later: what was left between the two days was true."""
    account = Account()
    paid = account.add("PAYMENT", OCT, received="100", month=False)
    account.add(kind, NOV, received="-100", undoes=paid, month=False)
    assert [row.parts for row in rows_of(account.lines)] == [[line] for line in account.lines]


def test_another_month_or_an_avis_that_stands_joins_nothing() -> None:
    account = Account()
    entry = account.add("DEMAND", OCT, due="480")
    account.add("REVERSAL", OCT, due="-480", undoes=entry)
    account.add("DEMAND", NOV, due="480")
    account.add("DEMAND", NOV, due="20")
    assert [len(row.parts) for row in rows_of(account.lines)] == [2, 1, 1]


def test_lines_of_a_part_of_the_account_go_on_from_what_was_owed_before() -> None:
    account = Account()
    for month in (8, 9, 10):
        account.add("DEMAND", date(2026, month, 1), due="100")
    assert [int(row.remaining) for row in rows_of(account.lines[1:])] == [200, 300]
    assert rows_of([]) == []


def test_of_many_rows_each_month_before_the_latest_three_is_one() -> None:
    account = Account()
    for month in range(1, 8):
        account.add("DEMAND", date(2026, month, 1), due="100")
        account.add("PAYMENT", date(2026, month, 3), received="60", month=False)
        account.add("PAYMENT", date(2026, month, 9), received="40", month=False)
    months = list(months_of(rows_of(account.lines)))
    assert [month.is_folded for month in months] == [True] * 4 + [False] * 3
    first = months[0]
    assert (first.due, first.received, first.remaining) == (100, 100, 0)
    assert (first.paid_on, first.word) == ("payé les 3 et 9", "2026-01")
    few = list(months_of(rows_of(account.lines[:12])))
    assert not any(month.is_folded for month in few)
    assert (folded_lines(months), folded_lines(few)) == (12, 0)


def test_the_parts_of_a_correction_are_folded_in_a_month_that_is_not() -> None:
    account = Account()
    first = account.add("DEMAND", NOV, due="480")
    account.add("REVERSAL", NOV, due="-480", undoes=first)
    account.add("DEMAND", NOV, due="450")
    account.add("PAYMENT", NOV, received="100", month=False)
    assert folded_lines(months_of(rows_of(account.lines))) == 3
