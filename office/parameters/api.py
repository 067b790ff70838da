"""API of the dated parameters."""

from typing import Any

from common import clock
from common.params import declared
from office.access.codes import TokenScope
from office.access.matrix import Data, Read
from office.access.requests import HouseRequest
from office.api_base import Day, HouseRouter
from office.parameters.queries import params_on
from office.parameters.schemas import ParametersShown

router = HouseRouter(tag="office", read=TokenScope.OFFICE_READ, write=TokenScope.OFFICE_WRITE)


@router.reads("/parameters", response=ParametersShown, needs=Read(Data.PARAMETER))
def list_parameters(request: HouseRequest, on: Day | None = None) -> Any:
    """Every legal figure and delay as in force on a day (today), with its source and whether somebody read it."""
    day = on or clock.today()
    params = params_on(day)
    return {
        "on": day,
        "parameters": [
            {
                "key": key,
                "label": parameter.label,
                "kind": str(parameter.kind),
                "unit": parameter.unit,
                "scope": str(parameter.scope),
                "value": parameter.to_json(params.value(key)),
                "source": params.source(key),
                "is_verified": params.verified(key),
            }
            for key, parameter in sorted(declared().items())
        ],
    }
