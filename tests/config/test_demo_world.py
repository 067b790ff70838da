"""The demo is played, never written: what it may import, and what comes out of a short life."""

import ast
import random
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from common import clock
from config.demo import bank_world, generator
from leases.models import Household, Lease
from rent_ledger.bank_formats.written import WrittenEntry
from rent_ledger.enums import LineState
from rent_ledger.models import BankLine, Match, RentDemand
from rent_ledger.selectors.accounts import tenant_account
from rent_ledger.services.checking import check_ledger
from social_link.models import Alert, Contact
from tests.factories import make_bank_account

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


def lived(seed: int) -> dict[str, list[Any]]:
    """What a short life leaves, without the numbers that the database gives; the life itself is undone."""
    with suppress(Undone), transaction.atomic():
        generator.load(size=5, months=1, seed=seed, until=date(2026, 11, 20))
        left = {
            "names": sorted(Household.objects.values_list("name", flat=True)),
            "bank": sorted(BankLine.objects.values_list("booking_day", "amount")),
            "demands": sorted(RentDemand.objects.values_list("month", "net")),
            "contacts": sorted(Contact.objects.values_list("happened_on", "kind")),
        }
        raise Undone
    return left


class Undone(Exception):
    """Ends a life of which nothing is to stay."""


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_life_and_another_seed_another():
    first = lived(3)
    assert lived(3) == first
    assert lived(4)["names"] != first["names"]


@pytest.mark.django_db
def test_a_large_association_leaves_exact_books_too(monkeypatch):
    monkeypatch.setattr(generator, "LARGE", 20)
    generator.load(size=46, months=2, seed=5, until=date(2026, 11, 20))
    with clock.travel(date(2026, 11, 20)):
        assert check_ledger() == []
    left = Lease.objects.filter(state="ENDED")
    assert left.exists()
    assert not left.filter(notice_on=None).exists()
    # Their homes are let again, and whoever came in has been asked for something.
    assert Lease.objects.filter(state="ACTIVE").count() == 46
    assert not Lease.objects.filter(state="ACTIVE", demands=None).exists()
    assert not RentDemand.objects.filter(lease__in=left, state="CANCELLED").exists()


@pytest.mark.django_db
def test_the_rents_go_on_to_the_owners_once_a_month_but_for_a_reserve():
    bank = bank_world.Bank(make_bank_account(), Decimal("40000.00"), random.Random(1))
    bank.last_day = date(2026, 10, 30)
    for day in (date(2026, 11, 3), date(2026, 11, 16), date(2026, 11, 24)):
        bank.expect(WrittenEntry(label="VIR LOYER", amount=Decimal("300.00"), booking_day=day))
        bank.file(day)
    assert bank.balance == bank_world.KEPT + Decimal("600.00")


@pytest.mark.django_db
def test_an_account_with_little_keeps_it():
    bank = bank_world.Bank(make_bank_account(), Decimal("20000.00"), random.Random(1))
    bank.last_day = date(2026, 10, 30)
    assert bank.file(date(2026, 11, 16)) is None
