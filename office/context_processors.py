"""Template variables that every page uses."""

from typing import Any

from common import clock
from office.access.requests import HouseRequest
from office.devices.keeping import mark_of, may_keep
from office.house.queries import this_association


def office(request: HouseRequest) -> dict[str, Any]:
    """`association` (or None before it is set up), `actor`, `today`; `device`, the mark of a person whose phone
    keeps the work of the day, else empty."""
    actor = getattr(request, "actor", None)
    return {
        "association": this_association(),
        "actor": actor,
        "device": mark_of(actor) if actor and may_keep(actor) else "",
        "today": clock.today(),
    }
