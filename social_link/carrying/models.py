"""How a measure is carried: its intensity from a day on, who carries it; and what a household declined."""

from __future__ import annotations

from datetime import date, timedelta

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from common import clock
from social_link.carrying.codes import CarrierRole, Declined, Level


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Intensity(models.Model):
    """How dense a measure is from a day on, until the next one."""

    measure = models.ForeignKey(
        "social_link.Measure", models.PROTECT, related_name="intensities", verbose_name="mesure"
    )
    level = models.CharField("intensité", max_length=6, choices=Level.choices)
    from_day = models.DateField("à partir du")
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("saisie le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "intensité"
        ordering = ["from_day"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "from_day"],
                name="intensity_once_a_day",
                violation_error_message="L’intensité change déjà ce jour-là.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} · {self.from_day:%d/%m/%Y}"


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Carrier(models.Model):
    """An organisation that carries a measure over days: beside us (S3-06), or as the service of our grouping whose
    caseload it counts in (S1-15)."""

    measure = models.ForeignKey("social_link.Measure", models.PROTECT, related_name="carriers", verbose_name="mesure")
    organisation = models.ForeignKey("office.Organisation", models.PROTECT, related_name="+", verbose_name="organisme")
    role = models.CharField("rôle", max_length=7, choices=CarrierRole.choices)
    period = DateRangeField("du … au …")
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "porteur d’une mesure"
        verbose_name_plural = "porteurs d’une mesure"
        ordering = ["period", "id"]
        constraints = [
            ExclusionConstraint(
                name="carrier_once",
                expressions=[
                    ("measure", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Cet organisme porte déjà la mesure sur ces jours.",
            ),
            ExclusionConstraint(
                name="carrier_one_member",
                expressions=[("measure", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(role=CarrierRole.MEMBER),
                violation_error_message="Un autre service du groupement porte la mesure sur ces jours.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False),
                name="carrier_bounded",
                violation_error_message="Un porteur a un premier jour, et finit après lui.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_role_display()}"

    @property
    def last_day(self) -> date | None:
        last: date | None = self.period.upper and self.period.upper - timedelta(days=1)
        return last


@pghistory.track(pghistory.DeleteEvent())
class Refusal(models.Model):
    """A household declined something, on a day. Nobody asks why, and nothing follows from it."""

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="refusals", verbose_name="ménage")
    what = models.CharField("ce qui est décliné", max_length=7, choices=Declined.choices)
    on = models.DateField("le")
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "refus d’un accompagnement"
        verbose_name_plural = "refus d’un accompagnement"
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "what", "on"],
                name="refusal_once",
                violation_error_message="Ce refus est déjà noté.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} · {self.on:%d/%m/%Y}"
