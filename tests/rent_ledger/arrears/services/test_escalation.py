"""A proposal without effect, and one that is refused, as the books and the decisions tell them."""

from datetime import date, timedelta

import pytest

from common import clock
from rent_ledger.arrears.services.decisions import decide
from rent_ledger.arrears.services.lanes import refresh_lanes
from rent_ledger.arrears.services.taking_back import undo_decision
from rent_ledger.books.codes import LaneWhy
from rent_ledger.books.services import projections
from rent_ledger.models import AccountState
from tests.factories import make_actor, make_association, make_bank_known, owe, pay
from tests.rent_ledger.arrears.services.test_arrears import TODAY, opened_case

pytestmark = pytest.mark.django_db


def on(account: int, day: date) -> AccountState:
    """The state on `day`, the bank known to the day before."""
    make_bank_known(until=day - timedelta(days=1))
    projections.roll(day=day)
    refresh_lanes(account_ids=[account], day=day)
    return AccountState.objects.get(pk=account)


def test_a_message_without_money_becomes_a_call() -> None:
    make_association()
    case = opened_case()
    decide(case=case, decision="CONFIRM", actor=make_actor())
    with clock.travel(TODAY + timedelta(days=11)):
        state = on(case.account_id, clock.today())
        assert (state.action, state.why.code if state.why else None) == ("CALL", LaneWhy.MESSAGE_NO_EFFECT)
        pay(account=case.account_id, on=TODAY + timedelta(days=2), amount="20.00")
        state = on(case.account_id, clock.today())
        assert state.why
        assert state.why.code != LaneWhy.MESSAGE_NO_EFFECT


def test_two_refusals_wait_for_another_term() -> None:
    make_association()
    case, actor = opened_case(), make_actor()
    for days in (11, 22):
        with clock.travel(TODAY + timedelta(days=days)):
            assert on(case.account_id, clock.today()).action == "COURTESY"
            last = decide(case=case, decision="REFUSE", reason="Prime attendue", actor=actor)
    day = TODAY + timedelta(days=33)
    with clock.travel(day):
        state = on(case.account_id, day)
        assert (state.action, state.why.code if state.why else None) == ("WAIT", LaneWhy.REFUSED_OFTEN)
        # Taken back, the second refusal counts no more.
        undo_decision(decision=last, actor=actor)
        assert on(case.account_id, day).action == "COURTESY"
    assert case.account.lease
    with clock.travel(day):
        decide(case=case, decision="REFUSE", reason="Prime attendue", actor=actor)
        owe(lease=case.account.lease, due_on=day + timedelta(days=8))
    day += timedelta(days=11)
    with clock.travel(day):
        state = on(case.account_id, day)
        assert state.why
        assert (state.action != "WAIT", state.why.code == LaneWhy.REFUSED_OFTEN) == (True, False)
