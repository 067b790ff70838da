"""API of the objectives and of the seven axes: read only."""

from typing import Any

from django.db.models import Q
from ninja import Query

from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, paged, ref
from social_link.measures.api import of_measure
from social_link.measures.queries import measures_for
from social_link.measures.schemas import OfMeasureQuery
from social_link.objectives.codes import OVER, Axis
from social_link.objectives.models import Assessment, Objective
from social_link.objectives.perms import health_among
from social_link.objectives.schemas import AssessmentShown, ObjectiveQuery, ObjectiveShown

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)

_OF_OBJECTIVE = ("measure_id", "theme", "text", "household_does", "house_does", "due_on")


def _objective(row: Objective) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _OF_OBJECTIVE} | {
        "id": row.pk,
        "household": ref(row.measure.household),
        "phase": row.phase or None,
        "how_far": row.how_far or None,
        "reviews": list(row.reviews.all()),
    }


@router.reads("/objectives", response=Page[ObjectiveShown], needs=Read(Data.MEASURE, OWN))
def list_objectives(request: HouseRequest, query: Query[ObjectiveQuery]) -> Any:
    """The objectives of the measures that the caller reads, with each evaluation."""
    rows = of_measure(Objective.objects.with_state().filter(measure__in=measures_for(request.actor)), query)
    if query.open is not None:
        over = Q(("how_far__in", OVER))
        rows = rows.filter(~over if query.open else over)
    rows = rows.select_related("measure__household").prefetch_related("reviews").order_by("id")
    return paged(rows, query, lambda page: [_objective(row) for row in page])


def _assessment(row: Assessment, *, health: bool) -> dict[str, Any]:
    read = [axis for axis in Axis if axis != Axis.HEALTH or health]
    return {name: getattr(row, name) for name in ("measure_id", "moment", "on", "with_person")} | {
        "id": row.pk,
        "household": ref(row.measure.household),
        "axes": [{"axis": axis, "level": row.level(axis)} for axis in read],
        "author": ref(row.author),
    }


@router.reads("/assessments", response=Page[AssessmentShown], needs=Read(Data.MEASURE, OWN))
def list_assessments(request: HouseRequest, query: Query[OfMeasureQuery]) -> Any:
    """Where households stood on the seven axes, at the start, in the middle and at the end of their measures."""
    rows = of_measure(Assessment.objects.filter(measure__in=measures_for(request.actor)), query)
    rows = rows.select_related("measure__household", "author").order_by("on", "id")

    def shaped(page: list[Assessment]) -> list[dict[str, Any]]:
        healthy = health_among({row.measure.household_id for row in page}, request.actor)
        return [_assessment(row, health=row.measure.household_id in healthy) for row in page]

    return paged(rows, query, shaped)
