"""API of long work."""

from typing import Any

from django.http import HttpRequest
from ninja import Query

from office.access.actor import actor_on
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.api_base import HouseRouter, Page, found, paged
from office.jobs.models import Job
from office.jobs.schemas import JobDetail, JobListed, JobQuery

router = HouseRouter(tag="office", read=TokenScope.OFFICE_READ, write=TokenScope.OFFICE_WRITE)


@router.reads("/jobs", response=Page[JobListed], needs=Read(Data.JOB, OWN))
def list_jobs(request: HttpRequest, query: Query[JobQuery]) -> Any:
    """One's own jobs, everybody's for who looks after the house; newest first."""
    rows = Job.objects.visible_to(actor_on(request)).order_by("-id")
    if query.state:
        rows = rows.filter(state=query.state)
    return paged(rows, query, list)


@router.reads("/jobs/{job_id}", response=JobDetail, needs=Read(Data.JOB, OWN))
def read_job(request: HttpRequest, job_id: int) -> Any:
    """A job, while it runs and after."""
    return found(Job.objects.visible_to(actor_on(request)), job_id)
