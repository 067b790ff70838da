"""Which lane an account in arrears is in, and the next action proposed for it, with its reason.

Arrears are sorted by cause before amount (features.md 40). *Technique*: the household is not at fault; it never gets
a reminder. *Plan en cours*: a signed plan runs, and nothing is asked while it does. *Plan rompu*: one has broken, and
its debts are neither paid nor in another. *Signalé*: the social service has the case. *En pause*: somebody decided a
pause. *Contentieux*: a legal procedure runs (`procedures`), from the commandement, or the notice that ends a
contract, to its last step; what overindebtedness stops is out of it. Nothing is proposed there: what comes next
stands on the page of the procedure. Whom the social service has, or a pause, comes first. *Partis*: the household has
left. *Nouveau*: all the others. *Hors relance*, where all that is past due is held by a freeze, a dispute or a plan
without instalments, is no lane of this table: nothing is proposed there. `LANES` is the ordered table of the lanes,
`NEW_ACTIONS` that of the actions of *Nouveau*. The first line that applies wins.

A report to the CAF or MSA has a legal deadline that no pause moves. It replaces the action in every lane. So does,
after it, a plan that the social service asks for, until somebody accepts or refuses it or `plan_days` have passed: then
the case goes on as if none had been asked.

An unbroken debt keeps its age: a household that always pays one month late has been late since the day on which its
account was last at zero, though its oldest unpaid term is a recent one.

Sources: starter rules R1, R2, R6, R7 of features.md; the delays are internal policy (law.md A1.1), each a dated
parameter. R1 and R2 are `rules.defaults`.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from common.periods import Month, add_months
from common.reasons import Reason
from common.typography import day_number
from leases.contracts.codes import LeaseKind
from rent_ledger.arrears.codes import Decision, LaneTrace, LetterHoldSource
from rent_ledger.arrears.rules.case_facts import CaseFacts, Found, LaneParams, Proposal, Rule, has_lapsed
from rent_ledger.arrears.rules.defaults import Default
from rent_ledger.arrears.rules.escalation import escalated, refused_often
from rent_ledger.arrears.rules.lane_trace import trace
from rent_ledger.arrears.rules.legal_steps import legal_step
from rent_ledger.arrears.rules.written_steps import answer_is_late, written_step
from rent_ledger.books.codes import Action, DefaultRule, Lane, LaneWhy

# Actions that a person has to decide. The others need no decision.
TO_DECIDE = frozenset(
    {
        Action.COURTESY, Action.CALL, Action.ALERT_SOCIAL, Action.VISIT, Action.REMINDER, Action.FORMAL_NOTICE,
        Action.REPORT_PAYER, Action.WRITE_GONE, Action.ANSWER_PLAN,
    }
)  # fmt: skip
FIRST_LATENESS = frozenset({LaneWhy.FIRST_SINCE_ENTRY, LaneWhy.FIRST_IN_MONTHS})


# ---------- lanes ----------

HELD = {
    LetterHoldSource.RULE: LaneWhy.ALERTED,
    LetterHoldSource.SOCIAL: LaneWhy.PAUSED_BY_SOCIAL,
    LetterHoldSource.RENT: LaneWhy.PAUSED_BY_RENT,
}


def _gone(f: CaseFacts, p: LaneParams) -> Found:
    if f.gone_on is None or f.gone_on > f.day:
        return None
    last_day = f.gone_on - timedelta(days=1)
    # A pause stops this letter too.
    if paused := _paused(f, p):
        return paused
    if f.gone_sent_on and not _moved_since(f, f.gone_sent_on):
        return Action.WAIT, Reason(LaneWhy.LETTER_SENT, {"on": f.gone_sent_on})
    return _unless_decided(f, p, Action.WRITE_GONE, Reason(LaneWhy.GONE, {"last_day": last_day}))


def _referred(f: CaseFacts, p: LaneParams) -> Found:
    # A procedure takes the place of the written steps.
    if f.requested_on and not (f.legal and answer_is_late(f, p)):
        if late := _late_answer(f, p):
            return late
        return Action.WAIT_ANSWER, Reason(LaneWhy.REQUESTED, {"on": f.requested_on})
    if f.hold_source == LetterHoldSource.RULE:
        return Action.WAIT_ANSWER, Reason(LaneWhy.ALERTED, {"until": f.hold_until})
    if f.hold_source == LetterHoldSource.SOCIAL and not f.hold_answered:
        return Action.WAIT_ANSWER, Reason(LaneWhy.FOLLOWED, {"until": f.hold_until})
    return None


def _paused(f: CaseFacts, p: LaneParams) -> Found:
    if f.hold_until is None:
        return None
    # The reason is shown in lists, so the cause is left out: only the page of the case shows it.
    return Action.WAIT, Reason(HELD[LetterHoldSource(f.hold_source)], {"until": f.hold_until})


def _bank_unknown(f: CaseFacts, p: LaneParams) -> Found:
    if f.bank_known_until and f.bank_known_until > f.oldest_due:
        return None
    figures = {"due_on": f.oldest_due}
    if f.bank_known_until is None:
        return Action.NOTHING, Reason(LaneWhy.NO_BANK, figures)
    return Action.NOTHING, Reason(LaneWhy.BANK_UNKNOWN, figures | {"until": f.bank_known_until})


def _returned(f: CaseFacts, p: LaneParams) -> Found:
    if f.last_return_on is None or not 0 <= (f.day - f.last_return_on).days <= p.return_days:
        return None
    if f.last_payment_on and f.last_payment_on > f.last_return_on:
        return None
    until = f.last_return_on + timedelta(days=p.return_days)
    return Action.WAIT, Reason(LaneWhy.RETURNED, {"on": f.last_return_on, "until": until})


def _newcomer(f: CaseFacts, p: LaneParams) -> Found:
    if f.entry_on is None or f.lease_kind == LeaseKind.OCCUPANCY:
        return None
    if f.awaits_first_aid and f.day < add_months(f.entry_on, p.first_aid_months):
        return Action.NOTHING, Reason(LaneWhy.FIRST_AID, {"entry_on": f.entry_on})
    if f.day <= f.entry_on + timedelta(days=p.newcomer_days):
        return Action.NOTHING, Reason(LaneWhy.NEWCOMER, {"entry_on": f.entry_on})
    return None


def _aid_explains(f: CaseFacts, p: LaneParams) -> Found:
    """At most one term is missing, and late benefit covers all of it: the household does not have to advance it."""
    if f.aid_pending < f.arrears or len(f.terms) > 1:
        return None
    return Action.NOTHING, Reason(LaneWhy.AID_COVERS, {"aid": f.aid_pending})


def _plan_runs(f: CaseFacts, p: LaneParams) -> Found:
    """The gate lets nothing leave while a plan runs, so there is nothing to decide but to wait."""
    if f.plan is None:
        return None
    plan = f.plan
    if plan.late_on is None:
        figures = {"last_on": plan.last_on, "next_on": plan.next_on, "amount": plan.amount}
        return Action.NOTHING, Reason(LaneWhy.PLAN_RUNS, figures)
    code = LaneWhy.PLAN_TERM_LATE if plan.is_term else LaneWhy.PLAN_LATE
    return Action.WAIT, Reason(code, {"on": plan.late_on, "breaks_on": plan.breaks_on})


def _broken_asked(f: CaseFacts, p: LaneParams) -> Found:
    """The social service was asked as the plan broke, and no letter leaves before its answer."""
    if f.plan_broken_on is None or not (f.requested_on or f.hold_source == LetterHoldSource.RULE):
        return None
    if f.legal and answer_is_late(f, p):
        return None
    return _late_answer(f, p) or (Action.WAIT_ANSWER, Reason(LaneWhy.PLAN_BROKEN_ASKED, {"on": f.plan_broken_on}))


def _late_answer(f: CaseFacts, p: LaneParams) -> Found:
    """The written step of a household about whom the social service was asked and did not answer in its time. Nothing
    is written where it is not at fault, or where nothing would be proposed beside."""
    if not answer_is_late(f, p) or any(applies(f, p) for applies in (*NOT_AT_FAULT, _small, _usual_day, _prior)):
        return None
    step = written_step(f, p)
    return _unless_decided(f, p, *step) if step and step[0] in TO_DECIDE else step


# ---------- actions of « Nouveau » and « Plan rompu » ----------

DECIDED = {
    Action.COURTESY: LaneWhy.COURTESY_DECIDED,
    Action.CALL: LaneWhy.CALL_DECIDED,
    Action.WRITE_GONE: LaneWhy.LETTER_DECIDED,
    Action.REMINDER: LaneWhy.REMINDER_DECIDED,
    Action.FORMAL_NOTICE: LaneWhy.FORMAL_DECIDED,
}


def _unless_decided(f: CaseFacts, p: LaneParams, action: Action, reason: Reason) -> tuple[Action, Reason]:
    """No new action for `decided_days` after a decision, unless a term has fallen due or a payment was returned since.

    A pause has its own lane, so a pause that was decided is over when this is called. A decision whose message was
    withdrawn before it left had no effect. What had none though it left gives way to the next step, and what was
    refused often waits (`rules.escalation`). While a call waits no other one and no message is proposed; one that
    nobody makes in `call_wait_days` gives way to the social service.
    """
    action, reason = escalated(f, p, action, reason)
    is_unmade = False
    if f.call_waits_since and action in (Action.CALL, Action.COURTESY):
        days = (f.day - f.call_waits_since).days
        is_unmade = days > p.call_wait_days
        if not is_unmade:
            return Action.WAIT, Reason(LaneWhy.CALL_WAITS, {"on": f.call_waits_since})
        action = Action.ALERT_SOCIAL
        reason = Reason(LaneWhy.CALL_UNMADE, {"on": f.call_waits_since, "days": days}, detail=reason)
    if often := refused_often(f, p, action):
        return Action.WAIT, often
    if f.decided_on is None or f.was_withdrawn or (f.day - f.decided_on).days > p.decided_days:
        return action, reason
    if _moved_since(f, f.decided_on) or f.decision == Decision.PAUSE:
        return action, reason
    figures = {"on": f.decided_on}
    if f.decision == Decision.REFUSE:
        return Action.WAIT, Reason(LaneWhy.REFUSED, figures)
    if f.decided_action in (Action.NOTHING, Action.WAIT):
        return Action(f.decided_action), Reason(LaneWhy.DECIDED, figures)
    if f.decided_action in DECIDED and not is_unmade:
        return Action.WAIT, Reason(DECIDED[Action(f.decided_action)], figures)
    return action, reason


def _moved_since(f: CaseFacts, day: date) -> bool:
    """Whether a term has fallen due, or a payment was returned, after `day`."""
    moved = [term.due_on for term in f.terms] + ([f.last_return_on] if f.last_return_on else [])
    return any(on > day for on in moved)


def _plan_asked(f: CaseFacts, p: LaneParams) -> Found:
    """A plan that waits for its answer, whatever the lane. A pause of the rent side, or a new request to the social
    service, comes first: somebody has said that he waits."""
    if not f.plan_asked or has_lapsed(f, p) or f.requested_on or f.hold_source == LetterHoldSource.RENT:
        return None
    figures = {"on": f.answered_on}
    if f.plan_amount:
        return Action.ANSWER_PLAN, Reason(LaneWhy.PLAN_OF, figures | {"amount": f.plan_amount})
    return Action.ANSWER_PLAN, Reason(LaneWhy.PLAN, figures)


def _default(f: CaseFacts, rule: DefaultRule) -> Default | None:
    """The default by this rule, or None if the social service has answered since its last term fell due."""
    if f.default is None or f.default.rule != rule:
        return None
    return None if f.answered_on and f.answered_on >= f.default.terms[-1].due_on else f.default


def _second_default(f: CaseFacts, p: LaneParams) -> Found:
    found = _default(f, DefaultRule.SECOND)
    return (Action.ALERT_SOCIAL, found.reason) if found else None


def _first_default(f: CaseFacts, p: LaneParams) -> Found:
    found = _default(f, DefaultRule.FIRST)
    if found is None:
        return None
    days = (f.day - found.terms[0].due_on).days
    return Action.ALERT_SOCIAL, Reason(LaneWhy.FIRST_DEFAULT, {"days": days}, detail=found.reason)


def _small(f: CaseFacts, p: LaneParams) -> Found:
    partial = f.last_payment_on and f.last_payment_on >= f.oldest_due
    if f.arrears >= p.small_remainder or len(f.terms) > 1 or not partial or f.late_days > p.small_days:
        return None
    return Action.NOTHING, Reason(LaneWhy.SMALL, {"below": p.small_remainder})


def _usual_day(f: CaseFacts, p: LaneParams) -> Found:
    if f.habit is None or len(f.terms) != 1 or f.is_unbroken:
        return None
    due = f.oldest_due
    asked = Month.of(due) if f.habit.day >= due.day else Month.of(due).plus(1)
    usual = asked.day(f.habit.day)
    until = usual + timedelta(days=p.usual_tolerance_days)
    if f.day > until or (until - due).days > p.usual_max_days:
        return None
    figures = {"usual": day_number(usual), "months": f.habit.months, "of": f.habit.of, "until": until}
    return Action.WAIT, Reason(LaneWhy.USUAL_DAY, figures)


def lateness(f: CaseFacts, p: LaneParams) -> Reason:
    """The words for this lateness: unbroken debt, first one since the entry, first one in months, or days late. Who has
    a debt in a plan, frozen or disputed was late before: it is no first one."""
    if f.is_unbroken:
        return Reason(LaneWhy.UNBROKEN, {"since": f.late_since})
    may_be_first = len(f.terms) == 1 and not f.held
    if may_be_first and f.late_before_on is None and f.entry_on:
        if f.day > add_months(f.entry_on, p.settled_months):
            return Reason(LaneWhy.FIRST_SINCE_ENTRY)
    elif may_be_first and f.late_before_on:
        months = (f.day.year - f.late_before_on.year) * 12 + f.day.month - f.late_before_on.month
        if months >= p.late_again_months:
            return Reason(LaneWhy.FIRST_IN_MONTHS, {"months": months})
    if len(f.terms) > 1:
        return Reason(LaneWhy.TERMS_DUE, {"terms": len(f.terms), "days": f.late_days})
    return Reason(LaneWhy.TERM_DUE if f.terms else LaneWhy.DEBT_DUE, {"days": f.late_days})


def _prior(f: CaseFacts, p: LaneParams) -> Found:
    return (Action.CALL, Reason(LaneWhy.PRIOR)) if f.is_prior_debt else None


def _call(f: CaseFacts, p: LaneParams) -> Found:
    late = lateness(f, p)
    # A first lateness gets a courteous message, even at the second look. After `first_late_days` it gets a call.
    if f.late_days < p.call_days or (late.code in FIRST_LATENESS and f.late_days <= p.first_late_days):
        return None
    return Action.CALL, late


def _courtesy(f: CaseFacts, p: LaneParams) -> Found:
    """Not a second time for the same term once the social service has answered: what comes next is written, or said."""
    if f.courtesy_on and f.answered_on and f.answered_on >= f.courtesy_on and not _moved_since(f, f.courtesy_on):
        return Action.WAIT, Reason(LaneWhy.ANSWERED, {"on": f.answered_on, "sent_on": f.courtesy_on})
    return Action.COURTESY, lateness(f, p)


def _broken(f: CaseFacts, p: LaneParams) -> Found:
    """Answered, or taken back: a person speaks with the household about what it can pay."""
    if f.plan_broken_on is None:
        return None
    figures = {"on": f.plan_broken_on, "left": f.plan_left}
    found = _second_default(f, p) or _first_default(f, p) or written_step(f, p)
    action, reason = found or (Action.CALL, Reason(LaneWhy.PLAN_BROKEN, figures))
    return _unless_decided(f, p, action, reason) if action in TO_DECIDE else (action, reason)


# What sets the arrears apart: the household is not at fault.
NOT_AT_FAULT = (_bank_unknown, _returned, _newcomer, _aid_explains)
# The first line that applies gives the lane.
LANES: Sequence[Rule] = (
    Rule(Lane.PLAN, _plan_runs),
    Rule(Lane.GONE, _gone),
    Rule(Lane.BROKEN, _broken_asked),
    Rule(Lane.REFERRED, _referred),
    Rule(Lane.PAUSED, _paused),
    Rule(Lane.LEGAL, legal_step),
    Rule(Lane.TECHNICAL, _bank_unknown, LaneTrace.BANK),
    Rule(Lane.TECHNICAL, _returned, LaneTrace.RETURNED),
    Rule(Lane.TECHNICAL, _newcomer, LaneTrace.NEWCOMER),
    Rule(Lane.TECHNICAL, _aid_explains, LaneTrace.AID_NEVER_CLAIMED),
    Rule(Lane.BROKEN, _broken),
)
# In « Nouveau », the first line that applies gives the action.
NEW_ACTIONS: Sequence[Rule] = (
    Rule(Lane.NEW, _second_default, LaneTrace.R2),
    Rule(Lane.NEW, _first_default, LaneTrace.R1),
    Rule(Lane.NEW, _small),
    Rule(Lane.NEW, _usual_day),
    Rule(Lane.NEW, _prior),
    Rule(Lane.NEW, written_step),
    Rule(Lane.NEW, _call),
    Rule(Lane.NEW, _courtesy),
)


def lane_and_action(facts: CaseFacts, params: LaneParams) -> Proposal:
    """The lane, the proposed action, its reason and its trace. An account without arrears is in no lane, but for that
    of a plan that runs."""
    f, p = facts, params
    if f.arrears <= 0 and f.plan is None:
        return Proposal(Lane.NONE)
    found = _first(LANES, f, p)
    if found is None:
        found = _first(NEW_ACTIONS, f, p)
        assert found is not None, "the last line of NEW_ACTIONS always applies"
        rule, action, reason = found
        if action in TO_DECIDE:
            action, reason = _unless_decided(f, p, action, reason)
    else:
        rule, action, reason = found
    if f.report_due_on and f.reported_on is None:
        left = (f.report_due_on - f.day).days
        action = Action.REPORT_PAYER
        figures = {"before": f.report_due_on, "left": left}
        reason = Reason(LaneWhy.REPORT if left >= 0 else LaneWhy.REPORT_LATE, figures)
    elif plan := _plan_asked(f, p):
        action, reason = plan
    return Proposal(rule.lane, action, reason, trace(f, p, rule.text))


def _first(rules: Sequence[Rule], f: CaseFacts, p: LaneParams) -> tuple[Rule, Action, Reason] | None:
    for rule in rules:
        found = rule.applies(f, p)
        if found:
            return rule, *found
    return None
