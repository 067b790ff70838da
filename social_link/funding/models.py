"""What funders pay: lines of their conventions, and what one takes over of another's measure."""

from datetime import date, timedelta

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from common import clock
from common.money import EuroField
from social_link.funding.codes import Counting
from social_link.measures.codes import MeasureKind


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class FundingLine(models.Model):
    """So many places of one kind of measure, paid by one funder over a period. `rate`: euros of one mois/mesure, None
    where the convention pays a sum. Nobody stands on it: measures find their line by funder, kind and day."""

    funder = models.ForeignKey(
        "office.Organisation", models.PROTECT, related_name="funding_lines", verbose_name="financeur"
    )
    kind = models.CharField("mesure", max_length=6, choices=MeasureKind.choices)
    reference = models.CharField("convention", max_length=60)
    period = DateRangeField("du … au …")
    places = models.PositiveSmallIntegerField("places")
    rate = EuroField("tarif du mois/mesure", null=True, blank=True)
    counting = models.CharField("décompte", max_length=7, choices=Counting.choices, default=Counting.ANY_DAY)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("saisie le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "ligne de convention"
        verbose_name_plural = "lignes de convention"
        ordering = ["funder", "kind", "period"]
        constraints = [
            ExclusionConstraint(
                name="funding_line_once",
                expressions=[
                    ("funder", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Ce financeur paie déjà cette mesure sur ces jours : un mois serait compté "
                "deux fois. Corrigez les dates.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="funding_line_bounded",
                violation_error_message="Une convention a un premier et un dernier jour.",
            ),
            models.CheckConstraint(
                condition=Q(places__gt=0), name="funding_line_places", violation_error_message="Une place au moins."
            ),
            models.CheckConstraint(
                condition=Q(rate=None) | Q(rate__gt=0),
                name="funding_line_rate",
                violation_error_message="Le tarif est au-dessus de zéro.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.reference} · {self.get_kind_display()}"

    @property
    def last_day(self) -> date:
        last: date = self.period.upper - timedelta(days=1)
        return last


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class FundingShare(models.Model):
    """What another funder takes over of a measure: the points from `parts` of a hundred, over days. The rest is the
    measure's own funder's. Two shares never hold the same point on the same day: together they pass no 100 %."""

    measure = models.ForeignKey("social_link.Measure", models.PROTECT, related_name="shares", verbose_name="mesure")
    funder = models.ForeignKey("office.Organisation", models.PROTECT, related_name="+", verbose_name="financeur")
    parts = IntegerRangeField("points")
    period = DateRangeField("du … au …")
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("saisie le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "part d’un financeur"
        verbose_name_plural = "parts de financeurs"
        ordering = ["period", "parts"]
        constraints = [
            ExclusionConstraint(
                name="funding_share_within_whole",
                expressions=[
                    ("measure", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                    ("parts", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Les parts des financeurs dépassent 100 % sur ces jours.",
            ),
            models.CheckConstraint(
                condition=Q(parts__isempty=False, parts__contained_by=(0, 100)),
                name="funding_share_of_a_hundred",
                violation_error_message="Une part va de 1 à 100 %.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="funding_share_bounded",
                violation_error_message="Une part a un premier et un dernier jour.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.share} % · {self.measure_id}"

    @property
    def share(self) -> int:
        points: int = self.parts.upper - self.parts.lower
        return points

    @property
    def last_day(self) -> date:
        last: date = self.period.upper - timedelta(days=1)
        return last
