"""No proposal is made again and again: one without effect gives way to the next step, one that is refused waits.

The steps of the policy are the courteous message, the call, the social service; what is written after it has its own
table (`rules.written_steps`). A message that was decided, or a call that was made, and after which no money came as far
as the bank is known, is not proposed again: the next step is. What a person has refused `refusals` times since the last
term fell due is not proposed before another term is unpaid.

Source: row 42 of docs/features.md; house practice, no text: each figure is a dated parameter.
"""

from collections.abc import Sequence

from common.reasons import Reason
from rent_ledger.arrears.codes import Decision
from rent_ledger.arrears.rules.case_facts import CaseFacts, LaneParams
from rent_ledger.books.codes import Action, LaneWhy

STEPS: Sequence[Action] = (Action.COURTESY, Action.CALL, Action.ALERT_SOCIAL)
_WITHOUT_EFFECT = {Action.COURTESY: LaneWhy.MESSAGE_NO_EFFECT, Action.CALL: LaneWhy.CALL_NO_EFFECT}


def escalated(f: CaseFacts, p: LaneParams, action: Action, reason: Reason) -> tuple[Action, Reason]:
    """The action, or the step after the one that had no effect where that one is further."""
    if action not in STEPS or not _had_no_effect(f, p):
        return action, reason
    done = Action(f.decided_action)
    step = STEPS[STEPS.index(done) + 1]
    if STEPS.index(step) <= STEPS.index(action):
        return action, reason
    return step, Reason(_WITHOUT_EFFECT[done], {"on": f.decided_on, "until": f.bank_known_until}, detail=reason)


def _had_no_effect(f: CaseFacts, p: LaneParams) -> bool:
    """Whether the last decision sent something, and no money was seen in `no_effect_days`. An answer of the social
    service since then is an effect, too: the case is with somebody."""
    if f.decided_on is None or f.decision not in (Decision.CONFIRM, Decision.CHANGE):
        return False
    if f.decided_action not in _WITHOUT_EFFECT or f.was_withdrawn or f.call_waits_since:
        return False
    if any(day and day >= f.decided_on for day in (f.last_payment_on, f.answered_on)):
        return False
    return f.bank_known_until is not None and (f.bank_known_until - f.decided_on).days >= p.no_effect_days


def refused_often(f: CaseFacts, p: LaneParams, action: Action) -> Reason | None:
    """Why the action waits for another unpaid term; None where it was refused less often than `refusals` times."""
    last_due = max((term.due_on for term in f.terms), default=None)
    times = sum(1 for refused, on in f.refused if refused == action and (last_due is None or on > last_due))
    return Reason(LaneWhy.REFUSED_OFTEN, {"times": times}) if times >= p.refusals else None
