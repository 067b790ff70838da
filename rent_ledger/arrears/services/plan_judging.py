"""Plans judged from the money: kept, broken, and one whose last payment came back runs again.

All that run are read by a fixed number of queries; only those that end are written.
"""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from common.codes import with_codes
from common.periods import period
from office.access.actor import Actor
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.parameters import plan_params
from rent_ledger.arrears.services.cases import lock_cases
from rent_ledger.arrears.services.debt_holds import end_holds, running_after
from rent_ledger.arrears.services.social import make_requests
from rent_ledger.bank.queries.bank_known import bank_knowledge
from rent_ledger.books.codes import HoldKind, PlanEnd, PlanStanding
from rent_ledger.books.models import DebtHold, OpenItem
from rent_ledger.books.plans import PlanDebt, RepaymentPlan
from rent_ledger.books.queries.holds import is_held
from rent_ledger.books.queries.plans import RunningPlan, running_plans
from rent_ledger.books.rules.natures import HOUSING_NATURES
from rent_ledger.books.rules.plans import Judged, judge
from rent_ledger.books.services import projections
from rent_ledger.books.services.posting import lock_accounts

# One row per plan that runs, and per plan that was kept and of which something stands again (`is_over`).
# `oldest_term`: the oldest unpaid housing debt that it does not hold, due since it was signed.
_FACTS = with_codes(
    f"""
WITH facts AS (
    SELECT r.id, r.account_id, r.ended_on IS NOT NULL AS is_over, l.bank_account_id, l.collected_for,
        coalesce((SELECT sum(o.remaining) FROM rent_ledger_plandebt d
            JOIN rent_ledger_openitem o ON o.posting_id = d.posting_id AND o.is_debit WHERE d.plan_id = r.id), 0)
            AS remaining,
        (SELECT min(o.due_on) FROM rent_ledger_openitem o WHERE o.account_id = r.account_id AND o.is_debit
            AND o.due_on BETWEEN r.signed_on AND %(day)s AND o.nature = ANY(%(housing)s)
            AND NOT {is_held("o.posting_id")}) AS oldest_term
    FROM rent_ledger_repaymentplan r JOIN rent_ledger_account a ON a.id = r.account_id
    LEFT JOIN leases_lease l ON l.id = a.lease_id
    WHERE r.signed_on IS NOT NULL AND (r.ended_on IS NULL OR (r."end" = PlanEnd.KEPT AND NOT EXISTS (
        SELECT 1 FROM rent_ledger_repaymentplan later
        WHERE later.account_id = r.account_id AND later.signed_on IS NOT NULL AND later.id > r.id))) AND {{scope}}
)
SELECT id, account_id, is_over, bank_account_id, collected_for, remaining, oldest_term
FROM facts WHERE NOT is_over OR remaining > 0 ORDER BY account_id
""",  # noqa: S608
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
    return _judged([facts for facts in _facts(day, account_ids) if not facts.is_over], day)


def judge_plans(*, day: date, account_ids: Sequence[int] | None) -> list[int]:
    """End the plans that are paid or broken; those that were kept and of which a payment came back run again.

    Returns the accounts whose plan is broken. The caller has a transaction.
    """
    found = _facts(day, account_ids)
    if not found:
        return []
    lock_accounts({facts.account_id for facts in found})
    # Again, under the locks: a payment may have come since.
    found = _facts(day, account_ids)
    for facts in found:
        if facts.is_over:
            resume(RepaymentPlan.objects.get(pk=facts.plan_id), day=day)
    judged = _judged(found, day)
    kept = [facts for facts, _, verdict in judged if verdict.standing == PlanStanding.KEPT]
    broken = [(facts, verdict) for facts, _, verdict in judged if verdict.standing == PlanStanding.BROKEN]
    RepaymentPlan.objects.filter(pk__in=[facts.plan_id for facts in kept]).update(ended_on=day, end=PlanEnd.KEPT)
    for facts, verdict in broken:
        RepaymentPlan.objects.filter(pk=facts.plan_id).update(
            ended_on=day, end=PlanEnd.BROKEN, broken_due_on=verdict.due_on, broken_missing=verdict.missing
        )
    ended = kept + [facts for facts, _ in broken]
    if ended:
        end_holds(
            plan_holds([facts.plan_id for facts in ended]), accounts=[facts.account_id for facts in ended], day=day
        )
    return [facts.account_id for facts, _ in broken]


def tell_broken(account_ids: Sequence[int]) -> None:
    """The social service is asked about each broken plan before any letter leaves: the gate waits for its answer."""
    cases = ArrearsCase.objects.filter(account__in=account_ids, closed_on=None)
    make_requests(list(lock_cases(cases.values_list("pk", flat=True)).values()), Actor.system())


def plan_holds(plan_ids: Collection[int]) -> QuerySet[DebtHold]:
    """What holds the debts of these plans, and held them: the holds of other kinds are not theirs."""
    debts = PlanDebt.objects.filter(plan__in=plan_ids).values("posting")
    return DebtHold.objects.filter(posting__in=debts, kind=HoldKind.PLAN)


def resume(plan: RepaymentPlan, *, day: date) -> None:
    """The plan runs again from `day`, and holds what is left of its debts. The caller has locked its account."""
    held = running_after(DebtHold.objects.filter(posting__plans__plan=plan), day).values("posting")
    left = OpenItem.objects.filter(is_debit=True, posting__plans__plan=plan).exclude(posting__in=held)
    DebtHold.objects.bulk_create(
        DebtHold(posting_id=posting, kind=HoldKind.PLAN, period=period(day, None), reason=reason_of(plan))
        for posting in left.values_list("posting_id", flat=True)
    )
    plan.ended_on, plan.end, plan.end_reason = None, "", ""
    plan.broken_due_on = plan.broken_missing = None
    plan.save()
    projections.refresh(account_ids=[plan.account_id])


def reason_of(plan: RepaymentPlan) -> str:
    """What is said of a debt that the plan holds."""
    return f"Plan d’apurement signé le {plan.signed_on:%d/%m/%Y}"


def _facts(day: date, account_ids: Sequence[int] | None) -> list[PlanFacts]:
    params: dict[str, Any] = {"day": day, "housing": sorted(HOUSING_NATURES)}
    scope = "true"
    if account_ids is not None:
        scope, params["ids"] = "r.account_id = ANY(%(ids)s)", list(account_ids)
    with connection.cursor() as cursor:
        cursor.execute(_FACTS.format(scope=scope), params)
        return [PlanFacts(*row) for row in cursor.fetchall()]


def _judged(found: Sequence[PlanFacts], day: date) -> list[tuple[PlanFacts, RunningPlan, Judged]]:
    if not found:
        return []
    plans = running_plans([facts.account_id for facts in found])
    known, params = bank_knowledge(day=day), plan_params(day)
    return [
        (facts, plan, judge(
            plan.instalments, paid=plan.paid(facts.remaining), oldest_term=facts.oldest_term, day=day, params=params,
            known_until=known.until(facts.bank_account_id, facts.collected_for),
        ))
        for facts in found
        for plan in [plans[facts.account_id]]
    ]  # fmt: skip
