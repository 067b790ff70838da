"""The technician's phone: the round, a job, « J'ai vu quelque chose »."""

from datetime import timedelta
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import attempt
from maintenance.rounds.forms import SignalForm
from maintenance.rounds.queries import job_of, round_of
from maintenance.tickets.codes import SignalKind, TicketState
from maintenance.tickets.forms import CloseForm, SeenForm
from maintenance.tickets.models import Ticket
from maintenance.tickets.rules.priority import propose_payer
from maintenance.tickets.services import tickets as services
from office.access.matrix import Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest

# The five verbs, each with its picture.
SIGNALS = [
    (SignalKind.DANGER, "droplet", "Humidité, danger"),
    (SignalKind.CLUTTER, "trash", "Très encombré"),
    (SignalKind.UNWELL, "mood-sad", "Ne va pas bien"),
    (SignalKind.LONG_ABSENCE, "door-exit", "Absence longue"),
    (SignalKind.TENSION, "users", "Tension voisins"),
]
SOON = timedelta(days=2)


@require_GET
@allow(Read(Data.ROUND))
def round_view(request: HouseRequest) -> HttpResponse:
    """The list of the day, the next job framed."""
    day = clock.today()
    return render(
        request,
        "maintenance/rounds/round.html",
        {"round": round_of(request.actor, day), "soon": day + SOON},
    )


def _own(request: HouseRequest, pk: int) -> Ticket:
    rows = Ticket.objects.visible_to(request.actor).filter(assignee=request.actor.user_id)
    return get_object_or_404(rows, pk=pk)


@require_GET
@allow(Read(Data.ROUND))
def job(request: HouseRequest, pk: int) -> HttpResponse:
    """One passage: start, absent, done with a photo and who pays, or a signal."""
    return _job_page(request, pk)


def _job_page(request: HouseRequest, pk: int, form: CloseForm | None = None, status: int = 200) -> HttpResponse:
    own = _own(request, pk)
    found = job_of(own.pk, request.actor)
    if found is None:
        raise Http404
    proposal = propose_payer(problem=found.ticket.problem)
    shown = form or CloseForm(initial={"seen": found.ticket.seen, "paid_by": proposal.paid_by})
    return render(
        request,
        "maintenance/rounds/job.html",
        {
            "job": found,
            "ticket": found.ticket,
            "proposal": proposal,
            "form": shown,
            "signals": SIGNALS,
            "signal_key": uuid4(),
            "photos": found.running.photos.all() if found.running else [],
            "can_start": found.ticket.state == TicketState.ASSIGNED,
        },
        status=status,
    )


@require_POST
@allow(Write(Data.ROUND))
def job_start(request: HouseRequest, pk: int) -> HttpResponse:
    """At work."""
    ticket, form = _own(request, pk), SeenForm(request.POST)
    attempt(lambda: services.start(ticket=ticket, actor=request.actor, **form.cleaned_data), form).tell(
        request, "Commencé."
    )
    return redirect("maintenance:job", pk=pk)


@require_POST
@allow(Write(Data.ROUND))
def job_absent(request: HouseRequest, pk: int) -> HttpResponse:
    """Nobody at the door."""
    ticket, form = _own(request, pk), SeenForm(request.POST)
    noted = attempt(lambda: services.mark_absent(ticket=ticket, actor=request.actor, **form.cleaned_data), form)
    noted.tell(request, "Absence notée. La gestion proposera un autre jour.")
    return redirect("maintenance:round") if noted else redirect("maintenance:job", pk=pk)


@require_POST
@allow(Write(Data.ROUND))
def job_close(request: HouseRequest, pk: int) -> HttpResponse:
    """The end of the passage."""
    ticket, form = _own(request, pk), CloseForm(request.POST, request.FILES)
    closed = attempt(lambda: services.close(ticket=ticket, actor=request.actor, **form.cleaned_data), form)
    if closed:
        closed.tell(request, "Passage clos.")
        return redirect("maintenance:round")
    return _job_page(request, pk, form, status=422)


@require_POST
@allow(Write(Data.ROUND))
def job_signal(request: HouseRequest, pk: int) -> HttpResponse:
    """One of the five things. The answer is an acknowledgement, nothing else."""
    ticket, form = _own(request, pk), SignalForm(request.POST, request.FILES)
    attempt(lambda: services.send_signal(ticket=ticket, actor=request.actor, **form.cleaned_data), form).tell(
        request, "Reçu."
    )
    return redirect("maintenance:job", pk=pk)


@require_GET
@allow(Read(Data.ROUND))
def signal(request: HouseRequest) -> HttpResponse:
    """« J'ai vu quelque chose »: at which of the day's doors."""
    day = clock.today()
    jobs = [j for j in round_of(request.actor, day).jobs if j.ticket.household_id]
    return render(
        request,
        "maintenance/rounds/signal.html",
        {"jobs": [(found, uuid4()) for found in jobs], "signals": SIGNALS},
    )
