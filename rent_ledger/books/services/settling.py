"""Laying money on debts, and keeping the open items: what follows each entry, in the same transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import connection

from common import clock
from common.copy import NULL, bigints, copy_lines
from common.money import ZERO
from rent_ledger.enums import AccountKind, AllocationRule, Nature
from rent_ledger.rules.allocation import OpenCredit, OpenDebit, allocate
from rent_ledger.rules.natures import NATURES
from rent_ledger.services.entries import NewEntry, PostedEntry


class _Side:
    """The open items of one account while money is laid on them, by posting, and what is stored of each."""

    __slots__ = ("credits", "debits", "stored_credits", "stored_debits")

    def __init__(self) -> None:
        self.debits: dict[int, OpenDebit] = {}
        self.credits: dict[int, OpenCredit] = {}
        self.stored_debits: dict[int, Decimal] = {}
        self.stored_credits: dict[int, Decimal] = {}


class OpenBooks:
    """The open items of `accounts` (kinds by id) that the caller holds, as stored now. One query."""

    def __init__(self, accounts: Mapping[int, str]) -> None:
        self.accounts = accounts
        self.sides: defaultdict[int, _Side] = defaultdict(_Side)
        # Due day, nature and month of each posting.
        self.meta: dict[int, tuple[date, str, date | None]] = {}
        if not accounts:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT o.account_id, o.posting_id, o.is_debit, o.remaining, o.due_on, o.nature, o.for_month,
                       EXISTS (SELECT 1 FROM rent_ledger_debthold h
                               WHERE h.posting_id = o.posting_id AND h.period @> %s::date)
                FROM rent_ledger_openitem o WHERE o.account_id = ANY(%s::bigint[])
                """,
                [clock.today(), bigints(accounts)],
            )
            rows = cursor.fetchall()
        for account, posting, is_debit, remaining, due_on, code, for_month, held in rows:
            self.meta[posting] = (due_on, code, for_month)
            side = self.sides[account]
            if is_debit:
                nature = NATURES[code]
                side.debits[posting] = OpenDebit(
                    posting, remaining, due_on, nature.rank, nature.is_housing, for_month, held
                )
                side.stored_debits[posting] = remaining
            else:
                side.credits[posting] = OpenCredit(
                    posting, remaining, for_month, code == Nature.BENEFIT, accounts[account] == AccountKind.BENEFIT
                )
                side.stored_credits[posting] = remaining


def settle(entries: Sequence[NewEntry], written: Mapping[str, PostedEntry], books: OpenBooks) -> None:
    """Lay what is free on what is owed, with the new postings of `entries`; keep the open items of `books`."""
    day = clock.today()
    accounts, sides, meta = books.accounts, books.sides, books.meta
    rows: list[tuple[int, int, Decimal, str]] = []
    for entry in entries:
        for posting_id, p in zip(written[entry.key].posting_ids, entry.postings, strict=True):
            meta[posting_id] = (p.due_on, p.nature, p.for_month)
            if p.debit in accounts:
                nature = NATURES[p.nature]
                sides[p.debit].debits[posting_id] = OpenDebit(
                    posting_id, p.amount, p.due_on, nature.rank, nature.is_housing, p.for_month
                )
            if p.credit in accounts:
                sides[p.credit].credits[posting_id] = OpenCredit(
                    posting_id, p.amount, p.for_month, p.nature == Nature.BENEFIT,
                    accounts[p.credit] == AccountKind.BENEFIT, entry.designate,
                )  # fmt: skip

    reversals = [e for e in entries if e.reverses is not None]
    if reversals:
        rows += _undo(reversals, written, books)
    for side in sides.values():
        live_debits = [d for d in side.debits.values() if d.remaining > ZERO]
        live_credits = [c for c in side.credits.values() if c.remaining > ZERO]
        rows += allocate(live_debits, live_credits, day=day)
    copy_lines(
        "rent_ledger_allocation",
        ("debit_posting_id", "credit_posting_id", "amount", "rule", '"on"', "reason"),
        [f"{debit}\t{credit}\t{amount!s}\t{rule}\t{day}\t" for debit, credit, amount, rule in rows],
    )
    _save_items(books)


def _undo(
    reversals: Sequence[NewEntry], written: Mapping[str, PostedEntry], books: OpenBooks
) -> list[tuple[int, int, Decimal, str]]:
    """Free what lies on the reversed postings, then lay each mirror on its original."""
    accounts, sides, meta = books.accounts, books.sides, books.meta
    original_ids = [e.reverses for e in reversals]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, entry_id, debit_id, credit_id, amount, nature, due_on, for_month
            FROM rent_ledger_posting WHERE entry_id = ANY(%s) ORDER BY entry_id, id
            """,
            [original_ids],
        )
        originals = defaultdict(list)
        for row in cursor.fetchall():
            originals[row[1]].append(row)
        ids = [row[0] for rows in originals.values() for row in rows]
        # What lies on the originals, on either side, with the other posting's facts.
        cursor.execute(
            """
            WITH pairs AS (
                SELECT debit_posting_id AS d, credit_posting_id AS c, sum(amount) AS amount FROM rent_ledger_allocation
                WHERE debit_posting_id = ANY(%(ids)s) OR credit_posting_id = ANY(%(ids)s)
                GROUP BY 1, 2 HAVING sum(amount) <> 0
            )
            SELECT pairs.d, pairs.c, pairs.amount,
                   dp.debit_id, dp.due_on, dp.nature, dp.for_month, cp.nature, cp.due_on, cp.for_month,
                   EXISTS (SELECT 1 FROM rent_ledger_debthold h
                           WHERE h.posting_id = dp.id AND h.period @> %(day)s::date)
            FROM pairs JOIN rent_ledger_posting dp ON dp.id = pairs.d JOIN rent_ledger_posting cp ON cp.id = pairs.c
            """,
            {"ids": ids, "day": clock.today()},
        )
        pairs = cursor.fetchall()
    rows: list[tuple[int, int, Decimal, str]] = []
    for debit, credit, amount, account, d_due, d_nature, d_month, c_nature, c_due, c_month, held in pairs:
        rows.append((debit, credit, -amount, AllocationRule.UNDONE))
        side = sides[account]
        meta.setdefault(debit, (d_due, d_nature, d_month))
        meta.setdefault(credit, (c_due, c_nature, c_month))
        nature = NATURES[d_nature]
        side.debits.setdefault(
            debit, OpenDebit(debit, ZERO, d_due, nature.rank, nature.is_housing, d_month, held)
        ).remaining += amount
        side.credits.setdefault(
            credit,
            OpenCredit(credit, ZERO, c_month, c_nature == Nature.BENEFIT, accounts[account] == AccountKind.BENEFIT),
        ).remaining += amount
    for entry in reversals:
        assert entry.reverses is not None
        mirrors = written[entry.key].posting_ids
        for mirror_id, (original_id, _, debit, credit, amount, nature_code, due_on, month) in zip(
            mirrors, originals[entry.reverses], strict=True
        ):
            meta.setdefault(original_id, (due_on, nature_code, month))
            # The original's debit side is met by the mirror's credit side, in the original's debit account.
            for account, debit_posting, credit_posting in (
                (debit, original_id, mirror_id),
                (credit, mirror_id, original_id),
            ):
                if account not in accounts:
                    continue
                side = sides[account]
                side.debits[debit_posting].remaining -= amount
                side.credits[credit_posting].remaining -= amount
                rows.append((debit_posting, credit_posting, amount, AllocationRule.REVERSAL))
    return rows


def _save_items(books: OpenBooks) -> None:
    """Write what changed of the open items: three statements, however many accounts."""
    gone_debits: list[int] = []
    gone_credits: list[int] = []
    fresh: list[str] = []
    for account, side in books.sides.items():
        for items, stored, gone, is_debit in (
            (side.debits, side.stored_debits, gone_debits, "t"), (side.credits, side.stored_credits, gone_credits, "f"),
        ):  # fmt: skip
            for posting_id, item in items.items():
                before, left = stored.get(posting_id), item.remaining
                if left == before:
                    continue
                if before is not None:
                    gone.append(posting_id)
                if left > ZERO:
                    due_on, nature, for_month = books.meta[posting_id]
                    fresh.append(
                        f"{posting_id}\t{is_debit}\t{account}\t{left!s}\t{due_on}\t{nature}\t{for_month or NULL}"
                    )
    with connection.cursor() as cursor:
        for is_debit, gone in (("t", gone_debits), ("f", gone_credits)):
            if gone:
                cursor.execute(
                    "DELETE FROM rent_ledger_openitem WHERE is_debit = %s::boolean AND posting_id = ANY(%s::bigint[])",
                    [is_debit, bigints(gone)],
                )
    copy_lines(
        "rent_ledger_openitem",
        ("posting_id", "is_debit", "account_id", "remaining", "due_on", "nature", "for_month"),
        fresh,
    )
