"""API of tasks: what the caller has to do, and giving it to a colleague. A task is done on its own subject."""

from typing import Any

from ninja import Query

from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read, Write
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, found, paged, referred
from office.staff.models import User
from office.tasks.models import Task
from office.tasks.queries import ShownTask, shown, tasks_of
from office.tasks.schemas import TaskGiven, TaskListed, TaskQuery
from office.tasks.services.tasks import give_task

router = HouseRouter(tag="office", read=TokenScope.TASKS_READ, write=TokenScope.TASKS_WRITE)


@router.reads("/tasks", response=Page[TaskListed], needs=Read(Data.TASK, OWN))
def list_tasks(request: HouseRequest, query: Query[TaskQuery]) -> Any:
    """What is to do: given to the caller, or to the caller's service; the nearest deadline first."""
    rows = tasks_of(request.actor)
    if query.kind is not None:
        rows = rows.filter(kind=query.kind)
    if query.due_until is not None:
        rows = rows.filter(due_on__lte=query.due_until)
    if query.household_id is not None:
        rows = rows.filter(household_id=query.household_id)
    return paged(rows, query, lambda tasks: [_listed(row) for row in shown(tasks, request.actor)])


@router.writes(
    "/tasks/{task_id}/give",
    response=TaskListed,
    needs=Write(Data.TASK, OWN),
    errors={409: ("wrong_state", "follows_its_cause")},
)
def give_task_to(request: HouseRequest, task_id: int, body: TaskGiven) -> Any:
    """Give a task to a colleague who can do it, or back to the service."""
    task = found(Task.objects.visible_to(request.actor).to_do(), task_id)
    to = None if body.to_id is None else referred(User.objects.all(), body.to_id, field="to_id")
    [row] = shown([give_task(task=task, to=to, actor=request.actor)], request.actor)
    return _listed(row)


def _listed(row: ShownTask) -> dict[str, Any]:
    task = row.task
    return {
        "id": task.pk,
        "kind": task.kind,
        "kind_label": row.kind.label,
        "title": row.line.title,
        "text": row.line.text,
        "page": row.line.url,
        "about": task.about,
        "about_id": task.about_id,
        "household_id": task.household_id,
        "assignee_id": task.assignee_id,
        "author_id": task.author_id,
        "due_on": task.due_on,
        "raised_at": task.raised_at,
    }
