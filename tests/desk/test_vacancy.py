"""What empty dwellings cost: the rent of each month by its own days."""

from datetime import date
from decimal import Decimal

import pytest

from desk.queries.stock_figures import vacancy_between
from stock.models import AgreementDwelling
from tests.factories import make_agreement, make_dwelling, make_lease

pytestmark = pytest.mark.django_db


def empty(rent: str = "420.00") -> None:
    dwelling = make_dwelling()
    make_agreement(kind="PROVISION", dwellings=[dwelling])
    AgreementDwelling.objects.filter(dwelling=dwelling).update(upstream_rent=Decimal(rent))


@pytest.mark.parametrize(
    ("what", "start", "end", "cost"),
    [
        ("a month of 31 days", date(2026, 10, 1), date(2026, 11, 1), "420.00"),
        ("a month of 28 days", date(2026, 2, 1), date(2026, 3, 1), "420.00"),
        ("a quarter", date(2026, 1, 1), date(2026, 4, 1), "1260.00"),
        ("the first ten days of October: 420 × 10 / 31", date(2026, 10, 1), date(2026, 10, 11), "135.48"),
        ("from the middle of a month", date(2026, 10, 22), date(2026, 11, 11), "275.48"),
    ],
)
def test_the_cost_of_an_empty_dwelling(what: str, start: date, end: date, cost: str) -> None:
    """420,00 € empty all October: 428,05 were told."""
    empty()
    found = vacancy_between(start, end, 1)
    assert (found.cost, found.days, found.dwellings) == (Decimal(cost), (end - start).days, 1)


def test_an_occupied_one_and_one_without_a_known_rent_cost_nothing() -> None:
    make_lease(from_day=date(2026, 1, 1))
    empty()
    AgreementDwelling.objects.filter(upstream_rent=Decimal("420.00")).update(upstream_rent=None)
    found = vacancy_between(date(2026, 10, 1), date(2026, 11, 1), 1)
    assert (found.cost, found.unknown_cost) == (Decimal(0), 1)
