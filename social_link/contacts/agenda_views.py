"""The agenda: a day as one goes through it, a week, and the week of the team for the head."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock
from common.periods import ONE_DAY
from office.access.matrix import OWN, Data, Read, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.devices.keeping import kept
from social_link.contacts.agenda import agenda_day, team_week

FURTHEST = timedelta(days=400)
"""How far from today an address leads; further, it is today."""


def _asked_day(request: HouseRequest, today: date) -> date:
    try:
        day = date.fromisoformat(request.GET.get("jour", ""))
    except ValueError:
        return today
    return day if abs(day - today) <= FURTHEST else today


@require_GET
@allow(Read(Data.CONTACT, OWN))
@kept
def day_view(request: HouseRequest) -> HttpResponse:
    """One's own day (`jour`, today): hour, household, address, call, go there, note it, move it."""
    today = clock.today()
    page = agenda_day(request.actor, _asked_day(request, today), today=today)
    context = {"page": page, "day": page.day, "me": request.actor.user_id, "tomorrow": today + ONE_DAY}
    return render(request, "social_link/contacts/agenda.html", context)


@require_GET
@allow(Read(Data.CONTACT, OWN))
def week_view(request: HouseRequest) -> HttpResponse:
    """The week of `jour`: one's own, that of the team for the head, one row per person."""
    today = clock.today()
    day = _asked_day(request, today)
    monday = day - timedelta(days=day.weekday())
    context = {
        "page": team_week(request.actor, monday, today=today, page=request.GET.get("p")),
        "is_team": can(request.actor, Read(Data.CONTACT)),
        "before": monday - timedelta(weeks=1),
        "after": monday + timedelta(weeks=1),
    }
    return render(request, "social_link/contacts/week.html", context)
