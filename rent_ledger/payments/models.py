"""Money taken at the desk."""

from django.db import models
from django.db.models import Q

from common import clock
from common.money import EuroField
from rent_ledger.books.codes import PaymentMethod


class Payment(models.Model):
    """Money taken at the desk. Its entry's key is `payment:<id>`; `request_key` makes a double click one payment."""

    account = models.ForeignKey("rent_ledger.Account", models.PROTECT, related_name="payments", verbose_name="compte")
    method = models.CharField("moyen", max_length=6, choices=PaymentMethod.choices)
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
