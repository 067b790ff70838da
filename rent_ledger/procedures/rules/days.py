"""The days of a procedure: until when a household may pay or leave, from when the next act may be done.

Sources, in docs/law.md A1.3: loi n° 89-462, art. 24 I (the clause plays after a commandement left without effect: six
weeks where the contract was signed or renewed from 29 July 2023, else the two months that it writes; a guarantor is
served within fifteen days), II (two months between the CCAPEX and the writ of a legal person), III (six weeks between
the prefect and the hearing), V (three years of delays at most); CPCE, art. L. 412-1 (two months to leave, none for bad
faith) and L. 412-6 (no eviction from 1 November to 31 March); CCH, art. R. 633-3 (one month after the formal notice).

The day of an act is not counted; a delay of weeks ends on the last day of the last week, a delay of months on the same
day number, else on the last day of the month (A1.3c). The last day of a household that falls on a Saturday, a Sunday or
a holiday goes on to the next working day (CPC, art. 642): nothing is done too early. Our own last days do not.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from common.periods import ONE_DAY, add_months
from common.workdays import next_working_day
from leases.contracts.codes import ClauseDelay
from rent_ledger.arrears.rules import ccapex


@dataclass(frozen=True, slots=True)
class ProcedureParams:
    """`clause_since`: contracts signed from this day have the delay in weeks. `truce_from`, `truce_to`: first and last
    day of the winter truce, month × 100 + day. The others: weeks, months and days, as they say."""

    clause_since: date
    clause_weeks: int
    clause_months: int
    guarantor_days: int
    writ_months: int
    prefect_weeks: int
    delays_months: int
    quit_months: int
    notice_months: int
    notice_terms: int
    notice_multiple: int
    truce_from: int
    truce_to: int
    protocol_months: int
    longer_months: int
    new_lease_months: int


def clause_delay(*, signed_on: date | None, written: str, chosen: str | None, params: ProcedureParams) -> ClauseDelay:
    """The delay of a contract. What a person `chosen` with a reason comes first, then what the contract was prepared
    with (`written`) where it is the longer one, then the day of its signature. Without a day: the longer one."""
    if chosen:
        return ClauseDelay(chosen)
    if written == ClauseDelay.TWO_MONTHS or signed_on is None or signed_on < params.clause_since:
        return ClauseDelay.TWO_MONTHS
    return ClauseDelay.SIX_WEEKS


def pay_until(on: date, delay: ClauseDelay, params: ProcedureParams) -> date:
    """The last day to pay a commandement served on `on`, included; the clause plays from the next day."""
    if delay == ClauseDelay.SIX_WEEKS:
        return next_working_day(on + timedelta(weeks=params.clause_weeks))
    return next_working_day(add_months(on, params.clause_months))


def guarantor_by(on: date, params: ProcedureParams) -> date:
    """The last day to serve the guarantor."""
    return on + timedelta(days=params.guarantor_days)


def notice_until(on: date, params: ProcedureParams) -> date:
    """The last day of the notice of a résidence, once the formal notice is received."""
    return next_working_day(add_months(on, params.notice_months))


def writ_from(pay_until: date, seized_on: date | None, params: ProcedureParams, *, waits: bool) -> date | None:
    """The first day of the writ; None while the CCAPEX is not seized. `waits`: the landlord is a legal person."""
    first = pay_until + ONE_DAY
    if not waits:
        return first
    return None if seized_on is None else max(first, ccapex.writ_from(seized_on, params.writ_months))


def prefect_by(hearing_on: date, params: ProcedureParams) -> date:
    """The last day to notify the prefect of a writ."""
    return hearing_on - timedelta(weeks=params.prefect_weeks)


def hearing_from(prefect_on: date, params: ProcedureParams) -> date:
    """The first day of a hearing whose writ the prefect was notified of on `prefect_on`."""
    return prefect_on + timedelta(weeks=params.prefect_weeks)


def delays_most(judged_on: date, params: ProcedureParams) -> date:
    """The last day that a judge may give."""
    return add_months(judged_on, params.delays_months)


def protocol_most(signed_on: date, params: ProcedureParams) -> date:
    """The last day that a protocol signed on `signed_on` may have (CCH, art. L. 442-6-5)."""
    return add_months(signed_on, params.protocol_months)


def longer_most(until: date, params: ProcedureParams) -> date:
    """The last day up to which a protocol that ends on `until` may be prolonged."""
    return add_months(until, params.longer_months)


def new_lease_by(until: date, params: ProcedureParams) -> date:
    """The last day to sign a new lease after a protocol that was kept until its end."""
    return add_months(until, params.new_lease_months)


def leave_until(on: date, params: ProcedureParams, *, bad_faith: bool) -> date:
    """The last day to leave after a commandement de quitter of `on`; that day itself for bad faith."""
    return on if bad_faith else next_working_day(add_months(on, params.quit_months))


def out_of_truce(day: date, params: ProcedureParams) -> date:
    """`day` itself, or the first day after the winter truce that it is in."""
    number = day.month * 100 + day.day
    if params.truce_to < number < params.truce_from:
        return day
    year = day.year + 1 if number >= params.truce_from else day.year
    month, last = divmod(params.truce_to, 100)
    return date(year, month, last) + ONE_DAY
