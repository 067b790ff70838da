"""Rent runs, the demands that they make with their lines, and receipts."""

from django.db import models
from django.db.models import F, Q

from common import clock
from common.money import EuroField
from common.triggers import follows, moves_the_books
from leases.contracts.codes import DemandKind
from leases.contracts.natures import Nature
from rent_ledger.billing.codes import (
    DEMAND_FLOW,
    RUN_FLOW,
    DemandState,
    LineSource,
    ReceiptKind,
    RunState,
)


class RentRun(models.Model):
    """One quittancement of a month. A month may be run several times (late leases, relaunch after an undo)."""

    month = models.DateField("mois")
    state = models.CharField("état", max_length=8, choices=RunState.choices, default=RunState.RUNNING)
    job = models.ForeignKey(
        "office.Job", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="travail"
    )
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="lancé par")
    launched_at = models.DateTimeField("lancé le", default=clock.now, editable=False)
    undone_at = models.DateTimeField("annulé le", null=True, blank=True)

    flow = RUN_FLOW

    class Meta:
        verbose_name = "quittancement"
        ordering = ["-month", "-id"]
        triggers = [follows(RUN_FLOW), moves_the_books()]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="rent_run_month_first_day"),
            models.UniqueConstraint(
                fields=["month"],
                condition=Q(state__in=[RunState.RUNNING, RunState.UNDOING]),
                name="rent_run_one_at_a_time",
                violation_error_message="Un quittancement de ce mois est déjà en cours.",
            ),
        ]

    def __str__(self) -> str:
        return f"Quittancement {self.month:%Y-%m}"

    @property
    def is_done(self) -> bool:
        return self.state == RunState.DONE

    @property
    def is_undoing(self) -> bool:
        return self.state == RunState.UNDOING

    @property
    def is_undone(self) -> bool:
        return self.state == RunState.UNDONE

    @property
    def has_stopped(self) -> bool:
        """Whether its job failed half-way: it holds its month until somebody takes it up (`resume_run`)."""
        return self.state == RunState.RUNNING and self.job is not None and self.job.has_failed


class RentDemand(models.Model):
    """The demand of one lease for one month: a document with a state, and its entry in the ledger.

    `gross`: everything billed. `benefit`: expected by direct payment. `net` = gross − benefit: what the household must
    pay, the sum of `lines`. It bills the days from `billed_from` to `billed_to` (exclusive) of `month`. `inputs`:
    `other`, the other part of a month in which the contract ended (both were rounded together), else empty.
    """

    run = models.ForeignKey(
        RentRun, models.PROTECT, related_name="demands", verbose_name="quittancement", db_index=False
    )
    lease = models.ForeignKey(
        "leases.Lease", models.PROTECT, related_name="demands", verbose_name="bail", db_index=False
    )
    account = models.ForeignKey("rent_ledger.Account", models.PROTECT, related_name="demands", verbose_name="compte")
    entry = models.OneToOneField("rent_ledger.Entry", models.PROTECT, related_name="demand", verbose_name="écriture")
    month = models.DateField("mois")
    kind = models.CharField("genre", max_length=9, choices=DemandKind.choices, default=DemandKind.TERM)
    state = models.CharField("état", max_length=9, choices=DemandState.choices, default=DemandState.ISSUED)
    number = models.PositiveIntegerField("numéro dans le mois")
    billed_from = models.DateField("du")
    billed_to = models.DateField("au (exclu)")
    due_on = models.DateField("échéance")
    gross = EuroField("loyer et charges")
    benefit = EuroField("aide attendue")
    net = EuroField("à payer")
    inputs = models.JSONField("éléments du calcul", default=dict)
    issued_at = models.DateTimeField("produit le", default=clock.now, editable=False)
    sent_at = models.DateTimeField("envoyé le", null=True, blank=True)
    cancelled_at = models.DateTimeField("annulé le", null=True, blank=True)

    flow = DEMAND_FLOW

    class Meta:
        verbose_name = "avis d’échéance"
        verbose_name_plural = "avis d’échéance"
        ordering = ["-month", "number"]
        triggers = [follows(DEMAND_FLOW), moves_the_books()]
        indexes = [
            # Covering index: the totals of a run and its last `sent_at` come from the index alone.
            models.Index(fields=["run", "sent_at"], include=["state", "net"], name="rent_demand_run"),
            models.Index(
                fields=["lease"],
                name="rent_demand_indemnity",
                condition=Q(kind=DemandKind.INDEMNITY, state=DemandState.ISSUED),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["lease", "month", "kind"],
                condition=Q(state=DemandState.ISSUED),
                name="rent_demand_once",
                violation_error_message="Ce bail a déjà un avis pour ce mois.",
            ),
            models.UniqueConstraint(fields=["month", "number"], name="rent_demand_number_once"),
            models.CheckConstraint(condition=Q(net=F("gross") - F("benefit")), name="rent_demand_net"),
            models.CheckConstraint(
                condition=Q(benefit__gte=0) & Q(benefit__lte=F("gross")), name="rent_demand_benefit_within_gross"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="rent_demand_month_first_day"),
            models.CheckConstraint(
                condition=Q(state=DemandState.ISSUED, cancelled_at__isnull=True)
                | Q(state=DemandState.CANCELLED, cancelled_at__isnull=False),
                name="rent_demand_cancelled_dated",
            ),
            models.CheckConstraint(condition=Q(billed_from__lt=F("billed_to")), name="rent_demand_days"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"AVIS-{self.month:%y%m}-{self.number:04d}"

    @property
    def is_indemnity(self) -> bool:
        return self.kind == DemandKind.INDEMNITY

    @property
    def is_cancelled(self) -> bool:
        return self.state == DemandState.CANCELLED


class DemandLine(models.Model):
    """One line of a demand. `amount` (euros) is added to what the household must pay: negative for a benefit or credit.

    `source`: which part of the code made it. `inputs`: what that code needs to make it again (ids of dated rows, days,
    version of the rule). `for_month`: the month that it is about. Each line has one posting in the demand's entry, in
    the same order.
    """

    pk = models.CompositePrimaryKey("demand_id", "position")
    demand = models.ForeignKey(RentDemand, models.PROTECT, related_name="lines", verbose_name="avis", db_index=False)
    position = models.PositiveSmallIntegerField("rang")
    source = models.CharField("origine", max_length=10, choices=LineSource.choices)
    nature = models.CharField("nature", max_length=10, choices=Nature.choices)
    amount = EuroField("montant")
    for_month = models.DateField("au titre de")
    inputs = models.JSONField("éléments du calcul", default=dict)

    class Meta:
        verbose_name = "ligne d’avis"
        verbose_name_plural = "lignes d’avis"
        ordering = ["demand", "position"]
        triggers = [moves_the_books()]
        indexes = [
            models.Index(
                fields=["for_month", "demand"], name="demand_line_rappel", condition=Q(source=LineSource.RAPPEL)
            )
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="demand_line_amount_not_zero"),
            models.CheckConstraint(condition=Q(for_month__day=1), name="demand_line_month_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.amount}"


class Receipt(models.Model):
    """A quittance (term fully settled, tenant and benefit parts) or a reçu (part of it), issued on a day."""

    kind = models.CharField("genre", max_length=7, choices=ReceiptKind.choices)
    demand = models.ForeignKey(RentDemand, models.PROTECT, related_name="receipts", verbose_name="avis")
    number = models.PositiveIntegerField("numéro")
    amount = EuroField("somme reçue")
    issued_on = models.DateField("établi le")
    document = models.OneToOneField(
        "office.Document", models.PROTECT, null=True, blank=True, related_name="receipt", verbose_name="document"
    )

    class Meta:
        verbose_name = "quittance ou reçu"
        verbose_name_plural = "quittances et reçus"
        ordering = ["-id"]
        triggers = [moves_the_books()]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="receipt_number_once"),
            models.UniqueConstraint(
                fields=["demand"],
                condition=Q(kind=ReceiptKind.FULL),
                name="receipt_full_once",
                violation_error_message="La quittance de ce terme est déjà établie.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"
