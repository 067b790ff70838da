"""Rights to housing benefit paid to us directly (tiers payant)."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from common import clock
from common.money import EuroField
from common.triggers import moves_the_books
from rent_ledger.rights.codes import BenefitKind, Follows, RetentionEnd


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


class BenefitRetentionQuerySet(models.QuerySet["BenefitRetention"]):
    def standing(self) -> "BenefitRetentionQuerySet":
        """All but those that were noted by mistake."""
        return self.filter(withdrawn_at=None)


@pghistory.track()
class BenefitRetention(models.Model):
    """Months of aid of a lease that the payer keeps while the dwelling is not decent (`rules.retention`).

    `period`: from the first month that is kept to the first one that is paid again, without end while it runs.
    `told_on`: the day of the payer's letter. `extensions`: how often he kept on. `outcome`: how it ended; what was lost
    is a `loss` in the books. A standing retention asks nothing of the household for its months, whatever its outcome.
    """

    lease = models.ForeignKey("leases.Lease", models.PROTECT, related_name="benefit_retentions", verbose_name="bail")
    period = DateRangeField("mois retenus")
    told_on = models.DateField("courrier du")
    extensions = models.PositiveSmallIntegerField("prolongations", default=0)
    outcome = models.CharField("issue", max_length=7, choices=RetentionEnd.choices, blank=True)
    loss = models.OneToOneField(
        "rent_ledger.Entry", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="perte"
    )
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    recorded_at = models.DateTimeField("notée le", default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField("annulée le", null=True, blank=True, editable=False)

    objects = BenefitRetentionQuerySet.as_manager()

    class Meta:
        verbose_name = "retenue d’aide"
        verbose_name_plural = "retenues d’aide"
        ordering = ["lease", "-period", "-id"]
        constraints = [
            ExclusionConstraint(
                name="benefit_retention_no_overlap",
                expressions=[("lease", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(withdrawn_at=None),
                violation_error_message="Une retenue couvre déjà une partie de ces mois.",
            ),
            models.CheckConstraint(
                condition=Q(period__startswith__day=1)
                & (Q(period__upper_inf=True) | Q(period__endswith__day=1, period__isempty=False)),
                name="benefit_retention_whole_months",
                violation_error_message="Une retenue va du premier jour d’un mois à celui d’un autre.",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", period__upper_inf=True) | ~Q(outcome="") & Q(period__upper_inf=False),
                name="benefit_retention_ends_with_outcome",
                violation_error_message="Dites comment la retenue a fini.",
            ),
            models.CheckConstraint(
                condition=Q(loss=None) | Q(outcome=RetentionEnd.LOST, withdrawn_at=None),
                name="benefit_retention_loss_where_lost",
            ),
        ]

    def __str__(self) -> str:
        return f"Retenue {self.lease_id}"
