"""Tasks follow their causes: opened, moved, done, dropped, standing again; given to a colleague."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from office.access.actor import Actor
from office.access.codes import Role
from office.models import RoleGrant, Task, Team, User
from office.tasks.codes import TaskState
from office.tasks.kinds import Cause, TaskKind, declare
from office.tasks.parameters import own_due_on
from office.tasks.services.tasks import GONE, Changed, give_task, refresh_tasks
from tests.at_once import both_at_once
from tests.factories import make_actor, make_user

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def rename(team: Team, name: str) -> None:
    Team.objects.filter(pk=team.pk).update(name=name)


def refreshed(kind: TaskKind, *teams: Team, actor: Actor = SYSTEM) -> Changed:
    return refresh_tasks(kind, ids=[team.pk for team in teams], actor=actor)


def only() -> Task:
    return Task.objects.get()


def test_a_cause_has_its_task_once(kind: TaskKind, team: Team) -> None:
    assert refreshed(kind, team) == Changed(opened=1)
    task = only()
    assert (task.kind, task.about, task.about_id, task.state) == ("TEST_TEAM", "team", team.pk, TaskState.TODO)
    assert (task.due_on, task.assignee_id, task.author_id, task.raised_at) == (
        date(2026, 11, 12), None, None, clock.now(),
    )  # fmt: skip
    assert refreshed(kind, team) == Changed()
    assert Task.objects.count() == 1


def test_only_the_rows_that_are_named_are_looked_at(kind: TaskKind, team: Team) -> None:
    other = Team.objects.create(name="à faire, deux")
    refreshed(kind, team)
    assert Task.objects.filter(about_id=other.pk).count() == 0
    rename(team, "fait")
    rename(other, "fait aussi")
    refreshed(kind, other)
    assert only().state == TaskState.TODO
    assert refresh_tasks(kind, ids=[], actor=SYSTEM) == Changed()


def test_it_is_done_by_the_act_and_by_who_acts(kind: TaskKind, team: Team) -> None:
    refreshed(kind, team)
    rename(team, "fait")
    actor = make_actor()
    assert refreshed(kind, team, actor=actor) == Changed(ended=1)
    task = only()
    assert (task.state, task.ended_by_id, task.ended_at, task.why) == (
        TaskState.DONE, actor.user_id, clock.now(), "",
    )  # fmt: skip


def test_a_cause_that_went_away_drops_it_with_its_reason(kind: TaskKind, team: Team) -> None:
    refreshed(kind, team)
    rename(team, "autre chose")
    refreshed(kind, team, actor=make_actor())
    task = only()
    assert (task.state, task.why, task.ended_by_id) == (TaskState.DROPPED, "L’équipe n’y est plus", None)


def test_a_row_that_is_gone_drops_it(kind: TaskKind, team: Team) -> None:
    refreshed(kind, team)
    pk = team.pk
    team.delete()
    refresh_tasks(kind, ids=[pk], actor=SYSTEM)
    assert (only().state, only().why) == (TaskState.DROPPED, GONE)


def test_an_act_that_is_undone_makes_it_stand_again(kind: TaskKind, team: Team) -> None:
    refreshed(kind, team)
    first = only()
    rename(team, "fait")
    refreshed(kind, team, actor=make_actor())
    rename(team, "à faire, encore")
    assert refreshed(kind, team) == Changed(opened=1)
    task = only()
    assert (task.pk, task.state, task.ended_at, task.ended_by_id) == (first.pk, TaskState.TODO, None, None)
    assert task.raised_at == first.raised_at


def test_a_new_deadline_after_its_end_is_a_new_task(kind: TaskKind, team: Team, asked: Any) -> None:
    refreshed(kind, team)
    rename(team, "fait")
    refreshed(kind, team)
    rename(team, "à faire, encore")
    asked.due_on = date(2026, 12, 1)
    refreshed(kind, team)
    assert [(task.state, task.due_on.month) for task in Task.objects.order_by("id")] == [
        (TaskState.DONE, 11), (TaskState.TODO, 12),
    ]  # fmt: skip


def test_it_moves_with_its_cause(kind: TaskKind, team: Team, asked: Any) -> None:
    refreshed(kind, team)
    user = make_user(role=Role.TECHNICIAN)
    asked.due_on, asked.assignee = date(2026, 11, 6), {team.pk: user.pk}
    assert refreshed(kind, team) == Changed(moved=1)
    assert (only().due_on, only().assignee_id) == (date(2026, 11, 6), user.pk)


def test_without_a_deadline_of_its_own_it_has_the_delay_of_the_house_from_its_first_day(
    kind: TaskKind, team: Team, asked: Any
) -> None:
    asked.due_on = None
    refreshed(kind, team)
    assert only().due_on == date(2026, 11, 10)  # three working days after Thursday the 5th
    with clock.travel(date(2026, 11, 9)):
        assert refreshed(kind, team) == Changed()
    assert only().due_on == date(2026, 11, 10)


def test_a_deadline_is_followed_whatever_the_other_causes_have(
    kind: TaskKind, team: Team, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Team.objects.create(name="à faire, sans délai")
    mixed = replace(kind, causes=lambda ids: [Cause(team.pk, due_on=asked.due_on), Cause(other.pk)])
    refreshed(mixed, team, other)
    asked.due_on = date(2026, 11, 6)
    assert refreshed(mixed, team, other) == Changed(moved=1)
    dues = dict(Task.objects.values_list("about_id", "due_on"))
    assert dues == {team.pk: date(2026, 11, 6), other.pk: date(2026, 11, 10)}


@pytest.mark.parametrize("loss", ["inactive", "role"])
def test_who_left_has_nothing_to_do_and_it_falls_to_the_service(
    kind: TaskKind, team: Team, asked: Any, loss: str
) -> None:
    user = make_user(role=Role.TECHNICIAN)
    asked.assignee = {team.pk: user.pk}
    refreshed(kind, team)
    assert only().assignee_id == user.pk
    if loss == "inactive":
        User.objects.filter(pk=user.pk).update(is_active=False)
    else:
        RoleGrant.objects.filter(user=user).update(role=Role.ADMINISTRATOR)
    refreshed(kind, team)
    assert only().assignee_id is None


def test_thousands_take_as_many_statements_as_one(kind: TaskKind, team: Team, django_assert_num_queries: Any) -> None:
    teams = Team.objects.bulk_create(Team(name=f"à faire {n}") for n in range(2000))
    with django_assert_num_queries(3):  # causes, open, standing
        refreshed(kind, *teams)
    Team.objects.filter(pk__in=[team.pk for team in teams[:1500]]).delete()
    with django_assert_num_queries(5):  # endings, end
        refreshed(kind, *teams)
    assert Task.objects.to_do().count() == 500


def test_a_cause_that_is_rolled_back_leaves_no_task(kind: TaskKind, team: Team) -> None:
    with transaction.atomic():
        refreshed(kind, team)
        transaction.set_rollback(True)
    assert not Task.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_written_at_once_from_two_places_it_is_one_task(kind: TaskKind) -> None:
    team = Team.objects.create(name="à faire")
    found = both_at_once(*[lambda: refreshed(kind, team)] * 4)
    assert Task.objects.count() == 1
    assert sum(changed.opened for changed in found) == 1  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_standing_again_from_two_places_it_is_one_task(kind: TaskKind) -> None:
    team = Team.objects.create(name="à faire")
    refreshed(kind, team)
    rename(team, "fait")
    refreshed(kind, team)
    rename(team, "à faire, encore")
    both_at_once(*[lambda: refreshed(kind, team)] * 4)
    assert [task.state for task in Task.objects.all()] == [TaskState.TODO]


def test_a_kind_is_declared_once(kind: TaskKind) -> None:
    assert declare(kind) is kind
    with pytest.raises(ValueError, match="declared twice"):
        declare(replace(kind, may_be_given=False))


# -- given to a colleague ---------------------------------------------------------------------------------------------


def given(team: Team, kind: TaskKind) -> Task:
    refreshed(kind, team)
    return only()


def test_a_task_is_given_to_a_colleague_and_stays_with_him(kind: TaskKind, team: Team) -> None:
    task, boss, colleague = given(team, kind), make_actor(), make_user()
    assert give_task(task=task, to=colleague, actor=boss).assignee == colleague
    give_task(task=task, to=colleague, actor=boss)
    assert refreshed(kind, team) == Changed()
    assert (only().assignee, only().given_by) == (colleague, boss.user)
    back = give_task(task=task, to=None, actor=boss)
    assert (back.assignee, back.given_by) == (None, None)


def test_given_to_who_has_it_by_its_cause_it_goes_on_following_it(kind: TaskKind, team: Team, asked: Any) -> None:
    colleague = make_user()
    asked.assignee = {team.pk: colleague.pk}
    task = given(team, kind)
    assert give_task(task=task, to=colleague, actor=make_actor()).given_by is None
    asked.assignee = {}
    assert refreshed(kind, team) == Changed(moved=1)


def test_given_to_somebody_who_left_it_comes_back(kind: TaskKind, team: Team) -> None:
    task, colleague = given(team, kind), make_user()
    give_task(task=task, to=colleague, actor=make_actor())
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    assert refreshed(kind, team) == Changed(moved=1)
    assert (only().assignee_id, only().given_by_id) == (None, None)


def test_only_the_service_gives_it_and_only_to_who_can_do_it(kind: TaskKind, team: Team, asked: Any) -> None:
    technician = make_user(role=Role.TECHNICIAN)
    asked.assignee = {team.pk: technician.pk}
    task, boss = given(team, kind), make_actor()
    with pytest.raises(NotAllowed):
        give_task(task=task, to=boss.user, actor=Actor.of(technician))
    with pytest.raises(NotAllowed):
        give_task(task=task, to=boss.user, actor=make_actor(role=Role.ADMINISTRATOR))
    with pytest.raises(InvalidInput):
        give_task(task=task, to=technician, actor=boss)
    gone = make_user()
    User.objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()
    with pytest.raises(InvalidInput):
        give_task(task=task, to=gone, actor=boss)


def test_a_task_that_is_over_or_goes_with_its_cause_is_not_given(
    team: Team, make_kind: Callable[..., TaskKind]
) -> None:
    boss = make_actor()
    task = given(team, make_kind(may_be_given=False))
    with pytest.raises(Conflict) as refusal:
        give_task(task=task, to=boss.user, actor=boss)
    assert refusal.value.code == "follows_its_cause"
    kind = make_kind()
    rename(team, "fait")
    refreshed(kind, team)
    with pytest.raises(Conflict) as refusal:
        give_task(task=task, to=boss.user, actor=boss)
    assert refusal.value.code == "wrong_state"
    assert only().assignee_id is None


def test_the_days_of_a_delay_are_those_of_the_calendar() -> None:
    assert own_due_on(date(2026, 11, 9)) == date(2026, 11, 13)  # the 11th is a holiday
