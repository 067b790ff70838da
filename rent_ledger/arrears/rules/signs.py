"""Early signs: what a household's account shows before a debt stands, each by its facts.

A sign asks nothing of the household and sends nothing: it says where to look. Only facts of the account, the contract
and the benefit; nothing that the social service knows. What is judged is the house's own practice: each figure is a
dated parameter, no text fixes them. R6 (row 47 of docs/features.md; house practice) is `later_than_usual`; R5 and R7
give their facts to `aid_fell` and `payment_returned`.

Money counts from its value day, and is known from the day on which it was written: the facts are those known on a day,
so that the same rule says what was shown then.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from common.periods import Month
from common.reasons import Reason
from rent_ledger.arrears.codes import SignKind, SignWhy

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SignParams:
    """`late_days` beyond the usual day, which is one from `habit_months` months with a payment on; a part is a sign
    after `full_terms` terms paid whole and in time; how long a return is shown, and how long before its end a contract
    or a right is."""

    late_days: int
    habit_months: int
    full_terms: int
    grace_days: int
    return_days: int
    end_days: int


@dataclass(frozen=True, slots=True)
class FoundSign:
    """`key` names the fact: found again on another day, it is the same sign. `since`: the day on which it began."""

    kind: SignKind
    key: str
    since: date
    reason: Reason


@dataclass(frozen=True, slots=True)
class PayingFacts:
    """When a household pays, as known on a day. `usual`: the median day of its first payment of a month, over `months`
    months. `month`: the month looked at, and the one before it: whether a term fell due in each, and its first payment.
    `known_until`: the last day of which the bank tells."""

    usual: int
    months: int
    month: date
    known_until: date | None
    was_asked: bool
    is_asked: bool
    paid_before: date | None
    paid: date | None


def later_than_usual(f: PayingFacts, p: SignParams) -> FoundSign | None:
    """R6: a payment later than the household's own usual day by `late_days`, made or not. A payment near the usual day
    ends it. Without a history there is no usual day."""
    if f.months < p.habit_months:
        return None
    this = Month.of(f.month)
    for month, asked, paid in ((this, f.is_asked, f.paid), (this.plus(-1), f.was_asked, f.paid_before)):
        usual = month.day(f.usual)
        limit = usual + timedelta(days=p.late_days)
        if paid and paid <= limit:
            return None
        figures = {"usual": f.usual, "months": f.months, "of_month": month.first}
        key = f"{month.first:%Y-%m}"
        if asked and paid:
            reason = Reason(SignWhy.PAID_LATE, figures | {"on": paid, "days": (paid - usual).days})
            return FoundSign(SignKind.LATE, key, limit + DAY, reason)
        if asked and f.known_until and f.known_until > limit:
            reason = Reason(SignWhy.NOT_PAID, figures | {"until": f.known_until})
            return FoundSign(SignKind.LATE, key, limit + DAY, reason)
    return None


@dataclass(frozen=True, slots=True)
class TermFacts:
    """The last term whose days of grace are over, in euros: `asked`, and `left` of it, a part of which the household
    `paid`. Of the `before` terms just before it, `in_time` were paid whole within their days of grace."""

    due_on: date
    asked: Decimal
    left: Decimal
    paid: Decimal
    before: int
    in_time: int


def part_after_full(f: TermFacts, p: SignParams) -> FoundSign | None:
    """A term paid in part, after `full_terms` paid whole."""
    if f.left <= 0 or f.paid <= 0 or f.before < p.full_terms or f.in_time < p.full_terms:
        return None
    figures = {"due_on": f.due_on, "paid": f.paid, "left": f.left, "terms": p.full_terms}
    since = f.due_on + timedelta(days=p.grace_days) + DAY
    return FoundSign(SignKind.PART, f"{f.due_on:%Y-%m-%d}", since, Reason(SignWhy.PART, figures))


@dataclass(frozen=True, slots=True)
class AidFacts:
    """The benefit received for `month` and for the month before, in euros; under the share that R5 watches."""

    month: date
    before: Decimal
    now: Decimal


def aid_fell(f: AidFacts) -> FoundSign:
    """R5, to the rental side: the benefit is less than that of the month before, or absent."""
    figures = {"month": f.month, "before": f.before}
    if f.now <= 0:
        reason = Reason(SignWhy.AID_GONE, figures)
    else:
        reason = Reason(SignWhy.AID_LESS, figures | {"now": f.now})
    return FoundSign(SignKind.AID, f"{f.month:%Y-%m}", f.month, reason)


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """The last payment of `amount` euros that the bank took back, by its entry; `known_on`: when that was written."""

    entry_id: int
    on: date
    known_on: date
    amount: Decimal


def payment_returned(f: ReturnFacts, *, day: date, p: SignParams) -> FoundSign | None:
    """R7, while it is news."""
    if not 0 <= (day - f.known_on).days <= p.return_days:
        return None
    return FoundSign(SignKind.RETURN, str(f.entry_id), f.on, Reason(SignWhy.RETURNED, {"on": f.on, "amount": f.amount}))


@dataclass(frozen=True, slots=True)
class EndFacts:
    """The last days of a contract that nothing follows, and of a right to a benefit that none follows."""

    lease_ends: date | None
    right_ends: date | None


def ends_near(f: EndFacts, *, day: date, p: SignParams) -> list[FoundSign]:
    """A contract, or a right, that ends within `end_days`."""
    found = []
    for last, kind, code in (
        (f.lease_ends, SignKind.LEASE_END, SignWhy.LEASE_ENDS), (f.right_ends, SignKind.RIGHT_END, SignWhy.RIGHT_ENDS)
    ):  # fmt: skip
        if last and day <= last <= day + timedelta(days=p.end_days):
            since = last - timedelta(days=p.end_days)
            found.append(FoundSign(kind, f"{last:%Y-%m-%d}", since, Reason(code, {"on": last})))
    return found
