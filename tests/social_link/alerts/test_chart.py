"""The chart of an alert: what a household paid in each calendar month, whatever term it settled."""

from datetime import date
from decimal import Decimal

import pytest

from office.access.actor import Actor
from rent_ledger.books.services.posting import reverse
from rent_ledger.models import Posting
from social_link.alerts.queries import payment_chart
from tests.factories import make_arrears, make_bank_known, pay

TODAY = date(2026, 11, 28)
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-28")]


def test_a_payment_counts_in_its_month() -> None:
    """Paid in October and in November on old terms, the chart said 0 and 0."""
    make_bank_known(until=TODAY)
    case = make_arrears(dues=[date(2026, month, 1) for month in (7, 8, 9, 10, 11)], amount="213.00")
    for on, amount in ((date(2026, 10, 7), "213.00"), (date(2026, 11, 9), "250.00"), (date(2026, 11, 10), "50.00")):
        pay(account=case.account_id, on=on, amount=amount)
    last = Posting.objects.filter(credit=case.account_id, nature="PAYMENT").order_by("-id").first()
    assert last is not None
    reverse(entry_ids=[last.entry_id], actor=Actor.system(), kind="RETURN", effective_on=date(2026, 11, 20))
    chart = payment_chart(case)
    assert [(bar.month.month, bar.asked, bar.received) for bar in chart.months] == [
        (7, Decimal("213.00"), Decimal(0)), (8, Decimal("213.00"), Decimal(0)), (9, Decimal("213.00"), Decimal(0)),
        (10, Decimal("213.00"), Decimal("213.00")), (11, Decimal("213.00"), Decimal("250.00")),
    ]  # fmt: skip
    assert chart.highest == Decimal("250.00")
    assert [bar.is_short for bar in chart.months] == [True, True, True, False, False]


def test_a_month_without_a_demand_is_shown() -> None:
    make_bank_known(until=TODAY)
    case = make_arrears(dues=[date(2026, 8, 1)], amount="213.00")
    assert [bar.month.month for bar in payment_chart(case).months] == [8, 9, 10, 11]
