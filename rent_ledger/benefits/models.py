"""Benefit statements (bordereaux of the CAF or MSA) and their lines."""

from django.db import models
from django.db.models import Q

from common import clock
from common.money import EuroField
from common.reasons import Reason
from common.triggers import follows
from rent_ledger.benefits.codes import BENEFIT_LINE_FLOW, BenefitLineState
from rent_ledger.rights.codes import LineWhy
from rent_ledger.rights.models import BenefitRight


class BenefitStatement(models.Model):
    """A bordereau of a payer: one bank credit equals the sum of its lines. The same lines again are refused, unless the
    first were taken out (`withdrawn_why`: what was wrong with them).

    `lines_sha256`: see `benefit_files.digest_of_lines`; empty: lines that were let in twice, before they were compared.
    """

    payer = models.ForeignKey("office.Organisation", models.PROTECT, related_name="+", verbose_name="organisme payeur")
    file_name = models.CharField("fichier", max_length=200)
    sha256 = models.CharField("empreinte", max_length=64)
    lines_sha256 = models.CharField("empreinte des lignes", max_length=64, editable=False)
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
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="importé par"
    )
    imported_at = models.DateTimeField("importé le", default=clock.now, editable=False)
    withdrawn_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="retiré par"
    )
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)
    withdrawn_why = models.CharField("motif du retrait", max_length=200, blank=True)

    class Meta:
        verbose_name = "bordereau d’aides"
        verbose_name_plural = "bordereaux d’aides"
        ordering = ["-paid_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["payer", "lines_sha256"],
                condition=~Q(lines_sha256="") & Q(withdrawn_at__isnull=True),
                name="benefit_statement_lines_once",
                violation_error_message="Les lignes de ce bordereau sont déjà importées.",
            ),
            models.UniqueConstraint(
                fields=["sha256"],
                condition=Q(withdrawn_at__isnull=True),
                name="benefit_statement_file_once",
                violation_error_message="Ce bordereau est déjà importé.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | (~Q(withdrawn_why="") & Q(bank_line__isnull=True)),
                name="benefit_statement_withdrawn_why",
                violation_error_message="Dites pourquoi ce bordereau est retiré.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer} · {self.paid_on:%d/%m/%Y}"

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None


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
    state = models.CharField("état", max_length=8, choices=BenefitLineState.choices)
    reason = models.JSONField("rapprochement")
    entry = models.ForeignKey(
        "rent_ledger.Entry", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="écriture"
    )

    flow = BENEFIT_LINE_FLOW

    class Meta:
        verbose_name = "ligne de bordereau"
        verbose_name_plural = "lignes de bordereau"
        ordering = ["statement", "rank"]
        triggers = [follows(BENEFIT_LINE_FLOW)]
        # Lines that bring nothing, among those of all years (`settlement`).
        indexes = [models.Index(fields=["right", "month"], condition=Q(amount=0), name="benefit_line_of_zero")]
        constraints = [
            models.UniqueConstraint(fields=["statement", "rank"], name="benefit_line_rank_once"),
            models.CheckConstraint(
                condition=~Q(state=BenefitLineState.MATCHED) | Q(right__isnull=False),
                name="benefit_line_matched_has_right",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.amount}"

    @property
    def why(self) -> Reason:
        """How it found its right, or why it found none."""
        return Reason.from_json(self.reason, LineWhy)
