"""Who accompanies a household, and under which measure."""

from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from common import clock
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, can
from social_link.measures.codes import MeasureEnd, MeasureKind
from social_link.measures.rules.measures import Papers


def _running(day: date) -> Q:
    """In force on `day`: a closed measure too, on its last day and before, as one that was renewed."""
    return Q(period__contains=day) & (Q(ended_on=None) | Q(ended_on__gte=day))


def own_cases(user_id: int, household: str) -> Q:
    """Rows whose `household` field names a household that `user_id` accompanies today: referent, or open measure."""
    today = clock.today()
    referent = Referent.objects.filter(household=OuterRef(household), user_id=user_id, period__contains=today)
    measure = Measure.objects.filter(_running(today), household=OuterRef(household), referent_id=user_id)
    return Q(Exists(referent)) | Q(Exists(measure))


class MeasureQuerySet(models.QuerySet["Measure"]):
    def running_on(self, day: date) -> MeasureQuerySet:
        """In force on `day`: begun, and neither ended nor past its term. One that is past it waits to be closed."""
        return self.filter(_running(day))

    def ending_by(self, day: date) -> MeasureQuerySet:
        """To close or to renew: those that nobody has ended and whose term is on `day` or before."""
        return self.filter(ended_on=None, planned_end__lte=day)

    def visible_to(self, actor: Actor) -> MeasureQuerySet:
        """Measures of the households that the actor follows, and those of which one is or was the referent."""
        if can(actor, Read(Data.MEASURE)):
            return self
        if can(actor, Read(Data.MEASURE, OWN)) and actor.user_id:
            return self.filter(Q(referent_id=actor.user_id) | own_cases(actor.user_id, "household"))
        return self.none()


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


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Measure(models.Model):
    """A measure of support: kind, funder, referent, dates, and how it ended. It may exist without a dwelling of ours.

    `is_lead`: the support that counts in « un ménage, un logement, un accompagnement »; one lead at a time.
    """

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="measures", verbose_name="ménage")
    kind = models.CharField("mesure", max_length=6, choices=MeasureKind.choices)
    funder = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="financeur"
    )
    referent = models.ForeignKey("office.User", models.PROTECT, related_name="measures", verbose_name="référent")
    is_lead = models.BooleanField("accompagnement principal", default=True)
    agreed_on = models.DateField("accord préalable du", null=True, blank=True)
    signed_on = models.DateField("contrat signé le", null=True, blank=True)
    period = DateRangeField("du … au …")
    planned_end = models.DateField("fin prévue")
    ended_on = models.DateField("terminée le", null=True, blank=True)
    end_reason = models.CharField("motif de fin", max_length=6, choices=MeasureEnd.choices, blank=True)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("créée le", default=clock.now, editable=False)

    objects = MeasureQuerySet.as_manager()

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
                condition=Q(ended_on=None) | Q(ended_on__lte=F("planned_end")),
                name="measure_ended_by_its_term",
                violation_error_message="Une mesure finit au plus tard à son terme.",
            ),
            models.CheckConstraint(
                condition=Q(period__startswith__lte=F("planned_end")),
                name="measure_planned_after_start",
                violation_error_message="La fin prévue suit le début.",
            ),
            models.CheckConstraint(
                condition=Q(agreed_on=None) | Q(signed_on=None) | Q(agreed_on__lte=F("signed_on")),
                name="measure_agreed_before_signature",
                violation_error_message="L’accord préalable précède la signature du contrat.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.household}"

    @property
    def papers(self) -> Papers:
        return Papers(self.funder_id is not None, self.signed_on, self.agreed_on)
