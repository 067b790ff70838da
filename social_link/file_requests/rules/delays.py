"""Until when a person who asks to read her file is answered: RGPD, art. 12 § 3 (docs/law.md A5)."""

from dataclasses import dataclass
from datetime import date

from common.periods import add_months


@dataclass(frozen=True, slots=True)
class AnswerParams:
    """Months from the day on which the request was received."""

    months: int


def answer_by(asked_on: date, params: AnswerParams) -> date:
    """One month (RGPD, art. 12 § 3): the same day number, or the last day of a month that lacks it. The text allows two
    more for a request that is complex, which the person is told within the first: it is not counted here."""
    return add_months(asked_on, params.months)
