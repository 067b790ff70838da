"""Whether the contract of a résidence may be ended for what is unpaid (CCH, art. R. 633-3 II; law.md A1.4).

Three monthly terms in a row of which nothing was paid: all that was asked, services too. Or, where a part was paid, a
debt of housing and charges of at least twice what they are for a month. Whether the aid is deducted from that month is
not said: it is not, which is the later of the two (law.md A1.4, D). Then a formal notice, which a month follows.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from common.money import ZERO
from common.periods import add_months
from common.reasons import Reason
from rent_ledger.arrears.rules.defaults import UnpaidTerm
from rent_ledger.procedures.codes import NextWhy
from rent_ledger.procedures.rules.days import ProcedureParams


def whole_in_a_row(terms: Iterable[UnpaidTerm]) -> int:
    """The most months in a row of which nothing was paid."""
    asked: dict[date, Decimal] = {}
    left: dict[date, Decimal] = {}
    for term in terms:
        asked[term.month] = asked.get(term.month, ZERO) + term.asked
        left[term.month] = left.get(term.month, ZERO) + term.remaining
    most = run = 0
    last: date | None = None
    for month in sorted(month for month in left if left[month] >= asked[month]):
        run = run + 1 if last is not None and month == add_months(last, 1) else 1
        most, last = max(most, run), month
    return most


def residence_unpaid(
    terms: Iterable[UnpaidTerm], *, owed: Decimal, month: Decimal | None, params: ProcedureParams
) -> Reason:
    """Which of the two conditions holds, or what is missing.

    `terms`: unpaid and not held. `owed`: what is left of housing and charges; `month`: what they are for a month, aid
    not deducted, None where it is not known (euros).
    """
    terms = tuple(terms)
    whole = whole_in_a_row(terms)
    if whole >= params.notice_terms:
        return Reason(NextWhy.NOTICE_WHOLE, {"terms": whole, "months": params.notice_months})
    least = None if month is None else month * params.notice_multiple
    is_partial = any(term.remaining < term.asked for term in terms)
    if least is not None and is_partial and owed >= least:
        return Reason(NextWhy.NOTICE_PARTIAL, {"owed": owed, "least": least, "months": params.notice_months})
    figures = {"terms": whole, "wanted": params.notice_terms}
    if least is None or not is_partial:
        return Reason(NextWhy.NOTICE_NOT_YET, figures)
    return Reason(NextWhy.NOTICE_TOO_LITTLE, {**figures, "owed": owed, "least": least})
