"""What the ledger does by itself at night (decision 5: the projections are compared each night)."""

from datetime import date

import pytest
from django.db import connection

from common.periods import Month
from office.jobs.schedules import tick
from office.jobs.worker import drain
from office.models import ScheduleRun
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.books.codes import AccountKind
from rent_ledger.models import Account
from tests.factories import make_actor, make_let

NIGHT = "2026-11-05T02:30"


@pytest.mark.django_db
@pytest.mark.clock(NIGHT)
class TestLedgerCheck:
    @pytest.fixture(autouse=True)
    def one_run(self) -> None:
        make_let(rent="400.00", charges="50.00", start=date(2026, 1, 1))
        launch_run(month=Month(2026, 11), actor=make_actor())
        drain()

    def run_of_the_night(self) -> ScheduleRun:
        tick()
        return ScheduleRun.objects.get(schedule__task="ledger_check", period=date(2026, 11, 5).isoformat())

    def test_right_books_pass(self):
        run = self.run_of_the_night()
        assert (run.error, run.ended_at is None) == ("", False)

    def test_a_broken_projection_is_told_with_its_account(self):
        account = Account.objects.get(kind=AccountKind.TENANT).pk
        with connection.cursor() as cursor:
            cursor.execute("UPDATE rent_ledger_accountstate SET debt = debt + 1 WHERE account_id = %s", [account])
        run = self.run_of_the_night()
        assert run.ended_at is None
        assert f"compte {account}" in run.error
