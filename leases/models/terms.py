"""What a lease bills, dated by nature, and when it falls due."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from common import clock
from common.money import EuroField
from leases.enums import ChargeMode, DueRule, RentNature


@pghistory.track()
class RentTerm(models.Model):
    """A monthly amount of one nature over a period. `mode` says whether charges are a provision or a flat sum."""

    lease = models.ForeignKey("leases.Lease", models.PROTECT, related_name="rent_terms", verbose_name="bail")
    nature = models.CharField("nature", max_length=12, choices=RentNature)
    mode = models.CharField("mode", max_length=9, choices=ChargeMode, blank=True)
    amount = EuroField("montant mensuel")
    period = DateRangeField("période")
    reason = models.CharField("motif", max_length=200, blank=True)
    recorded_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "condition de loyer"
        verbose_name_plural = "conditions de loyer"
        ordering = ["lease", "nature", "period"]
        constraints = [
            ExclusionConstraint(
                name="rent_term_no_overlap",
                expressions=[
                    ("lease", RangeOperators.EQUAL),
                    ("nature", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Un montant de cette nature couvre déjà une partie de la période.",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="rent_term_amount_positive",
                violation_error_message="Un loyer ou une charge n’est pas négatif.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False),
                name="rent_term_period_not_empty",
                violation_error_message="La date de fin précède celle de début.",
            ),
            models.CheckConstraint(
                condition=(Q(nature=RentNature.CHARGES) & ~Q(mode="")) | (~Q(nature=RentNature.CHARGES) & Q(mode="")),
                name="rent_term_mode_iff_charges",
                violation_error_message="Dites si les charges sont une provision ou un forfait "
                "(les charges seulement).",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.amount}"


@pghistory.track()
class DueTerms(models.Model):
    """When the demand of a month falls due: in advance on `due_day` of the month, or in arrears on the next month's."""

    lease = models.ForeignKey("leases.Lease", models.PROTECT, related_name="due_terms", verbose_name="bail")
    due_rule = models.CharField("échéance", max_length=7, choices=DueRule, default=DueRule.IN_ADVANCE)
    due_day = models.PositiveSmallIntegerField("jour d’échéance", default=1)
    period = DateRangeField("période")

    class Meta:
        verbose_name = "échéance"
        ordering = ["lease", "period"]
        constraints = [
            ExclusionConstraint(
                name="due_terms_no_overlap",
                expressions=[("lease", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                violation_error_message="Une échéance couvre déjà une partie de la période.",
            ),
            models.CheckConstraint(
                condition=Q(due_day__gte=1) & Q(due_day__lte=31),
                name="due_terms_day_of_month",
                violation_error_message="Le jour d’échéance est compris entre 1 et 31.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False),
                name="due_terms_period_not_empty",
                violation_error_message="La date de fin précède celle de début.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_due_rule_display()}, le {self.due_day}"
