"""How tasks are shown: their words, their number of queries."""

from datetime import date
from typing import Any

import pytest

from office.access.actor import Actor
from office.models import Task, Team
from office.tasks.kinds import TaskKind
from office.tasks.queries import shown, tasks_of
from tests.factories import make_actor

pytestmark = pytest.mark.django_db


def ask(kind: TaskKind, *dues: int, start: int = 0) -> None:
    for n, due in enumerate(dues, start=start):
        team = Team.objects.create(name=f"à faire {n}")
        Task.objects.create(kind=kind.code, about="team", about_id=team.pk, due_on=date(2026, 11, due))


def test_the_words_are_made_for_who_asks_and_what_is_gone_is_left_out(kind: TaskKind, asked: Any) -> None:
    ask(kind, 5, 6)
    actor = make_actor()
    first, second = shown(tasks_of(actor), actor)
    assert asked.actor is actor
    assert (first.line.name, second.line.name) == ("à faire 0", "à faire 1")
    Team.objects.filter(pk=first.task.about_id).delete()
    assert [row.line.name for row in shown(tasks_of(actor), actor)] == ["à faire 1"]


def test_many_are_shown_by_two_queries(kind: TaskKind, django_assert_num_queries: Any) -> None:
    actor = Actor.of(make_actor().user)  # type: ignore[arg-type]
    ask(kind, *[5] * 30)
    with django_assert_num_queries(2):
        shown(tasks_of(actor)[:20], actor)
