"""What a calendar reads by its secret address, and the page of a task of which it knows a number."""

import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from common import clock, ical
from desk.queries.calendar import days_of
from office.access.matrix import OWN, Data, Read
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.access.services.calendars import actor_of_calendar
from office.tasks.models import Task
from office.tasks.queries import shown


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The days of whom the address is, whoever asks. Any other address is not found, nor that of a person without
    access."""
    actor = actor_of_calendar(secret)
    if actor is None:
        raise Http404
    day = clock.today()
    entries = days_of(actor, day=day, site=request.get_host(), absolute=request.build_absolute_uri)
    content = ical.written(entries, name="Ancrage", made_on=day)
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    answer = HttpResponse(content, content_type=ical.CONTENT_TYPE)
    # Kept by the calendar alone, which asks each time whether it changed.
    for name, value in (("ETag", etag), ("Cache-Control", "private, no-cache"), ("X-Robots-Tag", "noindex")):
        answer.headers[name] = value
    return get_conditional_response(request, etag=etag, response=answer) or answer


@require_safe
@allow(Read(Data.TASK, OWN))
def task(request: HouseRequest, pk: int) -> HttpResponse:
    """The page where a task is done. A calendar may know one that is done or given to somebody else since, so that a
    number which is not the reader's leads home, whether there is such a task or not."""
    told = shown(Task.objects.visible_to(request.actor).to_do().filter(pk=pk), request.actor)
    if told and told[0].line.url:
        return redirect(told[0].line.url)
    messages.info(request, "Cette échéance n’est plus à tenir, ou n’est plus la vôtre.")
    return redirect("desk:home")
