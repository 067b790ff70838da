"""Kinds of job for the tests. They write `Team` rows: any real table would do."""

import os
import time
from pathlib import Path
from typing import Any

from common.errors import DomainError
from office.jobs.queues import Queue
from office.jobs.worker import handler
from office.models import Job, JobChunk, Team


def _named(job: Job, chunk: JobChunk) -> str:
    return f"{job.key} {chunk.rank}"


def end(job: Job) -> dict[str, Any]:
    Team.objects.create(name=f"{job.key} fin")
    return {"report": "ok"}


@handler("test_teams", queue=Queue.MONEY, finish=end)
def make_team(job: Job, chunk: JobChunk) -> dict[str, Any]:
    Team.objects.create(name=_named(job, chunk))
    job.step = f"Tranche {chunk.rank}"
    return {"made": 1, "names": [_named(job, chunk)]}


def give_back(job: Job) -> None:
    Team.objects.create(name=f"{job.key} rendu")


@handler("test_holding", queue=Queue.MONEY, failed=give_back)
def hold(job: Job, chunk: JobChunk) -> None:
    if chunk.payload.get("refuse"):
        raise DomainError("Le mois est clôturé.")
    if chunk.payload.get("break"):
        raise ZeroDivisionError


@handler("test_letters", queue=Queue.DOCUMENTS)
def write_letter(job: Job, chunk: JobChunk) -> None:
    Team.objects.create(name=_named(job, chunk))


@handler("test_refused", queue=Queue.MONEY, finish=end)
def refuse(job: Job, chunk: JobChunk) -> None:
    Team.objects.create(name=_named(job, chunk))
    if chunk.payload.get("refuse"):
        raise DomainError("Le mois est clôturé.")


@handler("test_broken", queue=Queue.MONEY)
def break_down(job: Job, chunk: JobChunk) -> None:
    Team.objects.create(name=_named(job, chunk))
    if chunk.payload.get("until") and chunk.attempts + 1 >= chunk.payload["until"]:
        return
    raise ZeroDivisionError


@handler("test_slow", queue=Queue.MONEY)
def wait_for_death(job: Job, chunk: JobChunk) -> None:
    """Writes, says so in a file, then hangs while the file `hang` exists."""
    Team.objects.create(name=_named(job, chunk))
    folder = Path(job.payload["folder"])
    (folder / "started").write_text(str(os.getpid()))
    while (folder / "hang").exists():
        time.sleep(0.02)


def broken_end(job: Job) -> None:
    Team.objects.create(name=f"{job.key} fin")
    raise ZeroDivisionError


@handler("test_broken_end", queue=Queue.MONEY, finish=broken_end)
def nothing(job: Job, chunk: JobChunk) -> None:
    return None
