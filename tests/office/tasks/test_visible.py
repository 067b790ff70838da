"""Who sees which task: by the row of the matrix that its kind tells something of, cell by cell."""

from collections.abc import Callable
from datetime import date

import pytest

from office.access.actor import Actor
from office.access.codes import Role
from office.access.matrix import COLUMNS, FULL, OWN, Access, Data
from office.models import RoleGrant, Task, Team, User
from office.tasks.kinds import TaskKind, declared
from tests.factories import make_user

pytestmark = pytest.mark.django_db

MakeKind = Callable[..., TaskKind]


def tasks(kind: TaskKind, *assignees: int | None) -> list[Task]:
    return [
        Task.objects.create(
            kind=kind.code, about="team", about_id=Team.objects.create(name=f"à faire {n}").pk, due_on="2026-11-12",
            assignee_id=assignee,
        )
        for n, assignee in enumerate(assignees)
    ]  # fmt: skip


@pytest.mark.parametrize("data", list(Data), ids=str)
@pytest.mark.parametrize("role", list(Role), ids=str)
def test_a_role_sees_the_tasks_of_what_it_reads(role: Role, data: Data, make_kind: MakeKind) -> None:
    """FULL: all. OWN: one's own. Any other level (facts, totals, masked) tells nothing of a task, not even a number."""
    user = make_user(role=role)
    mine, theirs, nobodys = tasks(make_kind(data=data), user.pk, make_user().pk, None)
    level = COLUMNS[role].read.get(data, Access.NONE)
    wanted = {FULL: {mine, theirs, nobodys}, OWN: {mine}}.get(level, set())
    seen = Task.objects.visible_to(Actor.of(user))
    assert set(seen) == wanted
    assert seen.count() == len(wanted)


# By what a kind of today tells something of: who sees all such tasks, or one's own.
CELLS: dict[Data, dict[Role, str]] = {
    Data.ALERT: {Role.SOCIAL_WORKER: "own", Role.HEAD_OF_SOCIAL: "all"},
    Data.COMMISSION: {Role.SOCIAL_WORKER: "own", Role.HEAD_OF_SOCIAL: "all"},
    Data.MEASURE: {Role.SOCIAL_WORKER: "own", Role.HEAD_OF_SOCIAL: "all"},
    Data.RIGHT: {Role.SOCIAL_WORKER: "own", Role.HEAD_OF_SOCIAL: "all"},
    Data.REFERRAL: {Role.SOCIAL_WORKER: "own", Role.HEAD_OF_SOCIAL: "all"},
    Data.AID_FILE: {Role.SOCIAL_WORKER: "own", Role.HEAD_OF_SOCIAL: "all"},
    Data.CONTACT: {Role.SOCIAL_WORKER: "own", Role.HEAD_OF_SOCIAL: "all"},
    Data.ARREARS_CAUSE: {Role.RENTAL_MANAGER: "all", Role.SOCIAL_WORKER: "all", Role.HEAD_OF_SOCIAL: "all"},
    Data.MESSAGE: {Role.RENTAL_MANAGER: "all", Role.SOCIAL_WORKER: "all", Role.HEAD_OF_SOCIAL: "all"},
    Data.TICKET: {
        Role.RENTAL_MANAGER: "all", Role.TECHNICIAN: "own", Role.SOCIAL_WORKER: "all", Role.HEAD_OF_SOCIAL: "all",
        Role.DIRECTOR: "all",
    },
    Data.BENEFIT: {Role.RENTAL_MANAGER: "all"},
    Data.LEASE: {
        Role.RENTAL_MANAGER: "all", Role.SOCIAL_WORKER: "all", Role.HEAD_OF_SOCIAL: "all", Role.DIRECTOR: "all",
    },
    Data.AGREEMENT: {
        Role.RENTAL_MANAGER: "all", Role.SOCIAL_WORKER: "all", Role.HEAD_OF_SOCIAL: "all", Role.DIRECTOR: "all",
    },
}  # fmt: skip


def test_each_kind_has_its_cells() -> None:
    assert {kind.reveals for kind in declared().values()} == CELLS.keys()


@pytest.mark.parametrize(
    ("data", "letters"), CELLS.items(), ids=lambda value: str(value) if isinstance(value, Data) else ""
)
def test_the_cells_by_hand(data: Data, letters: dict[Role, str], make_kind: MakeKind) -> None:
    """What the kinds of today tell of, written by hand: a manager learns of no social task, a technician of his own."""
    kind = make_kind(data=data)
    people = {role: make_user(role=role) for role in Role}
    made = tasks(kind, *[user.pk for user in people.values()], None)
    for role, user in people.items():
        own = {task for task in made if task.assignee_id == user.pk}
        wanted = {"all": set(made), "own": own, "": set()}[letters.get(role, "")]
        assert set(Task.objects.visible_to(Actor.of(user))) == wanted, role


def test_nobody_the_house_and_a_kind_that_is_gone_see_and_show_nothing(make_kind: MakeKind) -> None:
    kind, user = make_kind(data=Data.TICKET), make_user()
    tasks(kind, user.pk)
    assert Task.objects.visible_to(Actor(None)).count() == 0
    assert Task.objects.visible_to(Actor.system()).count() == 0
    Task.objects.update(kind="FORMER")
    assert Task.objects.visible_to(Actor.of(user)).count() == 0


def test_what_one_has_to_do_is_ones_own_and_that_of_the_service(make_kind: MakeKind) -> None:
    kind = make_kind(data=Data.TICKET)
    manager, technician = make_user(), make_user(role=Role.TECHNICIAN)
    mine, his, nobodys = tasks(kind, manager.pk, technician.pk, None)
    assert set(Task.objects.of(Actor.of(manager))) == {mine, nobodys}
    assert set(Task.objects.of(Actor.of(technician))) == {his}
    # A social worker reads tickets, and shares out no work.
    worker = make_user(role=Role.SOCIAL_WORKER)
    assert set(Task.objects.of(Actor.of(worker))) == set()
    assert Task.objects.visible_to(Actor.of(worker)).count() == 3


def test_what_somebody_has_who_left_is_the_services_at_once(make_kind: MakeKind) -> None:
    kind = make_kind(data=Data.TICKET)
    manager, closed, without = make_user(), make_user(), make_user()
    [his, hers] = tasks(kind, closed.pk, without.pk)
    assert not Task.objects.of(Actor.of(manager)).exists()
    User.objects.filter(pk=closed.pk).update(is_active=False)
    assert set(Task.objects.of(Actor.of(manager))) == {his}
    RoleGrant.objects.filter(user=without).update(period=(date(2020, 1, 1), date(2026, 11, 5)))
    assert set(Task.objects.of(Actor.of(manager))) == {his, hers}


def test_who_lost_the_role_sees_the_task_no_more(make_kind: MakeKind) -> None:
    kind = make_kind(data=Data.ALERT)
    user = make_user(role=Role.DIRECTOR)
    tasks(kind, user.pk)
    assert not Task.objects.of(Actor.of(user)).exists()
