"""Budgets of households, as they said them: what a plan of instalments is compared with.

An estimate never changes: another one is another row. Social data: management reads the word that comes of it, on a
plan, and no line (`perms` of the files for an aid).
"""

import pghistory
from django.db import models
from django.db.models import Q

from common import clock
from common.money import EuroField
from rent_ledger.arrears.codes import Outgoing


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class BudgetEstimate(models.Model):
    """The month of a household (euros). `persons`: who live on it. `resources`: all but the aid that is paid to us.
    `term`: rent and charges of the last demand, aid deducted; `aid`: the aid of that demand, from the books."""

    account = models.ForeignKey("rent_ledger.Account", models.PROTECT, related_name="budgets", verbose_name="compte")
    persons = models.PositiveSmallIntegerField("personnes")
    resources = EuroField("ressources du mois")
    term = EuroField("terme, aide déduite")
    aid = EuroField("aide au logement")
    recorded_at = models.DateTimeField("estimé le", default=clock.now, editable=False)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")

    class Meta:
        verbose_name = "estimation de budget"
        verbose_name_plural = "estimations de budget"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(persons__gte=1, persons__lte=30),
                name="budget_persons",
                violation_error_message="De 1 à 30 personnes.",
            ),
            models.CheckConstraint(
                condition=Q(resources__gte=0, term__gte=0, aid__gte=0),
                name="budget_amounts",
                violation_error_message="Un montant du budget n’est jamais moins de 0 €.",
            ),
        ]

    def __str__(self) -> str:
        return f"Budget {self.pk}"


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class BudgetLine(models.Model):
    """What is paid in a month for one thing (euros)."""

    budget = models.ForeignKey(BudgetEstimate, models.PROTECT, related_name="lines", verbose_name="estimation")
    kind = models.CharField("charge", max_length=9, choices=Outgoing.choices)
    amount = EuroField("montant")

    class Meta:
        verbose_name = "charge d’un budget"
        verbose_name_plural = "charges d’un budget"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "kind"], name="budget_line_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="budget_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.get_kind_display()}"
