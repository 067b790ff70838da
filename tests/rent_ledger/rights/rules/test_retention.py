"""Until when the payer keeps the aid of a dwelling that is not decent (CCH, art. R. 843-2)."""

from datetime import date

import pytest

from rent_ledger.rights.rules.retention import RetentionParams, ends_on

PARAMS = RetentionParams(months=18, more=6, times=2, notice_days=90)

# (first month, extensions, first day after)
CASES = [
    ("eighteen months", "2026-10-01", 0, "2028-04-01"),
    ("then six", "2026-10-01", 1, "2028-10-01"),
    ("then six more", "2026-10-01", 2, "2029-04-01"),
    ("over two turns of the year", "2026-12-01", 0, "2028-06-01"),
    ("to the end of a leap February", "2026-09-01", 0, "2028-03-01"),
]


@pytest.mark.parametrize(("first", "extensions", "after"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_r843_2(first: str, extensions: int, after: str) -> None:
    assert ends_on(date.fromisoformat(first), extensions, PARAMS) == date.fromisoformat(after)
