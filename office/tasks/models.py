"""Tasks: what is asked of whom, by when, and from what. A task is done by the act that it asks for."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from common import clock
from common.triggers import follows
from office.access.matrix import OWN, Read, can
from office.staff.models import RoleGrant
from office.tasks.codes import TASK_FLOW, TaskState
from office.tasks.kinds import ABOUT_LENGTH, KIND_LENGTH, declared

if TYPE_CHECKING:
    from office.access.actor import Actor


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, actor: "Actor") -> "TaskQuerySet":
        """Tasks of the kinds whose data the actor reads: all of them, or one's own where one reads own cases only."""
        kinds = declared().values()
        whole = [str(kind.code) for kind in kinds if can(actor, Read(kind.reveals))]
        own = [str(kind.code) for kind in kinds if can(actor, Read(kind.reveals, OWN)) and kind.code not in whole]
        if not actor.user_id:
            return self.none()
        return self.filter(Q(kind__in=whole) | Q(kind__in=own, assignee_id=actor.user_id))

    def to_do(self) -> "TaskQuerySet":
        return self.filter(state=TaskState.TODO)

    def of(self, actor: "Actor") -> "TaskQuerySet":
        """What the actor has to do: given by name, or to nobody and to the actor's service. Only what is visible.

        What is given to somebody who has left is the service's, also before the check of the morning says so.
        """
        service = [str(kind.code) for kind in declared().values() if can(actor, kind.falls_to)]
        here = RoleGrant.objects.filter(user=OuterRef("assignee"), user__is_active=True, period__contains=clock.today())
        mine = Q(assignee_id=actor.user_id) | Q(~Exists(here), kind__in=service)
        return self.visible_to(actor).filter(mine)


class Task(models.Model):
    """One thing to do. Its words are made when it is shown (`kinds.TaskKind.show`): nothing of its subject is here.

    `about` and `about_id` say what it is about, `household_id` whom: both are above, so neither is a key. `author`
    decided what asks it; None is a rule. `assignee` None: it falls to the service that its kind names. `given_by`: a
    person gave it to somebody, so it stays there. `ended_by` None: the house itself, or not known.
    """

    kind = models.CharField("genre", max_length=KIND_LENGTH)
    about = models.CharField("à propos de", max_length=ABOUT_LENGTH)
    about_id = models.BigIntegerField("numéro")
    household_id = models.BigIntegerField("ménage", null=True, blank=True)
    assignee = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name="à"
    )
    given_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="confiée par"
    )
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="décidée par"
    )
    due_on = models.DateField("au plus tard le")
    raised_at = models.DateTimeField("née le", default=clock.now, editable=False)
    state = models.CharField("état", max_length=8, choices=TaskState.choices, default=TaskState.TODO)
    why = models.CharField("sans objet parce que", max_length=120, blank=True)
    ended_at = models.DateTimeField("finie le", null=True, blank=True)
    ended_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="finie par"
    )

    flow = TASK_FLOW

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "tâche"
        ordering = ["due_on", "id"]
        triggers = [follows(TASK_FLOW)]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about_id"], condition=Q(state=TaskState.TODO), name="task_to_do_once"
            ),
            models.CheckConstraint(
                condition=Q(state=TaskState.TODO, ended_at__isnull=True, ended_by__isnull=True)
                | (~Q(state=TaskState.TODO) & Q(ended_at__isnull=False)),
                name="task_ended_iff_dated",
            ),
            models.CheckConstraint(
                condition=Q(state=TaskState.DROPPED) & ~Q(why="") | ~Q(state=TaskState.DROPPED) & Q(why=""),
                name="task_dropped_iff_says_why",
            ),
            models.CheckConstraint(
                condition=Q(given_by__isnull=True) | Q(assignee__isnull=False), name="task_given_to_somebody"
            ),
        ]
        indexes = [
            models.Index(fields=["assignee", "due_on"], name="task_of", condition=Q(state=TaskState.TODO)),
            models.Index(fields=["kind", "about_id", "id"], name="task_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about_id}"
