"""The demo is played, never written: what it may import, and what comes out of a short life."""

import ast
from datetime import date
from pathlib import Path

import pytest

from common import clock
from config.demo import generator
from rent_ledger.enums import LineState
from rent_ledger.models import BankLine, Match, RentDemand
from rent_ledger.selectors.accounts import tenant_account
from rent_ledger.services.checking import check_ledger
from social_link.models import Alert

DEMO = Path(generator.__file__).parent
# The books and what follows from them: only services make them.
FORBIDDEN = {"Posting", "Allocation", "Entry", "OpenItem", "AccountState", "ArrearsCase", "Alert", "AlertFact"}


def imported_names(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.py")), ids=lambda path: path.name)
def test_the_generator_imports_no_model_of_the_books(path):
    assert imported_names(path) & FORBIDDEN == set()


def test_the_import_scan_sees_what_it_forbids(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text("from rent_ledger.models import (\n    Posting,\n)\n")
    assert imported_names(bad) & FORBIDDEN == {"Posting"}


@pytest.mark.django_db
def test_a_short_life_leaves_exact_books_and_no_payment_on_a_wrong_account(monkeypatch, capsys):
    worlds = []
    make = generator.Play.__post_init__

    def remember(play: generator.Play) -> None:
        make(play)
        worlds.append(play)

    monkeypatch.setattr(generator.Play, "__post_init__", remember)
    generator.load(size=14, months=4, seed=7, until=date(2026, 11, 20))
    [play] = worlds
    right = wrong = left = 0
    truth = {
        (bank.account.pk, *seen): tenant_account(housed.lease.pk)
        for bank in play.banks.values()
        for seen, housed in bank.truth.items()
    }
    sure = dict(Match.objects.filter(is_accepted=True, undone_at=None).values_list("line_id", "account_id"))
    for line in BankLine.objects.filter(amount__gt=0):
        expected = truth.get((line.bank_account_id, line.booking_day, line.amount, line.label))
        if expected is None:
            continue
        if line.state == LineState.SURE:
            right += sure.get(line.pk) == expected
            wrong += sure.get(line.pk) != expected
        else:
            left += 1
    with capsys.disabled():
        print(f"\nmatching: {right} right, {wrong} wrong, {left} left to a person")
    assert wrong == 0
    assert right > 20
    assert RentDemand.objects.count() > 40
    assert Alert.objects.exists()
    with clock.travel(date(2026, 11, 20)):
        assert check_ledger() == []
