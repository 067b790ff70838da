"""Since when a case is late, from what is known of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rent_ledger.arrears.rules.case_facts import CaseFacts

LATE = CaseFacts(day=date(2026, 11, 11), arrears=Decimal("213.00"), oldest_due=date(2026, 11, 1))
BEFORE = replace(LATE, in_debt_since=date(2026, 2, 1))


@pytest.mark.parametrize(
    ("facts", "since"),
    [
        (LATE, date(2026, 11, 1)),
        (BEFORE, date(2026, 2, 1)),
        (replace(LATE, in_debt_since=date(2026, 11, 3)), date(2026, 11, 1)),
        # What is held may be old, and is looked at apart.
        (replace(BEFORE, held=Decimal("0.01")), date(2026, 11, 1)),
    ],
)
def test_a_debt_keeps_its_age_where_it_never_ended(facts: CaseFacts, since: date) -> None:
    assert (facts.late_since, facts.late_days) == (since, (facts.day - since).days)
    assert facts.is_unbroken == (since < facts.oldest_due)
