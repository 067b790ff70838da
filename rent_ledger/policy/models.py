"""What the early signs were worth, measured on the past of the house; what a replay found, account by account."""

from decimal import ROUND_HALF_UP, Decimal

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q

from common import clock
from rent_ledger.arrears.codes import SignKind
from rent_ledger.policy.codes import Played


class SignMeasure(models.Model):
    """The signs of one kind (blank: of all kinds) that were known in `period`, against the unpaid terms of the books.

    Of `signs`, `right` were followed by an unpaid term within `within_days`. Of `defaults`, the unpaid terms after one
    that was paid in time (or the first of all), `foreseen` had a sign within as many days before. Measured again, the
    row of the period is replaced.
    """

    period = DateRangeField("période")
    kind = models.CharField("signe", max_length=10, choices=SignKind.choices, blank=True)
    within_days = models.PositiveSmallIntegerField("délai en jours")
    signs = models.PositiveIntegerField("signes")
    right = models.PositiveIntegerField("signes justes")
    defaults = models.PositiveIntegerField("premiers impayés")
    foreseen = models.PositiveIntegerField("précédés d’un signe")
    measured_at = models.DateTimeField("mesuré le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "mesure des signes"
        verbose_name_plural = "mesures des signes"
        ordering = ["-measured_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "kind"],
                name="sign_measure_once",
                violation_error_message="Cette période est déjà mesurée pour ce signe.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="sign_measure_period",
                violation_error_message="La période mesurée a un premier et un dernier jour.",
            ),
            models.CheckConstraint(
                condition=Q(right__lte=F("signs")) & Q(foreseen__lte=F("defaults")),
                name="sign_measure_parts",
                violation_error_message="Une part ne dépasse pas ce dont elle est une part.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.period}"

    @property
    def label(self) -> str:
        return str(self.get_kind_display()) if self.kind else "Tous les signes"

    def precision(self, fewest: int) -> Decimal | None:
        """The share of right signs, in whole per cent; None under `fewest` signs."""
        return _share(self.right, self.signs, fewest)

    def recall(self, fewest: int) -> Decimal | None:
        """The share of first defaults that a sign preceded, in whole per cent; None under `fewest` of them."""
        return _share(self.foreseen, self.defaults, fewest)


def _share(part: int, whole: int, fewest: int) -> Decimal | None:
    if whole < max(fewest, 1):
        return None
    return (Decimal(part * 100) / whole).quantize(Decimal(1), ROUND_HALF_UP)


class ReplayRow(models.Model):
    """What one or both policies of a replay do on an account, the `number`th of its kind: on `now_on` by the policy in
    force, on `changed_on` by the one that was played. Erased with the replay once others have followed it."""

    job = models.ForeignKey("office.Job", models.PROTECT, related_name="+", verbose_name="rejeu")
    account = models.ForeignKey("rent_ledger.Account", models.PROTECT, related_name="+", verbose_name="compte")
    what = models.CharField("quoi", max_length=10, choices=Played.choices)
    number = models.PositiveSmallIntegerField("rang")
    now_on = models.DateField("valeurs actuelles", null=True, blank=True)
    changed_on = models.DateField("valeurs rejouées", null=True, blank=True)

    class Meta:
        verbose_name = "ligne d’un rejeu"
        verbose_name_plural = "lignes d’un rejeu"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["job", "what", "account", "number"],
                name="replay_row_once",
                violation_error_message="Cette ligne est déjà dans ce rejeu.",
            ),
            models.CheckConstraint(
                condition=Q(now_on__isnull=False) | Q(changed_on__isnull=False),
                name="replay_row_of_a_policy",
                violation_error_message="Une ligne est d’une des deux politiques au moins.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.account_id}"

    @property
    def sooner(self) -> int | None:
        """By how many days the changed policy is sooner (below zero: later); None where only one has it."""
        return (self.now_on - self.changed_on).days if self.now_on and self.changed_on else None
