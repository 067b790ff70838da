"""What the pages of long work show and do."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from common import clock
from office.access.codes import Role
from office.jobs.codes import JobState
from office.jobs.views import RESULTS
from office.models import Job, Schedule, ScheduleRun
from tests.office.browsing import text_of, url_of

pytestmark = pytest.mark.django_db


def test_a_job_shows_its_progress_and_its_end(admin: Any) -> None:
    job = Job.objects.create(kind="x", key="k", title="Avis de décembre", total=314, done=208, author=admin.user)
    page = text_of(admin.get(url_of("job", job.pk)))
    assert "208 sur 314" in page
    assert url_of("job_progress", job.pk) in page
    Job.objects.update(state=JobState.DONE, done=314, ended_at=clock.now(), result={"made": 314, "names": ["Sarr"]})
    card = text_of(admin.get(url_of("job_progress", job.pk)))
    assert "terminé" in card
    assert "faits" in card
    assert "Sarr" not in card
    assert "hx-get" not in card


def test_a_job_that_failed_says_why_and_can_be_resumed(admin: Any) -> None:
    job = Job.objects.create(
        kind="x",
        key="k",
        title="Avis",
        total=3,
        state=JobState.FAILED,
        error="Le mois est clôturé.",
        ended_at=clock.now(),
        author=admin.user,
    )
    page = text_of(admin.get(url_of("job", job.pk)))
    assert "Le mois est clôturé." in page
    admin.post(url_of("job_resume", job.pk))
    job.refresh_from_db()
    assert job.state == JobState.RUNNING


def test_the_tasks_of_the_night_are_shown_to_who_looks_after_the_house(admin: Any, client_as: Any) -> None:
    done = Schedule.objects.create(task="check", label="Vérification", every="DAY", at_hour=3)
    failed = Schedule.objects.create(task="fail", label="Relances", every="MONTH")
    ScheduleRun.objects.create(schedule=done, period="2026-11-04", error="vieux")
    ScheduleRun.objects.create(schedule=done, period="2026-11-05", ended_at=clock.now())
    ScheduleRun.objects.create(schedule=failed, period="2026-11", error="RuntimeError : plus de place", attempts=3)
    text = text_of(admin.get(url_of("jobs")))
    assert "Vérification" in text
    assert "plus de place" in text
    assert "vieux" not in text
    assert "Vérification" not in text_of(client_as(Role.RENTAL_MANAGER).get(url_of("jobs")))


def test_who_looks_after_the_house_reads_that_no_worker_works(admin: Any, client_as: Any) -> None:
    minute = Schedule.objects.create(task="messages", label="Départ des messages", every="MINUTE")
    run = ScheduleRun.objects.create(schedule=minute, period="2026-11-05T09:00", ended_at=clock.now())
    for page in (url_of("jobs"), "/"):
        assert "Aucun worker" not in text_of(admin.get(page))
        ScheduleRun.objects.filter(pk=run.pk).update(started_at=clock.now() - timedelta(hours=2))
        assert "Aucun worker ne travaille depuis" in text_of(admin.get(page))
        ScheduleRun.objects.filter(pk=run.pk).update(started_at=clock.now())
    run.delete()
    assert "Aucun worker n’a encore travaillé" in text_of(admin.get(url_of("jobs")))
    assert "Aucun worker" not in text_of(client_as(Role.RENTAL_MANAGER).get(url_of("jobs")))


def _counted() -> Iterator[str]:
    """The counts that the handlers of jobs return: keys of what the modules `jobs.py` return."""
    for path in Path(settings.BASE_DIR).glob("[a-z]*/*/jobs.py"):
        if path.parts[-3] != "tests":
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Return) and isinstance(node.value, ast.Dict):
                    yield from (ast.literal_eval(key) for key in node.value.keys if key is not None)


def test_each_count_of_a_result_has_its_french_words(admin: Any) -> None:
    counts = set(_counted())
    assert {"produced", "settled"} <= counts
    assert counts <= set(RESULTS)
    job = Job.objects.create(kind="x", key="k", title="Avis", total=1, done=1, author=admin.user)
    Job.objects.update(state=JobState.DONE, ended_at=clock.now(), result={"produced": 1204, "unforeseen": 3})
    card = text_of(admin.get(url_of("job_progress", job.pk)))
    assert "avis faits\N{NO-BREAK SPACE}: 1\N{NO-BREAK SPACE}204" in card
    assert "unforeseen" not in card
