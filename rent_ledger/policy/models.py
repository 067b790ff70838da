"""What the early signs were worth, measured on the past of the house."""

from decimal import ROUND_HALF_UP, Decimal

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q

from common import clock
from rent_ledger.arrears.codes import SignKind


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
