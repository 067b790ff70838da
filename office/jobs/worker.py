"""Long work in chunks that survives a killed worker. The state is in PostgreSQL; Celery messages only wake workers.

An app registers what a kind of job does, in its own `jobs.py` (loaded at start-up):

    @handler("rent_run", queue=Queue.MONEY, finish=close_run)
    def post_chunk(job: Job, chunk: JobChunk) -> dict[str, Any] | None: ...

A worker claims an open chunk with `FOR UPDATE SKIP LOCKED` and keeps that lock for the one transaction that does the
work *and* marks the chunk done. If the worker is killed, the transaction rolls back and the chunk is free again. The
returned counts are added up in `job.result`. When no chunk is open, the last worker finishes the job, exactly once.

A `DomainError` is final: its French message is shown. Any other exception is logged and rolled back, and the next
`tick` (each minute) tries again, three times at most. A job that fails gives back what it held (`failed=`), in the
transaction that says so.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from common import clock
from common.errors import DomainError
from office.access.actor import Actor
from office.access.matrix import Capability, Data, Write, can
from office.access.people import people_who
from office.jobs.codes import ChunkState, JobState
from office.jobs.models import Job, JobChunk
from office.jobs.notices import STOPPED
from office.jobs.queues import Queue
from office.notices.services import NewNotice, notify

logger = logging.getLogger(__name__)

ATTEMPTS = 3
WENT_WRONG = (
    "Une erreur inattendue a arrêté ce travail. Ce qui est fait est gardé, rien n’est fait à moitié. "
    "L’administration peut le reprendre ; le détail est dans le journal du serveur."
)

ChunkHandler = Callable[[Job, JobChunk], Mapping[str, Any] | None]
Finisher = Callable[[Job], Mapping[str, Any] | None]
Releaser = Callable[[Job], None]


@dataclass(frozen=True, slots=True)
class Handler:
    """What a kind of job does with each chunk, once at the end, and when it fails; what it needs to be taken up, and to
    be told its result."""

    work: ChunkHandler
    queue: Queue
    finish: Finisher | None = None
    failed: Releaser | None = None
    needs: Capability | None = None
    tells: Capability | None = None


_handlers: dict[str, Handler] = {}


def handler(
    kind: str,
    *,
    queue: Queue,
    finish: Finisher | None = None,
    failed: Releaser | None = None,
    needs: Capability | None = None,
    tells: Capability | None = None,
) -> Callable[[ChunkHandler], ChunkHandler]:
    """Register `work(job, chunk)`, which returns counts to add to the job's result, or None; workers of `queue` do it.

    `finish(job)` runs once after the last chunk, in its own transaction; what it returns completes the result. Both
    may set `job.step` (a French word or two for the page). `failed(job)` runs with the job's failure and gives back
    what the job held; the job may be taken up again after it. None of the three may commit. `needs`: what its author
    must still be allowed to do to take it up again. `tells`: what one must be allowed to read to be told the
    result, where seeing the job is not enough.
    """

    def register(work: ChunkHandler) -> ChunkHandler:
        if kind in _handlers and _handlers[kind].work is not work:
            raise ValueError(f"job kind {kind} has two handlers")
        _handlers[kind] = Handler(work, queue, finish, failed, needs, tells)
        return work

    return register


def may_resume(job: Job, actor: Actor) -> bool:
    """The administrator, and the author while his roles allow what the job does."""
    if actor.is_system or can(actor, Write(Data.JOB)):
        return True
    needed = _handlers[job.kind].needs if job.kind in _handlers else None
    return actor.user_id is not None and job.author_id == actor.user_id and (needed is None or can(actor, needed))


def may_read_result(job: Job, actor: Actor) -> bool:
    """Whether who sees the job is told its result: it may be figures that the actor may not read."""
    tells = _handlers[job.kind].tells if job.kind in _handlers else None
    return tells is None or actor.is_system or can(actor, tells)


def kinds(queue: Queue | None = None) -> frozenset[str]:
    """The kinds that this process can work on, of `queue` or of all."""
    return frozenset(kind for kind, known in _handlers.items() if queue in (None, known.queue))


def queue_of(kind: str) -> Queue:
    """The queue of a kind of job. `KeyError` for a kind without handler: nothing would ever do it."""
    return _handlers[kind].queue


def drain(job_id: int | None = None, *, queue: Queue | None = None) -> int:
    """Work on open chunks (of one job, of a queue, or all) until none can be claimed, then finish what is complete.

    Returns the number of chunks done here. Never raises for what a handler does.
    """
    done = 0
    given_up: set[int] = set()
    while (chunk_id := _work_on_one(job_id, queue, given_up)) is not None:
        done += chunk_id not in given_up
    _finish_complete(job_id, queue)
    return done


def queues_with_work() -> list[Queue]:
    """The queues that have a running job: their workers should be woken."""
    running = set(Job.objects.filter(state=JobState.RUNNING).values_list("kind", flat=True))
    return [queue for queue in Queue if running & kinds(queue)]


def _work_on_one(job_id: int | None, queue: Queue | None, given_up: set[int]) -> int | None:
    """Claim and run one chunk. Returns its id, or None if none is left. A chunk that failed is added to `given_up`."""
    chunk: JobChunk | None = None
    try:
        with transaction.atomic():
            chunk = _claim(job_id, queue, given_up)
            if chunk is None:
                return None
            job, step = chunk.job, chunk.job.step
            counts = _handlers[job.kind].work(job, chunk)
            chunk.state = ChunkState.DONE
            chunk.save(update_fields=["state"])
            _progress(job.pk, chunk.size, counts or {}, job.step if job.step != step else None)
    except DomainError as error:
        assert chunk is not None
        given_up.add(chunk.pk)
        _chunk_failed(chunk.pk, error.message, final=True)
    except Exception:
        if chunk is None:
            raise
        given_up.add(chunk.pk)
        logger.exception("job %s: chunk %s failed", chunk.job_id, chunk.rank)
        _chunk_failed(chunk.pk, WENT_WRONG, final=False)
    return chunk.pk


def _claim(job_id: int | None, queue: Queue | None, given_up: set[int]) -> JobChunk | None:
    chunks = JobChunk.objects.filter(state=ChunkState.OPEN, job__state=JobState.RUNNING, job__kind__in=kinds(queue))
    if job_id is not None:
        chunks = chunks.filter(job_id=job_id)
    return (
        chunks.exclude(pk__in=given_up)
        .select_related("job")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("job_id", "rank")
        .first()
    )


def _locked(job_id: int) -> Job:
    # `no_key=True`: inserting rows that reference the job (a run, a document) is not blocked.
    return Job.objects.select_for_update(no_key=True).get(pk=job_id)


def _add(result: dict[str, Any], counts: Mapping[str, Any]) -> None:
    """Numbers add up, lists grow, the rest is replaced."""
    for key, value in counts.items():
        old = result.get(key)
        adds_up = any(isinstance(value, t) and isinstance(old, t) for t in (int, list)) and not isinstance(value, bool)
        result[key] = old + value if adds_up else value


def _progress(job_id: int, size: int, counts: Mapping[str, Any], step: str | None) -> None:
    """Last statement of a chunk's transaction, so that the row of the job is locked only briefly."""
    job = _locked(job_id)
    job.done += size
    _add(job.result, counts)
    if step is not None:
        job.step = step
    job.save(update_fields=["done", "result", "step"])


def _chunk_failed(chunk_id: int, message: str, *, final: bool) -> None:
    """Count the attempt; after the last one, or at once for a refusal, the chunk and its job fail."""
    with transaction.atomic():
        chunk = JobChunk.objects.select_for_update(of=("self",)).get(pk=chunk_id)
        if chunk.state != ChunkState.OPEN:
            return  # Another worker did the chunk after our rollback.
        chunk.attempts += 1
        if final or chunk.attempts >= ATTEMPTS:
            chunk.state, chunk.error = ChunkState.FAILED, message
            _fail(_locked(chunk.job_id), message)
        chunk.save(update_fields=["attempts", "state", "error"])


def _fail(job: Job, message: str) -> None:
    if job.state == JobState.RUNNING:
        release = _handlers[job.kind].failed
        if release is not None:
            release(job)
        job.state, job.error, job.ended_at = JobState.FAILED, message, clock.now()
        job.save(update_fields=["state", "error", "ended_at"])
        _tell_stopped(job)


def _tell_stopped(job: Job) -> None:
    """To who started it: what was asked for is not there. What the house started, to who looks after it."""
    is_urgent = job.author_id is not None
    people = [job.author_id] if job.author_id else people_who(Write(Data.JOB)).values_list("pk", flat=True)
    key = f"{job.pk}:{clock.now().isoformat()}"
    notify(new=[NewNotice(STOPPED, user, job.pk, key, is_urgent=is_urgent) for user in people], actor=Actor.system())


def _finish_complete(job_id: int | None, queue: Queue | None) -> None:
    """Finish the running jobs that have no open chunk left.

    A chunk that another worker holds is still open, so the worker of the last chunk finishes the job.
    """
    jobs = Job.objects.filter(state=JobState.RUNNING, kind__in=kinds(queue))
    if job_id is not None:
        jobs = jobs.filter(pk=job_id)
    for complete in jobs.exclude(chunks__state=ChunkState.OPEN).order_by("pk").values_list("pk", flat=True):
        _finish(complete)


def _finish(job_id: int) -> None:
    try:
        with transaction.atomic():
            job = _locked(job_id)
            if job.state != JobState.RUNNING or job.chunks.filter(state=ChunkState.OPEN).exists():
                return
            finish = _handlers[job.kind].finish
            if finish is not None:
                _add(job.result, finish(job) or {})
            job.state, job.step, job.ended_at = JobState.DONE, "", clock.now()
            job.save(update_fields=["state", "step", "result", "ended_at"])
    except DomainError as error:
        with transaction.atomic():
            _fail(_locked(job_id), error.message)
    except Exception:
        logger.exception("job %s: its end failed", job_id)
        with transaction.atomic():
            job = _locked(job_id)
            job.attempts += 1
            job.save(update_fields=["attempts"])
            if job.attempts >= ATTEMPTS:
                _fail(job, WENT_WRONG)
