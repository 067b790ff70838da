"""What a plan leaves to live on, and the word for it. Hand cases: usage of the commissions, 30 days a month."""

from decimal import Decimal as D

import pytest

from rent_ledger.arrears.codes import Living
from rent_ledger.arrears.rules.living import Budget, LivingParams, left_to_live, verdict

PARAMS = LivingParams(least=D("7.00"), easy=D("10.00"))

# title, persons, resources, charges, term, instalment, by person and by day, word
CASES = [
    ("alone, no plan: 1 000 - 250 - 300", 1, "1000.00", "250.00", "300.00", "0", "15.00", Living.EASY),
    ("alone, 50 a month", 1, "1000.00", "250.00", "300.00", "50.00", "13.33", Living.EASY),
    ("exactly easy", 1, "850.00", "250.00", "300.00", "0", "10.00", Living.EASY),
    ("a cent under easy", 1, "849.99", "250.00", "300.00", "0", "9.99", Living.TIGHT),
    ("exactly the least", 1, "800.00", "250.00", "300.00", "40.00", "7.00", Living.TIGHT),
    ("a cent less: rounded down, never more than there is", 1, "799.99", "250.00", "300.00", "40.00", "6.99",
     Living.UNTENABLE),
    ("four live on it", 4, "2000.00", "500.00", "300.00", "100.00", "9.16", Living.TIGHT),
    ("nothing is left", 2, "500.00", "250.00", "250.00", "0", "0.00", Living.UNTENABLE),
    ("less than nothing", 2, "500.00", "250.00", "250.00", "0.01", "-0.01", Living.UNTENABLE),
]  # fmt: skip


@pytest.mark.parametrize(
    ("persons", "resources", "charges", "term", "instalment", "left", "word"), [c[1:] for c in CASES],
    ids=[c[0] for c in CASES],
)  # fmt: skip
def test_what_is_left(
    persons: int, resources: str, charges: str, term: str, instalment: str, left: str, word: Living
) -> None:
    budget = Budget(persons, D(resources), D(charges), D(term))
    found = left_to_live(budget, instalment=D(instalment))
    assert (found, verdict(found, PARAMS)) == (D(left), word)
