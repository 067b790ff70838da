"""Tasks follow their causes: opened, moved and ended in sets, in the transaction that changes the cause."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from common import clock
from common.codes import with_codes
from common.copy import bigints
from common.errors import Conflict, InvalidInput, NotAllowed
from common.typography import uncapitalised
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write, can, roles_with
from office.access.permissions import needs
from office.staff.models import User
from office.tasks.codes import TaskState
from office.tasks.kinds import Cause, Ending, TaskKind, declared
from office.tasks.models import Task
from office.tasks.parameters import own_due_on

# A row of `wanted` per cause, one of `kinds` per kind. Who has left, or may not read it any more, has nothing to do: it
# falls to the service. A cause without a deadline of its own keeps the day that its task got on its first day.
# The last task of the same cause with the same deadline stands again, else a new one is made.
_OPEN = with_codes(
    """
WITH kinds AS (
    SELECT k.kind, k.about, string_to_array(k.roles, ' ') AS roles
    FROM unnest(%(kinds)s::text[], %(abouts)s::text[], %(roles)s::text[]) AS k(kind, about, roles)
), wanted AS (
    SELECT k.kind, k.about, k.roles, w.about_id, w.household_id, w.author_id,
        coalesce(w.due_on, standing.due_on, %(own_due)s) AS due_on,
        (SELECT g.user_id FROM office_rolegrant g JOIN office_user u ON u.id = g.user_id
         WHERE g.user_id = w.assignee_id AND u.is_active AND g.role = ANY(k.roles) AND g.period @> %(day)s
         LIMIT 1) AS assignee_id
    FROM unnest(%(of_kind)s::text[], %(ids)s::bigint[], %(households)s::bigint[], %(assignees)s::bigint[],
        %(authors)s::bigint[], %(dues)s::date[]) AS w(kind, about_id, household_id, assignee_id, author_id, due_on)
    JOIN kinds k USING (kind)
    LEFT JOIN office_task standing
      ON standing.kind = w.kind AND standing.about_id = w.about_id AND standing.state = TaskState.TODO
), again AS (
    UPDATE office_task t SET state = TaskState.TODO, why = '', ended_at = NULL, ended_by_id = NULL,
        given_by_id = NULL, household_id = w.household_id, assignee_id = w.assignee_id
    FROM wanted w
    WHERE t.state <> TaskState.TODO AND t.due_on = w.due_on AND t.id = (
        SELECT last.id FROM office_task last WHERE last.kind = w.kind AND last.about_id = w.about_id
        ORDER BY last.id DESC LIMIT 1)
    RETURNING t.kind, t.about_id
), written AS (
    INSERT INTO office_task AS t
        (kind, about, about_id, household_id, assignee_id, author_id, due_on, raised_at, state, why)
    SELECT w.kind, w.about, w.about_id, w.household_id, w.assignee_id, w.author_id, w.due_on, %(now)s,
        TaskState.TODO, ''
    FROM wanted w
    WHERE NOT EXISTS (SELECT 1 FROM again WHERE again.kind = w.kind AND again.about_id = w.about_id)
    ORDER BY w.kind, w.about_id
    ON CONFLICT (kind, about_id) WHERE state = TaskState.TODO DO UPDATE SET
        household_id = excluded.household_id,
        due_on = excluded.due_on,
        assignee_id = CASE WHEN STAYS THEN t.assignee_id ELSE excluded.assignee_id END,
        given_by_id = CASE WHEN STAYS THEN t.given_by_id END
    WHERE t.household_id IS DISTINCT FROM excluded.household_id
        OR t.due_on <> excluded.due_on
        OR (t.assignee_id IS DISTINCT FROM excluded.assignee_id AND NOT STAYS)
    RETURNING (t.xmax = 0) AS is_new
)
SELECT (SELECT count(*) FROM again) + count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
""".replace(
        # Given by a person to somebody who may still do it.
        "STAYS",
        """(t.given_by_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM office_rolegrant g JOIN office_user u ON u.id = g.user_id
        JOIN kinds k ON k.kind = t.kind
        WHERE g.user_id = t.assignee_id AND u.is_active AND g.role = ANY(k.roles) AND g.period @> %(day)s))""",
    ),
    TaskState,
)
_END = with_codes(
    """
UPDATE office_task t SET why = w.why, ended_by_id = w.by_id, ended_at = %(now)s,
    state = CASE WHEN w.why = '' THEN TaskState.DONE ELSE TaskState.DROPPED END
FROM unnest(%(kinds)s::text[], %(ids)s::bigint[], %(whys)s::text[], %(by)s::bigint[]) AS w(kind, about_id, why, by_id)
WHERE t.kind = w.kind AND t.about_id = w.about_id AND t.state = TaskState.TODO
""",
    TaskState,
)


_Key = tuple[str, int]
"""The code of a kind and the id of a row that it is about."""
GONE = "Ce qui la demandait n’existe plus"


@dataclass(slots=True)
class Changed:
    """How many tasks were opened (or stand again), moved (another person or day), and ended."""

    opened: int = 0
    moved: int = 0
    ended: int = 0

    def __bool__(self) -> bool:
        return bool(self.opened or self.moved or self.ended)

    def __iadd__(self, other: "Changed") -> "Changed":
        self.opened += other.opened
        self.moved += other.moved
        self.ended += other.ended
        return self


def refresh_tasks(*kinds: TaskKind, ids: Collection[int], actor: Actor) -> Changed:
    """Bring the tasks of these kinds about the rows `ids` to what the rows ask now.

    Called in the transaction that changed the rows, which it holds locked. A row that asks something has its task; the
    task of one that asks no more is done, by `actor` where the row doesn't know by whom, or dropped. The questions of
    each kind, and at most three statements more, whatever the number of rows; again changes nothing.
    """
    if not ids:
        return Changed()
    with transaction.atomic(savepoint=False):
        causes = {(str(kind.code), cause.about_id): cause for kind in kinds for cause in kind.causes(ids)}
        changed = _open(kinds, causes) if causes else Changed()
        standing = Task.objects.to_do().filter(kind__in=[kind.code for kind in kinds], about_id__in=ids).order_by()
        raised = {(kind, pk): at for kind, pk, at in standing.values_list("kind", "about_id", "raised_at")}
        if over := {key: raised[key] for key in sorted(raised.keys() - causes.keys())}:
            changed.ended = _end(kinds, over, actor)
    return changed


def _open(kinds: Collection[TaskKind], causes: Mapping[_Key, Cause]) -> Changed:
    rows = list(causes.values())
    today = clock.today()
    has_own = all(row.due_on for row in rows)
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN,
            {
                "now": clock.now(), "day": today,
                "kinds": [str(kind.code) for kind in kinds],
                "abouts": [kind.about for kind in kinds],
                "roles": [" ".join(roles_with(kind.seen_by)) for kind in kinds],
                "own_due": today if has_own else own_due_on(today),
                "of_kind": [str(code) for code, _ in causes],
                "ids": bigints(pk for _, pk in causes),
                "households": [row.household_id for row in rows],
                "assignees": [row.assignee_id for row in rows],
                "authors": [row.author_id for row in rows],
                "dues": [row.due_on for row in rows],
            },
        )  # fmt: skip
        return Changed(*cursor.fetchone())


def _end(kinds: Collection[TaskKind], over: Mapping[_Key, datetime], actor: Actor) -> int:
    """A row that is gone, of which its kind tells nothing, asks nothing."""
    told: dict[_Key, Ending] = dict.fromkeys(over, Ending(GONE))
    for kind in kinds:
        if raised := {pk: at for (code, pk), at in over.items() if code == kind.code}:
            told |= {(str(kind.code), pk): ending for pk, ending in kind.endings(raised).items() if pk in raised}
    with connection.cursor() as cursor:
        cursor.execute(
            _END,
            {
                "now": clock.now(),
                "kinds": [kind for kind, _ in told],
                "ids": bigints(pk for _, pk in told),
                "whys": [ending.why[:120] for ending in told.values()],
                "by": [None if ending.why else ending.by_id or actor.user_id for ending in told.values()],
            },
        )
        ended: int = cursor.rowcount
        return ended


@needs(Write(Data.TASK, OWN))
@transaction.atomic
def give_task(*, task: Task, to: User | None, actor: Actor) -> Task:
    """Give a task to a colleague of the service that it falls to, or (None) back to the service.

    `InvalidInput` where that person can't do it. `Conflict` where it is over, or where it goes with its cause (an
    alert is passed on, a job is given to another technician). Giving it again to the same person changes nothing.

    Raises `NotAllowed`.
    """
    row = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if not Task.objects.visible_to(actor).filter(pk=row.pk).exists():
        raise NotAllowed("Cette tâche n’est pas la vôtre.")
    kind = declared()[row.kind]
    if not can(actor, kind.falls_to):
        raise NotAllowed("Seul le service qui fait cette tâche la confie à quelqu’un.")
    if row.state != TaskState.TODO:
        raise Conflict(f"Cette tâche est déjà {uncapitalised(row.get_state_display())}.", code="wrong_state")
    if not kind.may_be_given:
        raise Conflict("Cette tâche suit ce qui la demande : réattribuez-le sur sa page.", code="follows_its_cause")
    today = clock.today()
    roles = roles_with(kind.falls_to)
    if to is not None and not (to.is_active and to.grants.filter(role__in=roles, period__contains=today).exists()):
        raise InvalidInput(f"{to} ne peut pas faire cette tâche.", field="to")
    if (to.pk if to else None) == row.assignee_id:
        return row
    row.assignee, row.given_by = to, actor.user if to else None
    row.save(update_fields=["assignee", "given_by"])
    return row
