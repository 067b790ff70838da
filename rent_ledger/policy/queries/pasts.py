"""The past of accounts, as R1, R2 and the steps read it on any day (`rules`): a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from common.codes import with_codes
from rent_ledger.arrears.queries.defaults import TERM_NATURES, default_facts
from rent_ledger.arrears.queries.month_terms import month_terms_of
from rent_ledger.arrears.rules.defaults import DefaultFacts
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, AccountKind
from rent_ledger.books.queries.holds import every_hold
from rent_ledger.policy.queries.past_lives import lives_of
from rent_ledger.policy.rules.replay import Past, PastDebt
from rent_ledger.policy.rules.steps import WARM_UP

_DEBTS = with_codes(
    """
SELECT p.debit_id, p.id, p.due_on, p.effective_on, p.amount, p.nature = ANY(%(natures)s) FROM rent_ledger_posting p
WHERE p.debit_id >= FIRST_ID AND p.debit_id = ANY(%(ids)s::bigint[])
  AND p.due_on < %(end)s ORDER BY p.debit_id, p.due_on, p.id
""",
    FIRST_ID=FIRST_SUBLEDGER_ID,
)
# As `open_items` of a past day: an allocation that was undone counts until the day on which that was written.
_PAID = with_codes(
    """
SELECT a.debit_posting_id, CASE WHEN a.amount > 0 THEN c.effective_on ELSE greatest(c.effective_on, a."on") END,
    a.amount
FROM rent_ledger_posting p JOIN rent_ledger_allocation a ON a.debit_posting_id = p.id
JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
WHERE p.debit_id >= FIRST_ID AND p.debit_id = ANY(%(ids)s::bigint[])
  AND p.due_on < %(end)s
""",
    FIRST_ID=FIRST_SUBLEDGER_ID,
)
_HELD = with_codes(
    f"""
SELECT h.posting_id, lower(h.period), upper(h.period)
FROM {every_hold()} h JOIN rent_ledger_posting p ON p.id = h.posting_id
WHERE p.debit_id >= FIRST_ID AND p.debit_id = ANY(%(ids)s::bigint[])
""",  # noqa: S608  constants of ours
    FIRST_ID=FIRST_SUBLEDGER_ID,
)
_ACCOUNTS = with_codes(
    """
SELECT a.id FROM rent_ledger_account a
WHERE a.kind = AccountKind.TENANT AND a.household_id IS NOT NULL AND a.lease_id IS NOT NULL ORDER BY a.id
""",
    AccountKind,
)


def replayed_accounts() -> list[int]:
    """The accounts of households with a contract. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS)
        return [account for (account,) in cursor.fetchall()]


def pasts_of(account_ids: Collection[int], *, start: date, end: date, today: date) -> list[Past]:
    """These accounts over `[start, end)`, as the books of `today` tell it."""
    asked: dict[str, Any] = {"ids": list(account_ids), "natures": TERM_NATURES, "end": end}
    with connection.cursor() as cursor:
        cursor.execute(_DEBTS, asked)
        debts: list[tuple[int, int, date, date, Decimal, bool]] = cursor.fetchall()
        paid = _grouped(cursor, _PAID, asked)
        held = _grouped(cursor, _HELD, asked)
    of: dict[int, list[PastDebt]] = defaultdict(list)
    for account, posting, due_on, known_from, amount, is_term in debts:
        of[account].append(PastDebt(due_on, known_from, amount, tuple(paid[posting]), tuple(held[posting]), is_term))
    facts = default_facts(account_ids, day=today)
    since = start - WARM_UP
    months = month_terms_of(account_ids, day=end, since=[(account, since) for account in account_ids])
    lives = lives_of(account_ids, start=since, end=end)
    return [
        Past(account, _still(facts[account]), months.get(account, ()), of[account], lives[account])
        for account in account_ids
        if account in facts and of[account]
    ]


def _still(facts: DefaultFacts) -> DefaultFacts:
    return DefaultFacts(
        known_until=facts.known_until, is_type_1=facts.is_type_1, is_type_2=facts.is_type_2, is_sublet=facts.is_sublet,
        is_intermediation=facts.is_intermediation, entered_on=facts.entered_on,
    )  # fmt: skip


def _grouped(cursor: Any, sql: str, asked: dict[str, Any]) -> defaultdict[int, list[Any]]:
    cursor.execute(sql, asked)
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for posting, *row in cursor.fetchall():
        found[posting].append(tuple(row))
    return found
