"""The tasks of a case: written by the service that finds it, done by the act, dropped when their cause goes away."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Task, User
from office.tasks.codes import TaskState
from office.tasks.queries import shown
from office.tasks.services.checking import check_tasks
from rent_ledger.arrears.codes import ArrearsDuty, CauseCode, Decision
from rent_ledger.arrears.rules.lanes import TO_DECIDE
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.arrears.services.decisions import decide, record_report
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.services.lanes import refresh_lanes
from rent_ledger.arrears.services.letter_holds import lift_hold
from rent_ledger.arrears.services.social import record_social_answer
from rent_ledger.books.codes import Action, HoldKind
from rent_ledger.books.services import projections
from rent_ledger.books.services.posting import reverse
from rent_ledger.models import AccountState, ArrearsCase, OpenItem
from tests.factories import (
    hold_letters,
    make_actor,
    make_arrears,
    make_association,
    make_bank_known,
    make_let,
    make_right,
    owe,
    pay,
)

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
TODAY = date(2026, 11, 5)
D, R, P = ArrearsDuty.DECISION, ArrearsDuty.REPORT, ArrearsDuty.PLAN


def tasks(case: ArrearsCase, kind: str) -> list[tuple[str, str]]:
    """(state, why), the oldest first."""
    return list(Task.objects.filter(kind=kind, about_id=case.pk).order_by("id").values_list("state", "why"))


def constituted() -> ArrearsCase:
    """Two months and more of 213.00 net, the aid paid to us."""
    make_bank_known(until=TODAY)
    lease = make_let(start=date(2024, 3, 15))
    make_right(lease=lease, amount="267.00", start=date(2024, 4, 1))
    for due in (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)):
        account = owe(lease=lease, due_on=due, amount="480.00")
    detect_arrears(day=TODAY, actor=SYSTEM)
    case = ArrearsCase.objects.get(account_id=account)
    assert case.report_due_on is not None
    return case


@pytest.fixture
def case() -> ArrearsCase:
    make_bank_known(until=TODAY)
    return make_arrears()


def test_a_case_that_is_found_waits_for_a_decision(case: ArrearsCase) -> None:
    task = Task.objects.get(kind=D)
    assert (task.about_id, task.household_id, task.state, task.assignee_id) == (
        case.pk, case.account.household_id, TaskState.TODO, None,
    )  # fmt: skip
    manager = make_actor()
    [row] = shown([task], manager)
    household = case.account.household
    assert household is not None
    assert row.line.title == f"Décider pour {household.name}"
    assert row.line.text.startswith("Proposé : ")
    assert row.line.url == f"/loyers/impayes/dossiers/{case.pk}/"
    detect_arrears(day=TODAY, actor=SYSTEM)
    assert Task.objects.filter(kind=D).count() == 1


def test_it_is_done_by_the_decision_and_by_who_decides(case: ArrearsCase) -> None:
    manager = make_actor()
    decide(case=case, decision=Decision.REFUSE, reason="Vu au téléphone", actor=manager)
    task = Task.objects.get(kind=D)
    assert (task.state, task.ended_by_id) == (TaskState.DONE, manager.user_id)
    assert list(check_tasks()) == []


def test_a_pause_that_is_lifted_makes_it_stand_again(case: ArrearsCase) -> None:
    manager = make_actor()
    decide(
        case=case, decision=Decision.PAUSE, reason="Paie vendredi", pause_until=date(2026, 11, 12), actor=manager
    )  # fmt: skip
    assert tasks(case, D) == [(TaskState.DONE, "")]
    lift_hold(hold=case.letter_holds.get(), actor=manager)
    assert tasks(case, D) == [(TaskState.TODO, "")]


def test_a_pause_of_the_social_service_drops_it(case: ArrearsCase) -> None:
    hold_letters(case=case, until=date(2026, 11, 20), source="SOCIAL", actor=make_actor(role=Role.SOCIAL_WORKER))
    assert tasks(case, D) == [(TaskState.DROPPED, "Plus rien n’est proposé pour ce dossier")]


def test_a_payment_drops_it_at_once(case: ArrearsCase) -> None:
    pay(account=case.account_id, on=TODAY, amount="213.00")
    assert tasks(case, D) == [(TaskState.DROPPED, "Plus rien n’est proposé pour ce dossier")]
    assert list(check_tasks()) == []


def test_a_rebuild_ends_what_waits_for_nothing(case: ArrearsCase) -> None:
    """It knows no state of before, so it asks for all."""
    pay(account=case.account_id, on=TODAY, amount="213.00")
    Task.objects.filter(kind=D).update(state=TaskState.TODO, why="", ended_at=None)
    projections.rebuild()
    assert tasks(case, D) == [(TaskState.DROPPED, "Plus rien n’est proposé pour ce dossier")]


def test_a_payment_of_who_is_up_to_date_asks_the_tasks_nothing() -> None:
    """A run and an import are no dearer for the tasks."""
    make_bank_known(until=TODAY)
    accounts = [owe(lease=make_let(), due_on=TODAY, amount="213.00") for _ in range(3)]
    with CaptureQueriesContext(connection) as found:
        projections.refresh(account_ids=accounts)
    assert len([q for q in found.captured_queries if "office_task" in q["sql"]]) == 0


def test_a_case_above_the_threshold_is_to_report_by_its_legal_day() -> None:
    case = constituted()
    task = Task.objects.get(kind=R)
    assert (task.about_id, task.due_on, task.state) == (case.pk, case.report_due_on, TaskState.TODO)
    manager = make_actor()
    assert shown([task], manager)[0].line.title.endswith("à la CAF")
    record_report(case=case, reported_on=TODAY, actor=manager)
    task.refresh_from_db()
    assert (task.state, task.ended_by_id) == (TaskState.DONE, manager.user_id)


def test_a_debt_that_is_settled_drops_the_report() -> None:
    case = constituted()
    pay(account=case.account_id, on=TODAY, amount="1440.00")
    detect_arrears(day=TODAY, actor=SYSTEM)
    assert tasks(case, R) == [(TaskState.DROPPED, "La dette est soldée")]
    assert list(check_tasks()) == []


def answer(case: ArrearsCase, *, plan: str = "", actor: Actor | None = None) -> None:
    record_social_answer(
        case=case, contact_made=True, cause=CauseCode.BUDGET, plan_asked=bool(plan),
        plan_amount=Decimal(plan) if plan else None, actor=actor or make_actor(role=Role.SOCIAL_WORKER),
    )  # fmt: skip


def test_a_plan_that_is_asked_waits_for_a_decision_of_the_manager(case: ArrearsCase) -> None:
    worker = make_actor(role=Role.SOCIAL_WORKER)
    answer(case, plan="45.00", actor=worker)
    task = Task.objects.get(kind=P)
    assert (task.about_id, task.author_id, task.state) == (case.pk, worker.user_id, TaskState.TODO)
    make_association()
    manager = make_actor()
    assert shown([task], manager)[0].line.text == "Le service social propose 45,00\u00a0€ par mois"
    decide(
        case=case, decision=Decision.CHANGE, action=Action.CALL, reason="Plan accepté : j’appelle", actor=manager
    )  # fmt: skip
    task.refresh_from_db()
    assert (task.state, task.ended_by_id) == (TaskState.DONE, manager.user_id)


def test_a_plan_that_is_asked_is_the_one_task_of_its_case(case: ArrearsCase) -> None:
    record_social_answer(
        case=case, contact_made=True, cause=CauseCode.BUDGET, hold_until=date(2026, 11, 20), plan_asked=True,
        plan_amount=Decimal("45.00"), actor=make_actor(role=Role.SOCIAL_WORKER),
    )  # fmt: skip
    with clock.travel(date(2026, 12, 5)):
        detect_arrears(day=date(2026, 12, 5), actor=SYSTEM)
        assert tasks(case, P) == [(TaskState.TODO, "")]
        assert [why for state, why in tasks(case, D) if state == TaskState.TODO] == []
    # After thirty days the lanes propose something else, and the case is decided like another.
    with clock.travel(date(2026, 12, 6)):
        detect_arrears(day=date(2026, 12, 6), actor=SYSTEM)
        state = AccountState.objects.get(account_id=case.account_id)
        assert state.action in TO_DECIDE - {Action.ANSWER_PLAN}
        assert tasks(case, P) == [(TaskState.DROPPED, "Le délai pour y répondre est passé")]
        assert [why for state, why in tasks(case, D) if state == TaskState.TODO] == [""]
        assert list(check_tasks()) == []


def test_another_answer_takes_the_plan_back(case: ArrearsCase) -> None:
    answer(case, plan="45.00")
    answer(case)
    assert tasks(case, P) == [(TaskState.DROPPED, "Le service social a répondu de nouveau")]


def sign(case: ArrearsCase, *, until: date | None = None) -> User:
    manager = make_actor()
    debts = OpenItem.objects.filter(account=case.account_id, is_debit=True).values_list("posting_id", flat=True)
    hold_debt(posting_ids=list(debts), kind=HoldKind.PLAN, reason="Signé, six fois", until=until, actor=manager)
    assert manager.user is not None
    return manager.user


def test_a_plan_that_is_asked_is_done_by_the_plan(case: ArrearsCase) -> None:
    answer(case, plan="45.00")
    author = sign(case)
    task = Task.objects.get(kind=P)
    assert (task.state, task.why, task.ended_by_id) == (TaskState.DONE, "", author.pk)
    assert list(check_tasks()) == []


def test_a_plan_in_force_is_asked_by_nobody_and_one_that_ended_before_is_no_answer(case: ArrearsCase) -> None:
    sign(case, until=date(2026, 11, 6))
    answer(case, plan="45.00")
    assert tasks(case, P) == []
    with clock.travel(date(2026, 11, 7)):
        projections.refresh(account_ids=[case.account_id])
        answer(case, plan="45.00")
        assert tasks(case, P) == [(TaskState.TODO, "")]


def test_nothing_owed_drops_the_plan_at_once_and_it_stands_again_with_the_debt(case: ArrearsCase) -> None:
    answer(case, plan="45.00")
    entry = pay(account=case.account_id, on=TODAY, amount="213.00")
    assert tasks(case, P) == [(TaskState.DROPPED, "La dette est soldée")]
    assert list(check_tasks()) == []
    reverse(entry_ids=[entry], actor=make_actor())
    assert tasks(case, P) == [(TaskState.TODO, "")]


def test_a_decision_before_the_answer_is_no_answer_to_it(case: ArrearsCase) -> None:
    decide(case=case, decision=Decision.REFUSE, reason="Vu au téléphone", actor=make_actor())
    with clock.travel(datetime(2026, 11, 6, 9, tzinfo=clock.PARIS)):
        answer(case, plan="45.00")
        answer(case)
    assert tasks(case, P) == [(TaskState.DROPPED, "Le service social a répondu de nouveau")]


def test_a_case_that_is_settled_asks_for_no_plan(case: ArrearsCase) -> None:
    answer(case, plan="45.00")
    pay(account=case.account_id, on=TODAY, amount="213.00")
    detect_arrears(day=TODAY, actor=SYSTEM)
    ArrearsCase.objects.filter(pk=case.pk).update(closed_on=TODAY)
    AccountState.objects.filter(account_id=case.account_id).update(arrears=1)
    assert list(check_tasks()) == []
    assert tasks(case, P) == [(TaskState.DROPPED, "La dette est soldée")]


def test_an_answer_without_a_plan_asks_nothing(case: ArrearsCase) -> None:
    answer(case)
    assert tasks(case, P) == []


def test_many_cases_take_as_many_queries_as_one() -> None:
    """A refresh of lanes that turns nobody asks nothing of the tasks; one that turns many asks as for one."""
    make_bank_known(until=TODAY)
    cases = [make_arrears() for _ in range(4)]

    def queries(some: list[ArrearsCase]) -> int:
        AccountState.objects.filter(account_id__in=[c.account_id for c in some]).update(action="")
        with CaptureQueriesContext(connection) as found:
            refresh_lanes(account_ids=[c.account_id for c in some], day=TODAY)
        return len(found)

    assert queries(cases) == queries(cases[:1])
    with CaptureQueriesContext(connection) as quiet:
        refresh_lanes(account_ids=[c.account_id for c in cases], day=TODAY)
    assert not [q for q in quiet.captured_queries if "office_task" in q["sql"]]
