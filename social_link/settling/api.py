"""API of the installations: read only."""

from typing import Any

from django.http import Http404

from common import clock
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, found, ref
from social_link.contacts.perms import followed_by
from social_link.settling.queries import Furnished, settling_of
from social_link.settling.schemas import SettlingShown

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)


def _furniture(one: Furnished) -> dict[str, Any]:
    return {name: getattr(one.item, name) for name in ("id", "kind", "quantity", "received_on")} | {
        "scheme": one.scheme,
        "aid_file_id": one.file.file.pk if one.file else None,
        "asked": one.asked,
        "obtained": one.obtained,
    }


@router.reads("/households/{household_id}/settling", response=SettlingShown, needs=Read(Data.CONTACT, OWN))
def read_settling(request: HouseRequest, household_id: int) -> Any:
    """How a household that the caller follows settles in: the list, the furniture and what pays for it. 404 where it
    has no dwelling of ours."""
    household = found(followed_by(request.actor), household_id)
    settling = settling_of(household, clock.today())
    if settling is None:
        raise Http404
    return {
        "household": ref(household),
        "entered_on": settling.entered_on,
        "is_running": settling.is_running,
        "steps": [
            {"step": step, "on": tick.on if tick else None, "is_needless": tick is not None and tick.is_needless}
            for step, tick in settling.steps
        ],
        "furniture": [_furniture(one) for one in settling.furniture],
        "asked": settling.asked,
        "obtained": settling.obtained,
    }
