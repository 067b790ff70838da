"""What may be told to a partner, case by case (row 84: nothing without the household's word)."""

from datetime import date

import pytest

from social_link.partners.rules.consent import Consent, may_tell

SINCE, GIVEN, BACK, UNTIL = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 5), date(2026, 12, 31)
NOTHING: frozenset[str] = frozenset()
ALL = frozenset({"MEASURE"})


@pytest.mark.parametrize(
    ("given", "withdrawn", "until", "day", "told"),
    [
        (None, None, None, date(2026, 10, 5), NOTHING),  # never given
        (GIVEN, None, None, date(2026, 9, 30), NOTHING),
        (GIVEN, None, None, date(2026, 10, 1), ALL),
        (GIVEN, BACK, None, date(2026, 11, 4), ALL),
        (GIVEN, BACK, None, date(2026, 11, 5), NOTHING),  # the day itself
        (GIVEN, GIVEN, None, date(2026, 10, 1), NOTHING),
        (GIVEN, None, UNTIL, date(2026, 12, 31), ALL),
        (GIVEN, None, UNTIL, date(2027, 1, 1), NOTHING),
        (date(2026, 8, 1), None, None, date(2026, 8, 15), NOTHING),  # given before the partner came
    ],
)
def test_what_may_be_told(
    given: date | None, withdrawn: date | None, until: date | None, day: date, told: frozenset[str]
) -> None:
    assert may_tell(Consent(given, withdrawn, ["MEASURE"], SINCE, until), day) == told
