"""Until when one who asks to read her file is answered: hand cases, from RGPD art. 12 § 3."""

from datetime import date

import pytest

from social_link.file_requests.rules.delays import AnswerParams, answer_by


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        (date(2026, 11, 5), date(2026, 12, 5)),
        (date(2027, 1, 31), date(2027, 2, 28)),  # no 31st
        (date(2028, 1, 31), date(2028, 2, 29)),  # leap
        (date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_one_month_to_answer(asked: date, until: date) -> None:
    """RGPD, art. 12 § 3."""
    assert answer_by(asked, AnswerParams(1)) == until
