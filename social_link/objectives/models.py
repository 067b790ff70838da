"""The objectives of a measure of support, and how far each was found to be."""

from __future__ import annotations

from datetime import date

import pghistory
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from common import clock
from common.looks import Look
from common.typography import uncapitalised
from social_link.objectives.codes import HIGHEST, LOWEST, OVER, Axis, HowFar, Moment, Phase, Theme
from social_link.objectives.looks import NOT_YET, STATES

LONGEST = 200
"""Signs of each of the three short texts: anything longer is a note."""


class ObjectiveQuerySet(models.QuerySet["Objective"]):
    def with_state(self) -> ObjectiveQuerySet:
        """With its last evaluation: `how_far` (empty before the first), `state_on`, `score`."""
        last = ObjectiveReview.objects.filter(objective=OuterRef("pk")).order_by("-on")
        return self.annotate(
            how_far=Coalesce(Subquery(last.values("how_far")[:1]), models.Value("")),
            state_on=Subquery(last.values("on")[:1]),
            score=Subquery(last.values("score")[:1]),
        )

    def open(self) -> ObjectiveQuerySet:
        """Neither reached nor given up as they were last evaluated; with their state."""
        return self.with_state().exclude(Q(("how_far__in", OVER)))


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Objective(models.Model):
    """What a household wants to reach during a measure, in its own words, what each side does for it, and by when.

    `phase`: the step of a two-step plan. `early_why`: why an objective of the second step began while the first was
    still open.
    """

    measure = models.ForeignKey("social_link.Measure", models.PROTECT, related_name="objectives", verbose_name="mesure")
    theme = models.CharField("thème", max_length=8, choices=Theme.choices)
    phase = models.CharField("étape", max_length=8, choices=Phase.choices, blank=True)
    text = models.CharField("objectif", max_length=LONGEST)
    household_does = models.CharField("le ménage fait", max_length=LONGEST, blank=True)
    house_does = models.CharField("l’association fait", max_length=LONGEST, blank=True)
    due_on = models.DateField("pour le", null=True, blank=True)
    early_why = models.CharField("commencé avant la fin de l’autre étape, car", max_length=LONGEST, blank=True)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    objects = ObjectiveQuerySet.as_manager()

    # Of `with_state`, and of `queries.objectives_of`.
    how_far: str
    state_on: date | None
    score: int | None
    told: list[ObjectiveReview]

    class Meta:
        verbose_name = "objectif"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "text"],
                name="objective_once",
                violation_error_message="Cette mesure a déjà cet objectif.",
            ),
            models.CheckConstraint(
                condition=~Q(text="") & Q(theme__in=Theme.values),
                name="objective_whole",
                violation_error_message="Un objectif a son thème et ses mots.",
            ),
            models.CheckConstraint(
                condition=Q(phase__in=["", *Phase.values]) & (Q(early_why="") | Q(phase=Phase.CAUSES)),
                name="objective_early_if_second",
                violation_error_message="Seule la deuxième étape peut commencer avant la fin de la première.",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def look(self) -> Look:
        """How its state looks. Of `with_state`."""
        return STATES.get(self.how_far, NOT_YET)

    @property
    def is_open(self) -> bool:
        """Of `with_state`."""
        return self.how_far not in OVER


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class ObjectiveReview(models.Model):
    """How far an objective was on a day: one evaluation a day. `contact`: the meeting at which it was found so.

    `score`: from `LOWEST` to `HIGHEST`, where one was given.
    """

    objective = models.ForeignKey(Objective, models.PROTECT, related_name="reviews", verbose_name="objectif")
    how_far = models.CharField("état", max_length=8, choices=HowFar.choices)
    on = models.DateField("le")
    score = models.PositiveSmallIntegerField("note sur 5", null=True, blank=True)
    contact = models.ForeignKey(
        "social_link.Contact", models.PROTECT, null=True, blank=True, related_name="reviews", verbose_name="contact"
    )
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("saisie le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "évaluation d’un objectif"
        verbose_name_plural = "évaluations d’objectifs"
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["objective", "on"],
                name="objective_review_once_a_day",
                violation_error_message="Cet objectif a déjà une évaluation de ce jour.",
            ),
            models.CheckConstraint(
                condition=Q(how_far__in=HowFar.values) & (Q(score=None) | Q(score__range=(LOWEST, HIGHEST))),
                name="objective_review_known",
                violation_error_message=f"Une évaluation va de {LOWEST} à {HIGHEST}.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_how_far_display()} · {self.on:%d/%m/%Y}"

    @property
    def look(self) -> Look:
        return STATES[self.how_far]


def _level(axis: Axis) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(uncapitalised(axis.label), null=True, blank=True)


AXES = {
    Axis.RIGHTS: "rights",
    Axis.BUDGET: "budget",
    Axis.FAMILY: "family",
    Axis.JOB: "job",
    Axis.UPKEEP: "upkeep",
    Axis.NEIGHBOURS: "neighbours",
    Axis.HEALTH: "health",
}
"""Axis → its column."""


def _in_scale() -> Q:
    found = Q()
    for column in AXES.values():
        found &= Q(**{column: None}) | Q(**{f"{column}__range": (LOWEST, HIGHEST)})
    return found


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Assessment(models.Model):
    """Where a household stands on the seven axes, from `LOWEST` to `HIGHEST`; None was not spoken of. Once at the start
    of a measure, once at its end, and as often as one wants between. `with_person`: filled in with her."""

    measure = models.ForeignKey(
        "social_link.Measure", models.PROTECT, related_name="assessments", verbose_name="mesure"
    )
    moment = models.CharField("moment", max_length=6, choices=Moment.choices)
    on = models.DateField("le")
    with_person = models.BooleanField("rempli avec la personne", default=True)
    rights = _level(Axis.RIGHTS)
    budget = _level(Axis.BUDGET)
    family = _level(Axis.FAMILY)
    job = _level(Axis.JOB)
    upkeep = _level(Axis.UPKEEP)
    neighbours = _level(Axis.NEIGHBOURS)
    health = _level(Axis.HEALTH)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "bilan des sept axes"
        verbose_name_plural = "bilans des sept axes"
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "moment"],
                condition=Q(moment__in=[Moment.START.value, Moment.END.value]),
                name="assessment_one_start_one_end",
                violation_error_message="Le début et la fin se remplissent une fois : corrigez ce qui est noté.",
            ),
            models.UniqueConstraint(
                fields=["measure", "on"],
                name="assessment_once_a_day",
                violation_error_message="Les sept axes sont déjà remplis pour ce jour.",
            ),
            models.CheckConstraint(
                condition=Q(moment__in=Moment.values) & _in_scale(),
                name="assessment_in_scale",
                violation_error_message=f"Chaque axe va de {LOWEST} à {HIGHEST}.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_moment_display()} · {self.on:%d/%m/%Y}"

    def level(self, axis: Axis) -> int | None:
        found: int | None = getattr(self, AXES[axis])
        return found
