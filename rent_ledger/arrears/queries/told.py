"""What is told of a proposal to who reads the cases, and not what the social service answered (features.md 6.6): until
when it stopped the letters, that it asks for a plan and of how much, and when it answered, are left out.

`own`: the case is one of the actor's own. A social worker reads the answer there."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from common.reasons import Reason
from office.access.actor import Actor
from rent_ledger.arrears.codes import LaneTrace, ToldWhy
from rent_ledger.arrears.perms import hides_answers
from rent_ledger.arrears.rules.case_facts import Proposal
from rent_ledger.arrears.rules.lanes import TO_DECIDE
from rent_ledger.books.codes import Action, LaneWhy, OrderWhy
from rent_ledger.books.models import AccountState

# The reason as it stands in the state of the account, and as it is told.
_TOLD: Mapping[str, ToldWhy] = {
    LaneWhy.ALERTED: ToldWhy.ALERTED,
    LaneWhy.FOLLOWED: ToldWhy.FOLLOWED,
    LaneWhy.PAUSED_BY_SOCIAL: ToldWhy.PAUSED_BY_SOCIAL,
    LaneWhy.REMIND_ANSWERED: ToldWhy.REMIND,
    LaneWhy.REMIND_UNANSWERED: ToldWhy.REMIND,
    LaneWhy.ANSWERED: ToldWhy.RESERVED,
    LaneWhy.PLAN: ToldWhy.RESERVED,
    LaneWhy.PLAN_OF: ToldWhy.RESERVED,
}
# Lines of the trace that tell of the answer.
_ANSWERED = (OrderWhy.SOCIAL_PAUSE, OrderWhy.PLAN)
_HUSHED = (LaneTrace.ANSWERED, LaneTrace.PLAN_LAPSED)


def told_reason(reason: Reason | None, actor: Actor, *, own: bool = False) -> Reason | None:
    """The reason of a proposal, as `actor` may know it."""
    if reason is None or reason.code not in _TOLD or not hides_answers(actor, own=own):
        return reason
    return Reason(_TOLD[reason.code])


def told_order(state: AccountState, actor: Actor, *, own: bool = False) -> list[Reason]:
    """What places a case in the list, as `actor` may know it."""
    hushed = _ANSWERED if hides_answers(actor, own=own) else ()
    return [why for why in state.place if why.code not in hushed]


def told_action(action: str, actor: Actor, *, own: bool = False) -> str:
    """The proposed action, as `actor` may know it: a plan that is asked is of the answer."""
    return Action.WAIT if action == Action.ANSWER_PLAN and hides_answers(actor, own=own) else action


def told_state(state: AccountState, actor: Actor, *, own: bool = False) -> AccountState:
    """The state itself, with the action that `actor` may know; it is shown, and not saved."""
    state.action = told_action(state.action, actor, own=own)
    return state


def told_proposal(proposal: Proposal | None, actor: Actor, *, own: bool = False) -> Proposal | None:
    """A proposal with its trace, as `actor` may know it."""
    if proposal is None or not hides_answers(actor, own=own):
        return proposal
    trace = tuple(_line(line) for line in proposal.trace if line.code not in _HUSHED)
    action = Action(told_action(proposal.action, actor, own=own)) if proposal.action else None
    return replace(proposal, action=action, reason=told_reason(proposal.reason, actor, own=own), trace=trace)


def _line(line: Reason) -> Reason:
    # The cause is of the case: who reads the cases knows it, and not since when.
    if line.code == LaneTrace.ANSWERED_CAUSE:
        return Reason(ToldWhy.CAUSE, {"cause": line.figures["cause"]})
    return line


def told_to_decide(actor: Actor) -> Collection[Action]:
    """The actions that wait for a decision, as `actor` may know it."""
    return TO_DECIDE - {Action.ANSWER_PLAN} if hides_answers(actor) else TO_DECIDE
