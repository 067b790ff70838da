"""The check of the morning: each task is compared with its cause, and what differs is put right and told.

A batch at a time, each in a transaction of its own that holds the rows which whoever changes a cause holds: a check
that is killed leaves the rest for the next one, and two at once find the differences once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from office.access.actor import Actor
from office.tasks.kinds import TaskKind, declared
from office.tasks.models import Task
from office.tasks.services.tasks import Changed, refresh_tasks

BATCH = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """What differed among the tasks of one kind."""

    kind: TaskKind
    changed: Changed

    def __str__(self) -> str:
        c = self.changed
        return f"{self.kind.label} : {c.opened} manquantes, {c.moved} à changer, {c.ended} sans cause"


def check_tasks() -> Iterator[Difference]:
    """Put the tasks right, kind by kind; what differed of each, where something did."""
    for kind in declared().values():
        wanted = {cause.about_id for cause in kind.causes(None)}
        standing = Task.objects.to_do().filter(kind=kind.code).order_by().values_list("about_id", flat=True)
        ids = sorted(wanted.union(standing))
        changed = Changed()
        for start in range(0, len(ids), BATCH):
            changed += _batch(kind, ids[start : start + BATCH])
        if changed:
            yield Difference(kind, changed)


@transaction.atomic
def _batch(kind: TaskKind, ids: list[int]) -> Changed:
    # Nothing is read of the rows under the lock: the causes are read after it, as they are then.
    list(kind.locks(ids).select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk", flat=True))
    return refresh_tasks(kind, ids=ids, actor=Actor.system())
