"""API of who calls."""

from typing import Any

from office.access.matrix import OWN, Data, Read
from office.access.requests import HouseRequest
from office.api_base import HouseRouter
from office.staff.schemas import Me

# Who one is needs no scope.
router = HouseRouter(tag="office", read=None, write=None)


@router.reads("/me", response=Me, needs=Read(Data.SELF, OWN))
def read_me(request: HouseRequest) -> Any:
    """Who calls, with the roles of today and the scopes of the token."""
    actor = request.actor
    user = actor.user
    assert user is not None
    return {
        "id": user.pk,
        "name": str(user),
        "email": user.email,
        "roles": sorted(actor.roles),
        "scopes": None if actor.scopes is None else sorted(actor.scopes),
    }
