"""A suspension that a judge gave: kept by the money, ended at the first unpaid term, taken up again where it came."""

from datetime import date

import pytest

from common import clock
from office.models import Task
from rent_ledger.books.services.posting import reverse
from rent_ledger.models import BankStatement, HelpRequest, Procedure, ProcedureStep
from rent_ledger.procedures.codes import StandWhy, StepKind
from rent_ledger.procedures.services.judging import judge_suspensions
from rent_ledger.procedures.services.steps import note_step, undo_step
from tests.factories import make_actor, make_association, make_bank_known, owe, pay
from tests.rent_ledger.arrears.services.test_arrears import SEP, opened_case
from tests.rent_ledger.procedures.services.test_steps import stands

D = date
pytestmark = pytest.mark.django_db
JUDGED = D(2026, 9, 15)
DAY = D(2026, 11, 20)


@pytest.fixture
def account():
    """600.00 due; on 15 September a judge spread them, 50.00 a month from 5 October. Terms of 200.00 follow."""
    make_association()
    case = opened_case(months=(D(2026, 7, 1), D(2026, 8, 1), SEP), amount="200.00")
    for due in (D(2026, 10, 1), D(2026, 11, 1)):
        owe(lease=case.account.lease, due_on=due, amount="200.00")
    procedure = Procedure.objects.create(account=case.account, track="CONTRACT")
    for kind, on, more in (
        (StepKind.NOTICE, D(2026, 6, 1), {"until": D(2026, 6, 30)}),
        (StepKind.WRIT, D(2026, 7, 1), {"hearing_on": JUDGED}),
        (StepKind.DELAYS, JUDGED, {"amount": 600, "monthly": 50, "first_on": D(2026, 10, 5), "until": D(2027, 9, 15)}),
    ):
        ProcedureStep.objects.create(procedure=procedure, kind=kind, on=on, **more)
    make_bank_known(until=D(2026, 11, 19))
    return case.account


def lapsed(day: date = DAY) -> date | None:
    with clock.travel(day):
        judge_suspensions(day=day)
    return Procedure.objects.get().lapsed_on


def kept(account) -> None:
    pay(account=account.pk, on=D(2026, 10, 2), amount="250.00")
    pay(account=account.pk, on=D(2026, 11, 3), amount="250.00")


def test_it_holds_while_all_is_paid_at_its_day(account):
    # Money pays the oldest debt first: the terms of October and November are open in the books, and nothing is late.
    kept(account)
    assert lapsed() is None
    assert not HelpRequest.objects.exists()


def test_it_ends_at_the_first_unpaid_term(account):
    pay(account=account.pk, on=D(2026, 10, 2), amount="250.00")
    assert lapsed() == D(2026, 11, 1)
    # The social service is asked before anything follows; nothing is proposed before its answer.
    assert HelpRequest.objects.count() == 1
    task = Task.objects.get(kind="PROC_LAPSED")
    assert task.state == "TODO"
    with clock.travel(DAY):
        case = account.cases.get()
        assert stands(case, DAY).where.code == StandWhy.LAPSED
        assert stands(case, DAY).halted is not None
    # Paid later, it does not come back.
    pay(account=account.pk, on=D(2026, 11, 19), amount="250.00")
    assert lapsed() == D(2026, 11, 1)
    assert HelpRequest.objects.count() == 1


def test_an_instalment_counts_as_a_term(account):
    pay(account=account.pk, on=D(2026, 10, 2), amount="200.00")
    assert lapsed() == D(2026, 10, 5)


def test_money_that_came_in_time_and_is_known_later_takes_it_up_again(account):
    pay(account=account.pk, on=D(2026, 10, 2), amount="250.00")
    assert lapsed() == D(2026, 11, 1)
    entry = pay(account=account.pk, on=D(2026, 11, 3), amount="250.00")
    assert lapsed() is None
    assert Task.objects.get(kind="PROC_LAPSED").state != "TODO"
    reverse(entry_ids=[entry], actor=make_actor(), effective_on=D(2026, 11, 6))
    assert lapsed() == D(2026, 11, 1)


def test_nothing_is_judged_beyond_what_the_bank_made_known(account):
    pay(account=account.pk, on=D(2026, 10, 2), amount="250.00")
    # 1 November is a Sunday: a transfer of Monday the 2nd has come by the 4th.
    BankStatement.objects.update(last_day=D(2026, 11, 3))
    assert lapsed() is None
    BankStatement.objects.update(last_day=D(2026, 11, 4))
    assert lapsed() == D(2026, 11, 1)
    BankStatement.objects.all().delete()
    assert lapsed() is None


def test_another_nature_is_no_rent(account):
    kept(account)
    owe(lease=account.lease, due_on=D(2026, 11, 2), amount="80.00", nature="REPAIRS")
    assert lapsed() is None


def test_once_a_commandement_de_quitter_is_served_nothing_is_judged(account):
    assert lapsed() == D(2026, 10, 1)
    with clock.travel(DAY):
        note_step(
            account=account,
            kind=StepKind.LEAVE,
            on=DAY,
            actor=make_actor(),
            answers={"proc_q_social": "Décidé ensemble"},
        )
        assert Task.objects.get(kind="PROC_LAPSED").state == "DONE"
    pay(account=account.pk, on=D(2026, 10, 1), amount="900.00")
    assert lapsed() == D(2026, 10, 1)


def test_a_judgment_taken_back_takes_its_end_with_it(account):
    assert lapsed() == D(2026, 10, 1)
    with clock.travel(DAY):
        undo_step(step=ProcedureStep.objects.get(kind=StepKind.DELAYS), actor=make_actor())
    assert Procedure.objects.get().lapsed_on is None
    assert ProcedureStep.objects.count() == 2
    assert lapsed() is None
