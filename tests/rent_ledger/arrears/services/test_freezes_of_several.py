"""Procedures beside one another, and beside plans: what two owe together, a plan that stopped, and what is erased."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from common import clock
from common.errors import Conflict, InvalidInput
from leases.models import LeaseParty, Person
from rent_ledger.arrears.codes import FreezeKind
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.arrears.services.freezes import note_step, undo_step
from rent_ledger.arrears.services.plans import end_plan, propose_plan, resume_plan, sign_plan
from rent_ledger.books.codes import HoldKind, PlanEnd
from rent_ledger.books.services.posting import reverse
from rent_ledger.checking.services.states import broken_states
from rent_ledger.models import ArrearsCase, DebtFreeze, DebtHold, FreezeStep, FrozenDebt, OpenItem, RepaymentPlan
from tests.factories import make_actor, pay
from tests.rent_ledger.arrears.services.test_arrears import NOV, OCT, SEP, TODAY, detect
from tests.rent_ledger.arrears.services.test_freezes import (
    ADMITTED,
    admitted,
    case,  # noqa: F401
    ends,
    figures,
    holder,
    note,
    someone,
)

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def other(case: ArrearsCase) -> Person:  # noqa: F811
    """Who owes the same as the holder."""
    first = LeaseParty.objects.get(lease=case.account.lease_id, role="HOLDER")
    found = someone()
    LeaseParty.objects.create(lease=case.account.lease, person=found, role="CO_HOLDER", period=first.period)
    return found


def noted(person: Person, kind: str, on: date, until: date | None = None, **more) -> FreezeStep:
    return note_step(person=person, kind=kind, on=on, until=until, actor=make_actor(), **more)


def signed(case: ArrearsCase, **more) -> RepaymentPlan:  # noqa: F811
    plan = propose_plan(case=case, months=2, first_on=date(2026, 12, 5), actor=make_actor(), **more)
    return sign_plan(plan=plan, signed_on=clock.today(), actor=make_actor())


def test_what_two_owe_is_frozen_as_long_as_the_procedure_of_one_says(case, other):  # noqa: F811
    admitted(case)
    second = noted(other, FreezeKind.ADMISSIBLE, TODAY)
    assert ends(case) == {date(2028, 11, 6)}  # the longer of both; November's term is frozen by the second alone
    measures = note(case, FreezeKind.MEASURES, TODAY, date(2033, 11, 5))
    assert ends(case) == {date(2033, 11, 6), date(2028, 11, 6)}
    theirs = noted(other, FreezeKind.MEASURES, TODAY, date(2033, 11, 1))
    assert ends(case) == {date(2033, 11, 6), date(2033, 11, 2)}
    undo_step(step=measures, actor=make_actor())
    assert ends(case) == {date(2033, 11, 2)}
    undo_step(step=theirs, actor=make_actor())
    undo_step(step=second, actor=make_actor())
    assert ends(case) == {date(2028, 10, 21)}
    assert figures(case) == ("200.00", "400.00")


def test_of_two_a_shorter_freeze_does_not_last_as_the_longer_one_did(case, other):  # noqa: F811
    admitted(case)
    noted(other, FreezeKind.ADMISSIBLE, ADMITTED)
    note(case, FreezeKind.MORATORIUM, TODAY, date(2027, 5, 5))
    assert ends(case) == {date(2028, 10, 21)}
    noted(other, FreezeKind.MORATORIUM, TODAY, date(2027, 5, 31))
    assert ends(case) == {date(2027, 6, 1)}
    noted(other, FreezeKind.CLOSED, TODAY)
    assert ends(case) == {date(2027, 5, 6)}
    assert figures(case) == ("200.00", "400.00")


def test_a_decision_noted_after_the_freeze_ended_is_taken_back(case):  # noqa: F811
    admitted(case)
    note(case, FreezeKind.MORATORIUM, TODAY, TODAY + timedelta(days=7))
    with clock.travel(TODAY + timedelta(days=8)):
        measures = note(case, FreezeKind.MEASURES, clock.today(), date(2027, 11, 5))
        assert figures(case) == ("200.00", "400.00")
        undo_step(step=measures, actor=make_actor())
        assert figures(case) == ("600.00", "0.00")
        measures = note(case, FreezeKind.MEASURES, clock.today(), date(2027, 11, 5))
    with clock.travel(TODAY + timedelta(days=20)):
        undo_step(step=measures, actor=make_actor())
        assert figures(case) == ("600.00", "0.00")
        assert not broken_states(day=clock.today())


def test_a_plan_that_a_procedure_stopped_does_not_run_again_while_it_freezes(case):  # noqa: F811
    plan = signed(case)
    admitted(case)
    with pytest.raises(Conflict) as refusal:
        resume_plan(plan=plan, actor=make_actor())
    assert refusal.value.code == "frozen"
    assert not RepaymentPlan.objects.get(pk=plan.pk).is_running
    assert figures(case) == ("200.00", "400.00")


def test_a_kept_plan_of_which_a_payment_comes_back_is_frozen_and_runs_no_more(case):  # noqa: F811
    plan = signed(case)
    paid = pay(
        account=case.account_id, on=TODAY, amount="600.00", designate=list(plan.debts.values_list("posting", flat=True))
    )
    detect()
    plan.refresh_from_db()
    assert plan.end == PlanEnd.KEPT
    admitted(case)
    reverse(entry_ids=[paid], actor=make_actor(), effective_on=TODAY)
    detect()
    assert not RepaymentPlan.objects.get(pk=plan.pk).is_running
    assert figures(case) == ("200.00", "400.00")
    assert not broken_states(day=TODAY)


def test_of_two_who_owe_a_plan_runs_again_once_neither_is_frozen(case, other):  # noqa: F811
    plan = signed(case)
    first = admitted(case)
    second = noted(other, FreezeKind.ADMISSIBLE, ADMITTED)
    undo_step(step=first, actor=make_actor())
    assert not RepaymentPlan.objects.get(pk=plan.pk).is_running
    assert figures(case) == ("200.00", "400.00")
    undo_step(step=second, actor=make_actor())
    assert RepaymentPlan.objects.get(pk=plan.pk).is_running
    assert figures(case) == ("0.00", "600.00")


def test_a_plan_signed_since_is_stopped_before_admissibility_is_taken_back(case):  # noqa: F811
    signed(case)
    step = admitted(case)
    later = signed(case)
    with pytest.raises(Conflict, match="Un autre plan") as refusal:
        undo_step(step=step, actor=make_actor())
    assert refusal.value.code == "other_runs"
    assert figures(case) == ("0.00", "600.00")
    end_plan(plan=later, reason="Saisi par erreur", actor=make_actor())
    undo_step(step=step, actor=make_actor())
    assert figures(case) == ("0.00", "600.00")
    assert set(DebtHold.objects.filter(period__contains=TODAY).values_list("kind", flat=True)) == {HoldKind.PLAN}


def test_all_that_was_due_on_the_day_of_the_erasure_is_erased(case):  # noqa: F811
    """C. conso., art. L. 741-2: debts "arrêtées à la date de la décision", frozen, disputed or in a plan."""
    admitted(case)
    november = OpenItem.objects.get(account=case.account_id, due_on=NOV)
    erased = note(case, FreezeKind.ERASED, NOV)
    assert figures(case) == ("0.00", "0.00")
    undo_step(step=erased, actor=make_actor())
    assert figures(case) == ("200.00", "400.00")
    assert FrozenDebt.objects.count() == 2
    assert not DebtHold.objects.filter(posting=november.posting_id).exists()
    # The day before, November's term was not due.
    note(case, FreezeKind.ERASED, NOV - timedelta(days=1))
    assert figures(case) == ("200.00", "0.00")
    assert not broken_states(day=TODAY)


def test_what_was_disputed_is_erased_and_disputed_again_when_that_is_taken_back(case):  # noqa: F811
    debts = list(OpenItem.objects.filter(account=case.account_id).order_by("due_on"))
    hold_debt(posting_ids=[debts[0].posting_id], kind=HoldKind.DISPUTE, reason="Charges", actor=make_actor())
    admitted(case)
    erased = note(case, FreezeKind.ERASED, TODAY)
    assert figures(case) == ("0.00", "0.00")
    undo_step(step=erased, actor=make_actor())
    assert figures(case) == ("200.00", "400.00")
    kinds = dict(DebtHold.objects.filter(period__contains=TODAY).values_list("posting", "kind"))
    assert kinds == {debts[0].posting_id: HoldKind.DISPUTE, debts[1].posting_id: HoldKind.FREEZE}


def test_a_plan_of_what_is_erased_stops_and_is_not_kept(case):  # noqa: F811
    admitted(case)
    plan = signed(case)  # of November's term
    erased = note(case, FreezeKind.ERASED, TODAY)
    detect()
    plan.refresh_from_db()
    assert plan.end == PlanEnd.WITHDRAWN
    undo_step(step=erased, actor=make_actor())
    assert RepaymentPlan.objects.get(pk=plan.pk).is_running
    assert figures(case) == ("0.00", "600.00")
    assert not broken_states(day=TODAY)


def test_who_owes_the_current_rent_too_stays_bound_by_it(case, other):  # noqa: F811
    noted(holder(case), FreezeKind.ADMISSIBLE, date(2026, 8, 1))  # nothing was due then
    with pytest.raises(InvalidInput, match="Delmas"):
        note(case, FreezeKind.ERASED, TODAY)
    assert DebtFreeze.objects.get().ended_on is None
    assert not FrozenDebt.objects.exists()
    assert {SEP, OCT, NOV} == set(OpenItem.objects.filter(account=case.account_id).values_list("due_on", flat=True))
