"""`raise_alerts`: dry by default, `--as-of` reads, a past day is never played."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from common import clock
from office.jobs.schedules import tasks
from social_link.alerts.tasks import raise_new
from social_link.models import Alert
from tests.factories import make_arrears, make_referent

OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-06")]


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("raise_alerts", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_dry_then_wet() -> None:
    case = make_arrears(dues=[OCT, NOV])
    referent = make_referent(household=case.account.household)
    dry = run()
    assert "Essai à blanc" in dry
    assert f"Deuxième impayé, {case.account.household.name} → {referent} (nouvelle)" in dry
    assert not Alert.objects.exists()
    assert "1 alerte(s) nouvelle(s)" in run("--wet-run")
    assert Alert.objects.count() == 1
    assert "0 alerte(s) nouvelle(s)" in run("--wet-run")


def test_as_of_reads_and_never_plays_before_the_last_pass() -> None:
    make_referent(household=make_arrears(dues=[OCT, NOV]).account.household)
    run("--wet-run")
    with clock.travel(date(2026, 11, 9)):
        assert "Essai à blanc" in run("--as-of", "2026-11-02")
        with pytest.raises(CommandError, match="06/11/2026"):
            run("--wet-run", "--as-of", "2026-11-05")
        assert "0 alerte(s)" in run("--wet-run", "--as-of", "2026-11-06")


def test_a_household_without_anyone_is_named() -> None:
    case = make_arrears(dues=[OCT, NOV])
    assert f"{case.account.household.name} : aucun référent" in run()


@pytest.mark.parametrize("arguments", [("--as-of", "hier"), ("--wet-run", "--as-of", "2026-11-07")])
def test_bad_arguments(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)


def test_the_task_and_the_schedule_call_the_service() -> None:
    make_referent(household=make_arrears(dues=[OCT, NOV]).account.household)
    assert raise_new() == 1
    assert raise_new() == 0
    (daily,) = [task for task in tasks() if task.name == "alerts"]
    daily.run(date(2026, 11, 6))
    assert Alert.objects.count() == 1
