"""Rights to housing benefit paid to us directly (tiers payant)."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from common import clock
from common.money import EuroField
from common.triggers import moves_the_books
from rent_ledger.rights.codes import BenefitKind, Follows


@pghistory.track()
class BenefitRight(models.Model):
    """A household's monthly benefit on one lease, expected over a period. Dated: a change is a new row.

    `follows`: why it is due for the month of entry too; most are not. `ends_with_stay`: it was ended since the
    household leaves, and `end_before_stay` is the end that it had before. `is_followed`: another aided dwelling follows
    without interruption, so it is due for the month of departure.
    """

    lease = models.ForeignKey("leases.Lease", models.PROTECT, related_name="benefit_rights", verbose_name="bail")
    payer = models.ForeignKey("office.Organisation", models.PROTECT, related_name="+", verbose_name="organisme payeur")
    kind = models.CharField("aide", max_length=3, choices=BenefitKind.choices)
    beneficiary_number = models.CharField("numéro allocataire", max_length=15)
    amount = EuroField("montant mensuel")
    follows = models.CharField("dû dès le mois d’entrée", max_length=5, choices=Follows.choices, blank=True)
    is_followed = models.BooleanField("suivie d’un autre logement aidé", default=False)
    ends_with_stay = models.BooleanField("arrêtée au départ", default=False, editable=False)
    end_before_stay = models.DateField("fin d’avant le départ", null=True, blank=True, editable=False)
    is_direct = models.BooleanField("versée au bailleur", default=True)
    period = DateRangeField("période")
    reason = models.CharField("origine", max_length=120, blank=True)
    recorded_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "droit à l’aide au logement"
        verbose_name_plural = "droits à l’aide au logement"
        ordering = ["lease", "period"]
        triggers = [moves_the_books()]
        indexes = [
            models.Index(fields=["beneficiary_number"], name="benefit_right_number"),
            models.Index(fields=["lease"], name="benefit_right_followed", condition=Q(is_followed=True)),
        ]
        constraints = [
            ExclusionConstraint(
                name="benefit_right_no_overlap",
                expressions=[("lease", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                violation_error_message="Un droit couvre déjà une partie de cette période.",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="benefit_right_amount_positive"),
            models.CheckConstraint(condition=Q(period__isempty=False), name="benefit_right_period_not_empty"),
            models.CheckConstraint(
                condition=Q(ends_with_stay=False) | Q(period__upper_inf=False),
                name="benefit_right_ends_with_stay",
                violation_error_message="Un droit arrêté au départ a une fin.",
            ),
            models.CheckConstraint(
                condition=Q(ends_with_stay=True) | Q(end_before_stay__isnull=True, is_followed=False),
                name="benefit_right_followed_where_left",
                violation_error_message="Un autre logement aidé ne suit qu’un droit arrêté au départ du ménage.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
