"""Jobs in chunks: once each, in halves never, whoever dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from office.access.actor import Actor
from office.access.codes import Role
from office.jobs import tasks, wake
from office.jobs.codes import ChunkState, JobState
from office.jobs.queues import Queue, jobs_topic
from office.jobs.services import resume_job, start_job
from office.jobs.worker import ATTEMPTS, drain, handler, queue_of, queues_with_work
from office.models import Job, JobChunk, Notice, Team
from tests.factories import make_actor, make_user
from tests.office.jobs import handlers  # noqa: F401  registers the kinds

pytestmark = pytest.mark.django_db


def _start(kind: str = "test_teams", *, key: str = "essai", chunks: int = 3, payload: Any = None, **part: Any) -> Job:
    return start_job(
        kind=kind,
        key=key,
        title="Essai",
        payload=payload or {},
        chunks=[(part, 2)] * chunks,
        actor=Actor.system(),
    )


def test_a_job_is_done_chunk_by_chunk_and_finished() -> None:
    job = _start()
    assert queues_with_work() == [Queue.MONEY]
    assert drain(job.pk) == 3
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.step) == (JobState.DONE, 6, 6, "")
    assert job.result == {"made": 3, "names": ["essai 1", "essai 2", "essai 3"], "report": "ok"}
    assert job.ended_at is not None
    assert sorted(Team.objects.values_list("name", flat=True)) == ["essai 1", "essai 2", "essai 3", "essai fin"]
    assert queues_with_work() == []


def test_a_job_that_stops_is_told_to_its_author_until_it_is_taken_up() -> None:
    nadege = make_actor()
    job = start_job(
        kind="test_refused", key="essai", title="Essai", payload={}, chunks=[({"refuse": True}, 1)], actor=nadege
    )
    drain()
    [notice] = Notice.objects.unseen()
    assert (notice.kind, notice.about_id, notice.user, notice.is_urgent) == ("JOB_STOPPED", job.pk, nadege.user, True)
    resume_job(job_id=job.pk, actor=nadege)
    assert not Notice.objects.unseen().exists()
    with clock.travel(clock.now() + timedelta(minutes=1)):
        drain()
    assert Notice.objects.unseen().count() == 1


def test_a_job_of_the_house_that_stops_is_told_to_who_looks_after_it() -> None:
    admin = make_user(role=Role.ADMINISTRATOR)
    make_user(role=Role.DIRECTOR)
    _start("test_holding", chunks=1, refuse=True)
    drain()
    [notice] = Notice.objects.unseen()
    assert (notice.user, notice.is_urgent) == (admin, False)


def test_draining_again_does_nothing() -> None:
    job = _start()
    drain()
    assert drain() == 0
    assert drain(job.pk) == 0
    assert Team.objects.count() == 4


def test_the_same_key_gives_the_first_job() -> None:
    first = _start(chunks=1)
    drain()
    again = _start(chunks=1)
    assert again.pk == first.pk
    assert again.state == JobState.DONE
    assert drain() == 0


def test_the_same_key_for_something_else_is_a_conflict() -> None:
    _start()
    with pytest.raises(Conflict):
        _start(payload={"month": "2026-12"})
    with pytest.raises(Conflict):
        _start("test_slow")


def test_a_job_without_work_is_refused() -> None:
    with pytest.raises(InvalidInput):
        _start(chunks=0)
    assert not Job.objects.exists()


def test_starting_wakes_the_workers_on_commit(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        _start()
        _start(key="autre")
    assert len(callbacks) == 1


def test_a_refusal_stops_the_job_with_its_sentence() -> None:
    job = start_job(
        kind="test_refused",
        key="essai",
        title="Essai",
        payload={},
        chunks=[({}, 1), ({"refuse": True}, 1), ({}, 1)],
        actor=Actor.system(),
    )
    drain()
    job.refresh_from_db()
    assert (job.state, job.error, job.done) == (JobState.FAILED, "Le mois est clôturé.", 1)
    assert list(job.chunks.values_list("state", flat=True)) == ["DONE", "FAILED", "OPEN"]
    assert list(Team.objects.values_list("name", flat=True)) == ["essai 1"]
    assert drain() == 0


def test_an_unexpected_error_is_tried_three_times_and_leaves_nothing() -> None:
    job = _start("test_broken", chunks=1)
    for attempt in range(1, ATTEMPTS):
        assert drain() == 0
        job.refresh_from_db()
        assert (job.state, job.chunks.get().attempts) == (JobState.RUNNING, attempt)
    drain()
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "inattendue" in job.error
    assert not Team.objects.exists()


def test_an_error_that_passes_lets_the_job_end() -> None:
    job = _start("test_broken", chunks=2, until=2)
    assert drain() == 0
    assert drain() == 2
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_an_end_that_fails_is_tried_three_times() -> None:
    job = _start("test_broken_end", chunks=1)
    for _ in range(ATTEMPTS):
        drain()
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.FAILED, 2)
    assert not Team.objects.exists()


@pytest.mark.parametrize(
    ("payload", "drains", "given_back"),
    [
        ({"refuse": True}, 1, 1),
        ({"break": True}, ATTEMPTS - 1, 0),
        ({"break": True}, ATTEMPTS, 1),
        ({"break": True}, ATTEMPTS + 1, 1),
        ({}, 1, 0),
    ],
)
def test_a_job_that_fails_gives_back_what_it_held_once(payload: dict[str, bool], drains: int, given_back: int) -> None:
    chunks = [({}, 1), (payload, 1)]
    start_job(kind="test_holding", key="essai", title="Essai", payload={}, chunks=chunks, actor=Actor.system())
    for _ in range(drains):
        drain()
    assert Team.objects.filter(name="essai rendu").count() == given_back


def test_a_job_of_a_kind_unknown_here_waits() -> None:
    job = _start()
    Job.objects.update(kind="test_nobody_knows")
    assert drain() == 0
    assert queues_with_work() == []
    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    Job.objects.update(state=JobState.FAILED, error="Arrêté.", ended_at=clock.now())
    assert resume_job(job_id=job.pk, actor=make_actor(role=Role.ADMINISTRATOR)).state == JobState.RUNNING


def test_a_job_that_nothing_can_do_does_not_start() -> None:
    with pytest.raises(KeyError):
        _start("test_nobody_knows")


def test_a_worker_of_one_queue_leaves_the_others_their_work() -> None:
    runs, letters = _start(), _start("test_letters", key="lettres")
    assert (queue_of(runs.kind), queue_of(letters.kind)) == (Queue.MONEY, Queue.DOCUMENTS)
    assert queues_with_work() == [Queue.MONEY, Queue.DOCUMENTS]
    assert tasks.drain("documents") == 3
    for job in (runs, letters):
        job.refresh_from_db()
    assert (runs.state, letters.state) == (JobState.RUNNING, JobState.DONE)
    assert tasks.drain("imports") == 0
    assert tasks.drain("money") == 3
    assert queues_with_work() == []


def test_who_starts_or_resumes_a_job_wakes_the_workers_of_its_queue(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    for queue in Queue:
        monkeypatch.setitem(wake._listeners, jobs_topic(queue), [lambda queue=queue: woken.append(queue)])
    with django_capture_on_commit_callbacks(execute=True):
        job = _start("test_letters")
    assert woken == [Queue.DOCUMENTS]
    connection.run_on_commit.clear()  # the test's own transaction goes on: a commit would have emptied it
    with django_capture_on_commit_callbacks(execute=True):
        tasks.tick()
    assert woken == [Queue.DOCUMENTS] * 2
    connection.run_on_commit.clear()
    Job.objects.update(state=JobState.FAILED, error="Arrêté.", ended_at=clock.now())
    with django_capture_on_commit_callbacks(execute=True):
        resume_job(job_id=job.pk, actor=make_actor(role=Role.ADMINISTRATOR))
    assert woken == [Queue.DOCUMENTS] * 3


def test_one_kind_has_one_handler() -> None:
    with pytest.raises(ValueError, match="two handlers"):
        handler("test_teams", queue=Queue.MONEY)(lambda job, chunk: None)


def test_a_stopped_job_is_taken_up_where_it_stopped() -> None:
    job = start_job(
        kind="test_refused",
        key="essai",
        title="Essai",
        payload={},
        chunks=[({}, 3), ({"refuse": True}, 4)],
        actor=Actor.system(),
    )
    drain()
    JobChunk.objects.filter(rank=2).update(payload={})
    job = resume_job(job_id=job.pk, actor=make_actor(role=Role.ADMINISTRATOR))
    assert (job.state, job.done, job.error) == (JobState.RUNNING, 3, "")
    drain()
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.DONE, 7)


def test_only_its_author_and_the_administrator_take_a_job_up() -> None:
    author = make_actor(role=Role.RENTAL_MANAGER)
    job = start_job(
        kind="test_refused", key="k", title="Essai", payload={}, chunks=[({"refuse": True}, 1)], actor=author
    )
    drain()
    with pytest.raises(NotAllowed):
        resume_job(job_id=job.pk, actor=make_actor(role=Role.RENTAL_MANAGER))
    resume_job(job_id=job.pk, actor=author)
    with pytest.raises(Conflict):
        resume_job(job_id=job.pk, actor=author)


def test_the_database_refuses_more_done_than_there_is() -> None:
    job = _start()
    with pytest.raises(IntegrityError, match="job_done_within_total"), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(done=7)


# -- several workers ------------------------------------------------------------------------------------------------


def _in_thread(target: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        try:
            target()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def _wait(condition: Callable[[], Any]) -> None:
    limit = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < limit, "waited too long"
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_chunks_and_one_of_them_finishes() -> None:
    job = _start(chunks=20)
    barrier = threading.Barrier(2)
    counts: list[int] = []

    def work() -> None:
        barrier.wait()
        counts.append(drain(job.pk))

    for thread in [_in_thread(work), _in_thread(work)]:
        thread.join()
    job.refresh_from_db()
    assert sum(counts) == 20
    assert (job.state, job.done, job.result["made"]) == (JobState.DONE, 40, 20)
    # The name of a team is unique: a chunk done twice, or an end run twice, would have failed the job.
    assert Team.objects.count() == 21


@pytest.mark.django_db(transaction=True)
def test_a_chunk_in_other_hands_is_skipped_and_its_job_is_not_finished_over_it(tmp_path: Path) -> None:
    (tmp_path / "hang").touch()
    job = _start("test_slow", chunks=2, payload={"folder": str(tmp_path)})
    other = _in_thread(lambda: drain(job.pk))
    _wait((tmp_path / "started").exists)
    JobChunk.objects.filter(job=job, rank=2).update(state=ChunkState.DONE)
    assert drain(job.pk) == 0
    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    (tmp_path / "hang").unlink()
    other.join()
    job.refresh_from_db()
    assert job.state == JobState.DONE


WORKER = """
import django
django.setup()
from tests.office.jobs import handlers
from office.jobs.worker import drain
drain()
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_a_chunk_leaves_it_free_and_nothing_half_done(tmp_path: Path) -> None:
    (tmp_path / "hang").touch()
    job = _start("test_slow", chunks=1, payload={"folder": str(tmp_path)})
    database = settings.DATABASES["default"]
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "tests.settings_of_subprocess", "ANCRAGE_TEST_DATABASE": database["NAME"]},
    )
    try:
        _wait((tmp_path / "started").exists)
        assert drain(job.pk) == 0  # The chunk is in its hands.
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    (tmp_path / "hang").unlink()
    assert not Team.objects.exists()
    _wait(lambda: drain(job.pk) == 1)
    job.refresh_from_db()
    assert (job.state, job.chunks.get().attempts) == (JobState.DONE, 0)
    assert Team.objects.get().name == "essai 1"


@pytest.mark.django_db(transaction=True)
def test_two_requests_with_one_key_at_once_make_one_job() -> None:
    barrier = threading.Barrier(2)
    found: list[int] = []

    def start() -> None:
        barrier.wait()
        found.append(_start().pk)

    for thread in [_in_thread(start), _in_thread(start)]:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1
    assert JobChunk.objects.count() == 3
