"""Template variables that every page uses."""

from typing import Any

from common import clock
from office.access.requests import HouseRequest
from office.house.models import Association


def office(request: HouseRequest) -> dict[str, Any]:
    """`association` (or None before it is set up), `actor`, `today`."""
    return {
        "association": Association.objects.first(),
        "actor": getattr(request, "actor", None),
        "today": clock.today(),
    }
