"""The contract of a MASP 2: household, association and Département."""

from collections.abc import Sequence
from datetime import date

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from common import clock
from common.codes import Code
from common.typography import uncapitalised
from social_link.masp.codes import Benefit, Field, Threat, Use
from social_link.measures.codes import Party


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class MaspContract(models.Model):
    """On what it works, which benefits are managed, and what they pay, in order: rent and current charges first (CASF,
    art. L. 271-2). `threat` and `consented_on`: why the household may have it. Three sign: the last
    of their days is the contract's."""

    measure = models.OneToOneField("social_link.Measure", models.PROTECT, related_name="masp", verbose_name="mesure")
    threat = models.CharField("ce qui est menacé", max_length=6, choices=Threat.choices)
    consented_on = models.DateField("accord de la personne du")
    works_on = ArrayField(models.CharField(max_length=8, choices=Field.choices), verbose_name="domaines")
    benefits = ArrayField(models.CharField(max_length=8, choices=Benefit.choices), verbose_name="prestations gérées")
    uses = ArrayField(models.CharField(max_length=7, choices=Use.choices), verbose_name="ordre des paiements")
    household_on = models.DateField("signé par le ménage le", null=True, blank=True)
    house_on = models.DateField("signé par l’association le", null=True, blank=True)
    department_on = models.DateField("signé par le Département le", null=True, blank=True)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "contrat de MASP"
        verbose_name_plural = "contrats de MASP"
        constraints = [
            models.CheckConstraint(
                condition=Q(works_on__len__gt=0, benefits__len__gt=0),
                name="masp_contract_whole",
                violation_error_message="Une MASP 2 a ses domaines et ses prestations gérées.",
            ),
            models.CheckConstraint(
                condition=Q(uses__0=Use.RENT),
                name="masp_rent_first",
                violation_error_message="Le loyer et les charges courantes se paient d’abord (CASF, art. L. 271-2).",
            ),
        ]

    def __str__(self) -> str:
        return f"MASP {self.measure_id}"

    @property
    def works_words(self) -> str:
        return words(Field, self.works_on)

    @property
    def benefit_words(self) -> str:
        return ", ".join(Benefit(code).label for code in self.benefits)

    @property
    def use_words(self) -> str:
        """« Loyer et charges courantes, dettes »."""
        return words(Use, self.uses)

    @property
    def signatures(self) -> list[tuple[str, date | None]]:
        """Who signs, and when he did, in the order of the parties."""
        return [
            (Party.HOUSEHOLD.label, self.household_on), (Party.HOUSE.label, self.house_on),
            (Party.DEPARTMENT.label, self.department_on),
        ]  # fmt: skip


def words(codes: type[Code], given: Sequence[str]) -> str:
    """The labels as the end of a sentence: the first with its capital."""
    first, *others = (codes(code).label for code in given)
    return ", ".join([first, *map(uncapitalised, others)])
