"""What was decided of the credit of an account. What is decided anew replaces it; all stay."""

from django.db import models
from django.db.models import Q

from common import clock
from common.money import EuroField
from rent_ledger.credits.codes import CreditUse


class CreditChoiceQuerySet(models.QuerySet["CreditChoice"]):
    def standing(self) -> "CreditChoiceQuerySet":
        """Neither taken back nor replaced."""
        return self.filter(undone_at=None, replaced_at=None)


class CreditChoice(models.Model):
    """`until`: the last day of what waits, to look again after it. `amount` (euros) and `iban`: of a refund, which a
    person pays at the bank; the line of the bank makes it true."""

    account = models.ForeignKey(
        "rent_ledger.Account", models.PROTECT, related_name="credit_choices", verbose_name="compte"
    )
    use = models.CharField("décision", max_length=6, choices=CreditUse.choices)
    until = models.DateField("à revoir après le", null=True, blank=True)
    amount = EuroField("montant", null=True, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    recorded_at = models.DateTimeField("décidée le", default=clock.now, editable=False)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    replaced_at = models.DateTimeField("remplacée le", null=True, blank=True)
    undone_at = models.DateTimeField("annulée le", null=True, blank=True)
    undone_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="annulée par"
    )

    objects = CreditChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "décision sur une avance"
        verbose_name_plural = "décisions sur les avances"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(undone_at=None, replaced_at=None),
                name="credit_choice_one_standing",
                violation_error_message="Une autre décision vient d’être prise sur ce compte. Rechargez la page.",
            ),
            models.CheckConstraint(
                condition=Q(use=CreditUse.REFUND, until=None, amount__gt=0) & ~Q(iban="")
                | ~Q(use=CreditUse.REFUND) & Q(until__isnull=False, amount=None, iban=""),
                name="credit_choice_whole",
            ),
            models.CheckConstraint(condition=Q(undone_at=None) | Q(replaced_at=None), name="credit_choice_ends_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_use_display()} {self.account_id}"

    @property
    def is_refund(self) -> bool:
        return self.use == CreditUse.REFUND
