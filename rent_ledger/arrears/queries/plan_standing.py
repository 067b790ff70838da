"""How plans stand, from the money alone: all that run by a fixed number of queries."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from common.codes import with_codes
from common.money import ZERO
from rent_ledger.arrears.parameters import plan_params
from rent_ledger.arrears.rules.case_facts import PlanNow
from rent_ledger.bank.queries.bank_known import bank_knowledge
from rent_ledger.books.codes import HoldKind, PlanEnd, PlanStanding
from rent_ledger.books.plans import RepaymentPlan
from rent_ledger.books.queries.holds import hold_of, is_held
from rent_ledger.books.queries.plans import RunningPlan, running_plans
from rent_ledger.books.rules.natures import HOUSING_NATURES
from rent_ledger.books.rules.plans import Judged, judge, left_of

# One row per plan that runs, and per plan that was kept and of which something stands again (`is_over`), unless a
# procedure of overindebtedness freezes it.
# `again`: a plan that ended and is read as if it ran, and held its debts.
# `oldest_term`: the oldest unpaid housing debt that it does not hold, due since it was signed.
_FACTS = with_codes(
    f"""
WITH facts AS (
    SELECT r.id, r.account_id, r.ended_on IS NOT NULL AND r.id <> %(again)s AS is_over,
        l.bank_account_id, l.collected_for,
        coalesce((SELECT sum(o.remaining) FROM rent_ledger_plandebt d
            JOIN rent_ledger_openitem o ON o.posting_id = d.posting_id AND o.is_debit WHERE d.plan_id = r.id), 0)
            AS remaining,
        (SELECT min(o.due_on) FROM rent_ledger_openitem o WHERE o.account_id = r.account_id AND o.is_debit
            AND o.due_on BETWEEN r.signed_on AND %(day)s AND o.nature = ANY(%(housing)s)
            AND NOT {is_held("o.posting_id")} AND NOT EXISTS (SELECT 1 FROM rent_ledger_plandebt own
                WHERE own.plan_id = %(again)s AND own.posting_id = o.posting_id)) AS oldest_term
    FROM rent_ledger_repaymentplan r JOIN rent_ledger_account a ON a.id = r.account_id
    LEFT JOIN leases_lease l ON l.id = a.lease_id
    WHERE r.signed_on IS NOT NULL AND (r.ended_on IS NULL OR r.id = %(again)s
        OR (r."end" = PlanEnd.KEPT AND NOT EXISTS (
        SELECT 1 FROM rent_ledger_repaymentplan later
        WHERE later.account_id = r.account_id AND later.signed_on IS NOT NULL AND later.id > r.id))) AND {{scope}}
)
SELECT id, account_id, is_over, bank_account_id, collected_for, remaining, oldest_term
FROM facts WHERE NOT is_over OR (remaining > 0 AND NOT EXISTS (
    SELECT 1 FROM rent_ledger_plandebt d {hold_of("d.posting_id")}
    WHERE d.plan_id = facts.id AND h.kind = HoldKind.FREEZE))
ORDER BY account_id
""",  # noqa: S608
    HoldKind,
    PlanEnd,
)


class PlanFacts(NamedTuple):
    """What the books say of a plan today. `remaining`: what is left of the debts that it covers (euros)."""

    plan_id: int
    account_id: int
    is_over: bool
    bank_account_id: int | None
    collected_for: str | None
    remaining: Decimal
    oldest_term: date | None


def judged_plans(*, day: date, account_ids: Sequence[int] | None) -> list[tuple[PlanFacts, RunningPlan, Judged]]:
    """How the plans that run on the accounts (None: all) stand today, `day`. A fixed number of queries."""
    return judged([facts for facts in plan_facts(day, account_ids) if not facts.is_over], day)


def would_break(plan: RepaymentPlan, *, day: date) -> bool:
    """Whether a plan that ended would be broken at once if it ran again on `day`. No other runs on its account."""
    found = [facts for facts in plan_facts(day, [plan.account_id], again=plan.pk) if not facts.is_over]
    return any(verdict.standing == PlanStanding.BROKEN for _, _, verdict in judged(found, day, again=plan.pk))


def plan_facts(day: date, account_ids: Sequence[int] | None, *, again: int = 0) -> list[PlanFacts]:
    """The plans of the accounts (None: all) that run, and those that were kept and of which something stands again."""
    params: dict[str, Any] = {"day": day, "housing": sorted(HOUSING_NATURES), "again": again}
    scope = "true"
    if account_ids is not None:
        scope, params["ids"] = "r.account_id = ANY(%(ids)s)", list(account_ids)
    with connection.cursor() as cursor:
        cursor.execute(_FACTS.format(scope=scope), params)
        return [PlanFacts(*row) for row in cursor.fetchall()]


def judged(found: Sequence[PlanFacts], day: date, *, again: int = 0) -> list[tuple[PlanFacts, RunningPlan, Judged]]:
    """Each of these plans with how it stands on `day`: all of them run."""
    if not found:
        return []
    plans = running_plans([facts.account_id for facts in found], again=again)
    known, params = bank_knowledge(day=day), plan_params(day)
    return [
        (facts, plan, judge(
            plan.instalments, paid=plan.paid(facts.remaining), oldest_term=facts.oldest_term, day=day, params=params,
            known_until=known.until(facts.bank_account_id, facts.collected_for),
        ))
        for facts in found
        for plan in [plans[facts.account_id]]
    ]  # fmt: skip


def plans_now(account_ids: Collection[int], *, day: date) -> dict[int, PlanNow]:
    """What the plan that runs on each of the accounts asks next, by account id. No query without accounts."""
    if not account_ids:
        return {}
    found, late_days = {}, plan_params(day).late_days
    for facts, plan, verdict in judged_plans(day=day, account_ids=list(account_ids)):
        left = zip(plan.instalments, left_of(plan.instalments, plan.paid(facts.remaining)), strict=True)
        unpaid = next(((due, rest) for due, rest in left if rest > ZERO), None)
        if unpaid is None:
            continue
        due, rest = unpaid
        now = PlanNow(plan.instalments[-1].due_on, due.due_on, rest)
        if verdict.standing in (PlanStanding.LATE, PlanStanding.BROKEN) and verdict.due_on is not None:
            breaks_on = verdict.due_on + timedelta(days=late_days + 1)
            now = now._replace(late_on=verdict.due_on, is_term=verdict.is_term, breaks_on=breaks_on)
        found[facts.account_id] = now
    return found
