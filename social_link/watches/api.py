"""API of what follows the end of a measure: read only."""

from typing import Any

from ninja import Query

from common import clock
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, paged, ref
from social_link.contacts.api import of_household
from social_link.measures.api import of_measure
from social_link.measures.schemas import OfMeasureQuery
from social_link.watches.models import Orientation, Reopening
from social_link.watches.queries import StepLine, requests_for, step_lines, watches_for
from social_link.watches.schemas import OrientationShown, ReopeningQuery, ReopeningShown, WatchQuery, WatchShown

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)

_OF_STEP = ("id", "measure_id", "kind", "months", "ended_on", "due_on", "seen_on")
_OF_REQUEST = ("id", "former_id", "asked_by", "asked_on", "reasons", "oriented_on", "measure_id")


def _step(line: StepLine) -> dict[str, Any]:
    row = line.watch
    return {name: getattr(row, name) for name in _OF_STEP} | {
        "household": ref(row.measure.household),
        "first_day": line.first,
        "last_day": line.last,
        "state": line.state,
        "found": row.found or None,
        "debt": row.debt or None,
        "noted_by": ref(row.noted_by),
    }


@router.reads("/watches", response=Page[WatchShown], needs=Read(Data.MEASURE, OWN))
def list_watches(request: HouseRequest, query: Query[WatchQuery]) -> Any:
    """The steps after the measures that the caller reads, the last due first, and where each stands today."""
    rows = of_measure(watches_for(request.actor), query)
    if query.noted is not None:
        rows = rows.filter(seen_on__isnull=not query.noted)

    def shaped(pks: list[int]) -> list[dict[str, Any]]:
        asked = watches_for(request.actor).filter(pk__in=pks).order_by("-due_on", "-id")
        return [_step(line) for line in step_lines(asked, clock.today())]

    return paged(rows.order_by("-due_on", "-id").values_list("pk", flat=True), query, shaped)


def _orientation(row: Orientation) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "measure_id", "ended_on", "service")} | {
        "household": ref(row.measure.household),
        "organisation": ref(row.organisation),
    }


@router.reads("/orientations", response=Page[OrientationShown], needs=Read(Data.MEASURE, OWN))
def list_orientations(request: HouseRequest, query: Query[OfMeasureQuery]) -> Any:
    """To whom households were oriented as their measures ended, the latest first."""
    rows = of_measure(Orientation.objects.visible_to(request.actor), query)
    rows = rows.select_related("measure__household", "organisation").order_by("-id")
    return paged(rows, query, lambda page: [_orientation(row) for row in page])


def _request(row: Reopening) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _OF_REQUEST} | {
        "household": ref(row.former.household),
        "partner": ref(row.partner),
        "service": row.service or None,
        "organisation": ref(row.organisation),
    }


@router.reads("/reopenings", response=Page[ReopeningShown], needs=Read(Data.MEASURE, OWN))
def list_reopenings(request: HouseRequest, query: Query[ReopeningQuery]) -> Any:
    """Requests that a support begins again, after the measures that the caller reads; the latest first."""
    rows = requests_for(request.actor).filter(withdrawn_at=None)
    rows = of_household(rows, query.household_id, "former__household")
    if query.measure_id is not None:
        rows = rows.filter(former=query.measure_id)
    if query.waiting is not None:
        rows = rows.filter(service="") if query.waiting else rows.exclude(service="")
    return paged(rows.order_by("-asked_on", "-id"), query, lambda page: [_request(row) for row in page])
