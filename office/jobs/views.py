"""Long work: what runs, what ended, what failed; the tasks of the night."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from common import typography
from office.access import Access, Data, can
from office.actor import actor_on
from office.enums import JobState, Role
from office.models import Job, Schedule, ScheduleRun
from office.permissions import allow
from office.services.jobs import resume_job
from office.views.answers import done

PER_PAGE = 30
# Whoever starts long work: everybody of the house but an outside funder.
STARTERS = tuple(role for role in Role if role != Role.FUNDER)
RESULTS = {"made": "faits", "skipped": "laissés", "errors": "erreurs", "sent": "envoyés", "total": "total"}


@require_GET
@allow(*STARTERS)
def jobs(request: HttpRequest) -> HttpResponse:
    """The latest first; everybody's for who looks after the house, else one's own."""
    actor = actor_on(request)
    page = Paginator(Job.objects.visible_to(actor).select_related("author"), PER_PAGE).get_page(request.GET.get("p"))
    sees_all = can(actor, Data.HOUSE, Access.FULL, Access.READ)
    context = {"page": page, "sees_all": sees_all, "schedules": _schedules() if sees_all else []}
    return render(request, "office/jobs.html", context)


def _schedules() -> list[Schedule]:
    last = {
        run.schedule_id: run for run in ScheduleRun.objects.order_by("schedule_id", "-period").distinct("schedule_id")
    }
    rows = list(Schedule.objects.all())
    for row in rows:
        row.last_run = last.get(row.pk)  # type: ignore[attr-defined]
    return rows


def _job(request: HttpRequest, pk: int) -> Job:
    visible = Job.objects.visible_to(actor_on(request)).select_related("author")
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
        ("done", f"{RESULTS.get(key, key)}{typography.NBSP}: {typography.number(value)}")
        for key, value in row.result.items()
        if isinstance(value, int) and not isinstance(value, bool)
    ]


@require_GET
@allow(*STARTERS)
def job(request: HttpRequest, pk: int) -> HttpResponse:
    row = _job(request, pk)
    actor = actor_on(request)
    may_resume = row.state == JobState.FAILED and (actor.has_role(Role.ADMINISTRATOR) or row.author_id == actor.user_id)
    return render(request, "office/job.html", {"job": row, "progress": _progress(row), "may_resume": may_resume})


@require_GET
@allow(*STARTERS)
def job_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The card that the page replaces every two seconds."""
    return render(request, "common/includes/job_progress.html", _progress(_job(request, pk)))


@require_POST
@allow(*STARTERS)
def job_resume(request: HttpRequest, pk: int) -> HttpResponse:
    row = _job(request, pk)
    return done(
        request,
        lambda: resume_job(job_id=row.pk, actor=actor_on(request)),
        "Travail repris là où il s’était arrêté.",
        "office:job",
        pk,
    )
