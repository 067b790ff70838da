"""What had no effect gives way to the next step; what was refused twice waits for another term."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from common.reasons import Reason
from rent_ledger.arrears.codes import Decision
from rent_ledger.arrears.rules.case_facts import CaseFacts
from rent_ledger.arrears.rules.lanes import lane_and_action
from rent_ledger.books.codes import Action, LaneWhy
from tests.rent_ledger.arrears.rules.test_lanes import LATE, PARAMS, R2, TWO, term

# A message decided on the 5th of November; it is the 16th, and the bank is known to the day before.
SENT = replace(
    LATE, day=date(2026, 11, 16), bank_known_until=date(2026, 11, 15), late_before_on=None, entry_on=date(2024, 3, 15),
    decided_on=date(2026, 11, 5), decided_action=Action.COURTESY, decision=Decision.CONFIRM,
)  # fmt: skip
CALLED = replace(SENT, decided_action=Action.CALL)
# The message left, then the social service was asked.
HELPED = replace(SENT, courtesy_on=date(2026, 11, 5), decided_on=date(2026, 11, 8), decided_action=Action.ALERT_SOCIAL)


@pytest.mark.parametrize(
    ("what", "facts", "action", "reason"),
    [
        ("a message without effect, of a first lateness", SENT, Action.CALL, LaneWhy.MESSAGE_NO_EFFECT),
        ("chosen in place of another", replace(SENT, decision=Decision.CHANGE), Action.CALL, LaneWhy.MESSAGE_NO_EFFECT),
        ("nine days of the bank", replace(SENT, bank_known_until=date(2026, 11, 14)), Action.COURTESY,
         LaneWhy.FIRST_SINCE_ENTRY),
        ("money came that day", replace(SENT, last_payment_on=date(2026, 11, 5)), Action.COURTESY,
         LaneWhy.FIRST_SINCE_ENTRY),
        ("money of before", replace(SENT, last_payment_on=date(2026, 11, 4)), Action.CALL, LaneWhy.MESSAGE_NO_EFFECT),
        ("taken back before it left", replace(SENT, was_withdrawn=True), Action.COURTESY, LaneWhy.FIRST_SINCE_ENTRY),
        ("a call without effect: the social service", CALLED, Action.ALERT_SOCIAL, LaneWhy.CALL_NO_EFFECT),
        ("a call that nobody made yet", replace(CALLED, call_waits_since=date(2026, 11, 6)), Action.WAIT,
         LaneWhy.CALL_WAITS),
        ("a call that nobody made in ten days", replace(CALLED, call_waits_since=date(2026, 11, 5)),
         Action.ALERT_SOCIAL, LaneWhy.CALL_UNMADE),
        ("proposed, and refused today", replace(CALLED, call_waits_since=date(2026, 11, 5), decision=Decision.REFUSE,
         decided_action=Action.ALERT_SOCIAL, decided_on=date(2026, 11, 16)), Action.WAIT, LaneWhy.REFUSED),
        ("the social service has answered since", replace(CALLED, answered_on=date(2026, 11, 9)), Action.COURTESY,
         LaneWhy.FIRST_SINCE_ENTRY),
        ("answered, and its message had left", replace(HELPED, answered_on=date(2026, 11, 16)), Action.WAIT,
         LaneWhy.ANSWERED),
        ("answered before its message", replace(HELPED, courtesy_on=date(2026, 11, 8), answered_on=date(2026, 11, 7)),
         Action.COURTESY, LaneWhy.FIRST_SINCE_ENTRY),
        ("answered, and no message had left", replace(HELPED, courtesy_on=None, answered_on=date(2026, 11, 16)),
         Action.COURTESY, LaneWhy.FIRST_SINCE_ENTRY),
        ("a decision to wait asks nothing", replace(SENT, decided_action=Action.WAIT), Action.COURTESY,
         LaneWhy.FIRST_SINCE_ENTRY),
        ("what stands further already stays", replace(TWO, default=R2, day=date(2026, 11, 16),
         bank_known_until=date(2026, 11, 15), decided_on=date(2026, 11, 5), decided_action=Action.COURTESY,
         decision=Decision.CONFIRM), Action.ALERT_SOCIAL, LaneWhy.TERMS_DUE),
    ],
)  # fmt: skip
def test_the_next_step(what: str, facts: CaseFacts, action: Action, reason: LaneWhy) -> None:
    found = lane_and_action(facts, PARAMS)
    assert found.action == action, what
    if reason != LaneWhy.TERMS_DUE:
        assert found.reason
        assert found.reason.code == reason, what
        assert found.reason.text()


def test_nothing_is_proposed_twelve_times() -> None:
    """Confirmed each time that it is proposed, and no money ever: three steps, then it is with the social service."""
    facts, said = replace(SENT, decided_on=None, decided_action="", decision="", day=date(2026, 11, 5)), []
    for _ in range(12):
        facts = replace(facts, bank_known_until=facts.day - timedelta(days=1))
        found = lane_and_action(facts, PARAMS)
        if found.action in (Action.COURTESY, Action.CALL, Action.ALERT_SOCIAL):
            said.append(found.action)
            if found.action == Action.ALERT_SOCIAL:
                break
            facts = replace(facts, decided_on=facts.day, decided_action=found.action, decision=Decision.CONFIRM)
        facts = replace(facts, day=facts.day + timedelta(days=6))
    assert said == [Action.COURTESY, Action.CALL, Action.ALERT_SOCIAL]


REFUSED = (Action.CALL, date(2026, 11, 12))
OLD = replace(LATE, day=date(2026, 12, 1), bank_known_until=date(2026, 11, 30))


@pytest.mark.parametrize(
    ("what", "refused", "terms", "waits"),
    [
        ("once", (REFUSED,), LATE.terms, False),
        ("twice", (REFUSED, (Action.CALL, date(2026, 11, 24))), LATE.terms, True),
        ("another action", (REFUSED, (Action.COURTESY, date(2026, 11, 24))), LATE.terms, False),
        ("a term is unpaid since", (REFUSED, (Action.CALL, date(2026, 11, 20))), (term(11), term(11, day=21)), False),
        ("once before it and twice since",
         (REFUSED, (Action.CALL, date(2026, 11, 22)), (Action.CALL, date(2026, 11, 25))),
         (term(11), term(11, day=21)), True),
    ],
)  # fmt: skip
def test_what_was_refused_twice_waits_for_another_term(
    what: str, refused: tuple[tuple[str, date], ...], terms: tuple, waits: bool
) -> None:
    found = lane_and_action(replace(OLD, refused=refused, terms=terms), PARAMS)
    reason: Reason | None = found.reason
    assert reason
    assert (found.action == Action.WAIT, reason.code == LaneWhy.REFUSED_OFTEN) == (waits, waits), what
