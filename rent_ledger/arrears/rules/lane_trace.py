"""The facts behind a lane and its action, for « Pourquoi … ? »: the terms, the payments, what somebody decided.

Source: row 41 of `docs/features.md`, each proposal says its facts.
"""

from common.money import ZERO, round_cents
from common.periods import Month
from common.reasons import Reason
from rent_ledger.arrears.codes import CauseCode, LaneTrace
from rent_ledger.arrears.rules.case_facts import CaseFacts, LaneParams, has_lapsed
from rent_ledger.arrears.rules.defaults import UnpaidTerm

# So many terms are listed; the others are counted.
TOLD = 6


def trace(f: CaseFacts, p: LaneParams, text: LaneTrace | None) -> tuple[Reason, ...]:
    """The facts, one line each. `text`: the sentence about the line of the tables of lanes that applied."""
    lines = [_told(term) for term in f.terms[:TOLD]]
    if more := f.terms[TOLD:]:
        left = sum((term.remaining for term in more), ZERO)
        lines.append(Reason(LaneTrace.MORE_TERMS, {"terms": len(more), "left": left}))
    if f.last_payment_on and f.last_payment:
        lines.append(Reason(LaneTrace.LAST_PAYMENT, {"amount": f.last_payment, "on": f.last_payment_on}))
    if f.habit:
        figures = {"usual": f.habit.day, "months": f.habit.months, "of": f.habit.of}
        # Who paid nothing this month nor the one before has that habit no more.
        if f.last_payment_on and Month.of(f.last_payment_on) < Month.of(f.day).plus(-1):
            lines.append(Reason(LaneTrace.HABIT_ENDED, figures | {"last": f.last_payment_on}))
        else:
            lines.append(Reason(LaneTrace.HABIT, figures))
    if f.report_due_on and f.reported_on is None:
        lines.append(Reason(LaneTrace.REPORT, {"before": f.report_due_on}))
    elif text:
        lines.append(Reason(text, {"grace": p.grace_days, "return_days": p.return_days}))
    if f.aid_pending:
        lines.append(Reason(LaneTrace.AID, {"aid": f.aid_pending}))
    if f.held:
        lines.append(Reason(LaneTrace.HELD, {"held": f.held}))
    if f.plan_broken_on:
        lines.append(Reason(LaneTrace.PLAN_BROKEN, {"on": f.plan_broken_on, "left": f.plan_left}))
    if f.plan_stopped_on:
        lines.append(Reason(LaneTrace.PLAN_STOPPED, {"on": f.plan_stopped_on, "left": f.stopped_left}))
    if has_lapsed(f, p):
        lines.append(Reason(LaneTrace.PLAN_LAPSED, {"on": f.answered_on, "days": p.plan_days}))
    if f.answered_on:
        on = {"on": f.answered_on}
        if f.answer_cause:
            lines.append(Reason(LaneTrace.ANSWERED_CAUSE, on | {"cause": CauseCode(f.answer_cause)}))
        else:
            lines.append(Reason(LaneTrace.ANSWERED, on))
    if f.net_term and f.arrears > 0:
        # To the hundredth, as the state of the account keeps it: one figure on all pages.
        times = round_cents(f.arrears / f.net_term)
        lines.append(Reason(LaneTrace.IN_TERMS, {"times": times, "net_term": f.net_term}))
    return tuple(lines)


def _told(term: UnpaidTerm) -> Reason:
    figures = {"month": term.month, "asked": term.asked, "due_on": term.due_on}
    received = term.asked - term.remaining
    if received > 0:
        return Reason(LaneTrace.TERM_PARTLY, figures | {"received": received, "left": term.remaining})
    return Reason(LaneTrace.TERM, figures)
