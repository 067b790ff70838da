"""Where a household stands, grid after grid, and how its dwelling was found."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from office.access.matrix import OWN, Data, Read
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.autonomy.queries import autonomy_of
from social_link.contacts.perms import followed_by
from social_link.visits.queries import strip_of


@require_GET
@allow(Read(Data.MEASURE, OWN))
def autonomy(request: HouseRequest, pk: int) -> HttpResponse:
    """The road from one grid to the last, over all measures; `?depuis=` is the grid that it begins at."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    asked = request.GET.get("depuis", "")
    since = int(asked) if asked.isdecimal() and len(asked) < 18 else None
    context = {
        "household": household,
        "autonomy": autonomy_of(household, request.actor, since=since),
        "strip": strip_of(household, request.actor),
    }
    return render(request, "social_link/autonomy/autonomy.html", context)
