"""Days of a right: until when a refusal can be contested, when a right has to be renewed.

Two months to contest (CSS, art. R. 142-1; CASF, art. R. 262-88; CJA, art. R. 421-1: general knowledge, not read
again, docs/law.md A4b): a dated parameter. The last day is in time; a month that lacks the day number ends on its last
day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from common.periods import add_months
from social_link.rights.codes import Due, RightState


@dataclass(frozen=True, slots=True)
class RightParams:
    """`contest_months`: from the day on which a refusal was received. `notice_days`: how long before its renewal a
    right is told of."""

    contest_months: int
    notice_days: int


def contest_until(received_on: date, params: RightParams) -> date:
    """The last day on which a refusal can be contested."""
    return add_months(received_on, params.contest_months)


def renew_from(renew_on: date, params: RightParams) -> date:
    """The first day on which the renewal is asked of somebody."""
    return renew_on - timedelta(days=params.notice_days)


def proposed_renewal(opened_on: date, months: int | None) -> date | None:
    """When a right that opened on this day usually has to be renewed; None where only its paper says it."""
    return None if months is None else add_months(opened_on, months)


def due(state: str, *, renew_on: date | None, contest_by: date | None, day: date, params: RightParams) -> Due:
    """What a right that stands so waits for on `day`."""
    if state == RightState.OPEN and renew_on is not None and day >= renew_from(renew_on, params):
        return Due.RENEW_LATE if day > renew_on else Due.RENEW
    if state == RightState.REFUSED and contest_by is not None and day <= contest_by:
        return Due.CONTEST
    return Due.NOTHING
