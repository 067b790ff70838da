"""A decision taken by mistake is taken back while nothing has left by it: once, from one place, with its history."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from common import clock
from common.errors import Conflict
from office.messages.codes import MessageState
from office.messages.worker import deliver
from office.models import Message, Task
from rent_ledger.arrears.queries.arrears import explain_proposals
from rent_ledger.arrears.services.decisions import decide, record_report
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.services.social import record_social_answer, request_help
from rent_ledger.arrears.services.taking_back import undo_decision, undo_decisions, withdraw_request
from rent_ledger.books.codes import Action
from rent_ledger.checking.services.states import broken_states
from rent_ledger.models import AccountState, ArrearsCase, CaseDecision, DebtHold, HelpRequest, LetterHold
from tests.at_once import both_at_once
from tests.factories import hold_letters, make_actor, make_association, pay
from tests.rent_ledger.arrears.services.test_arrears import NOV, OCT, SEP, SYSTEM, TODAY, opened_case
from tests.rent_ledger.arrears.services.test_courtesy import reached
from tests.rent_ledger.arrears.services.test_decisions import plan_asked

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Path) -> None:
    settings.MESSAGE_FOLDER = tmp_path
    make_association()


def stands(case: ArrearsCase) -> tuple[str, str, Any]:
    state = AccountState.objects.get(pk=case.account_id)
    return state.lane, state.action, state.reason


def tasks(case: ArrearsCase) -> set[str]:
    return set(
        Task.objects.filter(about="arrears_case", about_id=case.pk, ended_at=None).values_list("kind", flat=True)
    )


def _refused(case: ArrearsCase) -> CaseDecision:
    return decide(case=case, decision="REFUSE", reason="Virement annoncé", actor=make_actor())


def _changed(case: ArrearsCase) -> CaseDecision:
    return decide(case=case, decision="CHANGE", action="NOTHING", reason="Vu au guichet", actor=make_actor())


def _paused(case: ArrearsCase) -> CaseDecision:
    return decide(
        case=case, decision="PAUSE", reason="Prime", pause_until=TODAY + timedelta(days=15), actor=make_actor()
    )


def _courtesy(case: ArrearsCase) -> CaseDecision:
    return decide(case=case, decision="CHANGE", action="COURTESY", reason="Premier oubli", actor=make_actor())


def _called(case: ArrearsCase) -> CaseDecision:
    return decide(case=case, decision="CHANGE", action="CALL", reason="Plus simple", actor=make_actor())


def _asked_help(case: ArrearsCase) -> CaseDecision:
    return decide(case=case, decision="CONFIRM", expected="ALERT", actor=make_actor())


DECISIONS = [_refused, _changed, _paused, _courtesy, _called, _asked_help]


@pytest.mark.parametrize("made", DECISIONS)
def test_after_it_the_case_stands_as_before(made: Callable[[ArrearsCase], CaseDecision]) -> None:
    case, manager = opened_case(months=(SEP, OCT), amount="212.00"), make_actor()
    before, asked = stands(case), tasks(case)
    decision = made(case)
    assert stands(case) != before
    undo_decision(decision=decision, actor=manager)
    assert (stands(case), tasks(case)) == (before, asked)
    decision.refresh_from_db()
    # It stays in the history, with who took it back.
    assert (decision.undone_by, decision.undone_at is not None) == (manager.user, True)
    assert not Message.objects.exclude(state=MessageState.WITHDRAWN).exists()
    assert not LetterHold.objects.filter(lifted_at=None).exists()
    assert not HelpRequest.objects.filter(withdrawn_at=None).exists()
    assert broken_states(TODAY) == []


def test_taking_back_again_changes_nothing() -> None:
    case, first = opened_case(), make_actor()
    decision = _refused(case)
    once = undo_decision(decision=decision, actor=first)
    again = undo_decision(decision=decision, actor=make_actor())
    assert (again.undone_at, again.undone_by_id) == (once.undone_at, first.user_id)


def test_the_last_one_is_taken_back_first() -> None:
    case, manager = opened_case(), make_actor()
    first, last = _refused(case), _changed(case)
    with pytest.raises(Conflict, match="plus récente"):
        undo_decision(decision=first, actor=manager)
    undo_decision(decision=last, actor=manager)
    # What was decided before counts again.
    assert stands(case)[2]["code"] == "REFUSED"
    undo_decision(decision=first, actor=manager)
    assert stands(case)[1] == "COURTESY"


def test_a_message_that_has_left_is_said_and_the_decision_stays() -> None:
    case, manager = reached(email="sarr@menage.example"), make_actor()
    decision = decide(case=case, decision="CONFIRM", expected="COURTESY", actor=manager)
    deliver()
    assert Message.objects.get().state == MessageState.SENT
    with pytest.raises(Conflict, match=r"Le message est parti le 5.nov.*Prenez une autre décision"):
        undo_decision(decision=decision, actor=manager)
    decision.refresh_from_db()
    assert decision.undone_at is None


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (MessageState.SENDING, "en train de partir"),
        (MessageState.TECHNICAL_FAILURE, "On ne sait pas"),
        (MessageState.RETURNED, "parti le"),
        (MessageState.PERMANENT_FAILURE, ""),
        (MessageState.HELD, ""),
    ],
)
def test_how_far_its_message_is_decides(state: MessageState, said: str) -> None:
    case, manager = reached(email="sarr@menage.example"), make_actor()
    decision = decide(case=case, decision="CONFIRM", expected="COURTESY", actor=manager)
    moved = {MessageState.TECHNICAL_FAILURE, MessageState.RETURNED, MessageState.PERMANENT_FAILURE}
    if state in moved:
        Message.objects.update(state=MessageState.SENDING)
        if state == MessageState.RETURNED:
            Message.objects.update(state=MessageState.SENT, sent_at=clock.now())
    Message.objects.update(state=state, why="Essai")
    if said:
        with pytest.raises(Conflict, match=said):
            undo_decision(decision=decision, actor=manager)
    else:
        assert undo_decision(decision=decision, actor=manager).undone_at


def test_a_settled_case_keeps_its_decisions() -> None:
    case = opened_case()
    decision = _refused(case)
    pay(account=case.account_id, on=TODAY)
    detect_arrears(day=TODAY, actor=SYSTEM)
    with pytest.raises(Conflict, match="soldé"):
        undo_decision(decision=decision, actor=make_actor())


def test_the_pause_that_another_replaced_begins_again() -> None:
    case, manager = opened_case(), make_actor()
    hold_letters(case=case, until=date(2026, 11, 12), source="RENT", reason="Prime", actor=manager)
    decision = decide(
        case=case, decision="PAUSE", reason="Plutôt", pause_until=date(2026, 11, 30), actor=manager
    )  # fmt: skip
    undo_decision(decision=decision, actor=manager)
    assert LetterHold.objects.filter(lifted_at=None).get().until == date(2026, 11, 12)
    assert stands(case)[0] == "PAUSED"


@pytest.mark.parametrize("days", [0, 3])
def test_a_plan_that_was_accepted_is_asked_again(days: int) -> None:
    case, manager = opened_case(months=(SEP, OCT), amount="212.00"), make_actor()
    plan_asked(case)
    asked = tasks(case)
    decision = decide(case=case, decision="CONFIRM", plan_until=date(2027, 3, 5), actor=manager)
    assert stands(case)[0] == "HELD"
    with clock.travel(TODAY + timedelta(days=days)):
        undo_decision(decision=decision, actor=manager)
        state = AccountState.objects.get(pk=case.account_id)
        assert (state.held, state.arrears, state.action) == (Decimal(0), Decimal("424.00"), Action.ANSWER_PLAN)
        assert tasks(case) == asked
        # No plan was broken: none was made.
        assert not any(hold.period.upper > clock.today() for hold in DebtHold.objects.all())
        trace = explain_proposals([case.account_id], day=clock.today())[case.account_id].trace
        assert "TRACE_PLAN_BROKEN" not in [line.code for line in trace]


def test_a_plan_that_was_refused_is_asked_again() -> None:
    case, manager = opened_case(), make_actor()
    plan_asked(case)
    before, asked = stands(case), tasks(case)
    decision = decide(case=case, decision="REFUSE", reason="Trop long", actor=manager)
    assert stands(case)[1] != Action.ANSWER_PLAN
    undo_decision(decision=decision, actor=manager)
    assert (stands(case), tasks(case)) == (before, asked)


def test_a_report_noted_by_mistake_is_forgotten_and_its_deadline_stands_again() -> None:
    case, manager = opened_case(months=(OCT, NOV)), make_actor()
    before, asked = stands(case), tasks(case)
    record_report(case=case, reported_on=NOV, actor=manager)
    record_report(case=case, reported_on=TODAY, actor=manager)
    last, first = CaseDecision.objects.all()
    undo_decision(decision=last, actor=manager)
    case.refresh_from_db()
    assert case.reported_on == NOV
    undo_decision(decision=first, actor=manager)
    case.refresh_from_db()
    assert (case.reported_on, stands(case), tasks(case)) == (None, before, asked)


def test_a_report_of_today_is_taken_back_too() -> None:
    case, manager = opened_case(months=(OCT, NOV)), make_actor()
    case = record_report(case=case, reported_on=TODAY, actor=manager)
    decision = CaseDecision.objects.get()
    assert case.reported_on == TODAY
    undo_decision(decision=decision, actor=manager)
    case.refresh_from_db()
    assert case.reported_on is None


def test_a_request_that_was_answered_stays() -> None:
    case = opened_case(months=(SEP, OCT), amount="212.00")
    decision = _asked_help(case)
    record_social_answer(case=case, contact_made=True, cause="OVERSIGHT", actor=make_actor(role="HEAD_OF_SOCIAL"))
    with pytest.raises(Conflict, match="a répondu"):
        undo_decision(decision=decision, actor=make_actor())


def test_a_request_made_before_the_decision_stays() -> None:
    case, manager = opened_case(months=(SEP, OCT), amount="212.00"), make_actor()
    request_help(case=case, actor=manager)
    decision = decide(case=case, decision="CHANGE", action="ALERT", reason="Sûr", actor=manager)
    undo_decision(decision=decision, actor=manager)
    assert HelpRequest.objects.get().withdrawn_at is None
    assert withdraw_request(case=case, actor=manager) is not None
    assert withdraw_request(case=case, actor=manager) is None
    assert stands(case)[0] == "NEW"


@pytest.mark.django_db(transaction=True)
def test_two_people_take_it_back_at_once() -> None:
    case = opened_case()
    decision = _paused(case)
    actors = [make_actor(), make_actor()]
    found = both_at_once(*[lambda actor=actor: undo_decision(decision=decision, actor=actor) for actor in actors])
    assert len({row.undone_by_id for row in found if isinstance(row, CaseDecision)}) == 1
    assert LetterHold.objects.filter(lifted_at=None).count() == 0


def test_what_was_decided_together_is_taken_back_together() -> None:
    cases, manager = [opened_case(), opened_case(), opened_case()], make_actor()
    before = [stands(case) for case in cases]
    decisions = [_refused(case) for case in cases]
    _changed(cases[1])
    found = undo_decisions(decisions=decisions, actor=manager)
    assert [row.case_id for row in found.done] == [cases[0].pk, cases[2].pk]
    assert ["plus récente" in why for why in found.refused] == [True]
    assert [stands(case) == was for case, was in zip(cases, before, strict=True)] == [True, False, True]


@pytest.mark.django_db(transaction=True)
def test_two_people_take_back_the_same_ones_at_once() -> None:
    decisions = [_paused(opened_case()), _paused(opened_case())]
    orders = [decisions, decisions[::-1]]
    found = both_at_once(*[lambda these=these: undo_decisions(decisions=these, actor=make_actor()) for these in orders])
    assert [(len(one.done), one.refused) for one in found] == [(2, []), (2, [])]
    assert CaseDecision.objects.values("undone_by").distinct().count() == 1
    assert LetterHold.objects.filter(lifted_at=None).count() == 0
