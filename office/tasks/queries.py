"""Reads of tasks that pages and API share: what an actor has to do, shown in French."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Min, Q, QuerySet

from common.typography import counted, short_day
from office.access.actor import Actor
from office.tasks.kinds import TaskKind, TaskLine, declared
from office.tasks.models import Task

NAMES = 2
"""How many a group names; the others are counted."""


def tasks_of(actor: Actor) -> "QuerySet[Task]":
    """What the actor has to do, by deadline."""
    return Task.objects.of(actor).to_do().order_by("due_on", "id")


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task with its words."""

    task: Task
    kind: TaskKind
    line: TaskLine


def shown(tasks: Iterable[Task], actor: Actor) -> list[ShownTask]:
    """The tasks with their words, in order: the queries of each kind once. Only for tasks that the actor may see."""
    tasks = list(tasks)
    wanted: defaultdict[str, list[int]] = defaultdict(list)
    for task in tasks:
        wanted[task.kind].append(task.about_id)
    lines = {kind: declared()[kind].show(ids, actor) for kind, ids in wanted.items()}
    return [
        ShownTask(task, declared()[task.kind], lines[task.kind][task.about_id])
        for task in tasks
        if task.about_id in lines[task.kind]
    ]


@dataclass(frozen=True, slots=True)
class Todo:
    """One line of « À faire »: what is asked with its number, a deadline, and the verb of its button."""

    title: str
    text: str
    icon: str
    hue: str
    due: date
    verb: str
    url: str
    day: date
    overdue_hue: str = "danger"

    @property
    def when(self) -> str:
        if self.due < self.day:
            return f"dépassé depuis le {short_day(self.due, today=self.day)}"
        if self.due == self.day:
            return "aujourd’hui"
        left = (self.due - self.day).days
        if left == 1:
            return "demain"
        return f"{left} j restants" if left <= 14 else short_day(self.due, today=self.day)

    @property
    def when_hue(self) -> str:
        left = (self.due - self.day).days
        if left < 0 or (0 < left <= 10 and self.hue == "danger"):
            return self.overdue_hue
        return "warn" if left == 0 else "neutral"


@dataclass(frozen=True, slots=True)
class Group:
    """The tasks of one kind that somebody has to do: how many, how many are late, the nearest deadline, and the rows
    that they are about, in this order."""

    kind: TaskKind
    n: int
    late: int
    due: date
    ids: list[int]

    @property
    def title(self) -> str:
        return counted(self.n, self.kind.look.many)

    @property
    def lateness(self) -> str:
        """How many are late, where it is not all of them; empty where none is."""
        return f"{self.late} en retard" if 0 < self.late < self.n else ""


def groups(actor: Actor, *, day: date, without: Collection[TaskKind] = ()) -> list[Group]:
    """What the actor has to do, by kind (one query): what a home shows, and the digest says in the same numbers.

    Not what a home shows only later (`TaskLook.days_ahead`). `without`: kinds that are left out.
    """
    early = Q()
    for kind in declared().values():
        if kind.look.days_ahead is not None:
            early |= Q(kind=kind.code, due_on__gt=day + timedelta(days=kind.look.days_ahead))
    rows = (
        tasks_of(actor)
        .exclude(Q(kind__in=[kind.code for kind in without]) | early)
        .order_by()
        .values("kind")
        .annotate(
            n=Count("pk"),
            late=Count("pk", filter=Q(due_on__lt=day)),
            due=Min("due_on"),
            ids=ArrayAgg("about_id", order_by=["due_on", "pk"]),
        )
    )
    found = [(declared()[row["kind"]], row) for row in rows]
    return [
        Group(kind, row["n"], row["late"] if kind.look.tells_late else 0, row["due"], row["ids"]) for kind, row in found
    ]


def agenda(actor: Actor, *, day: date, without: Collection[TaskKind] = ()) -> list[Todo]:
    """What the actor has to do, one line per kind, the nearest deadline first.

    A kind with one task is told by that task, one with many by their number and the first names. One query, and those
    with which each kind shows its first tasks. `without`: kinds that the page shows in another way.
    """
    lines = [_todo(group, actor, day) for group in groups(actor, day=day, without=without)]
    return sorted((line for line in lines if line), key=lambda line: (line.due, line.title))


def household_agenda(household_id: int, actor: Actor, *, day: date, without: Collection[TaskKind] = ()) -> list[Todo]:
    """What the actor has to do for one household, one line per task, the nearest deadline first. One query, and those
    with which each kind that is met shows its tasks. `without`: kinds that the page shows in another way."""
    rows = tasks_of(actor).filter(household_id=household_id).exclude(kind__in=[kind.code for kind in without])
    return [
        Todo(
            one.line.title, one.line.text, one.kind.look.icon, one.kind.look.hue, one.task.due_on, one.kind.look.verb,
            one.line.url, day,
        )
        for one in shown(rows, actor)
    ]  # fmt: skip


def _todo(group: Group, actor: Actor, day: date) -> Todo | None:
    look = group.kind.look
    told = _first(group, actor)
    if not told:
        return None
    if group.n == 1:
        title, text, url = told[0].title, told[0].text, told[0].url
    else:
        # One household may ask twice.
        names = ", ".join(dict.fromkeys(line.name for line in told))
        rest = f" et {counted(group.n - len(told), 'autre')}" if group.n > len(told) else ""
        late = f", {group.lateness}" if group.lateness else ""
        title, text, url = group.title, names + rest + late, look.page()
    return Todo(title, text, look.icon, look.hue, group.due, look.verb, url, day)


def _first(group: Group, actor: Actor) -> list[TaskLine]:
    """The first lines of the group. Rows that are gone, whose tasks wait for the check of the morning, say nothing:
    the next ones stand in for them."""
    for start in range(0, group.n, NAMES):
        asked = group.ids[start : start + NAMES]
        lines = group.kind.show(asked, actor)
        if told := [lines[pk] for pk in asked if pk in lines]:
            return told
    return []
