"""The technician's phone: the round, a job, « J'ai vu quelque chose »."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import attempt, tell_done
from common.links import link
from common.typography import counted
from maintenance.rounds.forms import SignalForm
from maintenance.rounds.queries import Job, job_of, past_job_of, round_of
from maintenance.tickets.codes import PhotoStage, SignalKind, TicketState
from maintenance.tickets.duties import CLOSE
from maintenance.tickets.forms import CloseForm, SeenForm
from maintenance.tickets.models import Photo, Ticket, WeakSignal
from maintenance.tickets.notices import GIVEN
from maintenance.tickets.perms import was_there
from maintenance.tickets.queries import passages_of, request_photos
from maintenance.tickets.rules.priority import propose_payer
from maintenance.tickets.services import tickets as services
from maintenance.tickets.services.photos import add_photo, remove_photo
from maintenance.tickets.services.taking_back import take_back
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.devices.keeping import is_ahead, kept
from office.notices.services import mark_opened
from office.requests.pages import form_sent_once, not_done, sent_once
from office.tasks.queries import agenda

# The five verbs, each with its picture.
SIGNALS = [
    (SignalKind.DANGER, "droplet", "Humidité, danger"),
    (SignalKind.CLUTTER, "trash", "Très encombré"),
    (SignalKind.UNWELL, "mood-sad", "Ne va pas bien"),
    (SignalKind.LONG_ABSENCE, "door-exit", "Absence longue"),
    (SignalKind.TENSION, "users", "Tension voisins"),
]


@require_GET
@allow(Read(Data.ROUND))
@kept
def round_view(request: HouseRequest) -> HttpResponse:
    """The list of the day, the next job framed; before it, what else the actor has to do. A passage that began is a
    job of the list, so its task is not told again."""
    day = clock.today()
    tasks = agenda(request.actor, day=day, without=(CLOSE,))
    return render(request, "maintenance/rounds/round.html", {"round": round_of(request.actor, day), "tasks": tasks})


def _owned(request: HouseRequest) -> QuerySet[Ticket]:
    return Ticket.objects.visible_to(request.actor).filter(assignee=request.actor.user_id)


def _at_door(request: HouseRequest) -> QuerySet[Ticket]:
    """Own jobs, and those where the actor was today and that went on to somebody else."""
    mine = Q(pk__in=_owned(request).values("pk"))
    return Ticket.objects.filter(mine | was_there(request.actor) if can(request.actor, Write(Data.ROUND)) else mine)


def _sent(request: HouseRequest, tickets: Collection[int]) -> list[WeakSignal]:
    """What the actor signalled at these jobs and has not withdrawn."""
    return list(WeakSignal.objects.filter(ticket__in=tickets, author=request.actor.user_id).order_by("pk"))


def _own(request: HouseRequest, pk: int) -> Ticket:
    return get_object_or_404(_owned(request), pk=pk)


@require_GET
@allow(Read(Data.ROUND))
@kept
def job(request: HouseRequest, pk: int) -> HttpResponse:
    """One passage: start, absent, done with a photo and who pays, or a signal. Of one that went on to somebody else,
    what the actor did there."""
    past = None if _owned(request).filter(pk=pk).exists() else past_job_of(pk, request.actor)
    if past is not None:
        return render(request, "maintenance/rounds/past.html", {"job": past, "ticket": past.ticket})
    return _job_page(request, pk)


def _job_page(request: HouseRequest, pk: int, form: CloseForm | None = None, status: int = 200) -> HttpResponse:
    own = _own(request, pk)
    found = job_of(own.pk, request.actor)
    if found is None:
        raise Http404
    if not is_ahead(request):
        mark_opened(GIVEN, about_id=own.pk, actor=request.actor)
    proposal = propose_payer(problem=found.ticket.problem)
    report = found.running.report if found.running else ""
    seen = found.ticket.seen if found.running else found.ticket.seen_once_started
    shown = form or CloseForm(initial={"seen": seen, "paid_by": proposal.paid_by, "report": report})
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
            "sent": _sent(request, [own.pk]),
            **_photos(found),
            "asked_photos": request_photos(own, request.actor),
            "passages": passages_of(own, request.actor).filter(ended_at__isnull=False),
            "can_start": found.ticket.state == TicketState.ASSIGNED,
        },
        status=status,
    )


def _photos(job: Job, problems: Sequence[str] = ()) -> dict[str, Any]:
    """The photos of the running passage, before and after the work, and what was refused."""
    photos = list(job.running.photos.select_related("blob")) if job.running else []
    return {
        "stages": [(stage.label, [photo for photo in photos if photo.stage == stage]) for stage in PhotoStage],
        "photo_count": len(photos),
        "photo_limit": Photo.kind.per_owner,
        "problems": problems,
    }


@require_POST
@allow(Write(Data.ROUND))
def job_photos(request: HouseRequest, pk: int) -> HttpResponse:
    """Photos of the running passage. Each good one is kept; of the others the page says what is wrong.

    Sent by the form of the end, without script: what was typed there is kept.
    """
    sent = [(stage, file) for stage in PhotoStage for file in request.FILES.getlist(stage.lower())]
    limit = Photo.kind.per_owner
    # Each is a picture to decode: what can't be kept is not read.
    problems = [f"« {file.name} » : {limit} photos au plus par envoi." for _, file in sent[limit:]]
    for stage, file in sent[:limit]:
        problems += _refusals(request, pk, partial(add_photo, file=file, stage=stage))  # type: ignore[arg-type]
    if request.htmx:
        return _photo_list(request, pk, problems)
    for problem in problems or ([] if sent else ["Choisissez d’abord des photos."]):
        messages.error(request, problem)
    if kept := len(sent) - len(problems):
        messages.success(request, f"{counted(kept, 'photo gardée,photos gardées')}.")
    return _job_page(request, pk, CloseForm(initial=request.POST.dict()), status=200 if kept else 422)


@require_POST
@allow(Write(Data.ROUND))
def job_photo_remove(request: HouseRequest, pk: int, uuid: UUID) -> HttpResponse:
    """Take back one's own photo while the passage goes on."""
    problems = _refusals(request, pk, partial(remove_photo, photo=uuid))
    if request.htmx:
        return _photo_list(request, pk, problems)
    for problem in problems:
        messages.error(request, problem)
    return redirect("maintenance:job", pk=pk)


def _refusals(request: HouseRequest, pk: int, change: Callable[..., object]) -> list[str]:
    """Change the photos of the last passage of an own job; why not, if it is refused."""
    passage = _own(request, pk).interventions.first()
    if passage is None:
        return ["Commencez d’abord l’intervention."]
    return attempt(lambda: change(intervention=passage, actor=request.actor)).errors


def _photo_list(request: HouseRequest, pk: int, problems: Sequence[str]) -> HttpResponse:
    found = job_of(pk, request.actor)
    if found is None:
        raise Http404
    context = {"ticket": found.ticket, **_photos(found, problems)}
    return render(request, "maintenance/rounds/includes/photos.html", context, status=422 if problems else 200)


@require_POST
@allow(Write(Data.ROUND))
@sent_once
def job_start(request: HouseRequest, pk: int) -> HttpResponse:
    """At work."""
    ticket, form = _own(request, pk), SeenForm(request.POST)
    started = attempt(lambda: services.start(ticket=ticket, actor=request.actor, **form.cleaned_data), form)
    started.tell(request, "Commencé.")
    to_job = redirect("maintenance:job", pk=pk)
    return to_job if started else not_done(to_job)


@require_POST
@allow(Write(Data.ROUND))
@sent_once
def job_absent(request: HouseRequest, pk: int) -> HttpResponse:
    """Nobody at the door."""
    ticket, form = _own(request, pk), SeenForm(request.POST)
    noted = attempt(lambda: services.mark_absent(ticket=ticket, actor=request.actor, **form.cleaned_data), form)
    noted.tell(request, "Absence notée. La gestion proposera un autre jour.")
    return redirect("maintenance:round") if noted else not_done(redirect("maintenance:job", pk=pk))


@require_POST
@allow(Write(Data.ROUND))
@form_sent_once
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
@sent_once
def job_undo(request: HouseRequest, pk: int) -> HttpResponse:
    """What was just noted was a mistake."""
    ticket = get_object_or_404(_at_door(request), pk=pk)
    undone = attempt(lambda: take_back(ticket=ticket, actor=request.actor))
    undone.tell(request, "Annulé : l’intervention est de nouveau à faire.")
    return redirect("maintenance:job", pk=pk) if undone else not_done(redirect("maintenance:round"))


@require_POST
@allow(Write(Data.ROUND))
@sent_once
def job_signal(request: HouseRequest, pk: int) -> HttpResponse:
    """One of the five things. The answer is an acknowledgement, nothing else."""
    ticket, form = get_object_or_404(_at_door(request), pk=pk), SignalForm(request.POST, request.FILES)
    received = attempt(lambda: services.send_signal(ticket=ticket, actor=request.actor, **form.cleaned_data), form)
    received.tell(request)
    if received:
        tell_done(request, "Reçu.", undo=link("maintenance:signal_withdraw", received.value.pk))
    back = _where_signals_are(request, pk)
    return back if received else not_done(back)


@require_POST
@allow(Write(Data.ROUND))
def signal_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """One's own signal was a slip."""
    row = get_object_or_404(WeakSignal.objects.filter(author=request.actor.user_id), pk=pk)
    attempt(lambda: services.withdraw_signal(signal_id=pk, actor=request.actor)).tell(request, "Signal retiré.")
    return _where_signals_are(request, row.ticket_id)


def _where_signals_are(request: HouseRequest, pk: int) -> HttpResponseRedirect:
    """The page of an own job; of one that went on to somebody else, the signals of the day."""
    if _owned(request).filter(pk=pk).exists():
        return redirect("maintenance:job", pk=pk)
    return redirect("maintenance:signal")


@require_GET
@allow(Read(Data.ROUND))
@kept
def signal(request: HouseRequest) -> HttpResponse:
    """« J'ai vu quelque chose »: at which of the day's doors."""
    found = round_of(request.actor, clock.today())
    jobs = [j for j in found.jobs if j.has_occupant]
    sent = _sent(request, [job.ticket.pk for job in jobs])
    here = found.current if found.current in jobs else next(iter(jobs), None)
    doors = []
    for job in jobs:
        own = [row for row in sent if row.ticket_id == job.ticket.pk]
        doors.append((job, uuid4(), own, job is here or bool(own)))
    return render(request, "maintenance/rounds/signal.html", {"jobs": doors, "signals": SIGNALS})
