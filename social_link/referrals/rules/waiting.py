"""What a referral waits for, from when it is late, and how long a household waited.

Sheet 15, ASLL (S1-04, S1-06, S1-07): a referral is received, oriented inside or outside, or decided in commission.
No text gives the delays: they are dated parameters of the house. Days are calendar days, the day of the referral is
day 0, and the last day is in time.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from common.reasons import Reason
from social_link.referrals.codes import ReferralService, ReferralState, ReferralWhy, Urgency


@dataclass(frozen=True, slots=True)
class ReferralParams:
    """In days: from reception to the receipt, to the first meeting (`urgent_days` where it is urgent) and to the
    orientation; from the day when something was found to lack, to the day when it is asked again; from an orientation
    towards a measure to its opening."""

    receipt_days: int
    meeting_days: int
    urgent_days: int
    orient_days: int
    complete_days: int
    opening_days: int


@dataclass(frozen=True, slots=True)
class Facts:
    """A referral on a day. `since`: the day of its state; `service`: where it was oriented; `met_on`: the first day on
    which somebody of the service met the household since it was received."""

    state: str
    received_on: date
    urgency: str
    since: date
    service: str = ""
    met_on: date | None = None


@dataclass(frozen=True, slots=True)
class Awaited:
    """`due_on`: the last day, None where another calendar says it (a commission). `is_ours`: we have to do something,
    the referrer otherwise. `is_late`: on the day that was asked about."""

    reason: Reason
    due_on: date | None
    is_ours: bool
    is_late: bool

    @property
    def is_task(self) -> bool:
        """Somebody of ours has something to do: a step, or to ask again who is late."""
        return self.due_on is not None and (self.is_ours or self.is_late)


def awaited(facts: Facts, *, day: date, params: ReferralParams) -> Awaited | None:
    """What the referral waits for on `day`; None once it is over."""
    urgent = facts.urgency == Urgency.URGENT
    if facts.state == ReferralState.RECEIVED:
        days = min(params.receipt_days, params.urgent_days) if urgent else params.receipt_days
        return _due(ReferralWhy.RECEIPT, facts.received_on, days, day)
    if facts.state == ReferralState.TO_COMPLETE:
        due = facts.since + timedelta(days=params.complete_days)
        return Awaited(Reason(ReferralWhy.PIECES, {"since": facts.since}), due, False, day > due)
    if facts.state == ReferralState.COMMISSION:
        return Awaited(Reason(ReferralWhy.COMMISSION, {"since": facts.since}), None, False, False)
    if facts.state in (ReferralState.ACKNOWLEDGED, ReferralState.ASSESSED):
        if facts.met_on is None:
            return _due(
                ReferralWhy.MEETING, facts.received_on, params.urgent_days if urgent else params.meeting_days, day
            )
        return _due(ReferralWhy.ORIENT, facts.received_on, params.orient_days, day)
    if facts.state == ReferralState.INSIDE and facts.service == ReferralService.SUPPORT:
        return _due(ReferralWhy.OPENING, facts.since, params.opening_days, day)
    return None


def _due(why: ReferralWhy, since: date, days: int, day: date) -> Awaited:
    due = since + timedelta(days=days)
    return Awaited(Reason(why), due, True, day > due)


@dataclass(frozen=True, slots=True)
class Waited:
    """In days from reception: until the first meeting, the orientation, the first day of the measure; None where there
    is none yet. `so_far`: until the household knows where it goes, or until the day that was asked about."""

    meeting: int | None
    orientation: int | None
    measure: int | None
    so_far: int


def waited(
    received_on: date, *, day: date, met_on: date | None, oriented_on: date | None, measure_from: date | None
) -> Waited:
    """How long the household waited. What came before the referral was typed counts as no wait. `oriented_on`: the day
    from which it is known where the household goes, or that it goes nowhere; a measure that was opened says it too."""

    def until(on: date | None) -> int | None:
        return None if on is None else max(0, (on - received_on).days)

    so_far = until(min(on for on in (oriented_on, measure_from, day) if on is not None))
    return Waited(until(met_on), until(oriented_on), until(measure_from), so_far or 0)


def halfway(first: date, last: date) -> date:
    """The day in the middle of a measure, both its days included; the later one of two."""
    return first + timedelta(days=((last - first).days + 1) // 2)
