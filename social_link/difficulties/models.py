"""The difficulties of a household: codes over days, never words. Nothing below reads them, and nothing exports them.

What is taken back is deleted; its history keeps it, as secret as what stands."""

from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from common import clock
from common.periods import last_day
from social_link.difficulties.codes import DifficultyKind


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Difficulty(models.Model):
    """A difficulty over a period: noted from its first day on, by whom; no more from the day after its last, as
    somebody said. `noted_in`, `ended_in`: the gesture that noted several at once, which is taken back whole."""

    household = models.ForeignKey(
        "leases.Household", models.PROTECT, related_name="difficulties", verbose_name="ménage"
    )
    kind = models.CharField("difficulté", max_length=10, choices=DifficultyKind.choices)
    period = DateRangeField("du … au …")
    noted_by = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="notée par")
    noted_at = models.DateTimeField("notée le", default=clock.now, editable=False)
    noted_in = models.UUIDField("notée avec", editable=False)
    ended_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="finie par"
    )
    ended_in = models.UUIDField("finie avec", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "difficulté d’un ménage"
        verbose_name_plural = "difficultés des ménages"
        ordering = ["household", "period", "id"]
        constraints = [
            ExclusionConstraint(
                name="difficulty_once",
                expressions=[
                    ("household", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Cette difficulté est déjà notée sur ces jours.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False),
                name="difficulty_dated",
                violation_error_message="Une difficulté est notée à partir d’un jour.",
            ),
            models.CheckConstraint(
                condition=Q(period__upper_inf=True, ended_by=None, ended_in=None)
                | Q(period__upper_inf=False, ended_by__isnull=False, ended_in__isnull=False),
                name="difficulty_ended_by_somebody",
                violation_error_message="Une difficulté finit quand quelqu’un le dit.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=DifficultyKind.values),
                name="difficulty_known",
                violation_error_message="Choisissez dans la liste.",
            ),
        ]

    def __str__(self) -> str:
        return f"Difficulté {self.pk}"

    @property
    def last_day(self) -> date | None:
        """Included; None while it stands."""
        return last_day(self.period)
