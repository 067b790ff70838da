"""What the API takes and gives of long work."""

from typing import Any

from ninja import Schema

from office.api_base import Instant, PageQuery
from office.jobs.codes import JobState


class JobQuery(PageQuery):
    state: JobState | None = None


class JobListed(Schema):
    """Long work. `done` of `total`, in the unit of its kind."""

    id: int
    kind: str
    title: str
    state: JobState
    step: str
    done: int
    total: int
    started_at: Instant
    ended_at: Instant | None


class JobDetail(JobListed):
    """`result`: counts at the end; `error`: one French sentence where it failed."""

    result: dict[str, Any]
    error: str
