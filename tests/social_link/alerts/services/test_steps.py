"""The next step that an answer announced is a task, until a contact does it or somebody says so."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from common import clock
from common.errors import Conflict, NotAllowed
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Task
from office.tasks.codes import TaskState
from office.tasks.queries import agenda
from office.tasks.services.checking import check_tasks
from rent_ledger.models import ArrearsCase, SocialAnswer
from social_link.alerts.services.absences import set_absence
from social_link.alerts.services.answers import answer, take_back_answer
from social_link.alerts.services.raising import raise_alerts
from social_link.alerts.services.steps import finish_step, resume_step
from social_link.contacts.services import log_contact, plan_contact, withdraw_contact
from social_link.measures.services.measures import bring_back_measure, open_measure, withdraw_measure
from social_link.models import Alert
from tests.factories import make_actor, make_arrears, make_organisation, make_referent, make_user

FRIDAY, DUE = date(2026, 11, 6), date(2026, 11, 12)
TODO, DONE, DROPPED = TaskState.TODO, TaskState.DONE, TaskState.DROPPED
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-06T10:00")]


def announced(step: str = "MEETING", on: date | None = DUE) -> tuple[Alert, Actor]:
    case = make_arrears(dues=[date(2026, 10, 1), date(2026, 11, 1)])
    actor = Actor.of(make_referent(household=case.account.household))
    raise_alerts(day=FRIDAY, actor=Actor.system())
    [alert] = Alert.objects.filter(case=case)
    return answer(
        alert=alert, contact_made=True, cause="BUDGET", next_step=step, next_step_on=on, actor=actor
    ), actor  # fmt: skip


def state() -> tuple[str, str]:
    return Task.objects.values_list("state", "why").get(kind="SOCIAL_STEP")


def test_it_is_asked_of_who_follows_the_household_and_shown_a_week_before() -> None:
    alert, actor = announced(on=FRIDAY + timedelta(days=8))
    task = Task.objects.get(kind="SOCIAL_STEP")
    assert (task.assignee_id, task.due_on, task.household_id) == (actor.user_id, date(2026, 11, 14), alert.household_id)
    assert agenda(actor, day=FRIDAY) == []
    [todo] = agenda(actor, day=date(2026, 11, 7))
    assert todo.title == f"Rendez-vous budget : {alert.household.name}"
    assert list(check_tasks()) == []


@pytest.mark.parametrize(
    ("step", "kind", "outcome", "ended"),
    [
        ("MEETING", "OFFICE", "", True),
        ("MEETING", "CALL", "", False),
        ("MEETING", "OFFICE", "PUT_OFF", False),
        ("VISIT", "VISIT", "SEEN", True),
        ("VISIT", "OFFICE", "", False),
        # Tried in vain: a visit is still to make, a contact was tried.
        ("VISIT", "ABSENCE", "", False),
        ("CONTACT", "ABSENCE", "", True),
        ("FSL", "VISIT", "", False),
    ],
)
def test_a_contact_of_after_the_answer_does_it(step: str, kind: str, outcome: str, ended: bool) -> None:
    alert, actor = announced(step)
    with clock.travel(FRIDAY + timedelta(days=3)):
        contact = log_contact(
            household=alert.household, kind=kind, day=clock.today(), outcome=outcome, request_key=uuid4(), actor=actor
        )  # fmt: skip
        assert state() == ((DONE if ended else TODO), "")
        withdraw_contact(contact_id=contact.pk, actor=actor)
        assert state() == (TODO, "")
        assert list(check_tasks()) == []


def test_what_was_noted_before_the_answer_is_no_step_of_it() -> None:
    _, actor = announced()
    with clock.travel(FRIDAY + timedelta(days=3)):
        log_contact(
            household=Alert.objects.get().household, kind="VISIT", day=FRIDAY - timedelta(days=1), request_key=uuid4(),
            actor=actor,
        )  # fmt: skip
    assert state() == (TODO, "")


def test_a_visit_that_is_planned_takes_its_place() -> None:
    alert, actor = announced("VISIT")
    contact = plan_contact(household=alert.household, kind="VISIT", day=DUE, request_key=uuid4(), actor=actor)
    assert state() == (DROPPED, "C’est prévu dans l’agenda")
    withdraw_contact(contact_id=contact.pk, actor=actor)
    assert state() == (TODO, "")


def test_a_measure_that_is_opened_does_the_step_that_announced_it() -> None:
    alert, actor = announced("MEASURE")
    assert actor.user is not None
    with clock.travel(FRIDAY + timedelta(days=3)):
        measure = open_measure(
            household=alert.household, kind="ASLL", start=DUE, planned_end=date(2027, 5, 11), referent=actor.user,
            funder=make_organisation(), actor=actor,
        )  # fmt: skip
        assert state() == (DONE, "")
        withdraw_measure(measure_id=measure.pk, actor=actor)
        assert state() == (TODO, "")
        bring_back_measure(measure_id=measure.pk, actor=actor)
        assert state() == (DONE, "")
        assert list(check_tasks()) == []


def test_a_measure_does_no_other_step() -> None:
    alert, actor = announced("FSL")
    assert actor.user is not None
    with clock.travel(FRIDAY + timedelta(days=3)):
        open_measure(
            household=alert.household, kind="ASLL", start=DUE, planned_end=date(2027, 5, 11), referent=actor.user,
            funder=make_organisation(), actor=actor,
        )  # fmt: skip
    assert state() == (TODO, "")


def test_somebody_says_that_it_is_done_and_takes_it_back() -> None:
    alert, actor = announced("FSL")
    for _ in range(2):
        done = finish_step(alert=alert, actor=actor)
        assert (done.step_done_by, state()) == (actor.user, (DONE, ""))
    for _ in range(2):
        assert resume_step(alert=alert, actor=actor).step_done_at is None
        assert state() == (TODO, "")
    finish_step(alert=alert, actor=actor)
    again = take_back_answer(alert=alert, actor=actor)
    assert (again.step_done_at, again.step_done_by) == (None, None)
    with pytest.raises(Conflict, match="Aucune étape"):
        finish_step(alert=alert, actor=actor)
    stranger = make_actor(role=Role.SOCIAL_WORKER)
    for gesture in (finish_step, resume_step):
        with pytest.raises(NotAllowed):
            gesture(alert=alert, actor=stranger)


def test_a_paid_debt_and_another_answer_end_it() -> None:
    alert, actor = announced("BENEFIT")
    for closed_on, expected in ((FRIDAY, (DROPPED, "La dette est soldée")), (None, (TODO, ""))):
        ArrearsCase.objects.update(closed_on=closed_on)
        list(check_tasks())
        assert state() == expected
    assert alert.case is not None
    SocialAnswer.objects.create(case=alert.case, contact_made=True, cause="BUDGET", author=actor.user)
    list(check_tasks())
    assert state() == (DROPPED, "Une autre réponse a suivi")


def test_who_stands_in_has_it_while_one_is_away() -> None:
    _, actor = announced("OTHER")
    colleague, head = make_user(role=Role.SOCIAL_WORKER), make_actor(role=Role.HEAD_OF_SOCIAL)
    assert actor.user is not None
    set_absence(user=actor.user, first=FRIDAY, last=DUE, stand_in=colleague, actor=head)
    list(check_tasks())
    assert Task.objects.get(kind="SOCIAL_STEP").assignee_id == colleague.pk
