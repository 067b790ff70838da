"""Who accompanies a household, and under which measure."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from common import clock
from social_link.enums import MeasureEnd, MeasureKind


class Referent(models.Model):
    """The named social worker of a household over a period: one at a time."""

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="referents", verbose_name="ménage")
    user = models.ForeignKey("office.User", models.PROTECT, related_name="caseload", verbose_name="référent")
    period = DateRangeField("période")

    class Meta:
        verbose_name = "référent social"
        verbose_name_plural = "référents sociaux"
        constraints = [
            ExclusionConstraint(
                name="referent_one_at_a_time",
                expressions=[("household", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                violation_error_message="Ce ménage a déjà un référent sur cette période.",
            ),
            models.CheckConstraint(condition=Q(period__isempty=False), name="referent_period_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.household}"


class Measure(models.Model):
    """A measure of support: kind, funder, referent, dates, and how it ended. It may exist without a dwelling of ours.

    `is_lead`: the support that counts in « un ménage, un logement, un accompagnement »; one lead at a time.
    """

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="measures", verbose_name="ménage")
    kind = models.CharField("mesure", max_length=6, choices=MeasureKind)
    funder = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="financeur"
    )
    referent = models.ForeignKey("office.User", models.PROTECT, related_name="measures", verbose_name="référent")
    is_lead = models.BooleanField("accompagnement principal", default=True)
    signed_on = models.DateField("contrat signé le", null=True, blank=True)
    period = DateRangeField("du … au …")
    planned_end = models.DateField("fin prévue")
    ended_on = models.DateField("terminée le", null=True, blank=True)
    end_reason = models.CharField("motif de fin", max_length=6, choices=MeasureEnd, blank=True)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("créée le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "mesure"
        ordering = ["-id"]
        constraints = [
            ExclusionConstraint(
                name="measure_one_lead",
                expressions=[("household", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(is_lead=True),
                violation_error_message="Ce ménage a déjà un accompagnement principal sur cette période.",
            ),
            models.CheckConstraint(condition=Q(period__isempty=False), name="measure_period_not_empty"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, end_reason="") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="measure_end_explained",
                violation_error_message="Une mesure terminée porte sa date et son motif de fin.",
            ),
            models.CheckConstraint(
                condition=Q(period__startswith__lte=F("planned_end")),
                name="measure_planned_after_start",
                violation_error_message="La fin prévue suit le début.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.household}"
