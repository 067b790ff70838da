"""API of the diagnoses: read only."""

from typing import Any

from ninja import Query

from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, paged, ref
from social_link.contacts.api import of_household
from social_link.contacts.schemas import HouseholdQuery
from social_link.diagnoses.models import Diagnosis
from social_link.diagnoses.queries import diagnoses_for
from social_link.diagnoses.schemas import DiagnosisShown

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)


def _diagnosis(row: Diagnosis) -> dict[str, Any]:
    return {
        "id": row.pk,
        "household": ref(row.household),
        "on": row.on,
        "lines": list(row.lines.all()),
        "needs": row.needs,
        "author": ref(row.author),
    }


@router.reads("/diagnoses", response=Page[DiagnosisShown], needs=Read(Data.MEASURE, OWN))
def list_diagnoses(request: HouseRequest, query: Query[HouseholdQuery]) -> Any:
    """Each version of the social evaluation of the households that the caller follows, the latest first."""
    rows = of_household(diagnoses_for(request.actor).filter(withdrawn_at=None), query.household_id)
    rows = rows.prefetch_related("lines").order_by("-on", "-id")
    return paged(rows, query, lambda page: [_diagnosis(row) for row in page])
