"""The policy of the arrears: all its rules in one place, in the order in which they act."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock
from desk.queries.policy import measured, policy_on
from office.access.matrix import TOTALS, Data, Read, can
from office.access.permissions import allow
from office.access.requests import HouseRequest


@require_GET
@allow(Read(Data.PARAMETER))
def policy(request: HouseRequest) -> HttpResponse:
    """The rules as in force today. What the signs were worth is told to who reads totals of the arrears."""
    today = clock.today()
    context = {
        "policy": policy_on(today),
        "reads_totals": (reads := can(request.actor, Read(Data.ARREARS_CAUSE, TOTALS))),
        "measured": measured(today) if reads else None,
    }
    return render(request, "desk/policy.html", context)
