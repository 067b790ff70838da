"""Whether a guarantor is to be told or asked, from which day, by which last day, and how much (law.md A3, A1.3e).

Visale (visale.fr, level B, so dated parameters): two months unpaid in full, or a debt of more than one month of rent
and charges less the aid; the household is put on notice within 15 days of the first unpaid term, the debt is declared
within 30 days of the threshold; 36 months of rent at most, damages for two months. FSL, Loca-Pass and other bodies
follow their agreement, which the house copies into its parameters (D). A person who is surety is told of the first
unpaid term that is not settled within its month (C. civ., art. 2303, D: unread), and is served the commandement within
15 days (loi 89-462, art. 24 I, A). What a plan, a freeze or a dispute holds is asked of no guarantor, nor are technical
arrears.

A debt counts from the day after its due day. Thresholds are read on what is left today. Last days are our own: none
goes on to the next working day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from common.money import ZERO
from common.periods import ONE_DAY, add_months
from common.reasons import Reason
from leases.contracts.codes import SURETIES, GuaranteeKind
from rent_ledger.guarantees.codes import CallState, CallWhy


@dataclass(frozen=True, slots=True)
class CallParams:
    """`full_months`: months unpaid in full. `partial_months` × the month net of the aid: the debt above which it may be
    asked too. `notice_days`, `claim_days`: after the first unpaid day, after the threshold. `most_months`: the ceiling
    in months where the guarantee writes none, None: none. `damage_months`: of repairs, None: no limit."""

    full_months: int
    partial_months: Decimal
    notice_days: int
    claim_days: int
    most_months: int | None
    damage_months: int | None
    told_months: int
    guarantor_days: int


@dataclass(frozen=True, slots=True)
class CoveredMonth:
    """What is left (euros) of the covered debts of one month that are asked now. `is_full`: nothing of it was paid.
    `claimed`: of it, what claims that stand ask already. `damages`: of it, repairs."""

    due_on: date
    left: Decimal
    is_full: bool
    claimed: Decimal = ZERO
    damages: Decimal = ZERO

    @property
    def free(self) -> Decimal:
        return max(self.left - self.claimed, ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """`months`: of the period of the guarantee. `held`: covered and in a plan, frozen or disputed (euros). `outside`:
    due outside its period (euros). `net`: a month of rent and charges less the aid. `ceiling`, `ceiling_months`: of the
    guarantee. `committed`: what was paid or is asked (euros). `has_claimed`: a claim stands. `told_on`: the guarantor
    was told of these arrears. `command_on`: of the commandement that runs. `served_on`: it was served to him."""

    kind: GuaranteeKind
    day: date
    months: Sequence[CoveredMonth]
    net: Decimal
    held: Decimal = ZERO
    outside: Decimal = ZERO
    ceiling: Decimal | None = None
    ceiling_months: int | None = None
    committed: Decimal = ZERO
    has_claimed: bool = False
    told_on: date | None = None
    command_on: date | None = None
    served_on: date | None = None
    is_technical: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """`most`: what may be asked (euros). `since`: from when. `by`: the last day in time, None where no text names one.
    `notice_by`: by when the household is put on notice, for a body."""

    state: CallState
    reason: Reason
    most: Decimal = ZERO
    since: date | None = None
    by: date | None = None
    notice_by: date | None = None

    def is_late(self, day: date) -> bool:
        return self.by is not None and day > self.by


def ceiling_of(f: CallFacts, params: CallParams) -> Decimal | None:
    """The most that the guarantee pays in all (euros); None: it has no ceiling."""
    if f.ceiling is not None:
        return f.ceiling
    months = f.ceiling_months or params.most_months
    return None if months is None else months * f.net


def claimable(f: CallFacts, params: CallParams) -> Decimal:
    """What may be asked now: what is left and not asked yet, damages within their limit, within the ceiling."""
    free = sum((month.free for month in f.months), ZERO)
    damages = sum((month.damages for month in f.months), ZERO)
    if params.damage_months is not None:
        free -= max(damages - params.damage_months * f.net, ZERO)
    ceiling = ceiling_of(f, params)
    if ceiling is not None:
        free = min(free, ceiling - f.committed)
    return max(free, ZERO)


def call(f: CallFacts, params: CallParams) -> Call:
    """What is to be done about a guarantor today, and why."""
    due = [month for month in f.months if month.due_on < f.day and month.left > ZERO]
    if f.is_technical and (due or f.held):
        return Call(CallState.HELD, Reason(CallWhy.TECHNICAL))
    if not due:
        if f.held:
            return Call(CallState.HELD, Reason(CallWhy.PLANNED))
        return Call(CallState.NOTHING, Reason(CallWhy.OUTSIDE if f.outside else CallWhy.NOTHING))
    ceiling = ceiling_of(f, params)
    if ceiling is not None and f.committed >= ceiling:
        return Call(CallState.REACHED, Reason(CallWhy.REACHED, {"most": ceiling}))
    free = [month for month in due if month.free > ZERO]
    if not free:
        return Call(CallState.ASKED, Reason(CallWhy.ASKED))
    return _surety(f, free, params) if f.kind in SURETIES else _body(f, due, free, params)


def _surety(f: CallFacts, free: Sequence[CoveredMonth], params: CallParams) -> Call:
    if f.command_on is not None and f.served_on is None:
        by = f.command_on + timedelta(days=params.guarantor_days)
        reason = Reason(CallWhy.TELL_COMMAND, {"on": f.command_on, "by": by})
        return Call(CallState.TELL, reason, claimable(f, params), f.command_on, by)
    told = f.told_on or f.served_on
    if told is not None:
        left = claimable(f, params)
        joint = f.kind == GuaranteeKind.JOINT
        reason = Reason(CallWhy.JOINT if joint else CallWhy.SIMPLE, {"on": told, "left": left})
        return Call(CallState.CLAIM, reason, left, told)
    since = add_months(min(month.due_on for month in free), params.told_months) + ONE_DAY
    if f.day < since:
        return Call(CallState.BELOW, Reason(CallWhy.WAITS, {"since": since}), since=since)
    return Call(CallState.TELL, Reason(CallWhy.TELL), claimable(f, params), since)


def _body(f: CallFacts, due: Sequence[CoveredMonth], free: Sequence[CoveredMonth], params: CallParams) -> Call:
    most, partial = claimable(f, params), params.partial_months * f.net
    first = min(month.due_on for month in due) + ONE_DAY
    notice_by = first + timedelta(days=params.notice_days)
    if f.has_claimed:
        since = min(month.due_on for month in free) + ONE_DAY
        reason = Reason(CallWhy.FURTHER, {"left": most, "since": since})
        return Call(CallState.CLAIM, reason, most, since, since + timedelta(days=params.claim_days))
    full, left = 0, ZERO
    for month in sorted(due, key=lambda one: one.due_on):
        full, left = full + month.is_full, left + month.left - month.damages
        since = month.due_on + ONE_DAY
        by = since + timedelta(days=params.claim_days)
        if full >= params.full_months:
            reason = Reason(CallWhy.FULL, {"full": full, "since": since})
            return Call(CallState.CLAIM, reason, most, since, by, notice_by)
        if left > partial:
            reason = Reason(CallWhy.PARTIAL, {"left": left, "partial": partial, "since": since})
            return Call(CallState.CLAIM, reason, most, since, by, notice_by)
    figures = {"full": full, "left": left, "months": params.full_months, "partial": partial}
    return Call(CallState.BELOW, Reason(CallWhy.BELOW, figures), notice_by=notice_by)
