"""Rights of a household: what was said of one on a day. The last fact of a right is how it stands; none changes.

What was said by mistake is taken out, and the fact before counts again; its history keeps it. Rights to health care and
of disability are kept like the others and read by fewer (`perms`).
"""

from __future__ import annotations

from uuid import uuid4

import pghistory
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from common import clock
from common.money import EuroField
from social_link.rights.codes import Per, RightKind, RightRefusal, RightState
from social_link.rights.rules.kinds import PERSONAL

_PERSONAL = [kind.value for kind in PERSONAL]
_WITH_AMOUNT = [RightState.OPEN.value, RightState.ASKED.value, RightState.APPEALED.value]


class RightFactQuerySet(models.QuerySet["RightFact"]):
    def standing(self) -> RightFactQuerySet:
        """The last fact of each right."""
        later = RightFact.objects.filter(
            Q(person=OuterRef("person")) | Q(person=None),
            household=OuterRef("household"), kind=OuterRef("kind"), pk__gt=OuterRef("pk"),
        )  # fmt: skip
        return self.filter(~Exists(later))


@pghistory.track(pghistory.DeleteEvent())
class RightFact(models.Model):
    """How a right stands from the day `on`: since when it is open, was asked, or when its refusal was received.
    `person`: of a right that each adult has for himself; None of the household's. `renew_on`: until when an open one
    holds. `amount`: euros asked, or obtained of an open one, `per` month or once. `contest_by`: the last day to contest
    a refusal, by the parameter of the day `on`. `noted_with`: what was noted in one go, and is taken
    back together."""

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="rights", verbose_name="ménage")
    person = models.ForeignKey(
        "leases.Person", models.PROTECT, null=True, blank=True, related_name="rights", verbose_name="personne"
    )
    kind = models.CharField("droit", max_length=8, choices=RightKind.choices)
    said = models.CharField("état", max_length=8, choices=RightState.choices)
    on = models.DateField("le")
    renew_on = models.DateField("à renouveler le", null=True, blank=True)
    amount = EuroField("montant", null=True, blank=True)
    per = models.CharField("montant versé", max_length=5, choices=Per.choices, blank=True, default="")
    refusal = models.CharField("motif du refus", max_length=9, choices=RightRefusal.choices, blank=True, default="")
    contest_by = models.DateField("contestable jusqu’au", null=True, blank=True)
    noted_with = models.UUIDField("noté en une fois", default=uuid4, editable=False)
    recorded_at = models.DateTimeField("noté le", default=clock.now, editable=False)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )

    objects = RightFactQuerySet.as_manager()

    class Meta:
        verbose_name = "droit d’un ménage"
        verbose_name_plural = "droits des ménages"
        ordering = ["-id"]
        indexes = [models.Index(fields=["household", "kind", "-id"], name="right_fact_household")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=_PERSONAL, person__isnull=False) | (~Q(kind__in=_PERSONAL) & Q(person=None)),
                name="right_fact_person",
                violation_error_message="Dites de quelle personne est ce droit ; celui du ménage n’en a pas.",
            ),
            models.CheckConstraint(
                condition=Q(said__in=RightState.values),
                name="right_fact_said",
                violation_error_message="Choisissez où en est ce droit.",
            ),
            models.CheckConstraint(
                condition=Q(renew_on=None) | Q(said=RightState.OPEN.value, renew_on__gt=F("on")),
                name="right_fact_renewal",
                violation_error_message="Le renouvellement d’un droit ouvert vient après son ouverture.",
            ),
            models.CheckConstraint(
                condition=Q(amount=None, per="")
                | Q(amount__isnull=False, amount__gt=0, per__in=Per.values, said__in=_WITH_AMOUNT),
                name="right_fact_amount",
                violation_error_message="Un montant est de plus de 0 €, par mois ou en une fois, d’un droit ouvert ou "
                "demandé.",
            ),
            models.CheckConstraint(
                condition=Q(
                    said=RightState.REFUSED.value, refusal__in=RightRefusal.values, contest_by__isnull=False,
                    contest_by__gte=F("on"),
                )
                | (~Q(said=RightState.REFUSED.value) & Q(refusal="", contest_by=None)),
                name="right_fact_refusal",
                violation_error_message="Un refus a son motif et le dernier jour pour le contester.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_said_display()}"
