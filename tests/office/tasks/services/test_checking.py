"""The check of the night puts right what differs, whatever became of the one before."""

import threading
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from common import clock
from office.access.actor import Actor
from office.models import Task, Team
from office.tasks import schedules
from office.tasks.codes import TaskState
from office.tasks.kinds import TaskKind
from office.tasks.services import checking
from office.tasks.services.checking import check_tasks
from office.tasks.services.tasks import Changed, refresh_tasks
from tests.at_once import both_at_once

pytestmark = pytest.mark.django_db


def teams(number: int) -> list[Team]:
    return Team.objects.bulk_create(Team(name=f"à faire {n}") for n in range(number))


def open_all(kind: TaskKind, rows: list[Team]) -> None:
    refresh_tasks(kind, ids=[team.pk for team in rows], actor=Actor.system())


def test_it_finds_what_is_missing_changed_and_left_over(kind: TaskKind, asked: Any) -> None:
    missing, moved, left = teams(3)
    open_all(kind, [moved, left])
    Task.objects.filter(about_id=moved.pk).update(due_on="2026-12-31")
    Team.objects.filter(pk=left.pk).update(name="fait, et personne ne l’a dit")
    [found] = check_tasks()
    assert found.changed == Changed(opened=1, moved=1, ended=1)
    assert str(found) == "Équipe à réunir : 1 manquantes, 1 à changer, 1 sans cause"
    assert {task.about_id: task.state for task in Task.objects.all()} == {
        missing.pk: TaskState.TODO, moved.pk: TaskState.TODO, left.pk: TaskState.DONE,
    }  # fmt: skip
    assert list(check_tasks()) == []


def test_the_command_says_what_differs_and_writes_only_when_told(kind: TaskKind, capsys: Any) -> None:
    teams(2)
    call_command("check_tasks")
    assert "Équipe à réunir : 2 manquantes" in capsys.readouterr().out
    assert not Task.objects.exists()
    call_command("check_tasks", wet_run=True)
    capsys.readouterr()
    assert Task.objects.to_do().count() == 2
    call_command("check_tasks", wet_run=True)
    assert "chaque cause sa tâche" in capsys.readouterr().out


def test_the_morning_does_it(kind: TaskKind) -> None:
    teams(1)
    schedules.check(clock.today())
    assert Task.objects.to_do().count() == 1


@pytest.mark.django_db(transaction=True)
def test_killed_half_way_the_next_one_does_the_rest(kind: TaskKind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "BATCH", 2)
    teams(5)
    done = []

    def dies(*args: Any, **given: Any) -> Changed:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(given["ids"])
        return refresh_tasks(*args, **given)

    with monkeypatch.context() as patch:
        patch.setattr(checking, "refresh_tasks", dies)
        with pytest.raises(KeyboardInterrupt):
            list(check_tasks())
    assert Task.objects.count() == 4
    [found] = check_tasks()
    assert found.changed == Changed(opened=1)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_find_each_difference_once(kind: TaskKind) -> None:
    open_all(kind, teams(20))
    more = Team.objects.bulk_create(Team(name=f"à faire encore {n}") for n in range(20))
    found = both_at_once(*[lambda: [d.changed.opened for d in check_tasks()]] * 2)
    assert sum(n for counts in found for n in counts) == len(more)  # type: ignore[attr-defined]
    assert Task.objects.count() == 20 + len(more)


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_who_changes_a_cause_and_reads_it_after(kind: TaskKind) -> None:
    """Without the lock, the check would open a task for a cause that is going away."""
    [team] = teams(1)
    changed, over = threading.Event(), threading.Event()

    def act() -> None:
        with transaction.atomic():
            Team.objects.select_for_update().get(pk=team.pk)
            Team.objects.filter(pk=team.pk).update(name="fait")
            changed.set()
            # Until the check waits for this row, or has not waited.
            while not over.is_set() and not _somebody_waits():
                over.wait(0.01)

    def check() -> None:
        changed.wait()
        list(check_tasks())
        over.set()

    both_at_once(act, check)
    assert not Task.objects.exists()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid())")
        return bool(cursor.fetchone()[0])
