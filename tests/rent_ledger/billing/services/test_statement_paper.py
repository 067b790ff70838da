"""The statement on paper: one sheet, its months folded, the same sums as the page."""

from datetime import date
from decimal import Decimal

import pytest

from common import clock
from common.periods import Month, period
from office.access.actor import Actor
from office.documents.services import render
from office.jobs.worker import drain
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.billing.services.statement_paper import statement_document
from rent_ledger.books.codes import HoldKind
from rent_ledger.books.queries.statement import statement
from rent_ledger.books.services.projections import refresh
from rent_ledger.models import Account, DebtHold, OpenItem
from tests.factories import ANYWAY, make_actor, make_association, make_bank_account, make_let, pay
from tests.printed import scanned

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-10")]
SYSTEM = Actor.system()
MONTHS = [Month(2026, n) for n in range(1, 12)]


@pytest.fixture
def account() -> Account:
    """Eleven months asked, each paid in three times but for 10,00 €."""
    make_association()
    make_bank_account()
    make_let(rent="400.00", charges="0")
    for month in MONTHS:
        with clock.travel(month.first):
            run = launch_run(month=month, actor=make_actor(), answers=ANYWAY)
            drain(run.job_id)
        account = run.demands.get().account
        for day, amount in ((3, "200.00"), (5, "100.00"), (9, "90.00")):
            pay(account=account.pk, on=month.first.replace(day=day), amount=amount)
    refresh(account_ids=[account.pk])
    return account


def test_a_year_of_payments_is_on_one_sheet_and_its_sums_are_those_of_the_page(account: Account) -> None:
    read = statement(account.pk)
    assert len(read.lines) == 44
    document = statement_document(account=account, statement=read, actor=SYSTEM)
    rows = document.data["lines"]
    folded = [row for row in rows if row["on"] is None]
    assert len(folded) == 8
    assert (folded[0]["title"], folded[0]["detail"]) == ("Janvier\u00a02026", "payé les 3, 5 et 9")
    assert (folded[7]["due"], folded[7]["received"], folded[7]["remaining"]) == ("400.00", "390.00", "80.00")
    for cell, total in (("due", read.due), ("received", read.received)):
        assert sum(Decimal(row[cell] or 0) for row in rows) == total
    assert rows[-1]["remaining"] == "110.00"
    # Both sides of one sheet.
    assert b"/Count 2" in render(document)


def test_few_lines_have_a_row_each(account: Account) -> None:
    read = statement(account.pk, latest=12)
    rows = statement_document(account=account, statement=read, actor=SYSTEM).data["lines"]
    assert [row["on"] for row in rows] == [line.on.isoformat() for line in read.lines]


def test_the_code_orders_what_is_due_without_what_is_suspended(account: Account) -> None:
    [code] = scanned(statement_document(account=account, statement=statement(account.pk), actor=SYSTEM))
    assert "EUR110.00" in code.split("\n")
    item = OpenItem.objects.filter(account=account, is_debit=True).earliest("due_on")
    DebtHold.objects.create(posting_id=item.posting_id, kind=HoldKind.FREEZE, period=period(date(2026, 11, 1)))
    refresh(account_ids=[account.pk])
    document = statement_document(account=account, statement=statement(account.pk), actor=SYSTEM)
    held = Decimal(document.data["held"])
    assert held > 0
    assert Decimal(document.data["to_pay"]) == 110 - held
    assert scanned(document) == ([] if held == 110 else [code.replace("EUR110.00", f"EUR{110 - held:.2f}")])
