"""When a reminder and a formal notice are proposed: after the social service, after a person, and never while held.

Row 53 of docs/features.md. Each case is read from the text: asked, answered or out of time; money; hold; plan.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from common.money import ZERO
from rent_ledger.arrears.codes import LetterHoldSource
from rent_ledger.arrears.rules.case_facts import CaseFacts
from rent_ledger.arrears.rules.lanes import lane_and_action
from rent_ledger.arrears.rules.written_steps import answer_is_late, written_step
from rent_ledger.books.codes import Action, Lane, LaneWhy
from tests.rent_ledger.arrears.rules.test_lanes import (
    ANSWERED,
    KEPT,
    LATE,
    PARAMS,
    R1,
    R2,
    SMALL,
    TODAY,
    USUAL,
    WITHOUT_EFFECT,
)

# The bank is known to the 4th of November, the day before today. Asked on the 14th of October: fifteen working days
# end on the 4th.
ASKED = replace(LATE, requested_on=date(2026, 9, 20))
BROKE = replace(ANSWERED, plan_broken_on=date(2026, 10, 18), plan_left=D("106.50"))
WRITTEN = {Action.REMINDER, Action.FORMAL_NOTICE}

CASES: list[tuple[str, CaseFacts, Action, LaneWhy | None]] = [
    # Never before the social service.
    ("nobody was asked", LATE, Action.COURTESY, LaneWhy.TERM_DUE),
    ("asked today", replace(LATE, requested_on=TODAY), Action.WAIT_ANSWER, LaneWhy.REQUESTED),
    ("the last day of its time", replace(LATE, requested_on=date(2026, 10, 15)), Action.WAIT_ANSWER,
     LaneWhy.REQUESTED),
    ("its time has passed, nine days of the bank after it", replace(LATE, requested_on=date(2026, 10, 5)),
     Action.WAIT_ANSWER, LaneWhy.REQUESTED),
    ("ten days of the bank after it", replace(LATE, requested_on=date(2026, 10, 4)), Action.REMINDER,
     LaneWhy.REMIND_UNANSWERED),
    ("out of time, and no money", ASKED, Action.REMINDER, LaneWhy.REMIND_UNANSWERED),
    # Asked on Sunday the 20th of September: its time ends on Friday the 9th of October.
    ("out of time, money since its end", replace(ASKED, last_payment_on=date(2026, 10, 9)), Action.WAIT_ANSWER,
     LaneWhy.REQUESTED),
    ("money of the day before that", replace(ASKED, last_payment_on=date(2026, 10, 8)), Action.REMINDER,
     LaneWhy.REMIND_UNANSWERED),
    ("asked again, after an answer", replace(ANSWERED, requested_on=date(2026, 11, 1)), Action.WAIT_ANSWER,
     LaneWhy.REQUESTED),
    # Ten days of the bank after an answer.
    ("answered ten days ago", replace(ANSWERED, answered_on=date(2026, 10, 25)), Action.REMINDER,
     LaneWhy.REMIND_ANSWERED),
    ("answered nine days ago", replace(ANSWERED, answered_on=date(2026, 10, 26)), Action.COURTESY, LaneWhy.TERM_DUE),
    ("the bank is known to the day before", replace(ANSWERED, answered_on=date(2026, 10, 25),
     bank_known_until=date(2026, 11, 3)), Action.COURTESY, LaneWhy.TERM_DUE),
    ("money on the day of the answer", replace(ANSWERED, last_payment_on=date(2026, 10, 20)), Action.COURTESY,
     LaneWhy.TERM_DUE),
    ("money of before", replace(ANSWERED, last_payment_on=date(2026, 10, 19)), Action.REMINDER,
     LaneWhy.REMIND_ANSWERED),
    # A new default tells the social service again.
    ("a first default since the answer", replace(ANSWERED, default=R1), Action.ALERT_SOCIAL, LaneWhy.FIRST_DEFAULT),
    ("a second default since the reminder", replace(WITHOUT_EFFECT, default=R2), Action.ALERT_SOCIAL, None),
    # A hold, a plan, what is not the household's fault.
    ("a pause of the rent side", replace(ANSWERED, hold_source=LetterHoldSource.RENT, hold_until=TODAY), Action.WAIT,
     LaneWhy.PAUSED_BY_RENT),
    ("a pause of the social service", replace(WITHOUT_EFFECT, hold_source=LetterHoldSource.SOCIAL, hold_until=TODAY,
     hold_answered=True), Action.WAIT, LaneWhy.PAUSED_BY_SOCIAL),
    ("out of time, and the rule holds", replace(ASKED, hold_source=LetterHoldSource.RULE, hold_until=TODAY),
     Action.WAIT_ANSWER, LaneWhy.REQUESTED),
    ("a plan is asked", replace(ANSWERED, plan_asked=True), Action.ANSWER_PLAN, LaneWhy.PLAN),
    ("a plan that nobody took up", replace(ANSWERED, answered_on=date(2026, 10, 1), plan_asked=True), Action.COURTESY,
     LaneWhy.TERM_DUE),
    ("a plan runs", replace(KEPT, answered_on=date(2026, 10, 20)), Action.NOTHING, LaneWhy.PLAN_RUNS),
    ("a payment came back", replace(WITHOUT_EFFECT, last_return_on=date(2026, 11, 3)), Action.WAIT, LaneWhy.RETURNED),
    ("out of time, a payment came back", replace(ASKED, last_return_on=date(2026, 11, 3)), Action.WAIT_ANSWER,
     LaneWhy.REQUESTED),
    ("out of time, aid covers it", replace(ASKED, aid_pending=D("213.00")), Action.WAIT_ANSWER, LaneWhy.REQUESTED),
    ("out of time, a newcomer", replace(ASKED, entry_on=date(2026, 10, 20)), Action.WAIT_ANSWER, LaneWhy.REQUESTED),
    ("out of time, a debt of before", replace(ASKED, is_prior_debt=True), Action.WAIT_ANSWER, LaneWhy.REQUESTED),
    ("a small remainder", replace(SMALL, answered_on=date(2026, 10, 20), last_payment_on=date(2026, 11, 1)),
     Action.NOTHING, LaneWhy.SMALL),
    ("the usual day is to come", replace(USUAL, answered_on=date(2026, 10, 20)), Action.WAIT, LaneWhy.USUAL_DAY),
    ("aid covers it", replace(WITHOUT_EFFECT, aid_pending=D("213.00")), Action.NOTHING, LaneWhy.AID_COVERS),
    # A plan that broke asks first.
    ("broken before the answer", BROKE, Action.REMINDER, LaneWhy.REMIND_ANSWERED),
    ("broken on the day of the answer", replace(BROKE, plan_broken_on=date(2026, 10, 20)), Action.REMINDER,
     LaneWhy.REMIND_ANSWERED),
    ("broken after the answer", replace(BROKE, plan_broken_on=date(2026, 10, 21)), Action.CALL, LaneWhy.PLAN_BROKEN),
    ("broken, asked, and out of time", replace(ASKED, plan_broken_on=date(2026, 9, 19)), Action.REMINDER,
     LaneWhy.REMIND_UNANSWERED),
    ("broken since an answer, then asked in vain", replace(ASKED, answered_on=date(2026, 9, 1),
     plan_broken_on=date(2026, 9, 10)), Action.REMINDER, LaneWhy.REMIND_UNANSWERED),
    ("broken since it was asked", replace(ASKED, plan_broken_on=date(2026, 9, 21)), Action.WAIT_ANSWER,
     LaneWhy.PLAN_BROKEN_ASKED),
    # From the reminder to the formal notice.
    ("fourteen days after it", replace(WITHOUT_EFFECT, reminded_on=date(2026, 10, 21)), Action.WAIT,
     LaneWhy.REMINDER_SENT),
    ("fifteen days after it", WITHOUT_EFFECT, Action.FORMAL_NOTICE, LaneWhy.REMINDER_NO_EFFECT),
    ("money since it: from the start", replace(WITHOUT_EFFECT, answered_on=date(2026, 10, 24),
     last_payment_on=date(2026, 10, 22)), Action.REMINDER, LaneWhy.REMIND_ANSWERED),
    ("nobody has tried", replace(WITHOUT_EFFECT, tried_on=None), Action.CALL, LaneWhy.TRY_FIRST),
    ("answered since it: nine days", replace(WITHOUT_EFFECT, answered_on=date(2026, 10, 26)), Action.COURTESY,
     LaneWhy.TERM_DUE),
    ("answered since it: ten days", replace(WITHOUT_EFFECT, answered_on=date(2026, 10, 25)), Action.FORMAL_NOTICE,
     LaneWhy.REMINDER_NO_EFFECT),
    ("out of time, and reminded", replace(ASKED, reminded_on=date(2026, 10, 20), tried_on=date(2026, 10, 1),
     reached_on=date(2026, 10, 1)), Action.FORMAL_NOTICE, LaneWhy.REMINDER_NO_EFFECT),
    # Called in vain: somebody goes there first, once.
    ("nobody was reached", replace(WITHOUT_EFFECT, reached_on=None), Action.VISIT, LaneWhy.NOBODY_REACHED),
    ("nobody was reached, fourteen days after the reminder", replace(WITHOUT_EFFECT, reached_on=None,
     reminded_on=date(2026, 10, 21)), Action.WAIT, LaneWhy.REMINDER_SENT),
    ("out of time, nobody was reached", replace(ASKED, reminded_on=date(2026, 10, 20), tried_on=date(2026, 10, 1)),
     Action.VISIT, LaneWhy.NOBODY_REACHED),
    ("a visit was asked, and answered in vain", replace(WITHOUT_EFFECT, reached_on=None, visit_on=date(2026, 10, 10)),
     Action.FORMAL_NOTICE, LaneWhy.REMINDER_NO_EFFECT),
    ("a visit is asked, within its time", replace(WITHOUT_EFFECT, reached_on=None, visit_on=date(2026, 11, 1),
     requested_on=date(2026, 11, 1)), Action.WAIT_ANSWER, LaneWhy.REQUESTED),
    ("a visit refused twice", replace(WITHOUT_EFFECT, reached_on=None,
     refused=((Action.VISIT, date(2026, 11, 2)),) * 2), Action.WAIT, LaneWhy.REFUSED_OFTEN),
    ("out of time, reminded, nobody tried", replace(ASKED, reminded_on=date(2026, 10, 20)), Action.CALL,
     LaneWhy.TRY_FIRST),
    # After the formal notice.
    ("a formal notice has left", replace(WITHOUT_EFFECT, formal_on=date(2026, 11, 1)), Action.WAIT,
     LaneWhy.FORMAL_SENT),
    ("it came back, and somebody called that day", replace(WITHOUT_EFFECT, formal_on=date(2026, 11, 1),
     formal_back_on=date(2026, 11, 3), tried_on=date(2026, 11, 3)), Action.WAIT, LaneWhy.FORMAL_SENT),
    ("it came back, somebody called the day before", replace(WITHOUT_EFFECT, formal_on=date(2026, 11, 1),
     formal_back_on=date(2026, 11, 3), tried_on=date(2026, 11, 2)), Action.CALL, LaneWhy.FORMAL_BACK),
    ("it came back, and nobody ever called", replace(WITHOUT_EFFECT, formal_on=date(2026, 11, 1),
     formal_back_on=date(2026, 11, 3), tried_on=None), Action.CALL, LaneWhy.FORMAL_BACK),
    ("money since the formal notice, and an answer", replace(WITHOUT_EFFECT, formal_on=date(2026, 10, 22),
     last_payment_on=date(2026, 10, 22), answered_on=date(2026, 10, 24)), Action.REMINDER, LaneWhy.REMIND_ANSWERED),
    # Refused twice waits for another term.
    ("refused once", replace(ANSWERED, refused=((Action.REMINDER, date(2026, 11, 2)),)), Action.REMINDER,
     LaneWhy.REMIND_ANSWERED),
    ("refused twice", replace(ANSWERED, refused=((Action.REMINDER, date(2026, 11, 2)),) * 2), Action.WAIT,
     LaneWhy.REFUSED_OFTEN),
    ("out of time, refused twice", replace(ASKED, refused=((Action.REMINDER, date(2026, 11, 2)),) * 2), Action.WAIT,
     LaneWhy.REFUSED_OFTEN),
]  # fmt: skip


@pytest.mark.parametrize(("what", "facts", "action", "why"), CASES, ids=[case[0] for case in CASES])
def test_the_written_step(what: str, facts: CaseFacts, action: Action, why: LaneWhy | None) -> None:
    found = lane_and_action(facts, PARAMS)
    assert found.action == action, what
    if why:
        assert found.reason
        assert found.reason.code == why, what


@pytest.mark.parametrize("facts", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_nothing_is_written_during_a_hold_nor_before_the_social_service_nor_when_nothing_is_due(
    facts: CaseFacts,
) -> None:
    for source in LetterHoldSource:
        held = replace(facts, hold_source=source, hold_until=TODAY)
        assert lane_and_action(held, PARAMS).action not in WRITTEN
    assert lane_and_action(replace(facts, requested_on=None, answered_on=None), PARAMS).action not in WRITTEN
    assert lane_and_action(replace(facts, arrears=ZERO, terms=()), PARAMS).action not in WRITTEN
    assert lane_and_action(replace(facts, gone_on=TODAY), PARAMS).action not in WRITTEN
    assert lane_and_action(replace(facts, tried_on=None), PARAMS).action != Action.FORMAL_NOTICE
    technical = lane_and_action(replace(facts, bank_known_until=None), PARAMS)
    assert technical.action not in WRITTEN


def test_what_was_asked_in_vain_stays_with_the_social_service() -> None:
    assert lane_and_action(ASKED, PARAMS).lane == Lane.REFERRED
    assert not answer_is_late(LATE, PARAMS)
    assert not answer_is_late(replace(LATE, requested_on=date(2026, 10, 15)), PARAMS)
    assert answer_is_late(replace(LATE, requested_on=date(2026, 10, 14)), PARAMS)


def test_a_bank_that_nobody_knows_proves_nothing() -> None:
    assert written_step(replace(ANSWERED, bank_known_until=None), PARAMS) is None


def test_a_plan_that_runs_has_no_written_step_whatever_its_lane() -> None:
    assert written_step(ANSWERED, PARAMS) is not None
    assert written_step(replace(ANSWERED, plan=KEPT.plan), PARAMS) is None


REASONS = [
    (ANSWERED, "Service social : réponse du 20 oct., aucun paiement depuis, banque connue jusqu’au 4 nov."),
    (ASKED, "Service social sollicité le 20 sept., sans réponse ni paiement, banque connue jusqu’au 4 nov."),
    (WITHOUT_EFFECT, "Relance partie le 20 oct., aucun paiement depuis, banque connue jusqu’au 4 nov."),
    (replace(WITHOUT_EFFECT, reminded_on=date(2026, 10, 25)), "Relance partie le 25 oct. : attendre le 9 nov."),
]


@pytest.mark.parametrize(("facts", "said"), REASONS)
def test_the_reason_is_told(facts: CaseFacts, said: str) -> None:
    reason = lane_and_action(facts, PARAMS).reason
    assert reason
    assert reason.text(today=TODAY).replace("\xa0", " ").replace("\u202f", " ") == said
