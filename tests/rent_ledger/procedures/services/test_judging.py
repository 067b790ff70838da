"""A suspension that a judge gave: kept by the money, ended at the first unpaid term, taken up again where it came."""

from datetime import date

import pytest

from common import clock
from common.errors import InvalidInput
from office.models import Task
from office.tasks.services.checking import check_tasks
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


def test_a_protocol_is_judged_from_the_money_and_told_to_the_payer(account):
    """A suspension that ended, then a protocol of 500.00 from 15 October: judged anew, kept, then broken."""
    procedure = account.procedures.get()
    Procedure.objects.filter(pk=procedure.pk).update(track="LEASE", lapsed_on=D(2026, 10, 1))
    with clock.travel(DAY):
        given = {"amount": 500, "monthly": 50, "first_on": D(2026, 11, 5), "until": D(2027, 9, 15)}
        signed = note_step(account=account, kind="PROTOCOL", on=D(2026, 10, 15), actor=make_actor(), **given)
        procedure.refresh_from_db()
        assert procedure.lapsed_on is None, "judged anew from its signature"
        assert judge_suspensions(day=DAY) == [account.pk], "the term of November is unpaid"
        assert stands(account.cases.get(), DAY).where.code == StandWhy.PROTOCOL_BROKEN
        task = Task.objects.get(kind="PROC_LAPSED", state="TODO")
        assert task.about_id == procedure.pk
        with pytest.raises(InvalidInput, match="se prolonge jusqu’au 15/09/2030"):
            note_step(account=account, kind="LONGER", on=DAY, until=D(2030, 9, 16), actor=make_actor())
        longer = note_step(account=account, kind="LONGER", on=DAY, until=D(2028, 9, 15), actor=make_actor())
        undo_step(step=longer, actor=make_actor())
        undo_step(step=signed, actor=make_actor())
        assert judge_suspensions(day=DAY) == [account.pk], "the suspension had ended before"


def test_a_protocol_is_of_two_years_at_most(account):
    Procedure.objects.filter(account=account).update(track="LEASE", lapsed_on=D(2026, 10, 1))
    given = {"amount": 500, "monthly": 50, "first_on": D(2026, 11, 5), "until": D(2028, 10, 16)}
    with clock.travel(DAY), pytest.raises(InvalidInput, match="Un protocole va jusqu’au 15/10/2028"):
        note_step(account=account, kind="PROTOCOL", on=D(2026, 10, 15), actor=make_actor(), **given)


def test_a_new_lease_after_a_protocol_that_was_kept_is_a_task(account):
    """CCH, art. L. 442-6-5: within three months of its end."""
    procedure = account.procedures.get()
    Procedure.objects.filter(pk=procedure.pk).update(track="LEASE")
    ProcedureStep.objects.create(
        procedure=procedure, kind="PROTOCOL", on=D(2026, 9, 20), amount=500, monthly=50, first_on=D(2026, 10, 5),
        until=D(2026, 11, 15),
    )  # fmt: skip
    with clock.travel(DAY):
        assert list(check_tasks())
        assert Task.objects.get(kind="PROC_STEP", state="TODO").due_on == D(2027, 2, 15)
        Procedure.objects.filter(pk=procedure.pk).update(lapsed_on=D(2026, 11, 1))
        assert list(check_tasks())
        assert not Task.objects.filter(kind="PROC_STEP", state="TODO").exists()
        assert Task.objects.filter(kind="PROC_LAPSED", state="TODO").exists()
