"""Rent runs, demands, desk payments, receipts."""

from django.db import models
from django.db.models import F, Q

from common import clock
from common.money import EuroField
from rent_ledger.enums import DemandKind, DemandState, PaymentMethod, ReceiptKind, RunState


class RentRun(models.Model):
    """One quittancement of a month. A month may be run several times (late leases, relaunch after an undo)."""

    month = models.DateField("mois")
    state = models.CharField("état", max_length=8, choices=RunState, default=RunState.RUNNING)
    job = models.ForeignKey(
        "office.Job", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="travail"
    )
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="lancé par")
    launched_at = models.DateTimeField("lancé le", default=clock.now, editable=False)
    undone_at = models.DateTimeField("annulé le", null=True, blank=True)

    class Meta:
        verbose_name = "quittancement"
        ordering = ["-month", "-id"]
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


class RentDemand(models.Model):
    """The demand of one lease for one month: a document with a state. Its entry's key is `demand:<id>`.

    `gross` = everything billed; `benefit` = expected by direct payment; `net` = gross − benefit, what the household is
    asked. `inputs` holds the ids of the dated terms and right, the days billed and the rule's version: the same rule
    rebuilds the explanation.
    """

    run = models.ForeignKey(
        RentRun, models.PROTECT, related_name="demands", verbose_name="quittancement", db_index=False
    )
    lease = models.ForeignKey(
        "leases.Lease", models.PROTECT, related_name="demands", verbose_name="bail", db_index=False
    )
    account = models.ForeignKey("rent_ledger.Account", models.PROTECT, related_name="demands", verbose_name="compte")
    month = models.DateField("mois")
    kind = models.CharField("genre", max_length=9, choices=DemandKind, default=DemandKind.TERM)
    state = models.CharField("état", max_length=9, choices=DemandState, default=DemandState.ISSUED)
    number = models.PositiveIntegerField("numéro dans le mois")
    due_on = models.DateField("échéance")
    gross = EuroField("loyer et charges")
    benefit = EuroField("aide attendue")
    net = EuroField("à payer")
    inputs = models.JSONField("éléments du calcul", default=dict)
    issued_at = models.DateTimeField("produit le", default=clock.now, editable=False)
    sent_at = models.DateTimeField("envoyé le", null=True, blank=True)
    cancelled_at = models.DateTimeField("annulé le", null=True, blank=True)

    class Meta:
        verbose_name = "avis d’échéance"
        verbose_name_plural = "avis d’échéance"
        ordering = ["-month", "number"]
        indexes = [
            # The sums of a run without opening a row, and the day of its last sending at once.
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
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"AVIS-{self.month:%y%m}-{self.number:04d}"


class Payment(models.Model):
    """Money taken at the desk. Its entry's key is `payment:<id>`; `request_key` makes a double click one payment."""

    account = models.ForeignKey("rent_ledger.Account", models.PROTECT, related_name="payments", verbose_name="compte")
    method = models.CharField("moyen", max_length=6, choices=PaymentMethod)
    amount = EuroField("montant")
    received_on = models.DateField("reçu le")
    payer = models.CharField("remis par", max_length=120, blank=True)
    note = models.CharField("précision", max_length=140, blank=True)
    request_key = models.UUIDField("clé de saisie", unique=True)
    entry = models.OneToOneField("rent_ledger.Entry", models.PROTECT, related_name="payment", verbose_name="écriture")
    number = models.PositiveIntegerField("reçu n°", unique=True)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="encaissé par")
    recorded_at = models.DateTimeField("enregistré le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "encaissement au guichet"
        verbose_name_plural = "encaissements au guichet"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="payment_amount_positive",
                violation_error_message="Écrivez un montant supérieur à zéro, par exemple 120,00.",
            )
        ]

    def __str__(self) -> str:
        return f"Reçu {self.number}"


class Receipt(models.Model):
    """A quittance (term fully settled, tenant and benefit parts) or a reçu (part of it), issued on a day."""

    kind = models.CharField("genre", max_length=7, choices=ReceiptKind)
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
