"""Housing benefit paid to us directly (tiers payant): rights, statements of the CAF or MSA, their lines."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from common import clock
from common.money import EuroField
from rent_ledger.enums import BenefitKind, BenefitLineState


@pghistory.track()
class BenefitRight(models.Model):
    """A household's monthly benefit on one lease, expected over a period. Dated: a change is a new row."""

    lease = models.ForeignKey("leases.Lease", models.PROTECT, related_name="benefit_rights", verbose_name="bail")
    payer = models.ForeignKey("office.Organisation", models.PROTECT, related_name="+", verbose_name="organisme payeur")
    kind = models.CharField("aide", max_length=3, choices=BenefitKind)
    beneficiary_number = models.CharField("numéro allocataire", max_length=15)
    amount = EuroField("montant mensuel")
    is_direct = models.BooleanField("versée au bailleur", default=True)
    period = DateRangeField("période")
    reason = models.CharField("origine", max_length=120, blank=True)
    recorded_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "droit à l’aide au logement"
        verbose_name_plural = "droits à l’aide au logement"
        ordering = ["lease", "period"]
        indexes = [models.Index(fields=["beneficiary_number"], name="benefit_right_number")]
        constraints = [
            ExclusionConstraint(
                name="benefit_right_no_overlap",
                expressions=[("lease", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                violation_error_message="Un droit couvre déjà une partie de cette période.",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="benefit_right_amount_positive"),
            models.CheckConstraint(condition=Q(period__isempty=False), name="benefit_right_period_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class BenefitStatement(models.Model):
    """A bordereau of a payer: one bank credit equals the sum of its lines. The same file again is refused."""

    payer = models.ForeignKey("office.Organisation", models.PROTECT, related_name="+", verbose_name="organisme payeur")
    file_name = models.CharField("fichier", max_length=200)
    sha256 = models.CharField("empreinte", max_length=64, unique=True)
    paid_on = models.DateField("versé le")
    total = EuroField("total")
    bank_line = models.OneToOneField(
        "rent_ledger.BankLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="benefit_statement",
        verbose_name="ligne de banque",
    )
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="importé par")
    imported_at = models.DateTimeField("importé le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "bordereau d’aides"
        verbose_name_plural = "bordereaux d’aides"
        ordering = ["-paid_on", "-id"]

    def __str__(self) -> str:
        return f"{self.payer} · {self.paid_on:%d/%m/%Y}"


class BenefitLine(models.Model):
    """One line: a beneficiary, the month it is for, an amount (negative: indu withheld)."""

    statement = models.ForeignKey(BenefitStatement, models.PROTECT, related_name="lines", verbose_name="bordereau")
    rank = models.PositiveIntegerField("ligne")
    beneficiary_number = models.CharField("numéro allocataire", max_length=15, blank=True)
    name = models.CharField("nom", max_length=120, blank=True)
    lease_reference = models.CharField("dossier", max_length=40, blank=True)
    kind = models.CharField("nature", max_length=20, blank=True)
    month = models.DateField("au titre de")
    amount = EuroField("montant")
    right = models.ForeignKey(
        BenefitRight, models.PROTECT, null=True, blank=True, related_name="lines", verbose_name="droit"
    )
    state = models.CharField("état", max_length=8, choices=BenefitLineState)
    explanation = models.CharField("rapprochement", max_length=200, blank=True)
    entry = models.ForeignKey(
        "rent_ledger.Entry", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="écriture"
    )

    class Meta:
        verbose_name = "ligne de bordereau"
        verbose_name_plural = "lignes de bordereau"
        ordering = ["statement", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "rank"], name="benefit_line_rank_once"),
            models.CheckConstraint(
                condition=~Q(state=BenefitLineState.MATCHED) | Q(right__isnull=False),
                name="benefit_line_matched_has_right",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.amount}"
