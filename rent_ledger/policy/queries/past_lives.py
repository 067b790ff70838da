"""What happened to accounts beside their debts, as `rules.steps` reads it: a fixed number of queries, however long."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db import connection

from common import clock
from common.codes import with_codes
from common.periods import Month
from leases.contracts.natures import Nature
from office.parameters.queries import params_on
from rent_ledger.arrears.codes import LetterHoldSource
from rent_ledger.arrears.parameters import habit_params
from rent_ledger.arrears.queries.lanes import habits_on
from rent_ledger.arrears.rules.case_facts import Habit, LegalNow
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, AccountKind, EntryKind, PlanEnd
from rent_ledger.policy.rules.replay import PastDebt, PastHold, PastLife, PastPlan, PastStep
from rent_ledger.procedures.codes import TOLD

_ACCOUNTS = with_codes(
    """
SELECT a.id, l.kind, coalesce(o.entry_on, lower(l.period)),
    CASE WHEN o.stays > 0 THEN nullif(o.gone_on, 'infinity'::date) ELSE upper(l.period) END,
    EXISTS (SELECT 1 FROM rent_ledger_benefitright r
            WHERE r.lease_id = l.id AND r.is_direct AND upper_inf(r.period)),
    (SELECT min(p.effective_on) FROM rent_ledger_account b JOIN rent_ledger_posting p ON p.credit_id = b.id
     WHERE b.lease_id = l.id AND b.kind = AccountKind.BENEFIT AND p.credit_id >= FIRST_ID
       AND p.nature = Nature.BENEFIT AND p.debit_id < FIRST_ID)
FROM rent_ledger_account a JOIN leases_lease l ON l.id = a.lease_id
CROSS JOIN LATERAL (
    SELECT count(*) AS stays, min(lower(s.period)) AS entry_on,
        max(coalesce(upper(s.period), 'infinity'::date)) AS gone_on
    FROM leases_occupancy s WHERE s.lease_id = l.id
) o
WHERE a.id = ANY(%(ids)s::bigint[])
""",
    AccountKind,
    Nature,
    FIRST_ID=FIRST_SUBLEDGER_ID,
)
# As the states of the accounts read them: what was undone since never came.
_PAYMENTS = with_codes(
    """
SELECT p.credit_id, p.due_on, p.amount FROM rent_ledger_posting p
WHERE p.credit_id >= FIRST_ID AND p.credit_id = ANY(%(ids)s::bigint[]) AND p.nature = Nature.PAYMENT
  AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry e WHERE e.reverses_id = p.entry_id)
ORDER BY p.due_on, p.id
""",
    Nature,
    FIRST_ID=FIRST_SUBLEDGER_ID,
)
_RETURNS = with_codes(
    """
SELECT p.debit_id, p.due_on FROM rent_ledger_posting p
JOIN rent_ledger_entry e ON e.id = p.entry_id AND e.kind = EntryKind.RETURN
WHERE p.debit_id >= FIRST_ID AND p.debit_id = ANY(%(ids)s::bigint[]) AND p.nature = Nature.PAYMENT
  AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry u WHERE u.reverses_id = p.entry_id)
ORDER BY p.due_on
""",
    EntryKind,
    Nature,
    FIRST_ID=FIRST_SUBLEDGER_ID,
)
# What the payer keeps explains no debt, as in the states.
_AIDS = with_codes(
    """
SELECT a.id, p.id, p.due_on, p.effective_on, p.amount
FROM rent_ledger_account a JOIN rent_ledger_account b ON b.lease_id = a.lease_id AND b.kind = AccountKind.BENEFIT
JOIN rent_ledger_posting p ON p.debit_id = b.id AND p.debit_id >= FIRST_ID
WHERE a.id = ANY(%(ids)s::bigint[]) AND p.due_on < %(end)s
  AND NOT EXISTS (SELECT 1 FROM rent_ledger_benefitretention k
                  WHERE k.lease_id = a.lease_id AND k.withdrawn_at IS NULL AND k.period @> p.for_month)
ORDER BY a.id, p.due_on, p.id
""",
    AccountKind,
    FIRST_ID=FIRST_SUBLEDGER_ID,
)
_AIDS_PAID = with_codes(
    """
SELECT p.id, CASE WHEN x.amount > 0 THEN c.effective_on ELSE greatest(c.effective_on, x."on") END, x.amount
FROM rent_ledger_account a JOIN rent_ledger_account b ON b.lease_id = a.lease_id AND b.kind = AccountKind.BENEFIT
JOIN rent_ledger_posting p ON p.debit_id = b.id AND p.debit_id >= FIRST_ID
JOIN rent_ledger_allocation x ON x.debit_posting_id = p.id JOIN rent_ledger_posting c ON c.id = x.credit_posting_id
WHERE a.id = ANY(%(ids)s::bigint[]) AND p.due_on < %(end)s
""",
    AccountKind,
    FIRST_ID=FIRST_SUBLEDGER_ID,
)
# Those of a rule follow from an alert: the played policy makes its own.
_HOLDS = with_codes(
    """
SELECT c.account_id, h.source, h.from_day,
    least(h.until, coalesce((h.lifted_at AT TIME ZONE 'Europe/Paris')::date - 1, h.until)) AS last
FROM rent_ledger_arrearscase c JOIN rent_ledger_letterhold h ON h.case_id = c.id
WHERE c.account_id = ANY(%(ids)s::bigint[]) AND h.source <> LetterHoldSource.RULE
ORDER BY h.source DESC, last DESC
""",
    LetterHoldSource,
)
_ANSWERS = """
SELECT c.account_id, (x.answered_at AT TIME ZONE 'Europe/Paris')::date, x.contact_made
FROM rent_ledger_arrearscase c JOIN rent_ledger_socialanswer x ON x.case_id = c.id
WHERE c.account_id = ANY(%(ids)s::bigint[]) ORDER BY x.answered_at
"""
_PLANS = with_codes(
    """
SELECT account_id, signed_on, ended_on, "end" = PlanEnd.BROKEN FROM rent_ledger_repaymentplan
WHERE account_id = ANY(%(ids)s::bigint[]) AND signed_on IS NOT NULL ORDER BY signed_on, id
""",
    PlanEnd,
)
_LEGAL = with_codes(
    """
SELECT r.account_id, s.kind, s."on", s.hearing_on, s.until, r.ended_on
FROM rent_ledger_procedure r JOIN rent_ledger_procedurestep s ON s.procedure_id = r.id AND s.kind NOT IN TOLD
WHERE r.account_id = ANY(%(ids)s::bigint[]) AND s."on" IS DISTINCT FROM r.ended_on ORDER BY s."on", s.id
""",
    TOLD=TOLD,
)


def lives_of(account_ids: Collection[int], *, start: date, end: date) -> dict[int, PastLife]:
    """The life of these accounts until `end`; the habits of payment from the month of `start` on."""
    asked: dict[str, Any] = {"ids": list(account_ids), "end": end}
    with connection.cursor() as cursor:

        def rows(sql: str) -> "defaultdict[int, list[Any]]":
            cursor.execute(sql, asked)
            found: defaultdict[int, list[Any]] = defaultdict(list)
            for key, *row in cursor.fetchall():
                found[key].append(tuple(row))
            return found

        accounts = rows(_ACCOUNTS)
        payments, returns, answers = rows(_PAYMENTS), rows(_RETURNS), rows(_ANSWERS)
        holds, plans, legal = rows(_HOLDS), rows(_PLANS), rows(_LEGAL)
        aids, aids_paid = rows(_AIDS), rows(_AIDS_PAID)
    habits = _habits(account_ids, start, end)
    return {
        account: PastLife(
            lease_kind=lease_kind,
            entry_on=entry_on,
            gone_on=gone_on,
            awaits_aid=awaits_aid,
            first_aid_on=first_aid_on,
            payments=tuple(payments[account]),
            returns=tuple(on for (on,) in returns[account]),
            aids=tuple(
                PastDebt(due_on, known_from, amount, tuple(aids_paid[posting]))
                for posting, due_on, known_from, amount in aids[account]
            ),
            habits=habits[account],
            holds=tuple(PastHold(*row) for row in holds[account] if row[1] <= row[2]),
            answers=tuple(answers[account]),
            plans=tuple(PastPlan(*row) for row in plans[account]),
            legal=tuple(PastStep(LegalNow(*step), ended_on) for *step, ended_on in legal[account]),
        )
        for account, ((lease_kind, entry_on, gone_on, awaits_aid, first_aid_on),) in accounts.items()
    }


def _habits(account_ids: Collection[int], start: date, end: date) -> "defaultdict[int, dict[date, Habit]]":
    """By account and first day of the month: the habit that the rule reads on that day, kept for its month."""
    today = clock.today()
    habit = habit_params(today, params=params_on(today))
    found: defaultdict[int, dict[date, Habit]] = defaultdict(dict)
    for first in _months(start, end):
        for account, usual in habits_on(list(account_ids), day=first, habit=habit).items():
            found[account][first] = usual
    return found


def _months(start: date, end: date) -> Iterator[date]:
    month = Month.of(start)
    while month.first < end:
        yield month.first
        month = month.plus(1)
