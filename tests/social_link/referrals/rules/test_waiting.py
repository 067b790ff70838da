"""What a referral waits for, by its delays, and how long a household waited. Cases by hand: S1-04, S1-06, S1-07."""

from datetime import date

import pytest

from social_link.referrals.codes import REFERRAL_FLOW, STEPS, ReferralService, ReferralState, ReferralWhy, Urgency
from social_link.referrals.rules.waiting import Facts, ReferralParams, Waited, awaited, halfway, waited

PARAMS = ReferralParams(
    receipt_days=5, meeting_days=21, urgent_days=3, orient_days=45, complete_days=15, opening_days=30
)
NOV_2, NOV_5, NOV_23 = date(2026, 11, 2), date(2026, 11, 5), date(2026, 11, 23)
DEC_17, DEC_18 = date(2026, 12, 17), date(2026, 12, 18)
MAR_1, MAR_2, MAR_3 = date(2028, 3, 1), date(2027, 3, 2), date(2027, 3, 3)
CALM, URGENT = Urgency.NORMAL, Urgency.URGENT
S, W = ReferralState, ReferralWhy


@pytest.mark.parametrize(
    ("facts", "day", "why", "due_on", "late"),
    [
        # Received on the 2nd, five days: the 7th is in time, the 8th is late.
        (Facts(S.RECEIVED, NOV_2, CALM, NOV_2), date(2026, 11, 7), W.RECEIPT, date(2026, 11, 7), False),
        (Facts(S.RECEIVED, NOV_2, CALM, NOV_2), date(2026, 11, 8), W.RECEIPT, date(2026, 11, 7), True),
        # Urgent: three days, which the receipt does not outlast.
        (Facts(S.RECEIVED, NOV_2, URGENT, NOV_2), NOV_5, W.RECEIPT, NOV_5, False),
        # The first meeting: 21 days from reception, not from the receipt; 2 + 21 = 23.
        (Facts(S.ACKNOWLEDGED, NOV_2, CALM, NOV_5), NOV_23, W.MEETING, NOV_23, False),
        (Facts(S.ASSESSED, NOV_2, CALM, NOV_5), date(2026, 11, 24), W.MEETING, NOV_23, True),
        (Facts(S.ASSESSED, NOV_2, URGENT, NOV_2), date(2026, 11, 6), W.MEETING, NOV_5, True),
        # Met: to orient within 45 days, 2 November + 45 = 17 December; urgent or not.
        (Facts(S.ASSESSED, NOV_2, CALM, NOV_5, met_on=NOV_5), NOV_23, W.ORIENT, DEC_17, False),
        (Facts(S.ACKNOWLEDGED, NOV_2, URGENT, NOV_2, met_on=NOV_2), DEC_18, W.ORIENT, DEC_17, True),
        # What lacks is awaited 15 days from when it was asked: over the turn of the year, and over a leap day.
        (Facts(S.TO_COMPLETE, NOV_2, CALM, date(2026, 12, 20)), date(2027, 1, 4), W.PIECES, date(2027, 1, 4), False),
        (Facts(S.TO_COMPLETE, NOV_2, CALM, date(2028, 2, 20)), date(2028, 3, 7), W.PIECES, date(2028, 3, 6), True),
        # A commission has its own calendar.
        (Facts(S.COMMISSION, NOV_2, CALM, NOV_5), date(2027, 3, 1), W.COMMISSION, None, False),
        # Oriented towards a measure: 30 days from the orientation; 31 January + 30 = 1 March of a leap year.
        (Facts(S.INSIDE, NOV_2, CALM, date(2028, 1, 31), ReferralService.SUPPORT), MAR_1, W.OPENING, MAR_1, False),
        (Facts(S.INSIDE, NOV_2, CALM, date(2027, 1, 31), ReferralService.SUPPORT), MAR_3, W.OPENING, MAR_2, True),
    ],
)  # fmt: skip
def test_what_is_awaited(facts: Facts, day: date, why: W, due_on: date | None, late: bool) -> None:
    found = awaited(facts, day=day, params=PARAMS)
    assert found is not None
    assert (found.reason.code, found.due_on, found.is_late) == (why, due_on, late)


@pytest.mark.parametrize("state", [S.OUTSIDE, S.DROPPED, S.MEASURE])
def test_nothing_is_awaited_once_it_is_over(state: S) -> None:
    assert awaited(Facts(state, NOV_2, URGENT, NOV_5), day=NOV_23, params=PARAMS) is None


def test_a_workshop_asks_no_measure() -> None:
    assert awaited(Facts(S.INSIDE, NOV_2, CALM, NOV_5, ReferralService.WORKSHOP), day=NOV_23, params=PARAMS) is None


@pytest.mark.parametrize(
    ("state", "day", "task"),
    [
        (S.RECEIVED, NOV_2, True),
        # The referrer has to answer: ours only once it is late.
        (S.TO_COMPLETE, date(2026, 11, 17), False),
        (S.TO_COMPLETE, date(2026, 11, 18), True),
        (S.COMMISSION, date(2027, 11, 18), False),
    ],
)
def test_whose_turn_it_is(state: S, day: date, task: bool) -> None:
    found = awaited(Facts(state, NOV_2, CALM, NOV_2), day=day, params=PARAMS)
    assert found is not None
    assert found.is_task is task


@pytest.mark.parametrize(
    ("met_on", "oriented_on", "measure_from", "expected"),
    [
        (None, None, None, Waited(None, None, None, 21)),
        # Met on the day: no wait.
        (NOV_2, None, None, Waited(0, None, None, 21)),
        (NOV_5, date(2026, 11, 16), None, Waited(3, 14, None, 14)),
        # Oriented on the 16th, the measure begins on 1 December, to come: the wait ended with the orientation.
        (NOV_5, date(2026, 11, 16), date(2026, 12, 1), Waited(3, 14, 29, 14)),
        # A measure that begins later than it was opened: until today.
        (NOV_5, None, date(2026, 12, 1), Waited(3, None, 29, 21)),
        # Typed late: the measure ran already.
        (None, NOV_2, date(2026, 10, 1), Waited(None, 0, 0, 0)),
    ],
)
def test_how_long_it_waited(
    met_on: date | None, oriented_on: date | None, measure_from: date | None, expected: Waited
) -> None:
    assert waited(NOV_2, day=NOV_23, met_on=met_on, oriented_on=oriented_on, measure_from=measure_from) == expected


def test_waiting_over_a_leap_day_and_the_turn_of_the_year() -> None:
    found = waited(date(2027, 12, 30), day=date(2028, 3, 1), met_on=None, oriented_on=None, measure_from=None)
    assert found.so_far == 62  # 2 in December, 31 in January, 29 in February


def test_halfway() -> None:
    assert halfway(date(2026, 11, 5), date(2026, 11, 14)) == date(2026, 11, 10)  # ten days: the sixth
    assert halfway(date(2028, 2, 28), date(2028, 3, 1)) == date(2028, 2, 29)  # three days: the second


def test_each_step_has_its_way_back() -> None:
    for state in S:
        for following in S:
            assert not STEPS.allows(state, following) or REFERRAL_FLOW.allows(following, state)
    assert not STEPS.allows(S.OUTSIDE, S.ASSESSED)
    assert not STEPS.allows(S.ASSESSED, S.RECEIVED)
