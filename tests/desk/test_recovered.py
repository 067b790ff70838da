"""What was paid in time: remembered as long as no book changes."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from desk.queries import figures
from desk.queries.figures import recovered
from tests.factories import make_arrears, make_let, pay

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER, TODAY = date(2026, 10, 1), date(2026, 11, 1), date(2026, 11, 22)


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    figures.REMEMBERED.forget()
    yield
    figures.REMEMBERED.forget()


def _owing() -> int:
    lease = make_let(start=date(2024, 3, 15))
    return make_arrears(lease=lease, dues=[date(2026, 10, 1)], amount="400.00", paid="300.00").account_id


def test_what_is_paid_in_time_counts() -> None:
    account = _owing()
    assert recovered(OCTOBER, NOVEMBER, 30, TODAY) == (Decimal("400.00"), Decimal("300.00"))
    pay(account=account, on=date(2026, 10, 20), amount="60.00")
    pay(account=account, on=date(2026, 11, 15), amount="40.00")
    assert recovered(OCTOBER, NOVEMBER, 30, TODAY) == (Decimal("400.00"), Decimal("360.00"))


def test_a_month_is_read_once_until_the_books_change(django_assert_num_queries: Any) -> None:
    account = _owing()
    asked = recovered(OCTOBER, NOVEMBER, 30, TODAY)
    with django_assert_num_queries(1):
        assert recovered(OCTOBER, NOVEMBER, 30, TODAY) == asked
    pay(account=account, on=date(2026, 10, 20), amount="60.00")
    with django_assert_num_queries(2):
        assert recovered(OCTOBER, NOVEMBER, 30, TODAY) == (Decimal("400.00"), Decimal("360.00"))


def test_nothing_is_remembered_while_somebody_writes(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    """Each connection but one's own counts: here one's own stands for somebody else's."""
    monkeypatch.setattr(figures.REMEMBERED, "sql", figures.REMEMBERED.sql.replace("pid <> pg_backend_pid()", "true"))
    _owing()
    for _ in range(2):
        with django_assert_num_queries(2):
            recovered(OCTOBER, NOVEMBER, 30, TODAY)


def test_a_span_is_the_sum_of_its_months() -> None:
    _owing()
    lease = make_let(start=date(2024, 3, 15))
    make_arrears(lease=lease, dues=[date(2026, 9, 1)], amount="200.00", paid="50.00")
    september = recovered(date(2026, 9, 1), OCTOBER, 30, TODAY)
    october = recovered(OCTOBER, NOVEMBER, 30, TODAY)
    both = recovered(date(2026, 9, 1), NOVEMBER, 30, TODAY)
    assert both == (september[0] + october[0], september[1] + october[1])
    assert recovered(date(2026, 9, 1), NOVEMBER, 60, TODAY)[0] == september[0]
