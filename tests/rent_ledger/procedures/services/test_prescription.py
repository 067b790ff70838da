"""Terms that will soon be barred: seen six months before, told as a task, no more once a plan or a writ interrupts."""

from datetime import date
from decimal import Decimal

import pytest

from common import clock
from office.access.actor import Actor
from office.models import Organisation, Task
from office.tasks.services.checking import check_tasks
from rent_ledger.models import ArrearsCase, PlanDebt, PlanInstalment, Posting, Procedure, ProcedureStep, RepaymentPlan
from rent_ledger.procedures.codes import BarredWhy
from rent_ledger.procedures.duties import BARRED
from rent_ledger.procedures.queries.prescription import soon_barred
from tests.factories import make_association
from tests.rent_ledger.arrears.services.test_arrears import opened_case

D = date
pytestmark = pytest.mark.django_db
TERM = D(2024, 11, 1)  # article 7-1: 1 November 2027 is its last day, warned of from 2 May
WARNED = D(2027, 5, 2)


@pytest.fixture
def case() -> ArrearsCase:
    make_association()
    case = opened_case(months=(TERM, D(2026, 11, 1)), amount="200.00")
    Organisation.objects.filter(owned_agreements__leases=case.account.lease).update(
        body="HLM", is_person=False, is_family_company=False
    )
    return case


def barred(day: date) -> list[tuple[date, date, Decimal]]:
    return [(one.due_on, one.on, one.left) for one in soon_barred(None, day=day)]


def test_six_months_before_and_until_it_is_barred(case):
    seen = [(TERM, D(2027, 11, 2), Decimal("200.00"))]
    assert [barred(day) for day in (D(2027, 5, 1), WARNED, D(2027, 11, 1), D(2027, 11, 2))] == [[], seen, seen, []]
    assert soon_barred([case.account_id], day=WARNED)[0].reason.code == BarredWhy.LEASE
    assert soon_barred([0], day=WARNED) == []


def test_five_years_for_another_contract(case):
    Organisation.objects.update(body="")
    assert barred(WARNED) == []
    assert barred(D(2029, 5, 2)) == [(TERM, D(2029, 11, 2), Decimal("200.00"))]
    assert soon_barred(None, day=D(2029, 5, 2))[0].reason.code == BarredWhy.OTHER


def test_a_writ_or_a_plan_signed_begins_it_anew(case):
    assert barred(WARNED)
    procedure = Procedure.objects.create(account=case.account, track="LEASE")
    ProcedureStep.objects.create(procedure=procedure, kind="WRIT", on=D(2026, 11, 4), hearing_on=D(2027, 1, 28))
    assert barred(WARNED) == []
    # What is dismissed interrupted nothing.
    ProcedureStep.objects.create(procedure=procedure, kind="DISMISSED", on=D(2027, 1, 28))
    assert barred(WARNED)
    plan = RepaymentPlan.objects.create(account=case.account)
    posting = Posting.objects.get(debit=case.account_id, due_on=TERM)
    PlanDebt.objects.create(plan=plan, posting=posting, amount=200)
    PlanInstalment.objects.create(plan=plan, due_on=D(2026, 12, 5), amount=200)
    assert barred(WARNED)
    RepaymentPlan.objects.update(signed_on=D(2026, 11, 5))
    assert barred(WARNED) == []


def test_it_is_a_task_with_its_last_day(case):
    with clock.travel(WARNED):
        list(check_tasks())
        task = Task.objects.get(kind=BARRED.code)
        assert (task.about_id, task.due_on, task.state) == (case.pk, D(2027, 11, 1), "TODO")
        line = BARRED.show([case.pk], Actor.system())[case.pk]
        assert "200,00" in line.text
        Procedure.objects.create(account=case.account, track="LEASE").steps.create(
            kind="WRIT", on=D(2027, 4, 30), hearing_on=D(2027, 9, 1)
        )
        list(check_tasks())
        task.refresh_from_db()
        assert task.state != "TODO"
