"""Reads of tasks that pages and API share: what an actor has to do, shown in French."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from office.access.actor import Actor
from office.tasks.kinds import TaskKind, TaskLine, declared
from office.tasks.models import Task


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
