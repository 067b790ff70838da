"""The policy of the arrears: all its rules in the order in which they act; a change of them played on the past."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.answers import attempt, status_of
from common.links import link
from desk.queries.policy import measured, policy_on, really_done, told_values
from office.access.matrix import TOTALS, Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.models import Job
from office.parameters.queries import params_on
from rent_ledger.policy.codes import Gap, Played
from rent_ledger.policy.forms import AdoptForm, ReplayForm
from rent_ledger.policy.queries.replays import Replay, ReplayLine, replay_of, rows_of
from rent_ledger.policy.services.replaying import KEPT, KIND, adopt_replay, start_replay

LAST_REPLAYS = KEPT
PER_PAGE = 50


def _replays(request: HouseRequest) -> list[Job]:
    return list(Job.objects.visible_to(request.actor).filter(kind=KIND).select_related("author")[:LAST_REPLAYS])


@require_GET
@allow(Read(Data.PARAMETER))
def policy(request: HouseRequest) -> HttpResponse:
    """The rules as in force today. What the signs were worth is told to who reads totals of the arrears."""
    today = clock.today()
    context = {
        "policy": policy_on(today),
        "reads_totals": (reads := can(request.actor, Read(Data.ARREARS_CAUSE, TOTALS))),
        "measured": measured(today) if reads else None,
        "replays": _replays(request),
    }
    return render(request, "desk/policy.html", context)


@require_http_methods(["GET", "POST"])
@allow(Read(Data.PARAMETER))
@allow(Read(Data.ARREARS_CAUSE, TOTALS))
def replay_new(request: HouseRequest) -> HttpResponse:
    """Change values, and play them on the past year."""
    form = ReplayForm(request.POST or None, now=params_on(clock.today()))
    if request.method == "POST" and form.is_valid():
        done = attempt(lambda: start_replay(values=form.values(), actor=request.actor), form)
        if done:
            return redirect("desk:replay", done.value.pk)
    return render(request, "desk/replay_new.html", {"form": form}, status=status_of(form))


def _job(request: HouseRequest, pk: int) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.actor).filter(kind=KIND), pk=pk)


@require_GET
@allow(Read(Data.PARAMETER))
def replay(request: HouseRequest, pk: int) -> HttpResponse:
    """What was changed; once the job has ended, what it found, to who reads totals of the arrears."""
    return _show(request, _job(request, pk), AdoptForm())


def _show(request: HouseRequest, job: Job, form: AdoptForm) -> HttpResponse:
    reads = can(request.actor, Read(Data.ARREARS_CAUSE, TOTALS))
    found = replay_of(job) if job.is_done and reads else None
    context = {
        "job": job,
        "job_url": reverse("office:job", args=[job.pk]),
        "values": told_values(job),
        "found": found,
        "tables": _tables(found) if found else [],
        "may_open": can(request.actor, Read(Data.LEDGER)),
        "reads_totals": reads,
        "form": form if job.is_done and can(request.actor, Write(Data.PARAMETER)) else None,
    }
    return render(request, "desk/replay.html", context, status=status_of(form))


def _tables(found: Replay) -> list[tuple[str, str, list[tuple[ReplayLine, int]]]]:
    """The alerts, then what leaves with its total: each line with what was really done."""
    really = really_done(found.start, found.end)
    alerts = [(line, really.get(line.what or "", 0)) for line in found.alerts]
    sent = [(line, really.get(line.what or "", 0)) for line in found.sent]
    if found.letters:
        sent.append((found.letters, sum(n for _, n in sent)))
    tables = [("alertes", "Service social alerté", alerts), ("messages", "Messages, appels et lettres", sent)]
    return [table for table in tables if table[2]]


@require_GET
@allow(Read(Data.PARAMETER))
@allow(Read(Data.LEDGER))
def replay_rows(request: HouseRequest, pk: int) -> HttpResponse:
    """Who and when, by each policy: of one kind (`quoi`), of one gap (`ecart`), or all."""
    job = _job(request, pk)
    what, gap = request.GET.get("quoi", ""), request.GET.get("ecart", "")
    what, gap = what if what in Played.values else "", gap if gap in Gap.values else ""
    rows = rows_of(job, what=what, gap=gap)
    context = {
        "job": job,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("p")),
        "kinds": [(_rows_url(job, "", gap), "Tout", not what)]
        + [(_rows_url(job, kind, gap), kind.label, kind == what) for kind in Played],
        "gaps": [(_rows_url(job, what, ""), "Toutes", not gap)]
        + [(_rows_url(job, what, one), one.label, one == gap) for one in Gap],
    }
    return render(request, "desk/replay_rows.html", context)


def _rows_url(job: Job, what: str, gap: str) -> str:
    return link("desk:replay_rows", job.pk, **{name: v for name, v in (("quoi", what), ("ecart", gap)) if v})


@require_POST
@allow(Write(Data.PARAMETER))
def replay_adopt(request: HouseRequest, pk: int) -> HttpResponse:
    """« Adopter à partir du … »."""
    job, form = _job(request, pk), AdoptForm(request.POST)
    if form.is_valid():
        done = attempt(lambda: adopt_replay(job_id=job.pk, actor=request.actor, **form.cleaned_data), form)
        if done:
            done.tell(request, "Politique adoptée : la page de chaque paramètre permet de la retirer.")
            return redirect("desk:policy")
    return _show(request, job, form)
