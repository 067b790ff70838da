"""What an avis tells of a plan beside its term, by the plan of the day of issue, as it was paid then."""

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from common.codes import with_codes
from common.money import ZERO
from common.periods import Month
from rent_ledger.billing.codes import DemandState
from rent_ledger.books.codes import HoldKind
from rent_ledger.books.plans import PlanInstalment
from rent_ledger.books.queries.holds import hold_of
from rent_ledger.books.queries.plans import AskedInstalment
from rent_ledger.books.queries.standing import ended_by
from rent_ledger.books.rules.plans import Instalment, left_of, shortened

# By demand, the plan that held its debts on the day of issue. One avis of a month asks the instalment: the first.
_PLANS = with_codes(
    f"""
WITH wanted AS (
    SELECT d.id, d.account_id, d.month, (d.issued_at AT TIME ZONE 'Europe/Paris')::date AS day
    FROM rent_ledger_rentdemand d
    WHERE d.id = ANY(%(ids)s) AND NOT EXISTS (
        SELECT 1 FROM rent_ledger_rentdemand first WHERE first.account_id = d.account_id AND first.month = d.month
          AND first.state = DemandState.ISSUED AND first.id < d.id)
)
SELECT w.id, w.month, w.day, r.id, r.signed_on,
    coalesce(sum(pd.amount) FILTER (WHERE cancelled.yes), 0) AS off,
    coalesce(sum(pd.amount - (p.amount - coalesce(laid.amount, 0))) FILTER (WHERE NOT cancelled.yes), 0) AS paid
FROM wanted w
JOIN rent_ledger_repaymentplan r ON r.account_id = w.account_id AND r.signed_on <= w.day
    AND (r.ended_on IS NULL OR r.ended_on > w.day)
JOIN rent_ledger_plandebt pd ON pd.plan_id = r.id
JOIN rent_ledger_posting p ON p.id = pd.posting_id
CROSS JOIN LATERAL (SELECT {ended_by("p.entry_id")} IS NOT NULL AS yes) cancelled
LEFT JOIN LATERAL (
    SELECT sum(a.amount) AS amount FROM rent_ledger_allocation a
    WHERE a.debit_posting_id = p.id AND a."on" <= w.day
) laid ON true
{hold_of("p.id", day="w.day")}
GROUP BY w.id, w.month, w.day, r.id, r.signed_on
HAVING bool_or(h.kind = HoldKind.PLAN)
""",  # noqa: S608
    DemandState,
    HoldKind,
)


class OfPlan(NamedTuple):
    """`instalment`: that of the month of the avis, as far as it is not paid; None where there is none. `late`: what is
    left on the day of issue of those due before it (euros), which the avis tells and does not ask."""

    instalment: AskedInstalment | None
    late: Decimal


NO_PLAN = OfPlan(None, ZERO)


def asked_of_plans(demand_ids: Collection[int]) -> dict[int, OfPlan]:
    """By demand, where a plan ran on the day of issue. One query, two where one did."""
    with connection.cursor() as cursor:
        cursor.execute(_PLANS, {"ids": sorted(demand_ids)})
        rows = cursor.fetchall()
    if not rows:
        return {}
    dues: dict[int, list[Instalment]] = {}
    stored = PlanInstalment.objects.filter(plan__in={plan for _, _, _, plan, *_ in rows}).order_by("plan", "due_on")
    for plan, due_on, amount in stored.values_list("plan_id", "due_on", "amount"):
        dues.setdefault(plan, []).append(Instalment(due_on, amount))
    found = {}
    for demand, month, day, plan, signed_on, off, paid in rows:
        asked = shortened(dues[plan], off)
        due, late = None, ZERO
        for number, (instalment, left) in enumerate(zip(asked, left_of(asked, paid), strict=True), start=1):
            if Month.of(instalment.due_on) == Month.of(month):
                due = AskedInstalment(number, len(dues[plan]), signed_on, instalment.due_on, left) if left else None
            elif instalment.due_on < day:
                late += left
        found[demand] = OfPlan(due, late)
    return found
