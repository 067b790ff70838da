"""What the payer of the benefit asks of a plan, as a page shows it, and the broken plans that it was not told of."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Max, QuerySet

from common.charts import MoneyMonth
from common.periods import Month
from common.reasons import Reason
from rent_ledger.arrears.codes import PayerPlanWhy, ReportKind
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.parameters import payer_params
from rent_ledger.arrears.queries.reports import open_reports, reports_of, waiting
from rent_ledger.arrears.reports import PayerReport
from rent_ledger.arrears.rules.payer_plan import default_plan, kept
from rent_ledger.arrears.rules.payer_steps import PayerStep
from rent_ledger.books.codes import PlanEnd
from rent_ledger.books.plans import RepaymentPlan


def broken_untold(report_ids: Collection[int] | None = None) -> dict[int, tuple[PayerReport, date]]:
    """Reports whose plan was sent to the payer, broke since, and of which the payer was told nothing yet: by id, with
    the day on which it broke. One query, and one for the plans."""
    rows: QuerySet[PayerReport] = open_reports().filter(plan_sent_on__isnull=False, broken_told_on=None)
    rows = rows if report_ids is None else rows.filter(pk__in=report_ids)
    found = {row.case.account_id: row for row in rows if row.case is not None}
    broken = RepaymentPlan.objects.filter(
        account__in=found, end=PlanEnd.BROKEN, account__cases__reports__in=rows.values("pk"),
        ended_on__gte=F("account__cases__reports__plan_sent_on"),
    )  # fmt: skip
    days = broken.order_by().values_list("account").annotate(on=Max("ended_on"))
    return {found[account].pk: (found[account], on) for account, on in days if account in found}


@dataclass(frozen=True, slots=True)
class PayerPlan:
    """`report`: the report that the payer answers, None where there is none. `step`: what it waits for. `by_default`:
    what it asks without a plan of ours. `kept`: what the last whole month means for the benefit. `broken`: a plan that
    broke, and it was not told."""

    report: PayerReport | None
    step: PayerStep | None
    by_default: Reason | None
    kept: Reason | None
    broken: Reason | None


def payer_plan(case: ArrearsCase, *, owed: Decimal, months: Collection[MoneyMonth], day: date) -> PayerPlan | None:
    """What the payer asks about a case that was reported, or must be; None where the law asks for no report. `owed`:
    what a plan would spread (euros)."""
    report = reports_of(case).get(ReportKind.ARREARS)
    if case.report_due_on is None and report is None:
        return None
    sent = report if report is not None and report.sent_on else None
    plan = default_plan(owed, parts=payer_params(day).parts)
    figures = {"amount": plan.amount, "parts": plan.parts} if plan else {}
    last = next((one for one in months if one.month == Month.of(day).plus(-1)), None)
    broken = broken_untold([sent.pk]).get(sent.pk) if sent else None
    return PayerPlan(
        sent,
        waiting([sent], day=day)[0].step if sent else None,
        Reason(PayerPlanWhy.DEFAULT, figures) if plan else None,
        kept(month=last.month, asked=last.asked, paid=last.received) if last else None,
        Reason(PayerPlanWhy.BROKEN, {"on": broken[1]}) if broken else None,
    )
