"""A plan that was sent to the payer and breaks: told once, by a task, and taken back."""

from datetime import date
from decimal import Decimal

import pytest

from common import clock
from common.errors import Conflict, InvalidInput
from office.tasks.services.checking import check_tasks
from rent_ledger.arrears.codes import ArrearsDuty, PayerPlanWhy, PayerRoute
from rent_ledger.arrears.queries.payer_plans import broken_untold, payer_plan
from rent_ledger.arrears.services.payer_plans import note_broken_told, take_back_broken_told
from rent_ledger.arrears.services.plans import propose_plan, sign_plan
from rent_ledger.arrears.services.reports import note_answer, prepare_report
from rent_ledger.books.queries.statement import statement
from rent_ledger.models import ArrearsCase
from tests.factories import make_actor, make_association
from tests.rent_ledger.arrears.services.test_arrears import NOV, OCT, TODAY, detect, opened_case
from tests.rent_ledger.arrears.services.test_reports import sent, tasks

pytestmark = pytest.mark.django_db
BROKEN = date(2026, 12, 11)


@pytest.fixture
def case() -> ArrearsCase:
    """Two terms of 213.00, aid paid to us."""
    make_association()
    return opened_case(months=(OCT, NOV))


def test_a_broken_plan_is_told_to_the_payer_once_and_taken_back(case: ArrearsCase) -> None:
    actor = make_actor()
    report = sent(prepare_report(case=case, actor=actor))
    plan = propose_plan(case=case, months=6, first_on=date(2026, 12, 5), actor=actor)
    sign_plan(plan=plan, signed_on=TODAY, actor=actor)
    note_answer(report=report, route=PayerRoute.PLAN, answered_on=TODAY, plan_sent_on=TODAY, actor=actor)
    with pytest.raises(Conflict, match="pas rompu"):
        note_broken_told(report=report, told_on=TODAY, actor=actor)
    with clock.travel(BROKEN):
        detect(BROKEN)
        assert {pk: on for pk, (_, on) in broken_untold().items()} == {report.pk: BROKEN}
        assert [state for state, _, _ in tasks(ArrearsDuty.PLAN_BROKEN, report.pk)] == ["TODO"]
        with pytest.raises(InvalidInput, match="entre la rupture"):
            note_broken_told(report=report, told_on=TODAY, actor=actor)
        for _ in range(2):
            note_broken_told(report=report, told_on=BROKEN, actor=actor)
        assert broken_untold() == {}
        assert [state for state, _, _ in tasks(ArrearsDuty.PLAN_BROKEN, report.pk)] == ["DONE"]
        take_back_broken_told(report=report, actor=actor)
        assert report.pk in broken_untold()
        assert list(check_tasks()) == []


def test_what_the_payer_asks_stands_beside_the_plan(case: ArrearsCase) -> None:
    """426.00 owed: 11.83 a month by default; of October's 213.00 nothing was paid."""
    months = statement(case.account_id, day=TODAY).months
    found = payer_plan(case, owed=Decimal("426.00"), months=months, day=TODAY)
    assert found is not None
    assert (found.report, found.step, found.broken) == (None, None, None)
    assert found.by_default is not None
    assert found.by_default.figures == {"amount": Decimal("11.83"), "parts": 36}
    assert found.kept is not None
    assert found.kept.code == PayerPlanWhy.LESS
