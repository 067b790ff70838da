"""The second process of a large load: it does its part of a run, and is not missed when it dies."""

import os
import signal
from collections.abc import Iterator

import pytest
from django.db import connections

from common import clock
from common.periods import Month
from demo.helper import Helper
from office.models import Job
from rent_ledger.billing.services import runs
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import RentDemand
from tests.factories import make_actor, make_let

DECEMBER = Month(2026, 12)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def helper(monkeypatch: pytest.MonkeyPatch) -> Iterator[Helper]:
    monkeypatch.setattr(runs, "CHUNK", 1)
    with Helper() as started:
        yield started
    assert not started.process.is_alive()
    connections.close_all()


def drained(helper: Helper, leases: int) -> None:
    for _ in range(leases):
        make_let()
    with clock.travel(DECEMBER.first):
        run = runs.launch_run(month=DECEMBER, actor=make_actor())
        assert run.job_id is not None
        helper.drain(run.job_id)
        assert check_ledger() == []
    job = Job.objects.get(pk=run.job_id)
    assert (job.state, job.done) == ("DONE", leases)
    assert job.ended_at is not None
    assert job.ended_at.astimezone(clock.PARIS).date() == DECEMBER.first
    assert RentDemand.objects.filter(run=run).count() == leases


def test_a_run_by_both_is_done_on_the_played_day(helper: Helper) -> None:
    drained(helper, 6)


def test_without_the_helper_the_run_is_done_too(helper: Helper) -> None:
    assert helper.process.pid is not None
    os.kill(helper.process.pid, signal.SIGKILL)
    helper.process.join()
    drained(helper, 3)


def test_the_helper_leaves_when_its_starter_is_gone(helper: Helper) -> None:
    assert helper._pipe is not None
    helper._pipe.close()
    helper._pipe = None
    helper.process.join(5)
    assert helper.process.exitcode == 0
