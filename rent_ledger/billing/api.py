"""API of the rent runs and demands."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from ninja import Query

from common.periods import Month
from leases.contracts.natures import Nature
from leases.contracts.rules.families import family_of
from leases.models import Lease
from office.access.codes import TokenScope
from office.access.matrix import Data, Read, Write
from office.access.requests import HouseRequest
from office.api_base import (
    HouseRouter,
    Page,
    PageQuery,
    asked,
    found,
    paged,
    ref,
)
from office.jobs.schemas import JobListed
from rent_ledger.billing.codes import LineSource, RunQuestion
from rent_ledger.billing.models import RentDemand, RentRun, RunPreviewHeld, RunPreviewRow
from rent_ledger.billing.queries.explain_demand import lines_of, words_of
from rent_ledger.billing.queries.messages import sent_by
from rent_ledger.billing.queries.runs import run_totals
from rent_ledger.billing.schemas import (
    DemandDetail,
    DemandShown,
    ObstacleShown,
    PreviewQuery,
    RunDetail,
    RunIn,
    RunListed,
    RunPreviewShown,
)
from rent_ledger.billing.services import runs
from rent_ledger.billing.services.previews import preview
from rent_ledger.billing.services.sending import send_run

router = HouseRouter(tag="rent_ledger", read=TokenScope.LEDGER_READ, write=TokenScope.LEDGER_WRITE)

LEASE = ("lease_id", "lease_reference", "household_id", "household_name")
VIEWS = {"changed": "differents", "same": "identiques", "all": "tous"}


def _month(text: str) -> Month:
    return Month.parse(text)


def _run_listed(row: RentRun) -> dict[str, Any]:
    return {
        "id": row.pk,
        "month": str(Month.of(row.month)),
        "state": row.state,
        "launched_at": row.launched_at,
        "author": ref(row.author),
    }


def _runs() -> "QuerySet[RentRun, RentRun]":
    return RentRun.objects.select_related("job", "author")


def _run(pk: int) -> dict[str, Any]:
    row = found(_runs(), pk)
    totals = run_totals(row)
    return _run_listed(row) | {
        "job": row.job,
        "issued": totals.issued,
        "cancelled": totals.cancelled,
        "sent": totals.sent,
        "gross": totals.gross,
        "benefit": totals.benefit,
        "net": totals.net,
    }


@router.reads("/rent-runs/preview", response=RunPreviewShown, needs=Read(Data.RENT_RUN))
def preview_rent_run(request: HouseRequest, query: Query[PreviewQuery]) -> Any:
    """What a run of a month would ask, lease by lease, with the difference from the month before. Bills nothing."""
    seen = preview(_month(query.month))
    rows = RunPreviewRow.objects.filter(preview=seen).pick(view=VIEWS[query.show], text=query.q)
    return paged(rows, query, lambda page: [_preview_line(row) for row in page]) | {
        "month": query.month,
        "to_make": seen.draft_count,
        "to_ask": seen.drafted,
        "made": seen.made_count,
        "held": [
            {name: getattr(row, name) for name in LEASE} | {"reason": row.reason.text(), "cure": row.cure.text()}
            for row in RunPreviewHeld.objects.filter(preview=seen)
        ],
    }


def _preview_line(row: RunPreviewRow) -> dict[str, Any]:
    reasons = [
        {
            "code": gap.code,
            "label": gap.reason.text(),
            "detail": gap.reason.detail.text() if gap.reason.detail else "",
            "amount": gap.amount,
        }
        for gap in row.reasons
    ]
    return {name: getattr(row, name) for name in (*LEASE, "before", "now", "gap", "is_made")} | {"reasons": reasons}


@router.reads("/rent-runs", response=Page[RunListed], needs=Read(Data.RENT_RUN))
def list_rent_runs(request: HouseRequest, query: Query[PageQuery]) -> Any:
    """Runs, newest first."""
    return paged(_runs().order_by("-id"), query, lambda page: [_run_listed(row) for row in page])


@router.writes(
    "/rent-runs",
    response=RunDetail,
    needs=Write(Data.RENT_RUN),
    status=201,
    errors={409: ("run_in_progress", *asked(*RunQuestion)), 422: ("nothing_to_bill",)},
)
def launch_rent_run(request: HouseRequest, data: RunIn) -> Any:
    """Start the run of a month, as a job to follow. What has its demand already is not billed again.

    A month later than the next one is asked about: the refusal names the question, to answer in `answers`.
    """
    made = runs.launch_run(
        month=_month(data.month), actor=request.actor, lease_ids=data.lease_ids, answers=data.answers
    )
    return _run(made.pk)


@router.reads("/rent-runs/{run_id}", response=RunDetail, needs=Read(Data.RENT_RUN))
def read_rent_run(request: HouseRequest, run_id: int) -> Any:
    """A run while it goes and after."""
    return _run(run_id)


@router.reads("/rent-runs/{run_id}/demands", response=Page[DemandShown], needs=Read(Data.RENT_RUN))
def list_rent_run_demands(request: HouseRequest, run_id: int, query: Query[PageQuery]) -> Any:
    """The demands of a run, by household."""
    rows = found(_runs(), run_id).demands.select_related("lease__household", "run")
    return paged(rows.order_by("lease__household__sort_key", "id"), query, _demands)


def _demands(rows: Sequence[RentDemand]) -> list[dict[str, Any]]:
    ways = sent_by(rows)
    return [_demand(row, ways.get(row.pk)) for row in rows]


def _demand(row: RentDemand, way: str | None) -> dict[str, Any]:
    return {
        "id": row.pk,
        "reference": row.reference,
        "lease_id": row.lease_id,
        "household": ref(row.lease.household),
        "state": row.state,
        "kind": row.kind,
        "due_on": row.due_on,
        "gross": row.gross,
        "benefit": row.benefit,
        "net": row.net,
        "sent_at": row.sent_at,
        "sent_by": way,
    }


@router.reads("/rent-demands/{demand_id}", response=DemandDetail, needs=Read(Data.LEDGER))
def read_rent_demand(request: HouseRequest, demand_id: int) -> Any:
    """A demand, line by line."""
    visible = Lease.objects.visible_to(request.actor)
    rows = RentDemand.objects.filter(lease__in=visible).select_related("lease__household", "run")
    row = found(rows, demand_id)
    word = family_of(row.lease.kind).word.capitalize()
    lines = [
        {
            "source": line.source,
            "nature": line.nature,
            "label": word if line.nature == Nature.RENT and line.source == LineSource.RENT_TERM else words_of(line),
            "amount": line.amount,
            "month": str(Month.of(line.for_month)),
        }
        for line in lines_of([row.pk])[row.pk]
    ]
    return _demands([row])[0] | {"run_id": row.run_id, "lines": lines}


@router.reads("/rent-runs/{run_id}/obstacles", response=list[ObstacleShown], needs=Read(Data.RENT_RUN))
def list_rent_run_obstacles(request: HouseRequest, run_id: int) -> Any:
    """What stands in the way of an undo, by name; empty where it can be undone."""
    return runs.obstacles(found(_runs(), run_id))


@router.writes(
    "/rent-runs/{run_id}/send",
    response=JobListed,
    needs=Write(Data.RENT_RUN),
    errors={422: ("nothing_to_send",)},
)
def send_rent_run(request: HouseRequest, run_id: int) -> Any:
    """Have each demand that was not sent leave by the way that its tenant chose, as a job that writes the messages."""
    return send_run(run=found(_runs(), run_id), actor=request.actor)


@router.writes("/rent-runs/{run_id}/undo", response=RunDetail, needs=Write(Data.RENT_RUN), errors={409: ("run_stuck",)})
def undo_rent_run(request: HouseRequest, run_id: int) -> Any:
    """Cancel the run's demands and post their reversals, as a job."""
    runs.undo_run(run=found(_runs(), run_id), actor=request.actor)
    return _run(run_id)
