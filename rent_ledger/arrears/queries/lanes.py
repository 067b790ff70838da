"""The facts of accounts in arrears, and what the rule proposes: a fixed number of reads, whatever the number."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import connection

from common.codes import with_codes
from common.money import ZERO
from common.params import Params
from common.periods import add_months
from leases.contracts.natures import Nature
from office.messages.codes import WAITING_STATES, MessageState
from office.parameters.queries import params_on
from rent_ledger.arrears.codes import ABOUT_CASE, CAME_BACK, ArrearsMessage, Decision, LetterHoldSource
from rent_ledger.arrears.parameters import (
    LATE_CASE_DAYS,
    HabitParams,
    default_params,
    habit_params,
    lane_params,
)
from rent_ledger.arrears.queries.courtesy import SENT_BY
from rent_ledger.arrears.queries.defaults import default_facts
from rent_ledger.arrears.queries.plan_standing import plans_now
from rent_ledger.arrears.rules.case_facts import CaseFacts, Habit, LegalNow, Proposal
from rent_ledger.arrears.rules.defaults import DefaultFacts, DefaultParams, default_of
from rent_ledger.arrears.rules.lanes import lane_and_action
from rent_ledger.arrears.rules.term import MonthTerm
from rent_ledger.bank.queries.bank_known import BankKnowledge
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, AccountKind, Action, HoldKind, PlanEnd
from rent_ledger.books.queries.holds import RUNNING_HOLDS, ended_holds, every_hold, is_held
from rent_ledger.books.queries.plans import plan_runs
from rent_ledger.procedures.codes import TOLD

_FACTS = with_codes(
    """
WITH scope AS MATERIALIZED (
    SELECT s.account_id, s.arrears, s.held, s.aid_pending, s.oldest_due, s.in_debt_since, s.last_payment_on,
        s.last_payment, s.last_return_on, a.kind AS account_kind, a.household_id, a.lease_id, l.kind AS lease_kind,
        l.period AS lease_period
    FROM rent_ledger_accountstate s JOIN rent_ledger_account a ON a.id = s.account_id
    LEFT JOIN leases_lease l ON l.id = a.lease_id
    WHERE (s.arrears > 0 OR (s.held > 0 AND {plan_runs})) AND {scope}
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
    SELECT DISTINCT ON (h.case_id) h.* FROM cases JOIN ({running_holds}) h ON h.case_id = cases.id
    ORDER BY h.case_id,
        array_position(ARRAY[LetterHoldSource.RULE, LetterHoldSource.SOCIAL, LetterHoldSource.RENT], h.source::text),
        h.until DESC
), answers AS (
    SELECT DISTINCT ON (x.case_id) x.case_id, x.cause, x.plan_asked, x.plan_amount, x.answered_at,
        max(x.answered_at) FILTER (WHERE x.contact_made) OVER (PARTITION BY x.case_id) AS contact_at
    FROM cases JOIN rent_ledger_socialanswer x ON x.case_id = cases.id ORDER BY x.case_id, x.answered_at DESC
), requests AS (
    SELECT r.case_id, max(r.requested_at) AS requested_at,
        max(r.requested_at) FILTER (WHERE r.is_visit) AS visit_at
    FROM cases JOIN rent_ledger_helprequest r ON r.case_id = cases.id AND r.withdrawn_at IS NULL GROUP BY r.case_id
), decisions AS (
    SELECT DISTINCT ON (d.case_id) d.id, d.case_id, d.decision, coalesce(nullif(d.action, ''), d.proposed) AS action,
        d.decided_at
    FROM cases JOIN rent_ledger_casedecision d ON d.case_id = cases.id AND d.undone_at IS NULL
    -- To report is owed in any case: it says nothing of what is asked of the household.
    WHERE coalesce(nullif(d.action, ''), d.proposed) <> Action.REPORT_PAYER
    ORDER BY d.case_id, d.id DESC
), refusals AS (
    SELECT d.case_id, array_agg(d.proposed ORDER BY d.id) AS actions,
        array_agg((d.decided_at AT TIME ZONE 'Europe/Paris')::date ORDER BY d.id) AS days
    FROM cases JOIN rent_ledger_casedecision d ON d.case_id = cases.id AND d.undone_at IS NULL
    WHERE d.decision = Decision.REFUSE GROUP BY d.case_id
), contacts AS (
    SELECT m.about_id AS case_id,
        max(m.created_at) FILTER (WHERE m.kind = ArrearsMessage.CALL AND m.state IN WAITING_STATES) AS decided_at,
        max(m.claimed_at) FILTER (WHERE m.kind = ArrearsMessage.CALL AND m.attempts > 0
            -- Another decision takes the call off the sheet, and not that somebody has called.
            AND m.state IN (MessageState.DELIVERED, MessageState.TEMPORARY_FAILURE, MessageState.PERMANENT_FAILURE,
                MessageState.HELD, MessageState.WITHDRAWN)) AS called_at,
        max(m.claimed_at) FILTER (WHERE m.kind = ArrearsMessage.CALL AND m.attempts > 0
            AND m.state = MessageState.DELIVERED) AS spoken_at,
        max(m.sent_at) FILTER (WHERE m.kind = ArrearsMessage.COURTESY
            AND m.state IN (MessageState.SENT, MessageState.DELIVERED)) AS courtesy_at,
        max(m.sent_at) FILTER (WHERE m.kind = ArrearsMessage.GONE
            AND m.state IN (MessageState.SENT, MessageState.DELIVERED)) AS gone_at,
        max(m.sent_at) FILTER (WHERE m.kind = ArrearsMessage.REMINDER
            AND m.state IN (MessageState.SENT, MessageState.DELIVERED)) AS reminded_at,
        -- One that came back was sent: what follows is told with it.
        max(m.sent_at) FILTER (WHERE m.kind = ArrearsMessage.FORMAL_NOTICE
            AND m.state IN (MessageState.SENT, MessageState.DELIVERED, MessageState.RETURNED)) AS formal_at,
        max(coalesce(r.outcome_on, (m.sent_at AT TIME ZONE 'Europe/Paris')::date))
            FILTER (WHERE r.outcome IN CAME_BACK OR m.kind = ArrearsMessage.FORMAL_NOTICE
                AND m.state = MessageState.RETURNED) AS formal_back_on
    FROM cases JOIN office_message m ON m.about = %(about)s AND m.about_id = cases.id
    LEFT JOIN rent_ledger_registeredletter r ON r.message_id = m.id GROUP BY m.about_id
), legal AS (
    -- The step that moved the procedure on last; none where overindebtedness stops it.
    SELECT DISTINCT ON (r.account_id) r.account_id, s.kind, s."on", s.until, r.lapsed_on,
        (SELECT h.hearing_on FROM rent_ledger_procedurestep h
         WHERE h.procedure_id = r.id AND h.hearing_on IS NOT NULL ORDER BY h.id DESC LIMIT 1) AS hearing_on
    FROM scope JOIN rent_ledger_procedure r ON r.account_id = scope.account_id AND r.ended_on IS NULL
    JOIN rent_ledger_procedurestep s ON s.procedure_id = r.id AND s.kind NOT IN TOLD
    WHERE NOT EXISTS (SELECT 1 FROM rent_ledger_posting p JOIN {every_hold} frozen ON frozen.posting_id = p.id
        WHERE p.debit_id = r.account_id AND p.debit_id >= FIRST_ID AND frozen.kind = HoldKind.FREEZE
          AND frozen.period @> %(day)s::date)
    ORDER BY r.account_id, s.id DESC
), earlier AS (
    SELECT c.account_id, max(c.closed_on) AS closed_on FROM scope JOIN rent_ledger_arrearscase c USING (account_id)
    WHERE c.closed_on - c.opened_on > %(late_case_days)s GROUP BY c.account_id
), undone AS (
    -- The holds of plans whose acceptance was taken back: as if they had never been.
    SELECT unnest(d.held) AS hold_id FROM scope JOIN rent_ledger_arrearscase c USING (account_id)
    JOIN rent_ledger_casedecision d ON d.case_id = c.id AND d.undone_at IS NOT NULL
), broken AS (
    -- What a plan held until it ended, and is neither paid nor held again. A signed plan says how it ended.
    SELECT o.account_id,
        max(plans.ended_on) FILTER (WHERE plans."end" = PlanEnd.BROKEN) AS ended_on,
        sum(o.remaining) FILTER (WHERE plans."end" = PlanEnd.BROKEN) AS remaining,
        max(plans.ended_on) FILTER (WHERE plans."end" = PlanEnd.WITHDRAWN) AS stopped_on,
        sum(o.remaining) FILTER (WHERE plans."end" = PlanEnd.WITHDRAWN) AS stopped
    FROM (SELECT DISTINCT ON (e.posting_id) e.posting_id, upper(e.period) AS ended_on,
            coalesce((SELECT r."end" FROM rent_ledger_plandebt d JOIN rent_ledger_repaymentplan r ON r.id = d.plan_id
                WHERE d.posting_id = e.posting_id AND r.ended_on = upper(e.period)
                ORDER BY r.id DESC LIMIT 1), PlanEnd.BROKEN) AS "end"
          FROM {ended_holds} e
          WHERE e.kind = HoldKind.PLAN AND e.id NOT IN (SELECT hold_id FROM undone)
          ORDER BY e.posting_id, upper(e.period) DESC) plans
    JOIN rent_ledger_openitem o ON o.posting_id = plans.posting_id AND o.is_debit
    JOIN scope ON scope.account_id = o.account_id
    WHERE NOT {is_held} GROUP BY o.account_id
)
SELECT scope.account_id, scope.arrears, scope.held, scope.aid_pending, scope.oldest_due, scope.in_debt_since,
    scope.last_payment_on, scope.last_payment, scope.last_return_on, scope.account_kind, scope.lease_kind,
    coalesce(stays.entry_on, lower(scope.lease_period)) AS entry_on,
    CASE WHEN stays.stays > 0 THEN stays.gone_on ELSE upper(scope.lease_period) END AS gone_on,
    EXISTS (SELECT 1 FROM rent_ledger_benefitright r
            WHERE r.lease_id = scope.lease_id AND r.is_direct AND upper_inf(r.period))
      AND NOT EXISTS (SELECT 1 FROM rent_ledger_account b JOIN rent_ledger_posting p ON p.credit_id = b.id
            WHERE b.lease_id = scope.lease_id AND b.kind = AccountKind.BENEFIT AND p.credit_id >= FIRST_ID
              AND p.nature = Nature.BENEFIT AND p.debit_id < FIRST_ID) AS awaits_first_aid,
    cases.report_due_on, cases.reported_on,
    holds.source AS hold_source, holds.until AS hold_until,
    coalesce(answers.answered_at >= holds.recorded_at, false) AS hold_answered,
    CASE WHEN answers.answered_at IS NULL OR answers.answered_at < requests.requested_at
         THEN (requests.requested_at AT TIME ZONE 'Europe/Paris')::date END AS requested_on,
    (answers.answered_at AT TIME ZONE 'Europe/Paris')::date AS answered_on, answers.cause,
    coalesce(answers.plan_asked, false)
      AND NOT EXISTS (SELECT 1 FROM rent_ledger_casedecision d WHERE d.case_id = cases.id AND d.undone_at IS NULL
            AND d.decided_at >= answers.answered_at AND d.decision <> Decision.PAUSE
            AND d.proposed <> Action.REPORT_PAYER)
      AND NOT EXISTS (SELECT 1 FROM rent_ledger_posting p JOIN {every_hold} signed ON signed.posting_id = p.id
            WHERE p.debit_id = scope.account_id AND p.debit_id >= FIRST_ID AND signed.kind = HoldKind.PLAN
              AND signed.id NOT IN (SELECT hold_id FROM undone) AND coalesce(upper(signed.period), 'infinity'::date)
                > (answers.answered_at AT TIME ZONE 'Europe/Paris')::date) AS plan_asked, answers.plan_amount,
    (decisions.decided_at AT TIME ZONE 'Europe/Paris')::date AS decided_on, decisions.action, decisions.decision,
    refusals.actions AS refused, refusals.days AS refused_on,
    EXISTS (SELECT 1 FROM office_message m WHERE m.state = MessageState.WITHDRAWN
            AND m.key IN (SELECT word || ':' || decisions.id FROM unnest(%(words)s::text[]) word)) AS was_withdrawn,
    (contacts.decided_at AT TIME ZONE 'Europe/Paris')::date AS call_waits_since,
    (contacts.courtesy_at AT TIME ZONE 'Europe/Paris')::date AS courtesy_on,
    (contacts.gone_at AT TIME ZONE 'Europe/Paris')::date AS gone_sent_on,
    (contacts.reminded_at AT TIME ZONE 'Europe/Paris')::date AS reminded_on,
    (contacts.formal_at AT TIME ZONE 'Europe/Paris')::date AS formal_on, contacts.formal_back_on,
    (greatest(contacts.called_at, answers.contact_at) AT TIME ZONE 'Europe/Paris')::date AS tried_on,
    (greatest(contacts.spoken_at, answers.contact_at) AT TIME ZONE 'Europe/Paris')::date AS reached_on,
    (requests.visit_at AT TIME ZONE 'Europe/Paris')::date AS visit_on,
    legal.kind AS legal_kind, legal."on" AS legal_on, legal.hearing_on, legal.until AS legal_until,
    legal.lapsed_on AS legal_lapsed_on,
    {plan_runs_here} AS has_plan, earlier.closed_on AS late_before_on,
    broken.ended_on AS plan_broken_on, broken.remaining AS plan_left,
    broken.stopped_on AS plan_stopped_on, broken.stopped AS stopped_left
FROM scope
LEFT JOIN stays USING (account_id) LEFT JOIN cases USING (account_id)
LEFT JOIN holds ON holds.case_id = cases.id LEFT JOIN answers ON answers.case_id = cases.id
LEFT JOIN requests ON requests.case_id = cases.id LEFT JOIN decisions ON decisions.case_id = cases.id
LEFT JOIN refusals ON refusals.case_id = cases.id
LEFT JOIN contacts ON contacts.case_id = cases.id
LEFT JOIN legal USING (account_id) LEFT JOIN earlier USING (account_id) LEFT JOIN broken USING (account_id)
ORDER BY scope.account_id
""",
    LetterHoldSource,
    AccountKind,
    Action,
    Decision,
    HoldKind,
    Nature,
    ArrearsMessage,
    MessageState,
    PlanEnd,
    FIRST_ID=FIRST_SUBLEDGER_ID,
    WAITING_STATES=WAITING_STATES,
    CAME_BACK=CAME_BACK,
    TOLD=TOLD,
)

# On which day of the month a household usually makes its first payment. Over the last months: the median day, the
# number of months with a payment within a few days of it, and the number of months with a payment.
_HABITS = with_codes(
    """
WITH firsts AS (
    SELECT credit_id AS account_id, date_trunc('month', effective_on) AS month,
        min(extract(day FROM effective_on))::int AS day
    FROM rent_ledger_posting
    WHERE credit_id >= FIRST_ID AND credit_id = ANY(%(ids)s) AND nature = Nature.PAYMENT
      AND effective_on >= %(since)s AND effective_on <= %(day)s
    GROUP BY 1, 2
), medians AS (
    SELECT account_id, percentile_disc(0.5) WITHIN GROUP (ORDER BY day) AS usual FROM firsts GROUP BY 1
)
SELECT account_id, usual, count(*) FILTER (WHERE abs(day - usual) <= %(around)s), count(*)
FROM firsts JOIN medians USING (account_id) GROUP BY account_id, usual
""",
    Nature,
    FIRST_ID=FIRST_SUBLEDGER_ID,
)


def gather_facts(
    *,
    account_ids: Sequence[int] | None,
    day: date,
    params: Params,
    known: BankKnowledge | None = None,
    months: Mapping[int, Sequence[MonthTerm]] | None = None,
) -> dict[int, CaseFacts]:
    """Facts of the accounts in arrears or in a signed plan (of all, with None) as their states and cases stand, by
    account id."""
    sql: dict[str, Any] = {
        "day": day,
        "late_case_days": params.integer(LATE_CASE_DAYS),
        "about": ABOUT_CASE,
        "words": [kind.lower() for kind in SENT_BY.values()],
    }
    scope = "true"
    if account_ids is not None:
        scope, sql["ids"] = "s.account_id = ANY(%(ids)s)", list(account_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            _FACTS.format(
                scope=scope,
                running_holds=RUNNING_HOLDS,
                ended_holds=ended_holds(),
                is_held=is_held("o.posting_id"),
                every_hold=every_hold(),
                plan_runs=plan_runs("s.account_id"),
                plan_runs_here=plan_runs("scope.account_id"),
            ),
            sql,
        )
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if not rows:
            return {}
    ids = [row["account_id"] for row in rows]
    habits = habits_on(ids, day=day, habit=habit_params(day, params=params))
    defaults = default_facts(ids, day=day, params=params, known=known, months=months)
    grace = default_params(day, params=params)
    plans = plans_now([row["account_id"] for row in rows if row["has_plan"]], day=day)
    return {
        account: replace(_facts(row, habits.get(account), defaults[account], grace, day), plan=plans.get(account))
        for row in rows
        for account in [row["account_id"]]
    }


def habits_on(ids: list[int], *, day: date, habit: HabitParams) -> dict[int, Habit]:
    """On which day of the month these accounts usually pay, as known on `day`; those without a habit are not there."""
    since = add_months(day.replace(day=1), -habit.window_months)
    with connection.cursor() as cursor:
        cursor.execute(_HABITS, {"ids": ids, "since": since, "day": day, "around": habit.around_days})
        rows = cursor.fetchall()
    return {
        account: Habit(usual, kept, months)
        for account, usual, kept, months in rows
        if months >= habit.months and kept * 100 >= months * habit.percent
    }


def _facts(row: dict[str, Any], habit: Habit | None, facts: DefaultFacts, grace: DefaultParams, day: date) -> CaseFacts:
    return CaseFacts(
        day=day,
        arrears=row["arrears"],
        held=row["held"],
        aid_pending=row["aid_pending"],
        net_term=facts.net_term,
        terms=facts.terms,
        oldest_due=row["oldest_due"] or day,
        in_debt_since=row["in_debt_since"],
        default=default_of(facts, day=day, params=grace),
        bank_known_until=facts.known_until,
        last_payment_on=row["last_payment_on"],
        last_payment=row["last_payment"],
        last_return_on=row["last_return_on"],
        entry_on=row["entry_on"],
        gone_on=row["gone_on"],
        lease_kind=row["lease_kind"] or "",
        is_prior_debt=row["account_kind"] == AccountKind.PRIOR_DEBT,
        awaits_first_aid=row["awaits_first_aid"],
        habit=habit,
        late_before_on=row["late_before_on"],
        hold_source=row["hold_source"] or "",
        hold_until=row["hold_until"],
        hold_answered=row["hold_answered"],
        requested_on=row["requested_on"],
        answered_on=row["answered_on"],
        answer_cause=row["cause"] or "",
        plan_asked=row["plan_asked"],
        plan_amount=row["plan_amount"],
        plan_broken_on=row["plan_broken_on"],
        plan_left=row["plan_left"] or ZERO,
        plan_stopped_on=row["plan_stopped_on"],
        stopped_left=row["stopped_left"] or ZERO,
        decided_on=row["decided_on"],
        decided_action=row["action"] or "",
        decision=row["decision"] or "",
        refused=tuple(zip(row["refused"] or (), row["refused_on"] or (), strict=True)),
        was_withdrawn=row["was_withdrawn"],
        call_waits_since=row["call_waits_since"],
        courtesy_on=row["courtesy_on"],
        gone_sent_on=row["gone_sent_on"],
        reminded_on=row["reminded_on"],
        formal_on=row["formal_on"],
        formal_back_on=row["formal_back_on"],
        tried_on=row["tried_on"],
        reached_on=row["reached_on"],
        visit_on=row["visit_on"],
        legal=_legal(row),
        report_due_on=row["report_due_on"],
        reported_on=row["reported_on"],
    )


def _legal(row: dict[str, Any]) -> LegalNow | None:
    if row["legal_kind"] is None:
        return None
    return LegalNow(
        row["legal_kind"], row["legal_on"], row["hearing_on"], row["legal_until"], row["legal_lapsed_on"]
    )  # fmt: skip


def propose(
    *,
    account_ids: Sequence[int] | None,
    day: date,
    params: Params | None = None,
    known: BankKnowledge | None = None,
    months: Mapping[int, Sequence[MonthTerm]] | None = None,
) -> dict[int, tuple[CaseFacts, Proposal]]:
    """The facts of the accounts in arrears or in a signed plan (of all, with None) and what the rule proposes, by
    account id. `params`, `known`, `months` (`default_facts`): where the caller has read them."""
    params = params or params_on(day)
    lanes = lane_params(day, params=params)
    facts = gather_facts(account_ids=account_ids, day=day, params=params, known=known, months=months)
    return {account: (f, lane_and_action(f, lanes)) for account, f in facts.items()}
