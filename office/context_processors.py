"""Template variables that every page uses."""

from typing import Any

from common import clock
from office.access.requests import HouseRequest
from office.house.queries import this_association


def office(request: HouseRequest) -> dict[str, Any]:
    """`association` (or None before it is set up), `actor`, `today`."""
    return {
        "association": this_association(),
        "actor": getattr(request, "actor", None),
        "today": clock.today(),
    }
