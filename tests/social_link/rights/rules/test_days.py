"""Days of a right: hand cases. CSS, art. R. 142-1; CASF, art. R. 262-88; CJA, art. R. 421-1: two months to contest;
usage else."""

from datetime import date

import pytest

from social_link.rights.codes import Due
from social_link.rights.rules.days import RightParams, contest_until, due, proposed_renewal

PARAMS = RightParams(contest_months=2, notice_days=30)


@pytest.mark.parametrize(
    ("received", "until"),
    [
        (date(2026, 11, 5), date(2027, 1, 5)),  # over the turn of the year
        (date(2026, 12, 31), date(2027, 2, 28)),  # no 31st
        (date(2027, 12, 31), date(2028, 2, 29)),  # leap
        (date(2028, 2, 29), date(2028, 4, 29)),  # the same day number, not the last
        (date(2026, 6, 30), date(2026, 8, 30)),
        (date(2026, 7, 31), date(2026, 9, 30)),
    ],
)
def test_two_months_to_contest(received: date, until: date) -> None:
    """CSS, art. R. 142-1."""
    assert contest_until(received, PARAMS) == until


@pytest.mark.parametrize(
    ("opened", "months", "renewed"),
    [
        (date(2026, 11, 5), 3, date(2027, 2, 5)),  # RSA, prime d'activité: each quarter
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),  # CSS: a year
        (date(2026, 12, 1), None, None),  # only its paper says it
    ],
)
def test_when_a_right_usually_ends(opened: date, months: int | None, renewed: date | None) -> None:
    assert proposed_renewal(opened, months) == renewed


# state, renew_on, contest_by, day, what it waits for
@pytest.mark.parametrize(
    ("state", "renew_on", "contest_by", "day", "what"),
    [
        ("OPEN", date(2027, 1, 5), None, date(2026, 12, 5), Due.NOTHING),  # 31 days before
        ("OPEN", date(2027, 1, 5), None, date(2026, 12, 6), Due.RENEW),  # 30 days before
        ("OPEN", date(2027, 1, 5), None, date(2027, 1, 5), Due.RENEW),  # the day itself is in time
        ("OPEN", date(2027, 1, 5), None, date(2027, 1, 6), Due.RENEW_LATE),
        ("OPEN", None, None, date(2027, 1, 6), Due.NOTHING),
        ("REFUSED", None, date(2027, 1, 5), date(2027, 1, 5), Due.CONTEST),
        ("REFUSED", None, date(2027, 1, 5), date(2027, 1, 6), Due.NOTHING),
        ("ASKED", None, None, date(2027, 1, 6), Due.NOTHING),
        ("NONE", None, None, date(2027, 1, 6), Due.NOTHING),
    ],
)
def test_what_a_right_waits_for(
    state: str, renew_on: date | None, contest_by: date | None, day: date, what: Due
) -> None:
    assert due(state, renew_on=renew_on, contest_by=contest_by, day=day, params=PARAMS) == what
