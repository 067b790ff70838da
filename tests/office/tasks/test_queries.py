"""What a home reads: groups, their words, their number of queries."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from office.access.actor import Actor
from office.access.codes import Role
from office.models import Task, Team
from office.tasks import kinds
from office.tasks.kinds import TaskKind
from office.tasks.queries import Todo, agenda, shown, tasks_of
from tests.factories import make_actor

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 5)


def ask(kind: TaskKind, *dues: int, start: int = 0) -> None:
    for n, due in enumerate(dues, start=start):
        team = Team.objects.create(name=f"à faire {n}")
        Task.objects.create(kind=kind.code, about="team", about_id=team.pk, due_on=date(2026, 11, due))


def test_one_task_is_told_by_itself_and_many_by_their_number(kind: TaskKind) -> None:
    actor = make_actor()
    assert agenda(actor, day=DAY) == []
    ask(kind, 5)
    [group] = agenda(actor, day=DAY)
    pk = Team.objects.get().pk
    assert (group.title, group.url, group.due, group.verb, group.when) == (
        "Réunir à faire 0", f"/ici/{pk}/", DAY, "Réunir", "aujourd’hui",
    )  # fmt: skip
    ask(kind, 4, 3, start=1)
    [group] = agenda(actor, day=DAY)
    assert (group.title, group.text, group.url) == (
        "3\u00a0équipes à réunir", "à faire 2, à faire 1 et 1\u00a0autre, 2 en retard", "/ici/",
    )  # fmt: skip
    assert (group.due, group.when) == (date(2026, 11, 3), "dépassé depuis le 3\u00a0nov.")


@pytest.mark.parametrize(
    ("due", "hue", "when", "when_hue"),
    [
        (date(2026, 11, 4), "warn", "dépassé depuis le 4\u00a0nov.", "danger"),
        (date(2026, 11, 5), "danger", "aujourd’hui", "warn"),
        (date(2026, 11, 6), "warn", "demain", "neutral"),
        (date(2026, 11, 7), "danger", "2 j restants", "danger"),
        (date(2026, 11, 15), "danger", "10 j restants", "danger"),
        (date(2026, 11, 16), "danger", "11 j restants", "neutral"),
        (date(2026, 11, 19), "warn", "14 j restants", "neutral"),
        (date(2026, 11, 20), "warn", "20\u00a0nov.", "neutral"),
    ],
)
def test_how_near_a_deadline_is(due: date, hue: str, when: str, when_hue: str) -> None:
    line = Todo("", "", "tool", hue, due, "Voir", "/", DAY)
    assert (line.when, line.when_hue) == (when, when_hue)


def test_where_all_are_late_their_number_is_not_said_again(kind: TaskKind) -> None:
    ask(kind, 3, 4)
    [group] = agenda(make_actor(), day=DAY)
    assert group.text == "à faire 0, à faire 1"


def test_a_kind_may_wait_until_its_deadline_is_near(
    asked: Any, kind: TaskKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = replace(kind, look=replace(kind.look, days_ahead=2))
    monkeypatch.setattr(kinds, "_declared", {later.code: later})
    actor = make_actor()
    ask(later, 8)
    assert agenda(actor, day=DAY) == []
    assert len(agenda(actor, day=date(2026, 11, 6))) == 1
    assert agenda(actor, day=date(2026, 11, 6), without=[later]) == []


def test_what_is_over_or_of_others_is_not_there(kind: TaskKind) -> None:
    ask(kind, 5)
    assert agenda(make_actor(role=Role.SOCIAL_WORKER), day=DAY) == []
    Task.objects.update(state="DONE", ended_at="2026-11-05T10:00:00+01:00")
    assert agenda(make_actor(), day=DAY) == []


def test_the_words_are_made_for_who_asks_and_what_is_gone_is_left_out(kind: TaskKind, asked: Any) -> None:
    ask(kind, 5, 6)
    actor = make_actor()
    first, second = shown(tasks_of(actor), actor)
    assert asked.actor is actor
    assert (first.line.name, second.line.name) == ("à faire 0", "à faire 1")
    Team.objects.filter(pk=first.task.about_id).delete()
    assert [row.line.name for row in shown(tasks_of(actor), actor)] == ["à faire 1"]
    assert [group.title for group in agenda(actor, day=DAY)] == ["2\u00a0équipes à réunir"]


def test_two_that_are_gone_hide_no_others(kind: TaskKind) -> None:
    """They wait for the check of the morning; the first by deadline, they were all that the home asked for."""
    ask(kind, 3, 4, 5, 6)
    first, second, *_ = Task.objects.order_by("due_on").values_list("about_id", flat=True)
    Team.objects.filter(pk__in=[first, second]).delete()
    [group] = agenda(make_actor(), day=DAY)
    assert group.text.startswith("à faire 2, à faire 3 et 2\u00a0autres")
    Team.objects.all().delete()
    assert agenda(make_actor(), day=DAY) == []


def test_a_home_asks_two_queries_however_many_there_are(kind: TaskKind, django_assert_num_queries: Any) -> None:
    actor = Actor.of(make_actor().user)  # type: ignore[arg-type]
    ask(kind, *[5] * 30)
    with django_assert_num_queries(2):
        agenda(actor, day=DAY)
    with django_assert_num_queries(2):
        shown(tasks_of(actor)[:20], actor)
