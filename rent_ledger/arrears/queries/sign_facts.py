"""The facts of the early signs (`rules.signs`), as known on a day: one query for each, whatever the number of accounts.

Money has a value day and the day on which it was written: what was written after the day asked was not known then.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection

from common.codes import with_codes
from common.periods import Month
from leases.contracts.natures import Nature
from rent_ledger.arrears.queries.defaults import TERM_NATURES
from rent_ledger.arrears.rules.signs import (
    AidFacts,
    EndFacts,
    FoundSign,
    PayingFacts,
    ReturnFacts,
    SignParams,
    TermFacts,
    aid_fell,
    ends_near,
    later_than_usual,
    part_after_full,
    payment_returned,
)
from rent_ledger.bank.queries.bank_known import BankKnowledge, bank_knowledge
from rent_ledger.benefits.queries import benefit_falls
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, AccountKind, AllocationRule, EntryKind
from rent_ledger.books.queries.holds import is_held

_UNDONE = """NOT EXISTS (SELECT 1 FROM rent_ledger_entry r WHERE r.reverses_id = p.entry_id
        AND (r.recorded_at AT TIME ZONE 'Europe/Paris')::date <= %(day)s)"""
_KNOWN = "(e.recorded_at AT TIME ZONE 'Europe/Paris')::date <= %(day)s"

# The first payment of each month; the usual day is their median. Only who was asked something of late can be late.
_PAYING = with_codes(
    f"""
WITH pays AS (
    SELECT p.credit_id AS account_id, date_trunc('month', p.effective_on)::date AS month, min(p.effective_on) AS first
    FROM rent_ledger_posting p JOIN rent_ledger_entry e ON e.id = p.entry_id
    WHERE p.credit_id >= FIRST_ID AND p.nature = Nature.PAYMENT AND p.due_on >= %(since)s AND p.due_on <= %(day)s
      AND {_KNOWN} AND {_UNDONE} AND {{credits}}
    GROUP BY 1, 2
), habits AS (
    SELECT account_id, percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(day FROM first))::int AS usual, count(*) AS n
    FROM pays WHERE month < %(month)s GROUP BY 1
), asked AS (
    SELECT p.debit_id AS account_id, bool_or(p.due_on < %(month)s) AS before, bool_or(p.due_on >= %(month)s) AS now
    FROM rent_ledger_posting p JOIN rent_ledger_entry e ON e.id = p.entry_id
    WHERE p.debit_id >= FIRST_ID AND p.nature = ANY(%(natures)s) AND p.due_on >= %(previous)s AND p.due_on <= %(day)s
      AND {_KNOWN} AND {_UNDONE} AND {{debits}}
    GROUP BY 1
)
SELECT a.id, h.usual, h.n, l.bank_account_id, l.collected_for, asked.before, asked.now, before.first, this.first
FROM asked JOIN habits h USING (account_id) JOIN rent_ledger_account a ON a.id = account_id
JOIN leases_lease l ON l.id = a.lease_id
LEFT JOIN pays before ON before.account_id = a.id AND before.month = %(previous)s
LEFT JOIN pays this ON this.account_id = a.id AND this.month = %(month)s
WHERE a.kind = AccountKind.TENANT
""",  # noqa: S608
    Nature,
    AccountKind,
    FIRST_ID=FIRST_SUBLEDGER_ID,
)
# The last terms of who paid a part of the last one: what was paid of each, as it was laid by that day.
_PARTS = with_codes(
    f"""
WITH debts AS MATERIALIZED (
    SELECT p.id, p.debit_id, p.due_on, p.amount
    FROM rent_ledger_posting p JOIN rent_ledger_entry e ON e.id = p.entry_id
    WHERE p.debit_id >= FIRST_ID AND p.nature = ANY(%(natures)s) AND p.due_on > %(since)s AND p.due_on <= %(until)s
      AND {_KNOWN} AND {_UNDONE} AND NOT {is_held("p.id")} AND {{debits}}
), laid AS (
    SELECT d.id, sum(a.amount) AS amount,
        sum(a.amount) FILTER (WHERE c.nature = Nature.PAYMENT AND a.rule <> AllocationRule.DEDUCTED) AS paid,
        sum(a.amount) FILTER (WHERE c.effective_on <= d.due_on + %(grace)s) AS in_time
    FROM debts d JOIN rent_ledger_allocation a ON a.debit_posting_id = d.id
    JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
    WHERE a."on" <= %(day)s AND c.effective_on <= %(day)s GROUP BY d.id
), terms AS (
    SELECT d.debit_id AS account_id, d.due_on, sum(d.amount) AS asked, sum(coalesce(laid.amount, 0)) AS laid,
        sum(coalesce(laid.paid, 0)) AS paid, sum(coalesce(laid.in_time, 0)) AS in_time,
        row_number() OVER (PARTITION BY d.debit_id ORDER BY d.due_on DESC) AS n
    FROM debts d LEFT JOIN laid USING (id) GROUP BY d.debit_id, d.due_on
)
SELECT account_id, max(due_on) FILTER (WHERE n = 1), max(asked) FILTER (WHERE n = 1),
    max(asked - laid) FILTER (WHERE n = 1), max(paid) FILTER (WHERE n = 1),
    count(*) FILTER (WHERE n BETWEEN 2 AND 1 + %(full)s),
    count(*) FILTER (WHERE n BETWEEN 2 AND 1 + %(full)s AND in_time >= asked)
FROM terms GROUP BY account_id HAVING bool_or(n = 1 AND paid > 0 AND laid < asked)
""",  # noqa: S608
    Nature,
    AllocationRule,
    FIRST_ID=FIRST_SUBLEDGER_ID,
)
_RETURNS = with_codes(
    f"""
SELECT DISTINCT ON (p.debit_id) p.debit_id, e.id, p.effective_on,
    (e.recorded_at AT TIME ZONE 'Europe/Paris')::date, p.amount
FROM rent_ledger_entry e JOIN rent_ledger_posting p ON p.entry_id = e.id
WHERE e.kind = EntryKind.RETURN AND e.booked_on >= %(booked)s AND {_KNOWN}
  AND (e.recorded_at AT TIME ZONE 'Europe/Paris')::date >= %(since)s
  AND p.debit_id >= FIRST_ID AND p.nature = Nature.PAYMENT AND {_UNDONE} AND {{debits}}
ORDER BY p.debit_id, e.recorded_at DESC, e.id DESC
""",  # noqa: S608
    EntryKind,
    Nature,
    FIRST_ID=FIRST_SUBLEDGER_ID,
)
# What ends, and nothing of the same household follows. (The past does not say when an end was known: not for `then`.)
_ENDS = with_codes(
    """
WITH leases AS (
    SELECT a.id AS account_id, l.id, (upper(l.period) - 1) AS ends FROM leases_lease l
    JOIN rent_ledger_account a ON a.lease_id = l.id AND a.kind = AccountKind.TENANT
    WHERE upper(l.period) > %(day)s AND upper(l.period) <= %(until)s AND NOT EXISTS (
        SELECT 1 FROM leases_lease n WHERE n.household_id = l.household_id AND n.id <> l.id
            AND coalesce(upper(n.period), 'infinity'::date) > upper(l.period)) AND {accounts}
), rights AS (
    SELECT a.id AS account_id, max(upper(r.period) - 1) AS ends FROM rent_ledger_benefitright r
    JOIN rent_ledger_account a ON a.lease_id = r.lease_id AND a.kind = AccountKind.TENANT
    WHERE upper(r.period) > %(day)s AND upper(r.period) <= %(until)s AND NOT EXISTS (
        SELECT 1 FROM rent_ledger_benefitright n WHERE n.lease_id = r.lease_id AND n.id <> r.id
            AND coalesce(upper(n.period), 'infinity'::date) > upper(r.period)) AND {accounts}
    GROUP BY a.id
)
SELECT coalesce(leases.account_id, rights.account_id), leases.ends, rights.ends
FROM leases FULL JOIN rights USING (account_id)
""",
    AccountKind,
)


def signs_on(
    day: date,
    *,
    params: SignParams,
    percent: int,
    window_months: int,
    account_ids: Sequence[int] | None = None,
    known: BankKnowledge | None = None,
    with_ends: bool = True,
) -> Iterator[tuple[int, FoundSign]]:
    """(account, sign) of every sign that stands on `day` as known then, of these accounts (None: of all). `percent` of
    the benefit of the month before under which it fell. `with_ends`: the ends of contracts and rights too, which are
    those known today."""
    known = known or bank_knowledge(day=day)
    month = Month.of(day)
    sql: dict[str, Any] = {
        "day": day, "month": month.first, "previous": month.plus(-1).first,
        "since": month.plus(-window_months).first, "natures": TERM_NATURES, "grace": params.grace_days,
        "full": params.full_terms, "ids": None if account_ids is None else list(account_ids),
    }  # fmt: skip
    for account, usual, months, bank, collected_for, was, now, before, paid in _read(_PAYING, sql):
        facts = PayingFacts(usual, months, month.first, known.until(bank, collected_for), was, now, before, paid)
        if sign := later_than_usual(facts, params):
            yield account, sign
    # One term more than is looked at, with a month to spare.
    terms = {"since": month.plus(-params.full_terms - 2).first, "until": day - timedelta(days=params.grace_days)}
    for account, *term in _read(_PARTS, sql | terms):
        if sign := part_after_full(TermFacts(*term), params):
            yield account, sign
    since = day - timedelta(days=params.return_days)
    for account, *returned in _read(_RETURNS, sql | {"since": since, "booked": month.plus(-6).first}):
        if sign := payment_returned(ReturnFacts(*returned), day=day, p=params):
            yield account, sign
    yield from _aids(day, percent, sql)
    if with_ends:
        for account, lease, right in _read(_ENDS, sql | {"until": day + timedelta(days=params.end_days + 1)}):
            for sign in ends_near(EndFacts(lease, right), day=day, p=params):
                yield account, sign


def _aids(day: date, percent: int, sql: dict[str, Any]) -> Iterator[tuple[int, FoundSign]]:
    falls = {fall.lease_id: fall for fall in benefit_falls(day, percent=percent)}
    asked = {"leases": list(falls), **sql}
    for account, lease in _read(_TENANTS, asked) if falls else ():
        yield account, aid_fell(AidFacts(falls[lease].month, falls[lease].before, falls[lease].now))


_TENANTS = with_codes(
    """
SELECT a.id, a.lease_id FROM rent_ledger_account a
WHERE a.kind = AccountKind.TENANT AND a.lease_id = ANY(%(leases)s) AND {accounts}
""",
    AccountKind,
)


def _read(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    one = params["ids"] is not None
    scope = {
        name: f"{column} = ANY(%(ids)s::bigint[])" if one else "true"
        for name, column in (("credits", "p.credit_id"), ("debits", "p.debit_id"), ("accounts", "a.id"))
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**scope), params)
        return cursor.fetchall()
