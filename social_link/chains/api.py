"""API of the ways to a measure: read only."""

from datetime import date
from typing import Any

from common import clock
from office.access.codes import TokenScope
from office.access.matrix import OWN, TOTALS, Data, Read
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Year, found
from social_link.chains.queries import chain_of, way_of
from social_link.chains.schemas import LinkShown, WayTotals
from social_link.measures.queries import measures_for

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)


@router.reads("/measures/{measure_id}/way", response=list[LinkShown], needs=Read(Data.MEASURE, OWN))
def read_measure_way(request: HouseRequest, measure_id: int) -> Any:
    """The six steps from detection to fit, with the day of each where it is known."""
    return way_of(found(measures_for(request.actor), measure_id))


@router.reads("/ways/totals", response=WayTotals, needs=Read(Data.MEASURE, TOTALS))
def read_way_totals(request: HouseRequest, year: Year | None = None) -> Any:
    """What became of the ways that began in a year, this one where none is asked: delays and stops, without names."""
    of = year or clock.today().year
    count, links = chain_of(date(of, 1, 1), date(of + 1, 1, 1))
    return {"year": of, "count": count, "links": links}
