"""The demands of a run: what is known from the draft alone is what the general way finds."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from common import clock
from common.periods import Month
from leases.models import RentTerm
from office.actor import Actor
from rent_ledger.enums import EntryKind, General, Nature
from rent_ledger.models import Account, AccountState, RentRun
from rent_ledger.services import demands
from rent_ledger.services.accounts import tenant_accounts
from rent_ledger.services.checking import check_ledger
from rent_ledger.services.posting import NewEntry, NewPosting, post
from rent_ledger.services.projections import refresh, roll
from rent_ledger.services.runs import produce
from tests.factories import make_let, make_right

pytestmark = pytest.mark.django_db
NOV, DEC = Month(2026, 11), Month(2026, 12)

_LAID = """
SELECT d.account_id, c.credit_id, dp.nature, c.nature, sum(l.amount), l.rule
FROM rent_ledger_allocation l JOIN rent_ledger_posting dp ON dp.id = l.debit_posting_id
JOIN rent_ledger_posting c ON c.id = l.credit_posting_id
JOIN (SELECT id, debit_id AS account_id FROM rent_ledger_posting) d ON d.id = dp.id
GROUP BY 1, 2, 3, 4, 6 ORDER BY 1, 2, 3, 4, 6
"""
_ITEMS = (
    "SELECT account_id, is_debit, nature, due_on, for_month, remaining FROM rent_ledger_openitem ORDER BY 1, 2, 3, 4"
)


def books() -> list[Any]:
    """What lies on what, what is open, and the states, without the ids that a second life draws anew."""
    with connection.cursor() as cursor:
        cursor.execute(_LAID)
        laid = cursor.fetchall()
        cursor.execute(_ITEMS)
        return [laid, cursor.fetchall(), list(AccountState.objects.order_by("pk").values())]


def pay(lease_id: int, amount: str, key: str) -> None:
    posting = NewPosting(
        General.CASH, tenant_accounts([lease_id])[lease_id], Decimal(amount), Nature.PAYMENT, date(2026, 11, 10)
    )
    post(entries=[NewEntry(EntryKind.PAYMENT, key, date(2026, 11, 10), (posting,))], actor=Actor.system())


@pytest.mark.parametrize("launched", [date(2026, 11, 22), date(2026, 12, 3)], ids=["ahead", "late"])
def test_the_short_way_ends_where_the_general_way_does(monkeypatch, launched):
    plain, aided, covered, rich, parked = (make_let(rent="412.60", charges="86.40") for _ in range(5))
    make_right(lease=aided, amount="450.00", start=date(2026, 2, 1))
    make_right(lease=covered, amount="600.00", start=date(2026, 2, 1))
    make_right(lease=rich, amount="100.00", start=date(2026, 2, 1))
    make_right(lease=parked, amount="499.00", start=date(2026, 2, 1))
    RentTerm.objects.create(lease=parked, nature="PARKING", amount=Decimal("30.00"), period=("2026-12-01", None))
    leases = [lease.pk for lease in (plain, aided, covered, rich, parked)]
    with clock.travel(date(2026, 10, 25)):
        produce(run=RentRun.objects.create(month=NOV.first), lease_ids=leases, actor=Actor.system())
    with clock.travel(date(2026, 11, 20)):
        pay(rich.pk, "700.00", "rich")
        pay(aided.pk, "20.00", "aided")

    def december() -> list[Any]:
        with transaction.atomic(), clock.travel(launched):
            roll()  # as each night: the states are of the day, what is still to come can be added to them
            produce(run=RentRun.objects.create(month=DEC.first), lease_ids=leases, actor=Actor.system())
            found = books()
            refresh(account_ids=None)
            assert books() == found
            assert check_ledger() == []
            transaction.set_rollback(True)
        return found

    short = december()
    everything = set(Account.objects.values_list("pk", flat=True))
    monkeypatch.setattr(demands, "_with_items", lambda kinds, month: set(everything))
    assert short == december()
    assert any(rule == "MONTH" for *_, rule in short[0])
    assert any(rule == "OLDEST" for *_, rule in short[0])
