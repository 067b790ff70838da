"""API of long work."""

from typing import Any

from ninja import Query

from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, found, paged
from office.jobs.models import Job
from office.jobs.schemas import JobDetail, JobListed, JobQuery
from office.jobs.worker import may_read_result

router = HouseRouter(tag="office", read=TokenScope.OFFICE_READ, write=TokenScope.OFFICE_WRITE)


@router.reads("/jobs", response=Page[JobListed], needs=Read(Data.JOB, OWN))
def list_jobs(request: HouseRequest, query: Query[JobQuery]) -> Any:
    """One's own jobs, everybody's for who looks after the house; newest first."""
    rows = Job.objects.visible_to(request.actor).order_by("-id")
    if query.state:
        rows = rows.filter(state=query.state)
    return paged(rows, query, list)


@router.reads("/jobs/{job_id}", response=JobDetail, needs=Read(Data.JOB, OWN))
def read_job(request: HouseRequest, job_id: int) -> Any:
    """A job, while it runs and after; without the result of one whose figures are not for who asks."""
    job = found(Job.objects.visible_to(request.actor), job_id)
    if not may_read_result(job, request.actor):
        job.result = {}
    return job
