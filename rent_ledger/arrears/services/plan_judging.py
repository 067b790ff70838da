"""Plans judged from the money: kept, broken, and one whose last payment came back runs again.

All that run are read by a fixed number of queries; only those that end are written.
"""

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from common.periods import period
from office.access.actor import Actor
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.queries.plan_standing import judged, plan_facts
from rent_ledger.arrears.services.cases import lock_cases, refresh_broken
from rent_ledger.arrears.services.debt_holds import end_holds, running_after
from rent_ledger.arrears.services.social import make_requests
from rent_ledger.books.codes import HoldKind, PlanEnd, PlanStanding
from rent_ledger.books.models import DebtHold, OpenItem
from rent_ledger.books.plans import PlanDebt, RepaymentPlan
from rent_ledger.books.services import projections
from rent_ledger.books.services.posting import lock_accounts


def judge_plans(*, day: date, account_ids: Sequence[int] | None) -> list[int]:
    """End the plans that are paid or broken; those that were kept and of which a payment came back run again.

    Returns the accounts whose plan is broken. The caller has a transaction.
    """
    found = plan_facts(day, account_ids)
    if not found:
        return []
    lock_accounts({facts.account_id for facts in found})
    # Again, under the locks: a payment may have come since.
    found = plan_facts(day, account_ids)
    for facts in found:
        if facts.is_over:
            resume(RepaymentPlan.objects.get(pk=facts.plan_id), day=day)
    verdicts = judged(found, day)
    kept = [facts for facts, _, verdict in verdicts if verdict.standing == PlanStanding.KEPT]
    broken = [(facts, verdict) for facts, _, verdict in verdicts if verdict.standing == PlanStanding.BROKEN]
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
    refresh_broken(account_ids, Actor.system())


def plan_holds(plan_ids: Collection[int]) -> QuerySet[DebtHold]:
    """What holds the debts of these plans, and held them: the holds of other kinds are not theirs."""
    debts = PlanDebt.objects.filter(plan__in=plan_ids).values("posting")
    return DebtHold.objects.filter(posting__in=debts, kind=HoldKind.PLAN)


def is_frozen(plan: RepaymentPlan, *, day: date) -> bool:
    """Whether a procedure of overindebtedness freezes something of the plan: it may not be paid, so the plan can't
    run."""
    return DebtHold.objects.filter(posting__plans__plan=plan, kind=HoldKind.FREEZE, period__contains=day).exists()


def resume(plan: RepaymentPlan, *, day: date, coming: Collection[int] = ()) -> None:
    """The plan runs again from `day`, and holds what is left of its debts. `coming`: those of which something will be
    left once an entry is taken back. The caller has locked its account."""
    held = running_after(DebtHold.objects.filter(posting__plans__plan=plan), day).values("posting")
    left = OpenItem.objects.filter(is_debit=True).values("posting")
    debts = plan.debts.filter(Q(posting__in=left) | Q(posting__in=coming)).exclude(posting__in=held)
    DebtHold.objects.bulk_create(
        DebtHold(posting_id=posting, kind=HoldKind.PLAN, period=period(day, None), reason=reason_of(plan))
        for posting in debts.order_by("posting_id").values_list("posting_id", flat=True)
    )
    plan.ended_on, plan.end, plan.end_reason = None, "", ""
    plan.broken_due_on = plan.broken_missing = None
    plan.save()
    projections.refresh(account_ids=[plan.account_id])


def reason_of(plan: RepaymentPlan) -> str:
    """What is said of a debt that the plan holds."""
    return f"Plan d’apurement signé le {plan.signed_on:%d/%m/%Y}"
