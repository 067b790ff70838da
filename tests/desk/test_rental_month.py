"""The month of the rental manager's home: read once until the books, a sending or a contract changes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from common import clock
from common.periods import period
from desk.queries.rental_month import month_facts
from leases.models import Lease
from office.access.actor import Actor
from rent_ledger.books.codes import EntryKind
from rent_ledger.books.services.posting import reverse
from rent_ledger.models import Entry, RentDemand
from tests.factories import make_demand, make_let, owe, pay

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def _billed(net: str = "400.00") -> int:
    lease = make_let(start=date(2024, 3, 15))
    account = owe(lease=lease, due_on=date(2026, 11, 1), amount=net)
    make_demand(lease=lease, month=date(2026, 11, 1), net=net, account=account)
    return account


def test_each_change_is_seen_and_nothing_else_is_read_again(django_assert_num_queries: Any) -> None:
    account = _billed()
    waiting = make_let(start=date(2024, 3, 15))
    first = month_facts(TODAY)
    assert (first.produced, first.asked, first.sent, first.left) == (1, Decimal("400.00"), 0, Decimal("400.00"))
    assert first.unbilled == {date(2026, 11, 1): [waiting.pk]}
    with django_assert_num_queries(1):
        assert month_facts(TODAY) == first

    pay(account=account, on=date(2026, 11, 5), amount="150.00")
    assert month_facts(TODAY).left == Decimal("250.00")

    RentDemand.objects.update(sent_at=clock.now())
    assert month_facts(TODAY).sent == 1

    ended = Lease.objects.get(pk=waiting.pk)
    ended.state, ended.period = "ENDED", period(date(2024, 3, 15), date(2026, 11, 20))
    ended.end_reason = "FAMILY"
    ended.save()
    # What was due until its end is lacking still: no other run asks for it.
    assert month_facts(TODAY).unbilled == {date(2026, 11, 1): [waiting.pk]}
    ended.period = period(date(2024, 3, 15), date(2026, 11, 1))
    ended.occupancies.update(period=ended.period, main_period=ended.period)
    ended.save()
    assert month_facts(TODAY).unbilled == {}

    paid = Entry.objects.get(kind=EntryKind.PAYMENT)
    reverse(entry_ids=[paid.pk], actor=Actor.system(), effective_on=date(2026, 11, 9), kind=EntryKind.RETURN)
    returned = month_facts(TODAY)
    assert (returned.returns, returned.left) == (1, Decimal("400.00"))
    # It takes effect on its own day.
    assert month_facts(date(2026, 11, 8)).returns == 0
