"""The command `detect_arrears`: dry by default, reading any day, never writing before the last run."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from common import clock
from rent_ledger.models import ArrearsCase
from tests.factories import make_bank_known, make_let, owe, pay

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("detect_arrears", *arguments, stdout=out)
    return out.getvalue().replace("\u00a0", " ")


def test_it_is_dry_by_default_and_says_how_far_the_bank_is_known() -> None:
    make_bank_known(until=date(2026, 11, 4))
    owe(lease=make_let(name="Mme Inès Roy"), due_on=date(2026, 11, 1))
    text = run()
    assert "connue jusqu’au 4 nov. 2026" in text
    assert "1 dossier ouvert" in text
    assert "Mme Inès Roy : 213,00 €, premier défaut le 2 nov. 2026" in text
    assert "rien n’a été écrit" in text
    assert not ArrearsCase.objects.exists()
    assert "rien n’a été écrit" not in run("--wet-run")
    assert ArrearsCase.objects.count() == 1


def test_as_of_reads_a_past_day() -> None:
    account = owe(lease=make_let(), due_on=date(2026, 10, 1))
    pay(account=account, on=date(2026, 10, 20))
    assert "0 dossier ouvert" in run()
    assert "1 dossier ouvert" in run("--as-of", "2026-10-15")


def test_writing_before_the_last_run_is_refused() -> None:
    owe(lease=make_let(), due_on=date(2026, 11, 1))
    run("--wet-run")
    with pytest.raises(CommandError, match="on n’écrit pas avant"):
        run("--as-of", "2026-11-04", "--wet-run")
    with pytest.raises(CommandError, match="à venir"):
        run("--as-of", "2026-11-06", "--wet-run")


def test_a_night_off_is_caught_up() -> None:
    with clock.travel(date(2026, 11, 1)):
        owe(lease=make_let(), due_on=date(2026, 11, 1))
    run("--as-of", "2026-11-03", "--wet-run")
    assert ArrearsCase.objects.get().created_at.date() == date(2026, 11, 3)


def test_a_wrong_day_is_told_in_french() -> None:
    with pytest.raises(CommandError):
        run("--as-of", "hier")
