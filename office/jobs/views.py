"""Long work: what runs, what ended, what failed; the tasks of the night."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from common import clock, typography
from common.answers import attempt
from office.access.matrix import OWN, Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.jobs.codes import JobState
from office.jobs.models import Job, Schedule, ScheduleRun
from office.jobs.notices import STOPPED
from office.jobs.queries import SKEW, worker_life
from office.jobs.services import resume_job
from office.jobs.worker import may_resume
from office.notices.services import mark_opened

PER_PAGE = 30
RESULTS = {
    "made": "faits",
    "skipped": "laissés",
    "errors": "erreurs",
    "sent": "envoyés",
    "total": "total",
    "produced": "avis faits",
    "cancelled": "avis annulés",
    "settled": "mois régularisés",
    "emails": "par courriel",
    "letters": "par lettre",
}


@require_GET
@allow(Read(Data.JOB, OWN))
def jobs(request: HouseRequest) -> HttpResponse:
    """Jobs, the latest first: all of them for administrators (matrix row: jobs), else one's own."""
    actor = request.actor
    page = Paginator(Job.objects.visible_to(actor).select_related("author"), PER_PAGE).get_page(request.GET.get("p"))
    sees_all = can(actor, Read(Data.JOB))
    context = {"page": page, "sees_all": sees_all}
    if sees_all:
        context |= {"schedules": _schedules(), "worker": worker_life()}
    return render(request, "office/jobs/list.html", context)


def _schedules() -> list[Schedule]:
    # Not what a clock ahead has run of a time to come.
    runs = ScheduleRun.objects.filter(started_at__lte=clock.now() + SKEW)
    last = {run.schedule_id: run for run in runs.order_by("schedule_id", "-period").distinct("schedule_id")}
    rows = list(Schedule.objects.all())
    for row in rows:
        row.last_run = last.get(row.pk)  # type: ignore[attr-defined]
    return rows


def _job(request: HouseRequest, pk: int) -> Job:
    visible = Job.objects.visible_to(request.actor).select_related("author")
    return get_object_or_404(visible, pk=pk)


def _progress(row: Job) -> dict[str, object]:
    return {
        "id": f"job-{row.pk}",
        "title": row.step or "Avancement",
        "done": row.done,
        "total": row.total,
        "step": "",
        "url": reverse("office:job_progress", args=[row.pk]),
        "finished": row.state == JobState.DONE,
        "failed": row.error if row.state == JobState.FAILED else "",
        "ticks": _ticks(row) if row.state == JobState.DONE else [],
    }


def _ticks(row: Job) -> list[tuple[str, str]]:
    """The counts of the result, in words. Lists are for the page of the app that made them."""
    return [
        ("done", f"{RESULTS[key]}{typography.NBSP}: {typography.number(value)}")
        for key, value in row.result.items()
        if key in RESULTS and isinstance(value, int) and not isinstance(value, bool)
    ]


@require_GET
@allow(Read(Data.JOB, OWN))
def job(request: HouseRequest, pk: int) -> HttpResponse:
    row = _job(request, pk)
    mark_opened(STOPPED, about_id=row.pk, actor=request.actor)
    resumable = row.state == JobState.FAILED and may_resume(row, request.actor)
    return render(request, "office/jobs/job.html", {"job": row, "may_resume": resumable, **_progress(row)})


@require_GET
@allow(Read(Data.JOB, OWN))
def job_progress(request: HouseRequest, pk: int) -> HttpResponse:
    """The card that the page replaces every two seconds."""
    return render(request, "common/includes/job_progress.html", _progress(_job(request, pk)))


@require_POST
@allow(Write(Data.JOB, OWN))
def job_resume(request: HouseRequest, pk: int) -> HttpResponse:
    row = _job(request, pk)
    attempt(lambda: resume_job(job_id=row.pk, actor=request.actor)).tell(
        request, "Travail repris là où il s’était arrêté."
    )
    return redirect("office:job", pk)
