"""The API of rent runs."""

from datetime import date

import pytest

from common import clock
from common.periods import Month
from office.access.actor import Actor
from office.access.codes import Role
from office.jobs.worker import drain
from office.messages.services.post import mark_posted, take_out
from office.models import Job
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.models import RentRun
from tests.api import Api
from tests.factories import make_association, make_let, pay

pytestmark = pytest.mark.django_db


def test_a_run_in_progress_is_not_started_again() -> None:
    make_let()
    api = Api(Role.RENTAL_MANAGER)
    first = api.post("/rent-runs", {"month": "2026-11"}, status=201)
    error = api.refused("/rent-runs", {"month": "2026-11"}, status=409, code="run_in_progress")
    assert str(api.user) in error["message"]
    assert [row["id"] for row in api.get("/rent-runs")["items"]] == [first["id"]]
    api.refused(f"/rent-runs/{first['id']}/undo", status=409, code="conflict")
    assert (RentRun.objects.count(), Job.objects.count()) == (1, 1)


def test_an_undo_that_something_stands_in_the_way_of() -> None:
    lease = make_let()
    run = launch_run(month=Month(2026, 11), actor=Actor.system())
    drain()
    [account] = lease.accounts.filter(kind="TENANT")
    pay(account=account.pk, on=date(2026, 11, 4), amount="480.00")
    api = Api(Role.RENTAL_MANAGER)
    [obstacle] = api.get(f"/rent-runs/{run.pk}/obstacles")
    assert obstacle["household_name"] == lease.household.name
    error = api.refused(f"/rent-runs/{run.pk}/undo", status=409, code="run_stuck")
    assert lease.household.name in error["message"]
    assert api.get(f"/rent-runs/{run.pk}")["state"] == "DONE"


@pytest.mark.parametrize("month", ["2026-13", "11/2026", "2026-1", ""])
def test_a_month_is_written_as_a_month(month: str) -> None:
    Api(Role.RENTAL_MANAGER).refused("/rent-runs", {"month": month}, status=422, code="invalid")


def test_the_demands_of_a_run_are_sent_by_a_job() -> None:
    make_association()
    make_let()
    run = launch_run(month=Month(2026, 11), actor=Actor.system())
    drain()
    api = Api(Role.RENTAL_MANAGER)
    job = api.post(f"/rent-runs/{run.pk}/send")
    drain(job["id"])
    [shown] = api.get(f"/rent-runs/{run.pk}/demands")["items"]
    assert (shown["sent_at"], shown["sent_by"]) == (None, None)
    api.refused(f"/rent-runs/{run.pk}/send", status=422, code="nothing_to_send")
    take_out(actor=Actor.of(api.user))
    mark_posted(until=clock.now(), actor=Actor.of(api.user))
    [shown] = api.get(f"/rent-runs/{run.pk}/demands")["items"]
    assert shown["sent_by"] == "PAPER"
    assert shown["sent_at"] is not None
