"""Starting long work, and taking it up again."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Sum

from common.errors import Conflict, InvalidInput, NotAllowed
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.jobs.codes import ChunkState, JobState
from office.jobs.models import Job, JobChunk
from office.jobs.notices import STOPPED
from office.jobs.queues import jobs_topic
from office.jobs.wake import wake
from office.jobs.worker import kinds, may_resume, queue_of
from office.notices.services import over


@needs(Write(Data.JOB, OWN))
@transaction.atomic
def start_job(
    *,
    kind: str,
    key: str,
    title: str,
    payload: Mapping[str, Any],
    chunks: Sequence[tuple[Mapping[str, Any], int]],
    actor: Actor,
    step: str = "",
) -> Job:
    """Start a job of `kind` in `chunks` (payload, size in the unit that the page counts), all JSON.

    `key` names the piece of work: a second call with the same key returns the first job, even if it failed. `Conflict`
    if that job had other chunks. Workers are woken on commit.

    Raises `InvalidInput` (`empty_job`).
    """
    if not chunks:
        raise InvalidInput("Il n’y a rien à faire dans ce travail.", code="empty_job")
    wanted = {
        "kind": kind,
        "title": title,
        "payload": dict(payload),
        "total": sum(size for _, size in chunks),
        "author": actor.user,
        "step": step,
    }
    job, is_new = Job.objects.get_or_create(key=key, defaults=wanted)
    if not is_new:
        if (job.kind, job.payload) != (kind, wanted["payload"]):
            raise Conflict("Un autre travail porte déjà cette clé, avec un autre contenu.", code="key_reused")
        return job
    JobChunk.objects.bulk_create(
        JobChunk(job=job, rank=rank, payload=dict(part), size=size) for rank, (part, size) in enumerate(chunks, start=1)
    )
    wake(jobs_topic(queue_of(kind)))
    return job


@needs(Write(Data.JOB, OWN))
@transaction.atomic
def resume_job(*, job_id: int, actor: Actor) -> Job:
    """Take up a failed job where it stopped. See `may_resume`.

    Raises `NotAllowed` and `Conflict` (`wrong_state`).
    """
    job = Job.objects.select_for_update(no_key=True).get(pk=job_id)
    if not may_resume(job, actor):
        raise NotAllowed(
            "L’administration peut reprendre ce travail, et la personne qui l’a lancé si son rôle le permet encore."
        )
    if job.state != JobState.FAILED:
        raise Conflict("Ce travail n’est pas arrêté : il n’y a rien à reprendre.", code="wrong_state")
    job.chunks.exclude(state=ChunkState.DONE).update(state=ChunkState.OPEN, attempts=0, error="")
    job.state, job.error, job.ended_at, job.attempts = JobState.RUNNING, "", None, 0
    job.done = job.chunks.filter(state=ChunkState.DONE).aggregate(n=Sum(F("size")))["n"] or 0
    job.save()
    over(STOPPED, about_ids=[job.pk])
    if job.kind in kinds():
        wake(jobs_topic(queue_of(job.kind)))
    return job
