"""Until when a formal notice that was received leaves to pay or to come."""

from datetime import date, timedelta

from common import clock
from common.periods import add_months
from common.workdays import next_working_day
from leases.contracts.codes import ArrearsFrame
from rent_ledger.arrears.codes import RegisteredOutcome
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.queries.frames import frame_of_contract
from rent_ledger.arrears.registered import RegisteredLetter
from rent_ledger.arrears.step_parameters import formal_delay, notice_months


def notice_until(letter: RegisteredLetter, case: ArrearsCase) -> date | None:
    """The last day of its delay, from the day on which it was received: the month of a *résidence sociale* (CCH, art.
    R. 633-3; a last day off goes on, as in a procedure), else the delay of the house on the day of the letter. None
    while it was not received: nothing runs."""
    if letter.outcome != RegisteredOutcome.RECEIVED or letter.outcome_on is None:
        return None
    lease = case.account.lease
    if lease is not None and frame_of_contract(lease) == ArrearsFrame.RESIDENCE:
        return next_working_day(add_months(letter.outcome_on, notice_months(letter.outcome_on)))
    return letter.outcome_on + timedelta(days=formal_delay(letter.message.created_at.astimezone(clock.PARIS).date()))
