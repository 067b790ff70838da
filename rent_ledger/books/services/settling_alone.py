"""The quick way to allocate an entry that pays its own debts only: a demand, less its expected benefit.

A run posts such an entry on every lease. Where the account has no free credit, the entry alone says what is allocated,
and no open item is read. Other entries go through `settling`. Both ways give the same rows.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from common import clock
from common.copy import DayCells, bigints, copy_lines
from common.money import ZERO
from leases.contracts.natures import Nature
from rent_ledger.books.rules.allocation import (
    TIERS,
    OpenCredit,
    fill_in_order,
    first_tier,
    place_in_queue,
)
from rent_ledger.books.rules.natures import MONEY_NATURES, NATURES
from rent_ledger.books.services.entries import NewEntry, NewPosting, PostedEntry

# With fewer entries, looking for free credit costs more than it saves.
FEW = 20
# By which tier an entry's own credits pay its own debts: aid, and what a demand takes off.
_AID = first_tier(OpenCredit(0, ZERO, is_benefit=True, entry_id=1))
_DEDUCTION = first_tier(OpenCredit(0, ZERO, is_deduction=True, entry_id=1))
_Pair = tuple[int, NewPosting]


class _Sides(NamedTuple):
    """The postings of an entry, each with its id.

    `debts` and `credits` are on one account, the only one that the entry credits: the credits pay these debts.
    `elsewhere`: debts on other accounts, which nothing pays here. `accounts`: all accounts with a debt of the entry.
    """

    accounts: set[int]
    elsewhere: list[_Pair]
    debts: list[_Pair]
    credits: list[_Pair]


def settle_alone(
    entries: Sequence[NewEntry], written: Mapping[str, PostedEntry], accounts: Mapping[int, str]
) -> list[NewEntry]:
    """Allocate the entries that pay their own debts only. Returns the other entries, which need `settle`.

    An entry is taken if its credits (a benefit, a line taken off) go wholly to its own debts, and its accounts have no
    free credit. The caller has locked `accounts` (kinds by id). `written`: the ids of entries and postings, by key.
    """
    if len(entries) < FEW:
        return list(entries)
    found = [None if entry.reverses is not None else _sides(entry, written, accounts) for entry in entries]
    if not any(found):
        return list(entries)
    free = _with_free_credit(accounts)
    apart: list[NewEntry] = []
    alone: list[_Sides] = []
    for entry, sides in zip(entries, found, strict=True):
        if sides is None or not free.isdisjoint(sides.accounts):
            apart.append(entry)
        else:
            alone.append(sides)
    days = DayCells()
    today = clock.today()
    tails = {tier: f"{TIERS[tier].rule}\t{today}\t" for tier in (_AID, _DEDUCTION)}
    items: list[str] = []
    laid: list[str] = []
    for _, elsewhere, debts, credits in alone:
        for posting_id, p in elsewhere:
            items.append(_item(posting_id, p, p.amount, days))
        debts.sort(key=lambda pair: _place(pair, today))
        left = [p.amount for _, p in debts]
        for credit_id, credit in sorted(credits, key=_tier):
            tail = tails[_tier((credit_id, credit))]
            for index, share in enumerate(fill_in_order(credit.amount, left)):
                if share:
                    left[index] -= share
                    laid.append(f"{debts[index][0]}\t{credit_id}\t{share!s}\t{tail}")
        for (posting_id, p), remaining in zip(debts, left, strict=True):
            if remaining:
                items.append(_item(posting_id, p, remaining, days))
    copy_lines(
        "rent_ledger_allocation",
        ("debit_posting_id", "credit_posting_id", "amount", "rule", '"on"', "reason"),
        laid,
    )
    copy_lines(
        "rent_ledger_openitem",
        ("posting_id", "is_debit", "account_id", "remaining", "due_on", "nature", "for_month"),
        items,
    )
    return apart


def _sides(entry: NewEntry, written: Mapping[str, PostedEntry], accounts: Mapping[int, str]) -> _Sides | None:
    """The sides of an entry; None if one of its credits may pay debts of other entries."""
    own = 0
    for _, credit, _, nature, _, _ in entry.postings:
        if credit in accounts:
            if (own and credit != own) or (nature in MONEY_NATURES and nature != Nature.BENEFIT):
                return None
            own = credit
    touched: set[int] = set()
    elsewhere: list[_Pair] = []
    debts: list[_Pair] = []
    credits: list[_Pair] = []
    for pair in zip(written[entry.key].posting_ids, entry.postings, strict=True):
        debit, credit, _, _, _, _ = pair[1]
        # An entry without a credit on `accounts` has no account of its own: 0 is no account.
        if credit == own:
            credits.append(pair)
        if debit in accounts:
            touched.add(debit)
            (debts if debit == own else elsewhere).append(pair)
    # With more credit than debts, some of it may pay other debts.
    if sum([p.amount for _, p in credits], ZERO) > sum([p.amount for _, p in debts], ZERO):
        return None
    # So credits come with debts on the same account: `touched` has it.
    return _Sides(touched, elsewhere, debts, credits)


def _place(pair: _Pair, day: date) -> list[Any]:
    """The sort key of a new debt in the queue. None is held yet, and the sort keeps the order of equal ones."""
    _, _, _, code, due_on, _ = pair[1]
    nature = NATURES[code]
    return place_in_queue(due_on, nature.is_housing, nature.rank, day)


def _tier(pair: _Pair) -> int:
    return _AID if pair[1].nature == Nature.BENEFIT else _DEDUCTION


def _item(posting_id: int, p: NewPosting, remaining: Decimal, days: DayCells) -> str:
    debit, _, _, nature, due_on, for_month = p
    return f"{posting_id}\tt\t{debit}\t{remaining!s}\t{days[due_on]}\t{nature}\t{days[for_month]}"


def _with_free_credit(accounts: Mapping[int, str]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id FROM rent_ledger_openitem WHERE account_id = ANY(%s::bigint[]) AND NOT is_debit",
            [bigints(accounts)],
        )
        return {account for (account,) in cursor.fetchall()}
