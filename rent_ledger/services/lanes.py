"""Bringing lanes and proposed actions up to date: facts gathered by a constant number of queries, one pure rule."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from rent_ledger.enums import CauseCode
from rent_ledger.parameters import lane_params
from rent_ledger.rules.lanes import CaseFacts, LaneParams, Proposal, TermFact, lane_and_action
from rent_ledger.rules.natures import HOUSING_NATURES, QUITTANCE_NATURES
from rent_ledger.selectors.bank_known import BankKnowledge, bank_knowledge

# What makes up a term. Repairs, fees and deposits are debts, not terms.
TERM_NATURES = sorted(QUITTANCE_NATURES | HOUSING_NATURES)

_FACTS = """
WITH scope AS MATERIALIZED (
    SELECT s.account_id, s.arrears, s.held, s.aid_pending, s.net_term, s.oldest_due, s.last_payment_on, s.last_payment,
        s.last_return_on, a.kind AS account_kind, a.household_id, a.lease_id, l.kind AS lease_kind,
        l.bank_account_id, l.collected_for, l.period AS lease_period, h.support_type
    FROM rent_ledger_accountstate s JOIN rent_ledger_account a ON a.id = s.account_id
    LEFT JOIN leases_lease l ON l.id = a.lease_id LEFT JOIN leases_household h ON h.id = a.household_id
    WHERE s.arrears > 0 AND {scope}
), items AS (
    SELECT o.account_id, o.due_on, max(coalesce(o.for_month, date_trunc('month', o.due_on)::date)) AS month,
        sum(o.remaining) AS remaining, sum(p.amount) AS posted,
        coalesce(sum(p.amount) FILTER (WHERE o.nature = 'SHORTFALL'), 0) AS shortfall
    FROM scope JOIN rent_ledger_openitem o ON o.account_id = scope.account_id
    JOIN rent_ledger_posting p ON p.id = o.posting_id
    LEFT JOIN rent_ledger_debthold held ON held.posting_id = o.posting_id AND held.period @> %(day)s::date
    WHERE o.is_debit AND o.due_on < %(day)s AND o.nature = ANY(%(natures)s) AND held.posting_id IS NULL
    GROUP BY o.account_id, o.due_on
), asked AS (
    SELECT i.account_id, i.due_on, sum(d.net) AS net
    FROM items i JOIN rent_ledger_rentdemand d ON d.account_id = i.account_id AND d.due_on = i.due_on
    WHERE d.state = 'ISSUED' GROUP BY i.account_id, i.due_on
), terms AS (
    SELECT i.account_id, array_agg(i.month ORDER BY i.due_on) AS months, array_agg(i.due_on ORDER BY i.due_on) AS days,
        array_agg(greatest(coalesce(a.net + i.shortfall, i.posted), i.remaining) ORDER BY i.due_on) AS asked,
        array_agg(i.remaining ORDER BY i.due_on) AS remaining
    FROM items i LEFT JOIN asked a USING (account_id, due_on) GROUP BY i.account_id
), stays AS (
    SELECT scope.account_id, min(lower(o.period)) AS entry_on,
        CASE WHEN count(o.id) > 0 AND NOT bool_or(o.period @> %(day)s::date OR lower(o.period) > %(day)s)
             THEN max(upper(o.period)) END AS gone_on, count(o.id) AS stays
    FROM scope JOIN leases_occupancy o
      ON o.lease_id = scope.lease_id OR (scope.lease_id IS NULL AND o.household_id = scope.household_id)
    GROUP BY scope.account_id
), cases AS (
    SELECT c.* FROM scope JOIN rent_ledger_arrearscase c ON c.account_id = scope.account_id AND c.closed_on IS NULL
), holds AS (
    SELECT DISTINCT ON (h.case_id) h.case_id, h.source, h.until, h.recorded_at
    FROM cases JOIN rent_ledger_letterhold h ON h.case_id = cases.id
    WHERE h.lifted_at IS NULL AND h.from_day <= %(day)s AND h.until >= %(day)s
    ORDER BY h.case_id, array_position(ARRAY['RULE', 'SOCIAL', 'RENT'], h.source::text), h.until DESC
), answers AS (
    SELECT DISTINCT ON (x.case_id) x.case_id, x.cause, x.plan_asked, x.plan_amount, x.answered_at
    FROM cases JOIN rent_ledger_socialanswer x ON x.case_id = cases.id ORDER BY x.case_id, x.answered_at DESC
), requests AS (
    SELECT r.case_id, max(r.requested_at) AS requested_at
    FROM cases JOIN rent_ledger_helprequest r ON r.case_id = cases.id GROUP BY r.case_id
), decisions AS (
    SELECT DISTINCT ON (d.case_id) d.case_id, d.decision, coalesce(nullif(d.action, ''), d.proposed) AS action,
        d.decided_at
    FROM cases JOIN rent_ledger_casedecision d ON d.case_id = cases.id ORDER BY d.case_id, d.id DESC
), earlier AS (
    SELECT c.account_id, max(c.closed_on) AS closed_on FROM scope JOIN rent_ledger_arrearscase c USING (account_id)
    WHERE c.closed_on - c.opened_on > 10 GROUP BY c.account_id
), contract AS (
    SELECT scope.account_id, sum(t.amount) - coalesce(max(r.amount), 0) AS net
    FROM scope JOIN leases_rentterm t ON t.lease_id = scope.lease_id AND t.period @> %(day)s::date
    LEFT JOIN rent_ledger_benefitright r
      ON r.lease_id = scope.lease_id AND r.is_direct AND r.period @> %(day)s::date
    WHERE scope.net_term IS NULL GROUP BY scope.account_id
)
SELECT scope.account_id, scope.arrears, scope.held, scope.aid_pending,
    coalesce(scope.net_term, contract.net) AS net_term, scope.oldest_due, scope.last_payment_on,
    scope.last_payment, scope.last_return_on, scope.account_kind, scope.lease_kind,
    scope.bank_account_id, scope.collected_for, scope.support_type,
    terms.months, terms.days, terms.asked, terms.remaining,
    coalesce(stays.entry_on, lower(scope.lease_period)) AS entry_on,
    CASE WHEN stays.stays > 0 THEN stays.gone_on ELSE upper(scope.lease_period) END AS gone_on,
    EXISTS (SELECT 1 FROM rent_ledger_benefitright r
            WHERE r.lease_id = scope.lease_id AND r.is_direct AND upper_inf(r.period))
      AND NOT EXISTS (SELECT 1 FROM rent_ledger_account b JOIN rent_ledger_posting p ON p.credit_id = b.id
            WHERE b.lease_id = scope.lease_id AND b.kind = 'BENEFIT' AND p.credit_id >= 1000 AND p.nature = 'BENEFIT'
              AND p.debit_id < 1000) AS awaits_first_aid,
    cases.report_due_on, cases.reported_on,
    holds.source AS hold_source, holds.until AS hold_until,
    coalesce(answers.answered_at >= holds.recorded_at, false) AS hold_answered,
    CASE WHEN answers.answered_at IS NULL OR answers.answered_at < requests.requested_at
         THEN (requests.requested_at AT TIME ZONE 'Europe/Paris')::date END AS requested_on,
    (answers.answered_at AT TIME ZONE 'Europe/Paris')::date AS answered_on, answers.cause,
    coalesce(answers.plan_asked, false) AS plan_asked, answers.plan_amount,
    (decisions.decided_at AT TIME ZONE 'Europe/Paris')::date AS decided_on, decisions.action, decisions.decision,
    earlier.closed_on AS late_before_on
FROM scope
LEFT JOIN terms USING (account_id) LEFT JOIN stays USING (account_id)
LEFT JOIN cases USING (account_id)
LEFT JOIN holds ON holds.case_id = cases.id LEFT JOIN answers ON answers.case_id = cases.id
LEFT JOIN requests ON requests.case_id = cases.id LEFT JOIN decisions ON decisions.case_id = cases.id
LEFT JOIN earlier USING (account_id) LEFT JOIN contract USING (account_id)
ORDER BY scope.account_id
"""

# The day of the month on which a household's first payment of a month usually comes, over the last 12 months: the
# median, and in how many of these months it came within a day of it.
_HABITS = """
WITH firsts AS (
    SELECT credit_id AS account_id, date_trunc('month', effective_on) AS month,
        min(extract(day FROM effective_on))::int AS day
    FROM rent_ledger_posting
    WHERE credit_id >= 1000 AND credit_id = ANY(%(ids)s) AND nature = 'PAYMENT'
      AND effective_on >= %(since)s AND effective_on <= %(day)s
    GROUP BY 1, 2
), medians AS (
    SELECT account_id, percentile_disc(0.5) WITHIN GROUP (ORDER BY day) AS usual FROM firsts GROUP BY 1
)
SELECT account_id, usual, count(*) FILTER (WHERE abs(day - usual) <= 1), count(*)
FROM firsts JOIN medians USING (account_id) GROUP BY account_id, usual
"""
# A habit is one from this many months on, when it held in three quarters of them.
_HABIT_MONTHS = 3

_UPDATE = """
UPDATE rent_ledger_accountstate s SET lane = w.lane, action = w.action, reason = w.reason
FROM unnest(%(ids)s::bigint[], %(lanes)s::text[], %(actions)s::text[], %(reasons)s::text[])
    AS w(account_id, lane, action, reason)
WHERE s.account_id = w.account_id AND (s.lane, s.action, s.reason) IS DISTINCT FROM (w.lane, w.action, w.reason)
"""
_CLEAR = """
UPDATE rent_ledger_accountstate s SET lane = 'NONE', action = '', reason = ''
WHERE s.arrears <= 0 AND (s.lane <> 'NONE' OR s.action <> '') AND {scope}
"""


def gather_facts(*, account_ids: Sequence[int] | None, day: date) -> dict[int, CaseFacts]:
    """Facts of the accounts in arrears (of all, with None) as their states and cases stand, by account id."""
    params: dict[str, Any] = {"day": day, "natures": TERM_NATURES}
    scope = "true"
    if account_ids is not None:
        scope, params["ids"] = "s.account_id = ANY(%(ids)s)", list(account_ids)
    with connection.cursor() as cursor:
        cursor.execute(_FACTS.format(scope=scope), params)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if not rows:
            return {}
        habits = _habits(cursor, [row["account_id"] for row in rows], day)
    known = bank_knowledge(day=day)
    return {row["account_id"]: _facts(row, habits.get(row["account_id"]), known, day) for row in rows}


def _habits(cursor: Any, ids: list[int], day: date) -> dict[int, tuple[int, int, int]]:
    since = date(day.year - 1, day.month, 1)
    cursor.execute(_HABITS, {"ids": ids, "since": since, "day": day})
    return {
        account: (usual, kept, months)
        for account, usual, kept, months in cursor.fetchall()
        if months >= _HABIT_MONTHS and kept * 4 >= months * 3
    }


def _facts(row: dict[str, Any], habit: tuple[int, int, int] | None, known: BankKnowledge, day: date) -> CaseFacts:
    usual_day, usual_months, usual_of = habit or (None, 0, 0)
    terms = zip(row["months"] or (), row["days"] or (), row["asked"] or (), row["remaining"] or (), strict=True)
    return CaseFacts(
        day=day,
        arrears=row["arrears"],
        held=row["held"],
        aid_pending=row["aid_pending"],
        net_term=row["net_term"],
        terms=tuple(TermFact(*term) for term in terms),
        oldest_due=row["oldest_due"],
        bank_known_until=known.until(row["bank_account_id"], row["collected_for"]),
        last_payment_on=row["last_payment_on"],
        last_payment=row["last_payment"],
        last_return_on=row["last_return_on"],
        entry_on=row["entry_on"],
        gone_on=row["gone_on"],
        lease_kind=row["lease_kind"] or "",
        support_type=row["support_type"] or "",
        is_prior_debt=row["account_kind"] == "PRIOR",
        awaits_first_aid=row["awaits_first_aid"],
        usual_day=usual_day,
        usual_months=usual_months,
        usual_of=usual_of,
        late_before_on=row["late_before_on"],
        hold_source=row["hold_source"] or "",
        hold_until=row["hold_until"],
        hold_answered=row["hold_answered"],
        requested_on=row["requested_on"],
        answered_on=row["answered_on"],
        answer_cause=str(CauseCode(row["cause"]).label) if row["cause"] else "",
        plan_asked=row["plan_asked"],
        plan_amount=row["plan_amount"],
        decided_on=row["decided_on"],
        decided_action=row["action"] or "",
        decision=row["decision"] or "",
        report_due_on=row["report_due_on"],
        reported_on=row["reported_on"],
    )


def propose_all(facts: Iterable[tuple[int, CaseFacts]], params: LaneParams) -> dict[int, Proposal]:
    """The rule, over many accounts."""
    return {account_id: lane_and_action(f, params) for account_id, f in facts}


@transaction.atomic
def refresh_lanes(*, account_ids: Sequence[int] | None, day: date) -> int:
    """Bring lane, action and reason of the accounts (None: all) up to date. Returns how many rows changed.

    Reads `AccountState`, so call it after the balances were refreshed. Four reads and at most two updates, whatever
    the number of accounts.
    """
    facts = gather_facts(account_ids=account_ids, day=day)
    proposals = propose_all(facts.items(), lane_params(day)) if facts else {}
    scope, params = ("true", {}) if account_ids is None else ("s.account_id = ANY(%(ids)s)", {"ids": list(account_ids)})
    with connection.cursor() as cursor:
        cursor.execute(_CLEAR.format(scope=scope), params)
        changed: int = cursor.rowcount
        if proposals:
            cursor.execute(
                _UPDATE,
                {
                    "ids": list(proposals),
                    "lanes": [p.lane for p in proposals.values()],
                    "actions": [p.action for p in proposals.values()],
                    "reasons": [p.reason for p in proposals.values()],
                },
            )
            changed += cursor.rowcount
    return changed
