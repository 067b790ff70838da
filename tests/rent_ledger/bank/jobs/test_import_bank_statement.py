"""`manage.py import_bank_statement`: dry, wet, with a gap, and as JSON."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from rent_ledger.models import BankLine, BankStatement
from tests.factories import make_bank_account, make_iban
from tests.rent_ledger.banking import camt, cfonb, movement, written


def run(*args: object) -> str:
    out = StringIO()
    call_command("import_bank_statement", *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "releve.xml"
    path.write_bytes(camt(written(make_bank_account(), movement("10.00"), movement("-2.50", label="FRAIS"))))
    return path


@pytest.mark.django_db
def test_it_is_dry_by_default(file):
    said = run(file)
    assert "2\u00a0mouvements, 2\u00a0nouveaux, 0 déjà là" in said
    assert "Essai à blanc" in said
    assert BankLine.objects.count() == 0


@pytest.mark.django_db
def test_wet_it_writes_and_the_second_time_refuses(file):
    assert "Essai à blanc" not in run(file, "--wet-run")
    assert BankLine.objects.count() == 2
    with pytest.raises(CommandError, match="déjà été importé"):
        run(file, "--wet-run")


@pytest.mark.django_db
def test_a_gap_is_set_aside_or_accepted(file):
    file.write_bytes(file.read_bytes().replace(b">1007.50<", b">1008.50<"))
    assert "un écart de 1,00\u00a0€" in run(file)
    run(file, "--wet-run", "--accept-gap")
    assert BankStatement.objects.get().state == "ACCEPTED"


def test_json_describes_and_needs_no_account(tmp_path):
    path = tmp_path / "releve.txt"
    iban = make_iban(number=1)
    path.write_bytes(cfonb(written(iban, movement("10.00"), movement("-2.50"))))
    [statement] = json.loads(run(path, "--json"))["statements"]
    amounts = {k: statement.pop(k) for k in ("opening", "closing", "sum_credits", "sum_debits")}
    assert {k: Decimal(v) for k, v in amounts.items()} == {
        "opening": Decimal("1000"), "closing": Decimal("1007.5"), "sum_credits": Decimal("10"),
        "sum_debits": Decimal("2.5"),
    }  # fmt: skip
    assert statement == {
        "account": "30001-00001-00000000001", "currency": "EUR", "entries": 2, "credits": 1, "debits": 1,
        "not_booked": 0, "adds_up": True,
    }  # fmt: skip


@pytest.mark.parametrize("content", [b"bonjour", None])
def test_a_file_that_cannot_be_read_prints_its_errors_and_fails(tmp_path, content):
    path = tmp_path / "absent.xml"
    if content is not None:
        path.write_bytes(content)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("import_bank_statement", path, "--json", stdout=out)
    described = json.loads(out.getvalue())
    assert described["statements"] == []
    assert described["errors"]


def test_a_huge_file_is_refused_by_its_size_alone(tmp_path):
    path = tmp_path / "enorme.xml"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(CommandError, match="200,0 Mo"):
        run(path, "--json")
