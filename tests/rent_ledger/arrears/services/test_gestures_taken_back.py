"""A pause lifted and debts put back into the queue by mistake: taken back once, with what was, kept in the history."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from common import clock
from common.errors import Conflict
from rent_ledger.arrears.services.debt_holds import hold_debt, release_debt
from rent_ledger.arrears.services.decisions import decide
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.services.letter_holds import lift_hold
from rent_ledger.arrears.services.taking_back import undo_decision, undo_lift, undo_release
from rent_ledger.books.codes import Lane
from rent_ledger.checking.services.states import broken_states
from rent_ledger.models import AccountState, ArrearsCase, DebtHold, LetterHold, OpenItem
from tests.at_once import both_at_once
from tests.factories import hold_letters, make_actor, make_association, pay
from tests.rent_ledger.arrears.services.test_arrears import OCT, SEP, SYSTEM, TODAY, opened_case
from tests.rent_ledger.arrears.services.test_decisions import plan_asked

pytestmark = pytest.mark.django_db
UNTIL = TODAY + timedelta(days=20)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def house() -> None:
    make_association()


def debts(case: ArrearsCase) -> list[int]:
    rows = OpenItem.objects.filter(account=case.account_id, is_debit=True).order_by("due_on")
    return list(rows.values_list("posting_id", flat=True))


def at_today(work: Callable[[], object]) -> object:
    """In a thread of its own, on the day of the test."""
    with clock.travel(TODAY):
        return work()


def stands(case: ArrearsCase) -> tuple[str, str, Decimal, Decimal]:
    state = AccountState.objects.get(pk=case.account_id)
    return state.lane, state.action, state.arrears, state.held


# -- a pause --------------------------------------------------------------------------------------------------------


def test_a_pause_that_was_lifted_runs_again_and_its_history_says_so() -> None:
    case, manager, other = opened_case(months=(SEP, OCT)), make_actor(), make_actor()
    hold = hold_letters(case=case, until=UNTIL, source="RENT", reason="Promesse", actor=manager)
    paused = stands(case)
    lift_hold(hold=hold, actor=manager)
    assert stands(case) != paused
    undo_lift(hold=hold, actor=other)
    hold.refresh_from_db()
    assert (hold.lifted_at, stands(case)) == (None, paused)
    [lift] = hold.lifts
    assert (lift["by"], lift["back_by"]) == (manager.user_id, other.user_id)
    # Again changes nothing; lifted again, it is one lift more.
    undo_lift(hold=hold, actor=manager)
    lift_hold(hold=hold, actor=manager)
    hold.refresh_from_db()
    assert len(hold.lifts) == 2
    assert broken_states(TODAY) == []


def test_a_lift_stays_where_another_pause_runs_or_the_case_is_settled_or_its_day_is_past() -> None:
    case, manager = opened_case(months=(SEP, OCT)), make_actor()
    hold = hold_letters(case=case, until=UNTIL, source="RENT", actor=manager)
    lift_hold(hold=hold, actor=manager)
    newer = hold_letters(case=case, until=UNTIL + DAY, source="RENT", actor=manager)
    with pytest.raises(Conflict, match="autre pause"):
        undo_lift(hold=hold, actor=manager)
    lift_hold(hold=newer, actor=manager)
    with clock.travel(UNTIL + 2 * DAY), pytest.raises(Conflict, match="elle est finie"):
        undo_lift(hold=newer, actor=manager)
    ArrearsCase.objects.filter(pk=case.pk).update(closed_on=TODAY)
    with pytest.raises(Conflict, match="soldé"):
        undo_lift(hold=newer, actor=manager)


def test_a_pause_that_another_replaced_or_whose_decision_was_taken_back_is_not_lifted_by_hand() -> None:
    case, manager = opened_case(months=(SEP, OCT)), make_actor()
    first = hold_letters(case=case, until=UNTIL, source="RENT", actor=manager)
    second = hold_letters(case=case, until=UNTIL, source="RENT", actor=manager)
    lift_hold(hold=second, actor=manager)
    with pytest.raises(Conflict, match="remplacée"):
        undo_lift(hold=first, actor=manager)
    decision = decide(case=case, decision="PAUSE", reason="Promesse", pause_until=UNTIL, actor=manager)
    assert decision.letter_hold is not None
    lift_hold(hold=decision.letter_hold, actor=manager)
    undo_decision(decision=decision, actor=manager)
    with pytest.raises(Conflict, match="annulée"):
        undo_lift(hold=decision.letter_hold, actor=manager)


@pytest.mark.django_db(transaction=True)
def test_two_people_take_a_lift_back_at_once() -> None:
    case = opened_case()
    hold = hold_letters(case=case, until=UNTIL, source="RENT", actor=make_actor())
    lift_hold(hold=hold, actor=make_actor())
    actors = [make_actor(), make_actor()]
    both_at_once(*[lambda actor=actor: at_today(lambda: undo_lift(hold=hold, actor=actor)) for actor in actors])
    hold.refresh_from_db()
    assert hold.lifted_at is None
    assert len(hold.lifts) == 1
    assert LetterHold.objects.filter(lifted_at=None).count() == 1


# -- debts ----------------------------------------------------------------------------------------------------------


def test_debts_put_back_into_the_queue_are_held_again_as_they_were() -> None:
    case, manager, other = opened_case(months=(SEP, OCT)), make_actor(), make_actor()
    hold_debt(posting_ids=debts(case), kind="DISPUTE", reason="Montant contesté", actor=manager, until=UNTIL)
    held = stands(case)
    assert held[0] == Lane.HELD
    with clock.travel(TODAY + DAY):
        # The night read it as held.
        detect_arrears(day=TODAY + DAY, actor=SYSTEM)
        release_debt(posting_ids=debts(case), actor=manager)
        assert stands(case)[2] > 0
        made = undo_release(case=case, number=0, actor=other)
        assert {(row.kind, row.reason, row.period.lower, row.period.upper) for row in made} == {
            ("DISPUTE", "Montant contesté", TODAY + DAY, UNTIL)
        }
        assert stands(case) == held
        case.refresh_from_db()
        [release] = case.releases
        assert (release["by"], release["back_by"], len(release["holds"])) == (manager.user_id, other.user_id, 2)
        assert undo_release(case=case, number=0, actor=manager) == []
        assert DebtHold.objects.count() == 4
        assert broken_states(TODAY + DAY) == []


def test_a_hold_of_the_same_day_comes_back_too() -> None:
    case, manager = opened_case(months=(SEP, OCT)), make_actor()
    hold_debt(posting_ids=debts(case), kind="FREEZE", reason="Recevabilité", actor=manager)
    release_debt(posting_ids=debts(case)[:1], actor=manager)
    undo_release(case=case, number=0, actor=manager)
    assert sorted(DebtHold.objects.values_list("posting_id", flat=True)) == sorted(debts(case))
    assert stands(case)[0] == Lane.HELD


def test_what_was_paid_since_stays_paid() -> None:
    case, manager = opened_case(months=(SEP, OCT), amount="100.00"), make_actor()
    first, second = debts(case)
    hold_debt(posting_ids=[first, second], kind="DISPUTE", reason="Contesté", actor=manager)
    release_debt(posting_ids=[first, second], actor=manager)
    pay(account=case.account_id, on=TODAY, amount="100.00")
    [made] = undo_release(case=case, number=0, actor=manager)
    assert made.posting_id == second
    release_debt(posting_ids=[second], actor=manager)
    pay(account=case.account_id, on=TODAY, amount="100.00")
    ArrearsCase.objects.filter(pk=case.pk).update(closed_on=None)
    with pytest.raises(Conflict, match="payées depuis"):
        undo_release(case=case, number=1, actor=manager)


def test_a_release_stays_where_the_debts_are_held_again_or_their_hold_would_be_over() -> None:
    case, manager = opened_case(months=(SEP, OCT)), make_actor()
    hold_debt(posting_ids=debts(case), kind="DISPUTE", reason="Contesté", actor=manager, until=UNTIL)
    release_debt(posting_ids=debts(case), actor=manager)
    with clock.travel(UNTIL), pytest.raises(Conflict, match="à sa fin"):
        undo_release(case=case, number=0, actor=manager)
    hold_debt(posting_ids=debts(case)[:1], kind="FREEZE", reason="Recevabilité", actor=manager)
    with pytest.raises(Conflict, match="déjà de nouveau"):
        undo_release(case=case, number=0, actor=manager)
    ArrearsCase.objects.filter(pk=case.pk).update(closed_on=TODAY)
    with pytest.raises(Conflict, match="soldé"):
        undo_release(case=case, number=0, actor=manager)


def test_the_decision_that_held_them_ends_what_stands_of_it_now() -> None:
    case, manager = opened_case(months=(SEP, OCT), amount="212.00"), make_actor()
    plan_asked(case)
    decision = decide(case=case, decision="CONFIRM", expected="PLAN", plan_until=UNTIL, actor=manager)
    assert decision.held
    release_debt(posting_ids=debts(case), actor=manager)
    made = undo_release(case=case, number=0, actor=manager)
    decision.refresh_from_db()
    assert sorted(decision.held) == sorted(row.pk for row in made)
    undo_decision(decision=decision, actor=manager)
    assert not DebtHold.objects.filter(period__contains=TODAY).exists()
    case.refresh_from_db()


def test_a_release_stays_once_the_decision_that_held_them_was_taken_back() -> None:
    case, manager = opened_case(months=(SEP, OCT), amount="212.00"), make_actor()
    plan_asked(case)
    decision = decide(case=case, decision="CONFIRM", expected="PLAN", plan_until=UNTIL, actor=manager)
    release_debt(posting_ids=debts(case), actor=manager)
    undo_decision(decision=decision, actor=manager)
    with pytest.raises(Conflict, match="décision"):
        undo_release(case=case, number=0, actor=manager)


@pytest.mark.django_db(transaction=True)
def test_two_people_take_a_release_back_at_once() -> None:
    case = opened_case(months=(SEP, OCT))
    hold_debt(posting_ids=debts(case), kind="DISPUTE", reason="Contesté", actor=make_actor())
    release_debt(posting_ids=debts(case), actor=make_actor())
    actors = [make_actor(), make_actor()]
    found = both_at_once(
        *[lambda actor=actor: at_today(lambda: undo_release(case=case, number=0, actor=actor)) for actor in actors]
    )
    assert sorted(len(made) for made in found if isinstance(made, list)) == [0, 2]
    assert DebtHold.objects.count() == 2
