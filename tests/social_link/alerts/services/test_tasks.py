"""The tasks of an alert: to take, to answer, then of the head of the service."""

from datetime import date, timedelta

import pytest

from common import clock
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Task, User
from office.tasks.codes import TaskState
from office.tasks.queries import agenda, shown
from office.tasks.services.checking import check_tasks
from social_link.alerts.codes import AlertDuty
from social_link.alerts.services.answers import acknowledge, answer, reassign
from social_link.alerts.services.raising import raise_alerts
from social_link.models import Alert
from tests.factories import make_actor, make_alert, make_arrears, make_bank_known, make_referent, make_user

pytestmark = pytest.mark.django_db
TAKE, ANSWER, LATE = AlertDuty.TAKE, AlertDuty.ANSWER, AlertDuty.FOLLOW_UP
TODO, DONE = TaskState.TODO, TaskState.DONE


def states(alert: Alert) -> dict[str, str]:
    return dict(Task.objects.filter(about="alert", about_id=alert.pk).values_list("kind", "state"))


@pytest.fixture
def worker() -> User:
    return make_user(role=Role.SOCIAL_WORKER)


@pytest.fixture
def alert(worker: User) -> Alert:
    return make_alert(to=worker)


def test_an_alert_that_is_raised_is_to_take_by_its_deadline(worker: User) -> None:
    make_bank_known(until=date(2026, 11, 5))
    case = make_arrears(dues=(date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)))
    assert case.account.household is not None
    make_referent(household=case.account.household, user=worker)
    raise_alerts(day=clock.today(), actor=Actor.system())
    alert = Alert.objects.get()
    task = Task.objects.get(kind=TAKE)
    assert (task.about_id, task.assignee_id, task.due_on, task.household_id) == (
        alert.pk, worker.pk, alert.ack_due_on, alert.household_id,
    )  # fmt: skip
    assert list(check_tasks()) == []


def test_taken_then_answered(alert: Alert, worker: User) -> None:
    actor = Actor.of(worker)
    acknowledge(alert=alert, actor=actor)
    assert states(alert) == {TAKE: DONE, ANSWER: TODO}
    task = Task.objects.get(kind=ANSWER)
    assert (task.assignee_id, task.due_on) == (worker.pk, alert.answer_due_on)
    assert Task.objects.get(kind=TAKE).ended_by_id == worker.pk
    answer(alert=alert, contact_made=True, actor=actor)
    assert states(alert) == {TAKE: DONE, ANSWER: DONE}
    assert Task.objects.get(kind=ANSWER).ended_by_id == worker.pk
    assert list(check_tasks()) == []


def test_answered_at_once_leaves_nothing_to_do(alert: Alert, worker: User) -> None:
    answer(alert=alert, contact_made=True, actor=Actor.of(worker))
    assert states(alert) == {TAKE: DONE}


def test_passed_on_it_is_the_colleagues_to_take(alert: Alert, worker: User) -> None:
    colleague = make_user(role=Role.SOCIAL_WORKER)
    reassign(alert=alert, to=colleague, actor=Actor.of(worker))
    assert Task.objects.get(kind=TAKE).assignee_id == colleague.pk


def test_taken_and_passed_on_it_is_the_colleagues_to_answer(alert: Alert, worker: User) -> None:
    acknowledge(alert=alert, actor=Actor.of(worker))
    colleague = make_user(role=Role.SOCIAL_WORKER)
    reassign(alert=alert, to=colleague, actor=Actor.of(worker))
    assert states(alert) == {TAKE: DONE, ANSWER: TODO}
    assert Task.objects.get(kind=TAKE).ended_by_id == worker.pk
    task = Task.objects.get(kind=ANSWER)
    assert (task.assignee_id, task.due_on) == (colleague.pk, alert.answer_due_on)
    assert list(check_tasks()) == []


def test_too_late_it_is_the_heads_too(alert: Alert) -> None:
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    with clock.travel(alert.ack_due_on + timedelta(days=1)):
        raise_alerts(day=clock.today(), actor=Actor.system())
        task = Task.objects.get(kind=LATE)
        assert (task.assignee_id, task.due_on, task.state) == (None, clock.today(), TODO)
        assert task in Task.objects.of(head)
        [row] = shown([task], head)
        assert row.line.text.endswith(f", pour {alert.assignee}")
        answer(alert=alert, contact_made=True, actor=Actor.of(alert.assignee))
        assert states(alert) == {TAKE: DONE, LATE: DONE}
        assert list(check_tasks()) == []


def test_only_its_worker_and_the_head_learn_of_it(alert: Alert, worker: User) -> None:
    """Not the colleague, not the rental manager who reads the facts of an alert, not the technician."""
    seen = {
        role: Task.objects.visible_to(make_actor(role=role)).filter(household_id=alert.household_id).count()
        for role in Role
    }
    assert seen == dict.fromkeys(Role, 0) | {Role.HEAD_OF_SOCIAL: 1}
    assert Task.objects.of(Actor.of(worker)).count() == 1


def test_many_that_went_up_lead_to_the_list_of_those(alert: Alert) -> None:
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    late = max(alert.ack_due_on, make_alert().ack_due_on) + timedelta(days=1)
    with clock.travel(late):
        raise_alerts(day=late, actor=Actor.system())
    [line] = [line for line in agenda(head, day=late + timedelta(days=1)) if line.verb == "Voir"]
    assert (line.title, line.url) == ("2\u00a0alertes remontées", "/social/alertes/?etat=remontees")
    assert "en retard" not in line.text
