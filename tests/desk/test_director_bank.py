"""Until when the director's page says that the bank is known."""

from datetime import date

import pytest

from desk.queries.director_home import director_home
from tests.factories import make_bank_account
from tests.rent_ledger.banking import camt, drop, movement, written


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("last_day", "until"),
    [(date(2026, 11, 4), date(2026, 11, 4)), (date(2026, 11, 9), date(2026, 11, 5))],
    ids=["a day that passed", "a day to come"],
)
def test_the_bank_is_never_known_beyond_the_day(last_day, until):
    assert director_home(day=date(2026, 11, 5)).bank_until is None
    drop(camt(written(make_bank_account(), movement("10.00"), closing_day=last_day)))
    assert director_home(day=date(2026, 11, 5)).bank_until == until
