"""API of what is followed of the arrears: early signs, what is to tell a payer by when, plans. Read only."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Max, Q
from ninja import Query

from common import clock
from office.access.codes import TokenScope
from office.access.matrix import Data, Read, Write
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, PageQuery, found, paged, ref
from rent_ledger.arrears.models import EarlySign
from rent_ledger.arrears.queries.arrears import cases_for, rows_of
from rent_ledger.arrears.queries.plans import shown_plan
from rent_ledger.arrears.queries.reports import Deadline, Waiting, deadlines, open_reports, waiting
from rent_ledger.arrears.queries.signs import signs_of, watched_for
from rent_ledger.arrears.schemas import DeadlineQuery, DeadlineShown, OpenReportShown, PlanShown, WatchedShown
from rent_ledger.books.plans import RepaymentPlan

router = HouseRouter(tag="rent_ledger", read=TokenScope.LEDGER_READ, write=TokenScope.LEDGER_WRITE)

_OF_PLAN = ("id", "replaces_id", "signed_on", "ended_on", "broken_due_on", "broken_missing")


def _watched(state: Any, signs: Sequence[EarlySign]) -> dict[str, Any]:
    lease = state.account.lease
    return {
        "account_id": state.pk,
        "household": ref(state.account.household),
        "lease_reference": lease.reference if lease else None,
        "signs": [
            {name: getattr(sign, name) for name in ("id", "kind", "since", "known_on")} | {"reason": sign.why.text()}
            for sign in signs
        ],
    }


@router.reads("/arrears/watched", response=Page[WatchedShown], needs=Read(Data.ARREARS_CAUSE))
def list_watched_accounts(request: HouseRequest, query: Query[PageQuery]) -> Any:
    """Accounts with an early sign that nobody set aside and nothing to decide, the sign known last first."""
    day = clock.today()
    known = Max("account__signs__known_on", filter=Q(account__signs__ended_on=None))
    rows = watched_for(request.actor, day=day).annotate(known=known).order_by("-known", "account_id")

    def shaped(pks: Sequence[int]) -> list[dict[str, Any]]:
        signs = signs_of(pks, day=day)
        return [_watched(state, signs.get(state.pk, [])) for state in rows_of(list(pks))]

    return paged(rows.values_list("pk", flat=True), query, shaped)


def _deadline(one: Deadline) -> dict[str, Any]:
    return {
        "due_on": one.due_on,
        "left": one.left,
        "household": ref(one.household),
        "since_on": one.since_on,
        "case_id": one.case.pk if one.case else None,
        "lease_id": one.lease.pk if one.lease else None,
        "prepared_id": one.prepared.pk if one.prepared else None,
    }


@router.reads("/arrears/report-deadlines", response=Page[DeadlineShown], needs=Write(Data.ARREARS))
def list_report_deadlines(request: HouseRequest, query: Query[DeadlineQuery]) -> Any:
    """What is to tell a payer, of cases and of departures, the nearest deadline first."""
    rows = deadlines(day=clock.today())
    shown = [one for one in rows if query.prepared in (None, one.prepared is not None)]
    return paged(shown, query, lambda page: [_deadline(one) for one in page])


def _open_report(one: Waiting) -> dict[str, Any]:
    report = one.report
    return {name: getattr(report, name) for name in ("id", "case_id", "since_on", "sent_on", "answered_on")} | {
        "household": ref(report.lease.household),
        "payer": ref(report.payer),
        "route": report.route or None,
        "step": one.step.reason.text(),
        "step_due_on": one.step.due_on,
    }


@router.reads("/arrears/open-reports", response=Page[OpenReportShown], needs=Write(Data.ARREARS))
def list_open_reports(request: HouseRequest, query: Query[PageQuery]) -> Any:
    """The reports that left, and what is waited for from the payer or from us; the nearest deadline first."""
    rows = waiting(open_reports(), day=clock.today())
    return paged(rows, query, lambda page: [_open_report(one) for one in page])


def _plan(row: RepaymentPlan) -> dict[str, Any]:
    kept = {name: getattr(row, name) for name in _OF_PLAN} | {"end": row.end or None}
    if row.ended_on is None:
        shown = shown_plan(row, day=clock.today())
        return kept | {"total": shown.total, "left": shown.left, "instalments": shown.rows}
    over = [
        {"due_on": one.due_on, "amount": one.amount, "left": None, "is_late": False} for one in row.instalments.all()
    ]
    return kept | {"total": None, "left": None, "instalments": over}


@router.reads("/arrears/cases/{case_id}/plans", response=list[PlanShown], needs=Read(Data.ARREARS_CAUSE))
def list_case_plans(request: HouseRequest, case_id: int) -> Any:
    """The plans of the account of a case, the latest first: a draft, the one that runs, those that are over."""
    case = found(cases_for(request.actor), case_id)
    rows = RepaymentPlan.objects.filter(account=case.account_id).prefetch_related("instalments")
    return [_plan(row) for row in rows.order_by("-id")]
