"""Allocate money to debts, and keep the open items up to date, in the transaction of each entry.

An open item is what is not allocated yet of a posting, on one of its accounts: a debt on its debit account, free credit
on its credit account. A posting may be open on both. This module reads the open items of some accounts, lets
`rules.allocation` decide, and writes the allocations and the items that changed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection

from common import clock
from common.copy import NULL, bigints, copy_lines
from common.money import ZERO
from leases.contracts.natures import Nature
from rent_ledger.books.codes import NOT_BY_THE_HOUSEHOLD, AccountKind, AllocationRule, EntryKind
from rent_ledger.books.queries.holds import is_held
from rent_ledger.books.queries.plans import RunningPlan, running_plans
from rent_ledger.books.rules.allocation import OpenCredit, OpenDebit, allocate
from rent_ledger.books.rules.natures import MONEY_NATURES, NATURES
from rent_ledger.books.services.entries import NewEntry, PostedEntry

# Each entry of a list, what it takes back (depth 1), what that takes back, and so on: their postings.
_CHAINS = """
WITH RECURSIVE chain AS (
    SELECT w.id AS last, w.id, 0 AS depth FROM unnest(%s::bigint[]) AS w(id)
    UNION ALL
    SELECT c.last, e.reverses_id, c.depth + 1 FROM chain c JOIN rent_ledger_entry e ON e.id = c.id
    WHERE e.reverses_id IS NOT NULL
)
SELECT c.last, c.depth, p.id, p.debit_id, p.credit_id, p.amount
FROM chain c JOIN rent_ledger_posting p ON p.entry_id = c.id ORDER BY c.last, c.depth, p.id
"""


class _Side:
    """The debts and the free credit of one account, by posting id. `stored_*`: what the table of open items says."""

    __slots__ = ("credits", "debits", "stored_credits", "stored_debits")

    def __init__(self) -> None:
        self.debits: dict[int, OpenDebit] = {}
        self.credits: dict[int, OpenCredit] = {}
        self.stored_debits: dict[int, Decimal] = {}
        self.stored_credits: dict[int, Decimal] = {}


class OpenBooks:
    """The open items of `accounts` (kinds by id), read in one query. The caller has locked these accounts.

    `day`: the day of the allocation (today). The entry of an item is not read. It would only say which debts a benefit,
    or a line taken off, pays first: those of its own demand, when it is posted.
    """

    def __init__(self, accounts: Mapping[int, str], *, day: date | None = None) -> None:
        self.accounts = accounts
        self.day = day or clock.today()
        self.sides: defaultdict[int, _Side] = defaultdict(_Side)
        # By posting id: due day, nature and month.
        self.meta: dict[int, tuple[date, str, date | None]] = {}
        self._plans: dict[int, RunningPlan] | None = None
        if not accounts:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT o.account_id, o.posting_id, o.is_debit, o.remaining, o.due_on, o.nature, o.for_month,
                       {is_held("o.posting_id")}
                FROM rent_ledger_openitem o WHERE o.account_id = ANY(%(accounts)s::bigint[])
                """,  # noqa: S608
                {"day": self.day, "accounts": bigints(accounts)},
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

    def plan_of(self, account: int) -> RunningPlan | None:
        """The plan that runs on an account. They are read once, where a debt is held: a plan holds its debts."""
        if not any(debit.is_held for debit in self.sides[account].debits.values()):
            return None
        if self._plans is None:
            self._plans = running_plans(list(self.accounts))
        return self._plans.get(account)


def settle(entries: Sequence[NewEntry], written: Mapping[str, PostedEntry], books: OpenBooks) -> None:
    """Add the postings of `entries` to `books`, undo what they reverse, then allocate free credit to debts.

    `written`: the ids of the entries and postings, by key. Accounts that `books` doesn't have are left as they are.
    Writes the allocations and the open items.
    """
    accounts, sides, meta = books.accounts, books.sides, books.meta
    # Allocations to write: debit, credit, amount, rule.
    rows: list[tuple[int, int, Decimal, str]] = []
    for entry in entries:
        entry_id, posting_ids, _ = written[entry.key]
        for posting_id, p in zip(posting_ids, entry.postings, strict=True):
            meta[posting_id] = (p.due_on, p.nature, p.for_month)
            if p.debit in accounts:
                nature = NATURES[p.nature]
                sides[p.debit].debits[posting_id] = OpenDebit(
                    posting_id, p.amount, p.due_on, nature.rank, nature.is_housing, p.for_month, False, entry_id
                )
            if p.credit in accounts:
                sides[p.credit].credits[posting_id] = OpenCredit(
                    posting_id, p.amount, p.for_month, p.nature == Nature.BENEFIT,
                    accounts[p.credit] == AccountKind.BENEFIT, entry.designate, entry_id, p.nature not in MONEY_NATURES,
                )  # fmt: skip

    reversals = [e for e in entries if e.reverses is not None]
    if reversals:
        rows += _undo(reversals, written, books)
        _designate_given_up(entries, written, books)
    for entry in entries:
        for posting_id, p, lessened in zip(written[entry.key].posting_ids, entry.postings, entry.lessens, strict=False):
            sides[p.debit].debits[posting_id].remaining -= p.amount
            sides[p.debit].credits[lessened].remaining -= p.amount
            rows.append((posting_id, lessened, p.amount, AllocationRule.REVERSAL))
    _allocate_and_save(books, rows)


def allocate_free_credit(books: OpenBooks) -> None:
    """Allocate free credit where no entry is new: the hold of a debt has ended."""
    _allocate_and_save(books, [])


def _allocate_and_save(books: OpenBooks, rows: list[tuple[int, int, Decimal, str]]) -> None:
    """Allocate the open items of `books`. Write `rows`, these allocations after them, and the items that changed."""
    for account, side in books.sides.items():
        plan = books.plan_of(account) if side.credits else None
        asked = partial(plan.asked, side.debits, day=books.day) if plan else tuple
        rows += allocate([*side.debits.values()], [*side.credits.values()], day=books.day, instalments=asked)
    copy_lines(
        "rent_ledger_allocation",
        ("debit_posting_id", "credit_posting_id", "amount", "rule", '"on"', "reason"),
        [f"{debit}\t{credit}\t{amount!s}\t{rule}\t{books.day}\t" for debit, credit, amount, rule in rows],
    )
    _save_items(books)


def _undo(
    reversals: Sequence[NewEntry], written: Mapping[str, PostedEntry], books: OpenBooks
) -> list[tuple[int, int, Decimal, str]]:
    """Undo the allocations of the reversed postings, then allocate each mirror to its original.

    An original may itself take back another entry, and so on: a return that was undone, and then the payment. The
    allocations of the whole chain are made anew, so that none is left between entries that no longer stand.
    Returns the allocations to write.
    """
    accounts, sides, meta = books.accounts, books.sides, books.meta
    with connection.cursor() as cursor:
        cursor.execute(_CHAINS, [[e.reverses for e in reversals]])
        # The postings of each original, then those of the entry that it takes back itself, and so on: [last][depth].
        chains: defaultdict[int, defaultdict[int, list[list[Any]]]] = defaultdict(lambda: defaultdict(list))
        for last, depth, *posting in cursor.fetchall():
            chains[last][depth].append(posting)
        ids = [p[0] for chain in chains.values() for postings in chain.values() for p in postings]
        # What is allocated between these and other postings, with the facts of both.
        cursor.execute(
            f"""
            WITH pairs AS (
                SELECT debit_posting_id AS d, credit_posting_id AS c, sum(amount) AS amount FROM rent_ledger_allocation
                WHERE debit_posting_id = ANY(%(ids)s) OR credit_posting_id = ANY(%(ids)s)
                GROUP BY 1, 2 HAVING sum(amount) <> 0
            )
            SELECT pairs.d, pairs.c, pairs.amount,
                   dp.debit_id, dp.due_on, dp.nature, dp.for_month, cp.nature, cp.due_on, cp.for_month, cp.debit_id,
                   {is_held("dp.id")}
            FROM pairs JOIN rent_ledger_posting dp ON dp.id = pairs.d JOIN rent_ledger_posting cp ON cp.id = pairs.c
            """,  # noqa: S608
            {"ids": ids, "day": books.day},
        )
        pairs = cursor.fetchall()
    rows: list[tuple[int, int, Decimal, str]] = []
    for debit, credit, amount, account, d_due, d_nature, d_month, c_nature, c_due, c_month, source, held in pairs:
        if account not in accounts:
            continue
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
            OpenCredit(
                credit,
                ZERO,
                c_month,
                c_nature == Nature.BENEFIT,
                accounts[account] == AccountKind.BENEFIT,
                is_given_up=source in NOT_BY_THE_HOUSEHOLD,
            ),
        ).remaining += amount
    for entry in reversals:
        assert entry.reverses is not None
        chain = chains[entry.reverses]
        mirrors: Sequence[int] = written[entry.key].posting_ids
        # From the new end of the chain, two by two: each mirror pays what it takes back. What is left over is the first
        # entry, where it stands again: it is free.
        for depth in range(0, len(chain), 2):
            for mirror_id, (original_id, debit, credit, amount) in zip(mirrors, chain[depth], strict=True):
                # The mirror credits the account that the original debits, and debits the account that it credits: on
                # each of the two, one pays the other.
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
            # The mirror of the next pair.
            mirrors = [posting_id for posting_id, *_ in chain.get(depth + 1, ())]
    return rows


def _designate_given_up(entries: Sequence[NewEntry], written: Mapping[str, PostedEntry], books: OpenBooks) -> None:
    """What was given up of debts that are reversed is for what replaces them in `entries`: of a demand, the demands; of
    the aid that a month lacked, what it lacks now."""
    for account, side in books.sides.items():
        given_up = [credit for credit in side.credits.values() if credit.is_given_up and credit.remaining]
        if not given_up:
            continue
        replacing: list[int] = []
        lacking: defaultdict[date | None, list[int]] = defaultdict(list)
        for e in entries:
            for posting_id, p in zip(written[e.key].posting_ids, e.postings, strict=True):
                if p.debit == account and e.kind == EntryKind.DEMAND:
                    replacing.append(posting_id)
                elif p.debit == account and e.kind == EntryKind.BENEFIT_SETTLED:
                    lacking[p.for_month].append(posting_id)
        for credit in given_up:
            _, nature, month = books.meta[credit.posting_id]
            credit.designate = tuple(lacking[month] if nature == Nature.SHORTFALL else replacing)


def _save_items(books: OpenBooks) -> None:
    """Write the open items that changed, for all accounts in three statements: delete their rows, copy what is left."""
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
