"""The home page: each role's day, with its work before its figures."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from common import clock
from desk.roles import DESKS, homes_of
from office.access.matrix import OWN, Data, Read
from office.access.permissions import allow
from office.access.requests import HouseRequest


@require_safe
@allow(Read(Data.SELF, OWN))
def home(request: HouseRequest) -> HttpResponse:
    """The home of the actor's role, or of the one named by `?role=` among his own.

    A user with several roles sees the first desk, with links to the others.
    """
    actor = request.actor
    homes = homes_of(actor)
    asked = request.GET.get("role", "")
    home = next((found for role, found in homes.items() if role == asked), next(iter(homes.values())))
    others = [(found.label, f"?role={role}", found == home) for role, found in homes.items()] if len(homes) > 1 else []
    first_name = actor.user.first_name if actor.user else ""
    return DESKS[home].page(request, actor, {"homes": others, "today": clock.today(), "first_name": first_name})
