"""Budgets of households, as the social service makes them with them: eight lines, each dated, none ever changes.

Another budget is another row; one that was wrong is taken out, and its history keeps it. Read by the social service
alone: what a plan is compared with (`rent_ledger.arrears.budgets`) is taken over from it by who follows the household.
"""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from common import clock
from common.money import EuroField
from social_link.budgets.codes import Paper, RentSource, Resource, Spending
from social_link.budgets.rules.living import Left, Month, left_of


@pghistory.track(pghistory.DeleteEvent())
class Budget(models.Model):
    """The month of a household on a day (euros). `older`: who live on it and are 14 or more; `younger`: under 14.
    `rent`: rent and charges, before the housing `aid`; `source`: where both come from."""

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="budgets", verbose_name="ménage")
    on = models.DateField("fait le")
    older = models.PositiveSmallIntegerField("personnes de 14 ans ou plus")
    younger = models.PositiveSmallIntegerField("enfants de moins de 14 ans", default=0)
    rent = EuroField("loyer et charges")
    aid = EuroField("aide au logement")
    source = models.CharField("loyer et aide", max_length=5, choices=RentSource.choices)
    papers = ArrayField(
        models.CharField(max_length=5, choices=Paper.choices), verbose_name="vu", default=list, blank=True
    )
    recorded_at = models.DateTimeField("noté le", default=clock.now, editable=False)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )

    class Meta:
        verbose_name = "budget"
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["household", "-on", "-id"], name="household_budget")]
        constraints = [
            models.CheckConstraint(
                condition=Q(older__gte=1, older__lte=30, younger__lte=30),
                name="household_budget_persons",
                violation_error_message="De 1 à 30 personnes de 14 ans ou plus, 30 enfants au plus.",
            ),
            models.CheckConstraint(
                condition=Q(rent__gte=0, aid__gte=0),
                name="household_budget_amounts",
                violation_error_message="Un montant du budget n’est jamais moins de 0 €.",
            ),
        ]

    def __str__(self) -> str:
        return f"Budget du {self.on:%d/%m/%Y}"

    @property
    def month(self) -> Month:
        """As the rules read it. Its amounts are to be fetched before."""
        amounts = {row.kind: row.amount for row in self.amounts.all()}
        return Month(
            resources={kind: amounts[kind] for kind in Resource if kind in amounts},
            spending={kind: amounts[kind] for kind in Spending if kind in amounts},
            rent=self.rent,
            aid=self.aid,
            older=self.older,
            younger=self.younger,
        )

    @property
    def left(self) -> Left:
        return left_of(self.month)

    @property
    def paper_words(self) -> list[str]:
        return [Paper(code).label for code in self.papers]


@pghistory.track(pghistory.DeleteEvent())
class BudgetAmount(models.Model):
    """What comes in, or is paid, for one thing (euros of a month)."""

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="amounts", verbose_name="budget")
    kind = models.CharField("ligne", max_length=10, choices=[*Resource.choices, *Spending.choices])
    amount = EuroField("montant")

    class Meta:
        verbose_name = "montant d’un budget"
        verbose_name_plural = "montants d’un budget"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "kind"], name="budget_amount_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="budget_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.get_kind_display()}"
