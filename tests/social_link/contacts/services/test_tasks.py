"""A planned contact is to be noted by who planned it, from its day on."""

from datetime import date
from uuid import uuid4

import pytest

from common import clock
from common.errors import Conflict
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Task
from office.tasks.codes import TaskState
from office.tasks.services.checking import check_tasks
from social_link.contacts.codes import ContactKind
from social_link.contacts.services import complete_contact, log_contact, plan_again, plan_contact, write_note
from social_link.models import Contact
from tests.factories import make_actor, make_let, make_referent

pytestmark = pytest.mark.django_db
TODAY, MONDAY = date(2026, 11, 5), date(2026, 11, 9)


def planned(day: date) -> tuple[Contact, Actor]:
    household = make_let().household
    actor = Actor.of(make_referent(household=household))
    return plan_contact(
        household=household, kind=ContactKind.HOME_VISIT, day=day, request_key=uuid4(), actor=actor
    ), actor  # fmt: skip


@pytest.mark.parametrize("is_absent", [False, True])
def test_a_visit_of_today_is_noted_by_its_author(is_absent: bool) -> None:
    contact, actor = planned(TODAY)
    task = Task.objects.get()
    assert (task.about_id, task.assignee_id, task.due_on, task.household_id) == (
        contact.pk, actor.user_id, TODAY, contact.household_id,
    )  # fmt: skip
    complete_contact(contact=contact, actor=actor, is_absent=is_absent)
    task.refresh_from_db()
    assert (task.state, task.ended_by_id) == (TaskState.DONE, actor.user_id)


@pytest.mark.parametrize("is_absent", [False, True])
def test_taken_back_it_is_to_note_again(is_absent: bool) -> None:
    contact, actor = planned(TODAY)
    complete_contact(contact=contact, actor=actor, is_absent=is_absent)
    for _ in range(2):
        contact = plan_again(contact=contact, kind=ContactKind.HOME_VISIT, actor=actor)
        assert (contact.is_planned, contact.kind) == (True, ContactKind.HOME_VISIT)
    assert Task.objects.get().state == TaskState.TODO
    assert list(check_tasks()) == []


def test_what_was_not_planned_or_has_its_note_is_not_taken_back() -> None:
    contact, actor = planned(TODAY)
    given = {"household": contact.household, "actor": actor}
    call = log_contact(kind=ContactKind.CALL, day=TODAY, request_key=uuid4(), **given)
    with pytest.raises(Conflict, match="pas été prévu"):
        plan_again(contact=call, kind=ContactKind.CALL, actor=actor)
    complete_contact(contact=contact, actor=actor)
    write_note(text="Vu", contact=contact, **given)
    with pytest.raises(Conflict, match="Une note"):
        plan_again(contact=contact, kind=ContactKind.HOME_VISIT, actor=actor)


def test_a_visit_to_come_asks_nothing_before_its_day() -> None:
    contact, _ = planned(MONDAY)
    assert list(check_tasks()) == []
    with clock.travel(MONDAY):
        assert [difference.changed.opened for difference in check_tasks()] == [1]
    assert Task.objects.get().about_id == contact.pk


def test_a_contact_that_took_place_asks_nothing() -> None:
    household = make_let().household
    actor = Actor.of(make_referent(household=household))
    log_contact(household=household, kind=ContactKind.CALL, day=TODAY, request_key=uuid4(), actor=actor)
    assert list(check_tasks()) == []
    assert not Task.objects.exists()


def test_the_rental_manager_and_the_technician_never_learn_of_it() -> None:
    planned(TODAY)
    for role in (Role.RENTAL_MANAGER, Role.TECHNICIAN, Role.SOCIAL_WORKER, Role.DIRECTOR):
        assert not Task.objects.visible_to(make_actor(role=role)).exists()
    assert Task.objects.visible_to(make_actor(role=Role.HEAD_OF_SOCIAL)).exists()
