"""Overindebtedness: from admissible to erased, what it freezes and what it leaves; each decision taken back."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from common import clock
from common.errors import Conflict, InvalidInput
from leases.models import LeaseParty, Person
from rent_ledger.arrears.codes import FreezeKind
from rent_ledger.arrears.queries.freezes import debtors_of, others_bound
from rent_ledger.arrears.services.debt_holds import hold_debt, release_debt
from rent_ledger.arrears.services.freezes import note_step, undo_step
from rent_ledger.arrears.services.plans import propose_plan, sign_plan
from rent_ledger.arrears.services.taking_back import undo_release
from rent_ledger.books.codes import EntryKind, General, HoldKind, PlanEnd
from rent_ledger.books.queries.statement import statement
from rent_ledger.books.services.posting import reverse
from rent_ledger.checking.services.states import broken_states
from rent_ledger.models import (
    ArrearsCase,
    DebtFreeze,
    DebtHold,
    Entry,
    FreezeStep,
    FrozenDebt,
    OpenItem,
    Posting,
    RepaymentPlan,
)
from tests.at_once import both_at_once
from tests.factories import make_actor, make_association, pay
from tests.rent_ledger.arrears.services.test_arrears import NOV, OCT, SEP, TODAY, detect, opened_case, state

D = Decimal
pytestmark = pytest.mark.django_db
ADMITTED = date(2026, 10, 20)  # after the terms of September and October, before November's
ERASED_ON = date(2026, 10, 31)  # the day before November's


@pytest.fixture
def case() -> ArrearsCase:
    """Three terms of 200.00: 600.00, 400.00 of it due before the file was admissible."""
    make_association()
    return opened_case(months=(SEP, OCT, NOV), amount="200.00")


def holder(case: ArrearsCase):
    return LeaseParty.objects.get(lease=case.account.lease_id, role="HOLDER").person


def someone() -> Person:
    return Person.objects.create(civility="M", first_name="Louis", last_name="Delmas")


def note(case: ArrearsCase, kind: str, on: date, until: date | None = None, **more) -> FreezeStep:
    return note_step(person=holder(case), kind=kind, on=on, until=until, actor=make_actor(), **more)


def admitted(case: ArrearsCase) -> FreezeStep:
    return note(case, FreezeKind.ADMISSIBLE, ADMITTED)


def figures(case: ArrearsCase) -> tuple[str, str]:
    """What is claimed, and what is held."""
    now = state(case.account_id)
    return str(now.arrears), str(now.held)


def ends(case: ArrearsCase) -> set[date | None]:
    return {hold.period.upper for hold in DebtHold.objects.filter(posting__debit=case.account_id)}


def test_what_was_due_before_is_frozen_and_the_current_rent_is_not(case):
    step = admitted(case)
    assert figures(case) == ("200.00", "400.00")
    # L. 722-3: two years; the last day is 20 October 2028.
    assert ends(case) == {date(2028, 10, 21)}
    assert admitted(case).pk == step.pk
    assert FrozenDebt.objects.count() == DebtHold.objects.count() == 2
    # A payment goes to the current rent, never to what is frozen.
    pay(account=case.account_id, on=TODAY, amount="250.00")
    assert figures(case) == ("0.00", "400.00")
    assert state(case.account_id).credit == D("50.00")
    assert not broken_states(day=TODAY)


def test_a_debt_that_stands_again_is_frozen_by_the_next_pass(case):
    paid = pay(account=case.account_id, on=TODAY, amount="200.00")
    admitted(case)
    assert figures(case) == ("200.00", "200.00")
    reverse(entry_ids=[paid], actor=make_actor(), effective_on=TODAY)
    detect()
    assert figures(case) == ("200.00", "400.00")
    detect()
    assert FrozenDebt.objects.count() == 2


def put_back(case: ArrearsCase) -> None:
    """The oldest debt of the three that a procedure froze."""
    oldest = OpenItem.objects.filter(account=case.account_id).order_by("due_on")[0]
    release_debt(posting_ids=[oldest.posting_id], actor=make_actor())


@pytest.mark.parametrize(
    "later",
    [None, (FreezeKind.MORATORIUM, TODAY, date(2027, 11, 5)), (FreezeKind.MEASURES, TODAY, date(2033, 11, 5))],
)
def test_a_debt_put_back_in_the_queue_stays_there(case, later):
    """C. conso., art. L. 722-5: a judge gave delays for it."""
    admitted(case)
    put_back(case)
    detect()
    if later:
        note(case, *later)
    assert figures(case) == ("400.00", "200.00")


@pytest.mark.parametrize(
    ("kind", "until", "runs"), [(FreezeKind.MORATORIUM, date(2027, 11, 5), True), (FreezeKind.ERASED, None, False)]
)
def test_a_plan_of_what_was_put_back_runs_until_an_erasure(case, kind, until, runs):
    admitted(case)
    put_back(case)
    oldest = OpenItem.objects.filter(account=case.account_id).order_by("due_on")[0].posting_id
    plan = propose_plan(
        case=case, months=2, first_on=date(2026, 12, 5), posting_ids=[oldest], actor=make_actor()
    )  # fmt: skip
    sign_plan(plan=plan, signed_on=TODAY, actor=make_actor())
    note(case, kind, TODAY, until)
    plan.refresh_from_db()
    assert plan.is_running is runs


@pytest.mark.parametrize("kind", [FreezeKind.CLOSED, FreezeKind.ERASED])
def test_a_debt_put_back_stays_there_when_the_end_of_the_procedure_is_taken_back(case, kind):
    admitted(case)
    put_back(case)
    undo_step(step=note(case, kind, TODAY), actor=make_actor())
    detect()
    assert figures(case) == ("400.00", "200.00")


def test_a_debt_put_back_by_mistake_is_frozen_as_the_others_are(case):
    admitted(case)
    put_back(case)
    case.refresh_from_db()
    undo_release(case=case, number=0, actor=make_actor())
    assert figures(case) == ("200.00", "400.00")
    note(case, FreezeKind.MORATORIUM, TODAY, date(2027, 11, 5))
    assert ends(case) == {date(2027, 11, 6)}


def test_a_plan_stops_and_runs_again_when_that_is_taken_back(case):
    plan = propose_plan(case=case, months=6, first_on=date(2026, 12, 5), actor=make_actor())
    sign_plan(plan=plan, signed_on=TODAY, actor=make_actor())
    step = admitted(case)
    plan.refresh_from_db()
    assert (plan.end, plan.ended_on) == (PlanEnd.WITHDRAWN, TODAY)
    assert figures(case) == ("200.00", "400.00")
    undo_step(step=step, actor=make_actor())
    undo_step(step=step, actor=make_actor())
    assert RepaymentPlan.objects.get(pk=plan.pk).is_running
    assert figures(case) == ("0.00", "600.00")
    assert not DebtFreeze.objects.exists()
    assert not FrozenDebt.objects.exists()
    assert set(DebtHold.objects.values_list("kind", flat=True)) == {HoldKind.PLAN}


def test_what_is_disputed_is_frozen_once_the_dispute_is_over(case):
    oldest = OpenItem.objects.filter(account=case.account_id).order_by("due_on")[0]
    until = TODAY + timedelta(days=10)
    hold_debt(posting_ids=[oldest.posting_id], kind=HoldKind.DISPUTE, reason="Charges", until=until, actor=make_actor())
    admitted(case)
    assert set(DebtHold.objects.values_list("kind", flat=True)) == {HoldKind.DISPUTE, HoldKind.FREEZE}
    with clock.travel(until):
        detect(until)
        assert figures(case) == ("200.00", "400.00")
        assert DebtHold.objects.filter(kind=HoldKind.FREEZE).count() == 2


@pytest.mark.parametrize(
    ("kind", "on", "until", "field"),
    [
        (FreezeKind.ERASED, TODAY, None, "kind"),
        ("NOTHING", TODAY, None, "kind"),
        (FreezeKind.ADMISSIBLE, TODAY + timedelta(days=1), None, "on"),
        (FreezeKind.ADMISSIBLE, TODAY, date(2027, 1, 1), "until"),
    ],
)
def test_a_first_decision_that_cannot_be_is_refused(case, kind, on, until, field):
    with pytest.raises(InvalidInput) as refusal:
        note(case, kind, on, until)
    assert refusal.value.field == field
    assert not DebtFreeze.objects.exists()


@pytest.mark.parametrize(
    ("kind", "on", "until", "field"),
    [
        (FreezeKind.MORATORIUM, ADMITTED - timedelta(days=1), date(2027, 1, 1), "on"),
        (FreezeKind.MORATORIUM, TODAY, None, "until"),
        (FreezeKind.MORATORIUM, TODAY, TODAY, "until"),
        (FreezeKind.MORATORIUM, TODAY, date(2028, 11, 6), "until"),
        (FreezeKind.MEASURES, TODAY, date(2033, 11, 6), "until"),
        (FreezeKind.ERASED, TODAY, date(2027, 1, 1), "until"),
        (FreezeKind.ADMISSIBLE, TODAY, None, "kind"),
    ],
)
def test_a_later_decision_that_cannot_be_is_refused(case, kind, on, until, field):
    admitted(case)
    with pytest.raises(InvalidInput) as refusal:
        note(case, kind, on, until)
    assert refusal.value.field == field
    assert FreezeStep.objects.count() == 1


def test_a_moratorium_and_measures_say_until_when(case):
    admitted(case)
    moratorium = note(case, FreezeKind.MORATORIUM, TODAY, date(2028, 11, 5))
    assert ends(case) == {date(2028, 11, 6)}
    measures = note(case, FreezeKind.MEASURES, TODAY, date(2033, 11, 5))
    assert ends(case) == {date(2033, 11, 6)}
    with pytest.raises(Conflict):
        undo_step(step=moratorium, actor=make_actor())
    undo_step(step=measures, actor=make_actor())
    assert ends(case) == {date(2028, 11, 6)}
    undo_step(step=moratorium, actor=make_actor())
    assert ends(case) == {date(2028, 10, 21)}
    assert figures(case) == ("200.00", "400.00")


def test_what_was_frozen_counts_again_the_day_after_the_last(case):
    admitted(case)
    note(case, FreezeKind.MORATORIUM, TODAY, TODAY + timedelta(days=7))
    with clock.travel(TODAY + timedelta(days=7)):
        detect(clock.today())
        assert figures(case) == ("200.00", "400.00")
    with clock.travel(TODAY + timedelta(days=8)):
        detect(clock.today())
        assert figures(case) == ("600.00", "0.00")
        # The commission decides late: frozen again, from then on.
        note(case, FreezeKind.MEASURES, clock.today(), date(2027, 11, 5))
        assert figures(case) == ("200.00", "400.00")


def test_a_procedure_that_is_over_leaves_its_place_to_another(case):
    admitted(case)
    note(case, FreezeKind.MORATORIUM, TODAY, TODAY + timedelta(days=7))
    with clock.travel(TODAY + timedelta(days=30)):
        detect(clock.today())
        again = note(case, FreezeKind.ADMISSIBLE, clock.today())
        assert DebtFreeze.objects.filter(ended_on=None).get().pk == again.freeze_id
        assert DebtFreeze.objects.count() == 2
        # November's term was due before this one.
        assert figures(case) == ("0.00", "600.00")


def test_closed_the_debts_count_again_and_that_is_taken_back(case):
    admitted(case)
    closed = note(case, FreezeKind.CLOSED, TODAY)
    assert figures(case) == ("600.00", "0.00")
    assert closed.freeze.ended_on == TODAY
    undo_step(step=closed, actor=make_actor())
    assert figures(case) == ("200.00", "400.00")
    assert ends(case) == {date(2028, 10, 21)}
    assert DebtFreeze.objects.get().ended_on is None


def test_erased_debts_leave_the_books_by_an_entry_of_their_own(case):
    admitted(case)
    erased = note(case, FreezeKind.ERASED, ERASED_ON)
    assert figures(case) == ("200.00", "0.00")
    entry = Entry.objects.get(kind=EntryKind.ERASURE)
    assert [(p.debit_id, p.credit_id, str(p.amount), p.nature) for p in entry.postings.order_by("id")] == [
        (General.WRITE_OFF, case.account_id, "200.00", "RENT"), (General.WRITE_OFF, case.account_id, "200.00", "RENT"),
    ]  # fmt: skip
    laid = Posting.objects.filter(allocations_received__credit_posting__entry=entry).values_list("due_on", flat=True)
    assert sorted(laid) == [date(2026, 9, 1), date(2026, 10, 1)]
    # No money came.
    assert state(case.account_id).last_payment_on is None
    lines = [line for line in statement(case.account_id).lines if line.kind == EntryKind.ERASURE]
    assert [(line.what.text(), line.due, line.received) for line in lines] == [
        ("Dette effacée (surendettement)", D("-400.00"), 0)
    ]
    assert not broken_states(day=TODAY)
    undo_step(step=erased, actor=make_actor())
    undo_step(step=erased, actor=make_actor())
    assert figures(case) == ("200.00", "400.00")
    assert not broken_states(day=TODAY)


def test_free_credit_does_not_pay_what_a_taken_back_erasure_gives_back(case):
    admitted(case)
    pay(account=case.account_id, on=TODAY, amount="300.00")
    assert state(case.account_id).credit == D("100.00")
    undo_step(step=note(case, FreezeKind.ERASED, TODAY), actor=make_actor())
    assert figures(case) == ("0.00", "400.00")
    assert state(case.account_id).credit == D("100.00")


def test_a_co_debtor_stays_bound_by_what_is_erased(case):
    admitted(case)
    other = someone()
    first = LeaseParty.objects.get(lease=case.account.lease_id, role="HOLDER")
    LeaseParty.objects.create(lease=case.account.lease, person=other, role="CO_HOLDER", period=first.period)
    assert others_bound(DebtFreeze.objects.get()) == [other]
    with pytest.raises(InvalidInput, match="Delmas") as refusal:
        note(case, FreezeKind.ERASED, ERASED_ON)
    assert refusal.value.field == "frees_others"
    note(case, FreezeKind.ERASED, ERASED_ON, frees_others=True)
    assert figures(case) == ("200.00", "0.00")


def test_of_two_who_owe_together_one_procedure_goes_on(case):
    first = LeaseParty.objects.get(lease=case.account.lease_id, role="HOLDER")
    other = someone()
    LeaseParty.objects.create(lease=case.account.lease, person=other, role="CO_HOLDER", period=first.period)
    admitted(case)
    second = note_step(person=other, kind=FreezeKind.ADMISSIBLE, on=ADMITTED, actor=make_actor())
    note(case, FreezeKind.CLOSED, TODAY)
    assert second.freeze.debts.count() == 2
    assert figures(case) == ("200.00", "400.00")


def test_who_left_the_contract_owes_what_was_due_while_he_was_there(case):
    first = LeaseParty.objects.get(lease=case.account.lease_id, role="HOLDER")
    gone = someone()
    LeaseParty.objects.create(
        lease=case.account.lease, person=gone, role="CO_HOLDER", period=(first.period.lower, date(2026, 9, 15))
    )
    step = note_step(person=gone, kind=FreezeKind.ADMISSIBLE, on=TODAY, actor=make_actor())
    assert [debt.posting.due_on for debt in step.freeze.debts.all()] == [date(2026, 9, 1)]


def test_who_owes_nothing_has_nothing_to_freeze(case):
    with pytest.raises(InvalidInput, match="tenue d’aucun loyer"):
        note_step(person=someone(), kind=FreezeKind.ADMISSIBLE, on=TODAY, actor=make_actor())


def test_the_page_reads_who_owes_and_what_may_follow(case):
    admitted(case)
    (debtor,) = debtors_of(case.account, day=TODAY)
    assert (debtor.person, debtor.past) == (holder(case), [])
    assert debtor.running is not None
    assert (debtor.running.frozen, debtor.running.until) == (D("400.00"), date(2028, 10, 20))
    assert list(debtor.running.next_kinds) == ["MORATORIUM", "MEASURES", "ERASED", "CLOSED"]


def test_one_procedure_of_a_person_runs_at_a_time(case):
    step = admitted(case)
    with pytest.raises(IntegrityError, match="debt_freeze_one_running"), transaction.atomic():
        DebtFreeze.objects.create(person=step.freeze.person)


@pytest.mark.django_db(transaction=True)
def test_two_note_the_same_at_once(case):
    both_at_once(partial(admitted, case), partial(admitted, case))
    assert DebtFreeze.objects.count() == FreezeStep.objects.count() == 1
    assert figures(case) == ("200.00", "400.00")
