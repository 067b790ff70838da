"""API of the measures."""

from typing import Any, TypeVar

from django.db.models import Q, QuerySet
from ninja import Query

from common import clock
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read, Write
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, found, paged, ref, referred, span_of
from office.house.codes import OrganisationKind
from office.models import Organisation
from social_link.contacts.api import followed, of_household
from social_link.measures.caseloads import carried_with_others, caseloads
from social_link.measures.models import Measure
from social_link.measures.queries import measures_for, social_people
from social_link.measures.schemas import (
    CaseloadQuery,
    Caseloads,
    MeasureCloseIn,
    MeasureIn,
    MeasureQuery,
    MeasureShown,
    OfMeasureQuery,
)
from social_link.measures.services import measures

Rows = TypeVar("Rows", bound=QuerySet[Any])

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)


def _measure(row: Measure) -> dict[str, Any]:
    return {
        "id": row.pk,
        "household": ref(row.household),
        "kind": row.kind,
        "referent": ref(row.referent),
        "funder": ref(row.funder),
        "is_lead": row.is_lead,
        "aims": row.aims,
        "agreed_on": row.agreed_on,
        "signed_on": row.signed_on,
        "period": span_of(row.period),
        "planned_end": row.planned_end,
        "ended_on": row.ended_on,
        "end_reason": row.end_reason,
        "outcome": row.outcome,
        "domains": row.domains,
        "renewals": [
            {
                "id": renewal.pk,
                "period": span_of(renewal.period),
                "proposed_by": renewal.proposed_by,
                "proposed_on": renewal.proposed_on,
                "decision": renewal.decision or None,
                "decided_on": renewal.decided_on,
                "signed_on": renewal.signed_on,
            }
            for renewal in row.renewals.all()
        ],
    }


def of_measure(rows: Rows, query: OfMeasureQuery) -> Rows:
    """Those of the measure and of the household that are asked, all where none is. They name a `measure`."""
    rows = of_household(rows, query.household_id, "measure__household")
    return rows if query.measure_id is None else rows.filter(measure=query.measure_id)


@router.reads("/measures", response=Page[MeasureShown], needs=Read(Data.MEASURE, OWN))
def list_measures(request: HouseRequest, query: Query[MeasureQuery]) -> Any:
    """Measures of the households that the caller follows."""
    rows = of_household(measures_for(request.actor).prefetch_related("renewals"), query.household_id)
    if query.running is not None:
        running = Q(pk__in=Measure.objects.running_on(clock.today()))
        rows = rows.filter(running if query.running else ~running)
    return paged(rows.order_by("-period", "-id"), query, lambda page: [_measure(row) for row in page])


@router.reads("/measures/caseloads", response=Caseloads, needs=Read(Data.MEASURE))
def read_caseloads(request: HouseRequest, query: Query[CaseloadQuery]) -> Any:
    """How many measures are in force on a day, the most loaded first: by building, town, landlord, referent or service
    of the grouping."""
    day = query.on or clock.today()
    return {"on": day, "by": query.by, "shared": carried_with_others(day), "lines": caseloads(query.by, day)}


@router.writes(
    "/measures",
    response=MeasureShown,
    needs=Write(Data.MEASURE, OWN),
    status=201,
    errors={409: ("second_lead", "already_open"), 422: ("out_of_bounds", "second_lead", "papers", "excluded", "gate")},
)
def open_measure(request: HouseRequest, data: MeasureIn) -> Any:
    """Open a measure; one lead at a time."""
    actor = request.actor
    funders = Organisation.objects.filter(roles__kind__in=[OrganisationKind.FUNDER, OrganisationKind.CCAS]).distinct()
    made = measures.open_measure(
        actor=actor,
        household=followed(actor, data.household_id),
        referent=referred(social_people(), data.referent_id, field="referent_id"),
        funder=None if data.funder_id is None else referred(funders, data.funder_id, field="funder_id"),
        **data.dict(exclude={"household_id", "referent_id", "funder_id", "proposed_by"}),
        proposed_by=data.proposed_by or "",
    )
    return _measure(made)


@router.writes(
    "/measures/{measure_id}/close",
    response=MeasureShown,
    needs=Write(Data.MEASURE, OWN),
    errors={409: ("wrong_state",), 422: ("out_of_bounds",)},
)
def close_measure(request: HouseRequest, measure_id: int, data: MeasureCloseIn) -> Any:
    """End a measure with its reason; `on` is its last day."""
    actor = request.actor
    row = found(measures_for(actor), measure_id)
    given = data.dict(exclude={"outcome"})
    return _measure(measures.close_measure(measure=row, outcome=data.outcome or "", actor=actor, **given))
