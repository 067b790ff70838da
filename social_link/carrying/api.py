"""API of how measures are carried: read only."""

from typing import Any

from ninja import Query

from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, paged, ref, span_of
from social_link.carrying.models import Carrier, Intensity, Refusal
from social_link.carrying.schemas import CarrierShown, IntensityShown, RefusalShown
from social_link.contacts.api import of_household
from social_link.contacts.perms import followed_by
from social_link.contacts.schemas import HouseholdQuery
from social_link.measures.api import of_measure
from social_link.measures.queries import measures_for
from social_link.measures.schemas import OfMeasureQuery

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)


def _intensity(row: Intensity) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "measure_id", "level", "from_day")} | {
        "household": ref(row.measure.household)
    }


@router.reads("/intensities", response=Page[IntensityShown], needs=Read(Data.MEASURE, OWN))
def list_intensities(request: HouseRequest, query: Query[OfMeasureQuery]) -> Any:
    """How dense the measures that the caller reads are, from which day on."""
    rows = of_measure(Intensity.objects.filter(measure__in=measures_for(request.actor)), query)
    rows = rows.select_related("measure__household").order_by("measure", "from_day")
    return paged(rows, query, lambda page: [_intensity(row) for row in page])


def _carrier(row: Carrier) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "measure_id", "role")} | {
        "household": ref(row.measure.household),
        "organisation": ref(row.organisation),
        "period": span_of(row.period),
    }


@router.reads("/carriers", response=Page[CarrierShown], needs=Read(Data.MEASURE, OWN))
def list_carriers(request: HouseRequest, query: Query[OfMeasureQuery]) -> Any:
    """Who carries the measures that the caller reads, beside us or for us."""
    rows = of_measure(Carrier.objects.filter(measure__in=measures_for(request.actor)), query)
    rows = rows.select_related("measure__household", "organisation").order_by("measure", "period", "id")
    return paged(rows, query, lambda page: [_carrier(row) for row in page])


def _refusal(row: Refusal) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "what", "on")} | {"household": ref(row.household)}


@router.reads("/refusals", response=Page[RefusalShown], needs=Read(Data.MEASURE, OWN))
def list_refusals(request: HouseRequest, query: Query[HouseholdQuery]) -> Any:
    """What the households that the caller follows declined, the latest first."""
    rows = of_household(Refusal.objects.filter(household__in=followed_by(request.actor)), query.household_id)
    return paged(
        rows.select_related("household").order_by("-on", "-id"), query, lambda page: [_refusal(r) for r in page]
    )
