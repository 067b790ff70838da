"""Rent runs and their previews, the demands that they make with their lines, and receipts."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from common import clock, typography
from common.money import ZERO, EuroField
from common.periods import Month
from common.reasons import Reason
from common.text import search_words
from common.triggers import follows, moves_the_books
from leases.contracts.codes import DemandKind
from leases.contracts.natures import Nature
from rent_ledger.billing.codes import (
    DEMAND_FLOW,
    RUN_FLOW,
    DemandState,
    Gap,
    GapDetail,
    GapGroup,
    GapWhy,
    HeldBack,
    HeldCure,
    LineSource,
    ReceiptKind,
    RunState,
)
from rent_ledger.billing.rules.differences import Difference


class RentRun(models.Model):
    """One quittancement of a month. A month may be run several times (late leases, relaunch after an undo).

    `sent_marks`: each time that avis were said to have gone out by another way, and each time that this was taken back
    (`is_back`): `at`, `by` (a user), `count`.
    """

    month = models.DateField("mois")
    state = models.CharField("état", max_length=8, choices=RunState.choices, default=RunState.RUNNING)
    job = models.ForeignKey(
        "office.Job", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="travail"
    )
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="lancé par")
    launched_at = models.DateTimeField("lancé le", default=clock.now, editable=False)
    undone_at = models.DateTimeField("annulé le", null=True, blank=True)
    sent_marks = models.JSONField("envois notés à la main", default=list, blank=True, editable=False)

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
        return f"Quittancement {typography.month(self.month, 'de')}"

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


@dataclass(frozen=True, slots=True)
class GroupSum:
    """The differences of one kind: how many, and what they change in all."""

    code: GapGroup
    count: int
    amount: Decimal


class RunPreview(models.Model):
    """What a run of `month` would do, compared with the month before, as it was when the books had `version` (ADR 15).

    One a month, replaced whole; never read by a run. `version` is 0 where somebody was writing meanwhile: it is shown
    to who asked for it, and then made again. Amounts in euros. `made`: demands of the month that exist already.
    """

    month = models.DateField("mois", primary_key=True)
    version = models.BigIntegerField("version des comptes")
    made_at = models.DateTimeField("calculé le", default=clock.now, editable=False)
    draft_count = models.PositiveIntegerField("avis à produire")
    drafted = EuroField("à payer par les ménages")
    made_count = models.PositiveIntegerField("avis déjà produits")
    lease_count = models.PositiveIntegerField("contrats à facturer")
    before_count = models.PositiveIntegerField("contrats du mois précédent")
    before_total = EuroField("total du mois précédent")
    now_total = EuroField("total du mois")
    changed_count = models.PositiveIntegerField("contrats différents")
    same_count = models.PositiveIntegerField("contrats identiques")
    held_count = models.PositiveIntegerField("contrats retenus")
    held_monthly = EuroField("montant mensuel retenu")
    group_sums = models.JSONField("écarts par motif", default=list)

    class Meta:
        verbose_name = "aperçu d’un quittancement"
        verbose_name_plural = "aperçus de quittancement"
        constraints = [models.CheckConstraint(condition=Q(month__day=1), name="run_preview_month_first_day")]

    def __str__(self) -> str:
        return f"Aperçu {self.month:%Y-%m}"

    @property
    def previous(self) -> Month:
        return Month.of(self.month).plus(-1)

    @property
    def without(self) -> int:
        """How many of those that differ have no demand this month: they left, or are held back."""
        return self.same_count + self.changed_count - self.draft_count - self.made_count

    @cached_property
    def groups(self) -> list[GroupSum]:
        return [GroupSum(GapGroup(code), count, Decimal(amount)) for code, count, amount in self.group_sums]


class PreviewRowQuerySet(models.QuerySet["RunPreviewRow"]):
    def pick(self, *, view: str = "differents", group: str = "", text: str = "") -> "PreviewRowQuerySet":
        """`tous`, `identiques`, else those that differ; of one group of reasons; named like `text`."""
        rows = self
        if view == "identiques":
            rows = rows.filter(groups=[])
        elif view != "tous":
            rows = rows.exclude(groups=[])
        if group:
            rows = rows.filter(groups__contains=[group])
        for word in search_words(text):
            rows = rows.filter(search__contains=word)
        return rows


class PreviewedLease(models.Model):
    """A lease in a preview, with the names that it had. `position`: its rank by name. `before`: what was asked last
    month, if anything. No foreign keys to what may be deleted: the preview is then made again."""

    preview = models.ForeignKey(
        RunPreview, models.CASCADE, db_index=False, db_constraint=False, verbose_name="aperçu"
    )  # fmt: skip
    position = models.PositiveIntegerField("rang")
    lease_id = models.BigIntegerField("bail")
    lease_reference = models.CharField("référence", max_length=20)
    household_id = models.BigIntegerField("ménage")
    household_name = models.CharField("nom", max_length=120)
    before = EuroField("mois précédent", null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.lease_reference} {self.household_name}"


class RunPreviewRow(PreviewedLease):
    """A lease this month beside last month. `now` is None where nothing is asked any more.

    `is_made`: its demand of the month exists already. `why`: the differences, which add up to `gap`; `groups`: theirs.
    """

    pk = models.CompositePrimaryKey("preview_id", "position")
    now = EuroField("mois", null=True)
    search = models.TextField("recherche")
    why = models.JSONField("écarts", default=list)
    groups = ArrayField(models.CharField(max_length=9), verbose_name="motifs", default=list)
    is_made = models.BooleanField("avis déjà produit")

    objects = PreviewRowQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne d’aperçu"
        verbose_name_plural = "lignes d’aperçu"
        ordering = ["position"]

    @property
    def gap(self) -> Decimal:
        return (self.now or ZERO) - (self.before or ZERO)

    @staticmethod
    def stored(reasons: Sequence[Difference]) -> list[dict[str, Any]]:
        """The value of `why`."""
        return [{"gap": str(r.code), "amount": str(r.amount), "reason": r.reason.to_json()} for r in reasons]

    @cached_property
    def reasons(self) -> tuple[Difference, ...]:
        return tuple(
            Difference(Gap(node["gap"]), Reason.from_json(node["reason"], GapWhy, GapDetail), Decimal(node["amount"]))
            for node in self.why
        )


class RunPreviewHeld(PreviewedLease):
    """A lease that the run leaves out: why, and what to do. `monthly`: what its terms bill for a whole month."""

    pk = models.CompositePrimaryKey("preview_id", "position")
    monthly = EuroField("montant mensuel")
    why = models.JSONField("raison")
    what_to_do = models.JSONField("remède")

    class Meta:
        verbose_name = "contrat retenu d’un aperçu"
        verbose_name_plural = "contrats retenus d’un aperçu"
        ordering = ["position"]

    @property
    def reason(self) -> Reason:
        return Reason.from_json(self.why, HeldBack)

    @property
    def cure(self) -> Reason:
        return Reason.from_json(self.what_to_do, HeldCure)


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
    cancelled_at = models.DateTimeField("annulé le", null=True, blank=True)
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
                condition=Q(kind=ReceiptKind.FULL, cancelled_at=None),
                name="receipt_full_once",
                violation_error_message="La quittance de ce terme est déjà établie.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def is_full(self) -> bool:
        """A quittance; else a reçu."""
        return self.kind == ReceiptKind.FULL
